"""Whatever a callback raises is told in its widget, of every class of widgets, and the widget goes on."""

import ast
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.widgets.base import LatticeWidget
from tests.widget_parts import words

KINDS = [
    kind
    for kind in (getattr(lw, name) for name in lw.__all__)
    if isinstance(kind, type) and issubclass(kind, LatticeWidget)
]
PROBLEMS = [(ValueError("Give another number."), "Give another number."), (KeyError("middle"), "KeyError: 'middle'")]

MESSAGE: dict[str, Any] = {"method": "custom", "content": {"event": "of a test"}}
CLICK: dict[str, Any] = {"method": "custom", "content": {"event": "click"}}


class Boom:
    """A callback that raises as long as it is told to."""

    def __init__(self, problem: Exception) -> None:
        self.problem: Exception | None = problem
        self.calls = 0

    def __call__(self, *arguments: Any) -> None:
        self.calls += 1
        if self.problem is not None:
            raise type(self.problem)(*self.problem.args)  # the same one would carry an ever longer traceback


def parts_of(widget: ipw.Widget) -> list[ipw.Widget]:
    """Everything on the page, at any depth."""
    children = getattr(widget, "children", ())
    return [part for child in children for part in (child, *parts_of(child))]


def from_browser(part: ipw.Widget, **data: Any) -> None:
    """Have a part receive a message as the browser sends it."""
    part._handle_msg({"content": {"data": data}, "buffers": []})


@pytest.fixture(params=KINDS, ids=[kind.__name__ for kind in KINDS])
async def widget(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)  # a quiz keeps its answers beside the notebook
    kind = request.param
    settings: dict[str, Any] = {}
    if kind is lw.MovieScrubber:
        settings = {"source": np.random.default_rng(1).normal(size=(3, 64, 64))}
    elif kind is lw.ProbabilityPanel:
        settings = {"image": "simulated_graphene_stm", "n_passes": 50}
    elif kind.class_traits().get("source") is not None:
        settings = {"source": "simulated_graphene_stm"}
    made = kind(**settings)
    await made.settled()
    made.clear_error()
    yield made
    made.close()


def check(widget: LatticeWidget, act: Callable[[], None], boom: Boom, sentence: str, what: str) -> None:
    """Check that what is raised is told, and is told no longer when it no longer is."""
    unknown = not isinstance(boom.problem, ValueError)
    act()
    assert boom.calls, f"{what}: not called at all"
    assert sentence in widget.error, f"{what}: not told"
    assert ("This should not have happened" in widget.error) == unknown
    assert 'role="alert"' in words(widget)
    kept, boom.problem = boom.problem, None
    act()
    if unknown:
        assert widget.error == "", f"{what}: still told although it works again"
    widget.clear_error()
    boom.problem = kept


def test_there_are_widgets() -> None:
    assert {"FFTExplorer", "LatticeSimulator", "MicrographReader", "Quiz"} <= {kind.__name__ for kind in KINDS}


async def test_what_is_raised_is_told(widget: LatticeWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    for problem, sentence in PROBLEMS:
        check_callbacks(widget, problem, sentence)
        await check_work(widget, problem, sentence, monkeypatch)


def check_callbacks(widget: LatticeWidget, problem: Exception, sentence: str) -> None:
    """Check observers of the widget and of its parts, messages to them, and a button that came later."""
    boom = Boom(problem)
    seen: list[Any] = []
    widget.observe(boom, "tabbable")
    widget.observe(seen.append, "tabbable")

    def set_own() -> None:
        widget.tabbable = not widget.tabbable

    check(widget, set_own, boom, sentence, "an observer of its own trait")
    assert len(seen) == 2, "an observer was not told because another one raised"
    widget.unobserve(boom, "tabbable")
    calls = boom.calls
    set_own()
    assert boom.calls == calls

    late = ipw.Button()
    holder = next(part for part in parts_of(widget) if isinstance(part, ipw.Box))
    holder.children = (*holder.children, late)
    parts = parts_of(widget)
    assert late in parts
    for part in parts:
        name = f"{type(part).__name__} {getattr(part, 'description', '')}"
        values = iter((True, False))
        part.observe(boom, "tabbable")
        check(
            widget,
            lambda part=part, values=values: from_browser(part, method="update", state={"tabbable": next(values)}),
            boom, sentence, f"what the browser sets in {name}",
        )  # fmt: skip
        part.unobserve(boom, "tabbable")
        part.on_msg(boom)
        check(widget, lambda part=part: from_browser(part, **MESSAGE), boom, sentence, f"a message to {name}")
        part.on_msg(boom, remove=True)
    late.on_click(boom)
    check(widget, lambda: from_browser(late, **CLICK), boom, sentence, "a button that came later")


async def check_work(widget: LatticeWidget, problem: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check what follows on work in a thread, and an answer that cannot be shown."""
    boom = Boom(problem)
    done: list[int] = []

    def follow(_problem: Exception | None) -> None:
        done.append(1)
        boom()

    widget._background.start(lambda: None, follow)
    while not done:
        widget._background.catch_up()
    assert sentence in widget.error
    widget.clear_error()
    # an answer that cannot be shown, and one that can
    with monkeypatch.context() as patch:
        patch.setattr(type(widget), "apply", lambda self, answer: boom())
        patch.setattr(widget._runner, "_compute", lambda request: 1)
        widget._runner.submit(None)
        await widget.settled()
        assert sentence in widget.error
        boom.problem = None
        widget._runner.submit(None)
        await widget.settled()
    assert widget.error == ""
    assert not widget.busy


async def test_the_log_gets_the_details(caplog: pytest.LogCaptureFixture) -> None:
    widget = lw.BeamEnergy()
    widget.observe(Boom(KeyError("middle")), "tabbable")
    with caplog.at_level(logging.ERROR, "lattice_widgets"):
        widget.tabbable = True
    assert "KeyError: 'middle'" in caplog.text
    assert "Traceback" in caplog.text
    widget.close()


def test_no_module_that_translates_rebinds_the_name_of_that(root: Path) -> None:
    wrong = []
    for path in sorted((root / "lattice_widgets").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        if not any((name.asname or name.name) == "_" for node in imports for name in node.names):
            continue
        for node in ast.walk(tree):
            named = isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store)
            if named or (isinstance(node, ast.arg) and node.arg == "_"):
                wrong.append(f"{path.relative_to(root)}:{node.lineno}")
    assert wrong == [], "here `_` is gettext, and would be something else afterwards"
