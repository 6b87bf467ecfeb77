"""Write the pages of the API reference: one for each public name, from its docstring, its signature and its traits.

The public names stand in `lattice_widgets/__init__.pyi`; nothing is listed a second time here. The pages are written into
`docs/api`, which git ignores, before Sphinx reads its sources.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

import lattice_widgets
from lattice_widgets.views.shared.browser_view import BrowserView
from lattice_widgets.widgets.base import LatticeWidget

DOCS = Path(__file__).parents[1]
STUB = Path(lattice_widgets.__file__).with_name("__init__.pyi")
VIEWS = STUB.parent / "views" / "__init__.pyi"
#: room -> its heading, in the order of the reference; a module belongs to the first that its name begins with
ROOMS = {
    "widgets": "Widgets",
    "classifier": "Classifier",
    "core.uncertainty": "Uncertainty",
    "core.geometry": "Geometry: a lattice measured from its spots",
    "core.maps": "Maps: the lattice of a picture, place by place",
    "core.lattices": "Lattices",
    "core.pictures": "Pictures and spectra",
    "core.simulation": "Simulation",
    "core.embedding": "Embedding",
    "analysis": "Analysis of movies",
    "records": "Lab records",
    "core.movies": "Frames of movies",
    "core.kinetics": "Kinetics",
    "core.quiz": "Quiz",
    "core.measured": "Numbers with their errors",
    "files": "Files",
    "samples": "Samples",
    "views.shared": "Drawing",
    "views": "Views: pictures that live without boxes of ipywidgets, as in marimo",
}
#: kind of a trait -> what people call it; the first that fits
KINDS = {
    t.Bool: "True or False",
    t.Int: "whole number",
    t.Float: "number",
    t.Unicode: "text",
    t.Tuple: "tuple",
    t.Dict: "dict",
    t.Any: "anything",
}


@dataclass(frozen=True)
class PublicName:
    """A public name and where it is defined.

    Attributes
    ----------
    name : str
        As in ``lattice_widgets.NAME``: "fit_lattice", "views.PictureCanvas".
    module : str
        The module that defines it.
    """

    name: str
    module: str

    @property
    def value(self) -> Any:
        """What it names."""
        return attrgetter(self.name)(lattice_widgets)

    @property
    def kind(self) -> str:
        """The folder of its page: two names that differ in case only must not be one file on some disks."""
        value = self.value
        return "classes" if inspect.isclass(value) else "functions" if callable(value) else "data"

    @property
    def page(self) -> str:
        """Its page, below `docs/api`."""
        return f"{self.kind}/{self.name}"

    @property
    def room(self) -> str:
        """The heading that it stands below."""
        inner = self.module.removeprefix("lattice_widgets.")
        return next(heading for room, heading in ROOMS.items() if inner.startswith(room))

    @property
    def text(self) -> str:
        """Its docstring, or the comment ``#:`` of a constant."""
        if self.kind != "data":
            return inspect.getdoc(self.value) or ""
        comments = ModuleAnalyzer.for_module(self.module).find_attr_docs()
        return "\n".join(comments.get(("", self.name), []))

    @property
    def summary(self) -> str:
        """The first sentence of its text."""
        return " ".join(self.text.strip().split("\n\n")[0].split())


def public_names() -> list[PublicName]:
    """Read the public names from the stubs, in their order."""
    names = []
    for stub, room in ((STUB, ""), (VIEWS, "views.")):
        imports = [
            node for node in ast.parse(stub.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)
        ]
        names += [
            PublicName(f"{room}{alias.name}", f"lattice_widgets.{room}{node.module}")
            for node in imports
            for alias in node.names
            if node.module
        ]
    return names


def pages() -> Iterator[tuple[str, str]]:
    """Yield name and text of each page of the reference."""
    names = [PublicName(name.name, _home(name)) for name in public_names()]
    yield "index", _index(names)
    for name in names:
        yield name.page, _page(name)


def _home(name: PublicName) -> str:
    """Find the module that defines a name: packages pass on the names of their modules."""
    value = name.value
    if callable(value):
        return str(value.__module__)
    for node in ast.walk(ast.parse(inspect.getsource(import_module(name.module)))):
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == name.name for alias in node.names):
            return node.module or name.module
    return name.module


def _index(names: list[PublicName]) -> str:
    lines = [
        "API reference",
        "=============",
        "",
        "Every public name of the package, ``import lattice_widgets as lw``. What is not listed here may change.",
        "",
    ]
    for heading in ROOMS.values():
        mine = sorted((name for name in names if name.room == heading), key=lambda name: name.name.lower())
        if not mine:
            continue
        lines += [heading, "-" * len(heading), "", ".. list-table::", "   :widths: 30 70", ""]
        for name in mine:
            lines += [f"   * - :doc:`{name.name} <{name.page}>`", f"     - {name.summary}"]
        lines += ["", ".. toctree::", "   :hidden:", ""]
        lines += [*(f"   {name.page}" for name in mine), ""]
    return "\n".join(lines) + "\n"


def _page(name: PublicName) -> str:
    lines = [name.name, "=" * len(name.name), "", ".. py:currentmodule:: lattice_widgets", ""]
    if name.kind == "functions":
        lines += [f".. autofunction:: lattice_widgets.{name.name}"]
    elif name.kind == "data":
        lines += [f".. py:data:: {name.name}", "", textwrap.indent(name.text, "   "), ""]
        if isinstance(name.value, tuple):
            lines += [f"   ``{name.value!r}``"]
        else:
            lines += ["   Keys: " + ", ".join(f"``{key!r}``" for key in name.value) + "."]
    elif issubclass(name.value, LatticeWidget):
        # a class that takes the traits and nothing else inherits a signature that does not say so
        takes = "(**settings)" if "args" in inspect.signature(name.value).parameters else ""
        lines += [f".. autoclass:: lattice_widgets.{name.name}{takes}", ""]
        lines += _traits(name.value, set(ipw.VBox.class_trait_names()))
        lines += _methods(name)
    elif issubclass(name.value, BrowserView):
        lines += [f".. autoclass:: lattice_widgets.{name.name}(**settings)", ""]
        lines += _traits(name.value, {*BrowserView.class_trait_names(), "menu_number", "has_table"})
        lines += _methods(name)
    else:
        lines += [f".. autoclass:: lattice_widgets.{name.name}", "   :members:"]
    lines += _seen_on(name)
    defined = name.module.removeprefix("lattice_widgets.").replace(".", "/")
    return "\n".join([*lines, "", f"Defined in ``lattice_widgets/{defined}.py``."]) + "\n"


def _seen_on(name: PublicName) -> list[str]:
    """Link to the pages whose code uses a name."""
    used = re.compile(rf"\blw\.{name.name}\b")
    code = re.compile(r"^```py(?:thon|con)\n.*?^```$", re.DOTALL | re.MULTILINE)
    pages = []
    for path in sorted(DOCS.glob("*.md")):
        if any(used.search(block) for block in code.findall(path.read_text(encoding="utf-8"))):
            pages.append(f":doc:`/{path.stem}`")
    return ["", "Used on: " + ", ".join(pages) + "."] if pages else []


def _traits(widget: type[ipw.Widget], inherited: set[str]) -> list[str]:
    """Make the tables of a widget's own traits: what can be set, and what it says."""
    order = [
        name
        for owner in reversed(widget.__mro__)
        for name, value in vars(owner).items()
        if isinstance(value, t.TraitType)
    ]
    traits = {name: widget.class_traits()[name] for name in order if name not in inherited}
    lines = []
    for heading, read_only in (("Settings", False), ("Results", True)):
        rows = [(n, trait) for n, trait in traits.items() if trait.read_only is read_only and not n.startswith("_")]
        if not rows:
            continue
        lines += [heading, "-" * len(heading), ""]
        lines += [".. list-table::", "   :header-rows: 1", "   :widths: 22 30 48", "", "   * - trait"]
        lines += ["     - values" if not read_only else "     - kind", "     - what it is"]
        for trait_name, trait in rows:
            lines += [f"   * - ``{trait_name}``", f"     - {_values(trait)}", f"     - {_about(widget, trait_name)}"]
        lines += [""]
    return lines


def _values(trait: t.TraitType) -> str:
    """Say what a trait takes, and its default."""
    if isinstance(trait, t.Enum) and trait.values is not None:
        takes = "one of " + ", ".join(f"``{value!r}``" for value in trait.values)
    else:
        takes = next(
            (words for kind, words in KINDS.items() if isinstance(trait, kind)), type(trait).__name__.strip("_")
        )
        least, most = getattr(trait, "min", None), getattr(trait, "max", None)
        finite = [bound is not None and abs(bound) < 1e300 for bound in (least, most)]
        if all(finite):
            takes += f", {least:g} to {most:g}"
        elif finite[0]:
            takes += f", at least {least:g}"
    unit = trait.metadata.get("unit")
    default = trait.default_value
    told = isinstance(default, bool | int | float | str) and not trait.read_only and default != ""
    return takes + (f" [{unit}]" if unit else "") + (f"; ``{default!r}`` if not set" if told else "")


def _about(widget: type[ipw.Widget], name: str) -> str:
    """Return the help of a trait, or the text below it."""
    text = widget.class_traits()[name].help
    for owner in widget.__mro__ if not text else ():
        if name in vars(owner):
            found = ModuleAnalyzer.for_module(owner.__module__).find_attr_docs().get((owner.__qualname__, name), [])
            text = " ".join(found)
            break
    return " ".join(text.split()) or "\\ "


def _methods(name: PublicName) -> list[str]:
    """List the methods for scripts: what a widget class says itself, and what all widgets have."""
    parts = {"request", "compute", "apply", "build_views", "forget_answers", "static_picture", "runners"}
    value = name.value
    methods = []
    for owner in (cls for cls in value.__mro__ if cls.__module__.startswith("lattice_widgets.")):
        for method, member in vars(owner).items():
            public = not method.startswith("_") and method not in parts and inspect.getdoc(member)
            if public and (inspect.isfunction(member) or isinstance(member, property)) and method not in methods:
                methods.append(method)
    kinds = {method: inspect.getattr_static(value, method) for method in methods}
    lines = ["Methods", "-------", ""]
    for method, member in kinds.items():
        directive = "autoproperty" if isinstance(member, property) else "automethod"
        lines += [f".. {directive}:: lattice_widgets.{name.name}.{method}", ""]
    return lines


def write_pages(app: Sphinx) -> None:
    """Write the pages that changed, and remove those of names that are gone."""
    folder = Path(app.srcdir) / "api"
    texts = {folder / f"{page}.rst": text for page, text in pages()}
    for old in set(folder.rglob("*.rst")) - set(texts):
        old.unlink()
    for path, text in texts.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx to write the pages first."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
