"""Controls made from the traits that they set: one place for name, range, unit and help of each."""

from collections.abc import Iterable, Mapping, Sequence
from math import log10
from typing import Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.language import _
from lattice_widgets.widgets.parts.network import NetworkName, network_choice
from lattice_widgets.widgets.parts.settings import Number
from lattice_widgets.widgets.parts.slider_link import link_slider

_STYLE = {"description_width": "128px"}
_LAYOUT = {"width": "100%", "max_width": "400px", "min_width": "0"}


def number(default: float, low: float, high: float, help: str) -> Any:
    """Return a trait for a setting that is a finite number; tag it for its control, see `control`.

    Parameters
    ----------
    default, low, high : float
        Value at the start, and the range.
    help : str
        What it is, marked for translation; the tooltip of its control.
    """
    return Number(default, min=low, max=high, help=help).tag(request=True)


def control(owner: t.HasTraits, name: str) -> ipw.DOMWidget:
    """Return a control that is linked to a trait both ways.

    The tags of the trait say what it looks like: ``label``, ``step``, ``unit``, ``format``, ``logarithmic``, ``typed``
    (a number to type instead of a slider), ``made_by`` (a function that makes the control); ``page`` and ``only`` are those
    of `paged_controls`. Its range is that of the trait and its tooltip the help of the trait. Label, help and the choices of
    an Enum are marked for translation where the trait stands (``N_``) and translated here.

    Parameters
    ----------
    owner : traitlets.HasTraits
        The widget that has the trait.
    name : str
        The trait: a Float or Int with ``min`` and ``max``, an Enum, a Bool or a `NetworkName`.
    """
    trait: Any = owner.traits()[name]
    label, unit = _(trait.metadata.get("label", name)), trait.metadata.get("unit", "")
    common: dict[str, Any] = {
        "description": f"{label} [{unit}]" if unit else label,
        "tooltip": _(trait.help),
        "style": _STYLE,
        "layout": ipw.Layout(**_LAYOUT),
    }
    made_by = trait.metadata.get("made_by")
    if made_by is not None:
        return made_by(owner, name, **common).add_class(f"lattice-widgets-{name.replace('_', '-')}")
    if isinstance(trait, NetworkName):
        widget: Any = network_choice(owner, name, **common)
    elif isinstance(trait, t.Bool):
        widget = ipw.Checkbox(**{**common, "indent": False})
    elif isinstance(trait, t.Enum):
        widget = ipw.Dropdown(options=choices(trait.values or ()), **common)
    elif trait.metadata.get("logarithmic"):
        # the slider holds the value itself, its ends are exponents of 10
        widget = ipw.FloatLogSlider(
            min=log10(trait.min), max=log10(trait.max), step=0.05, readout_format=".2e", **common
        )
        link_slider(owner, name, widget)
    elif isinstance(trait, t.Float):
        widget = ipw.FloatSlider(
            min=trait.min,
            max=trait.max,
            step=trait.metadata.get("step", (trait.max - trait.min) / 200),
            readout_format=trait.metadata.get("format", ".3g"),
            **common,
        )
        link_slider(owner, name, widget)
    elif trait.metadata.get("typed"):
        widget = ipw.BoundedIntText(min=trait.min, max=trait.max, step=trait.metadata.get("step", 1), **common)
    else:
        widget = ipw.IntSlider(min=trait.min, max=trait.max, step=trait.metadata.get("step", 1), **common)
    if not isinstance(widget, ipw.FloatSlider | ipw.FloatLogSlider) and not isinstance(trait, NetworkName):
        t.link((owner, name), (widget, "value"))
    widget.add_class(f"lattice-widgets-{name.replace('_', '-')}")
    return widget


def tabs(groups: Mapping[str, Sequence[ipw.Widget]]) -> ipw.Tab:
    """Return the controls in tabs, title -> controls; the titles are marked for translation by the caller."""
    pages = [ipw.VBox(list(page), layout=ipw.Layout(width="100%", min_width="0")) for page in groups.values()]
    tab = ipw.Tab(pages, layout=ipw.Layout(width="100%", max_width="440px", min_width="0"))
    tab.titles = tuple(_(title) for title in groups)
    return tab


def paged_controls(owner: t.HasTraits, pages: Sequence[str]) -> tuple[dict[str, ipw.DOMWidget], ipw.Tab]:
    """Make the controls of all traits that have a page, in the order of the traits.

    A trait says by its tag ``page`` where its control stands. The tag ``only`` names the value of the trait ``mode`` of
    the owner with which it is shown.

    Parameters
    ----------
    owner : traitlets.HasTraits
        The widget that has the traits.
    pages : sequence of str
        Titles of the pages in their order, marked for translation.

    Returns
    -------
    controls : dict of str to ipywidgets.DOMWidget
        By the names of the traits.
    tab : ipywidgets.Tab
        The pages.
    """
    # traitlets lists traits by the alphabet; a class keeps them in the order in which they are written
    written = dict.fromkeys(name for kind in reversed(type(owner).__mro__) for name in vars(kind))
    traits = {
        name: owner.traits()[name] for name in written if name in owner.traits(page=lambda page: page is not None)
    }
    made = {name: control(owner, name) for name in traits}
    by_page: dict[str, list[ipw.Widget]] = {title: [] for title in pages}
    for name, trait in traits.items():
        by_page[trait.metadata["page"]].append(made[name])

    def show(change: Any = None) -> None:
        for name, trait in traits.items():
            if "only" in trait.metadata:
                made[name].layout.display = None if trait.metadata["only"] == owner.trait_values()["mode"] else "none"

    if owner.has_trait("mode"):
        owner.observe(show, "mode")
        show()
    return made, tabs(by_page)


def choices(values: Iterable[str]) -> list[tuple[str, str]]:
    """Return what a Dropdown offers: the values, each behind its name in the user's language."""
    return [(_(value), value) for value in values]


def side_by_side(*parts: ipw.Widget, gap: str = "12px 20px", last_on_top: bool = False) -> ipw.Box:
    """Return the parts beside each other, or below each other where the page is narrow, the last one on top if told."""
    flow, align = ("row wrap-reverse", "flex-end") if last_on_top else ("row wrap", "flex-start")
    layout = ipw.Layout(display="flex", flex_flow=flow, align_items=align, width="100%", grid_gap=gap)
    return ipw.Box(list(parts), layout=layout)


def pair(*parts: ipw.Widget) -> ipw.Box:
    """Return two pictures beside each other: they become smaller before one goes below the other, on a phone."""
    share_row(*parts)
    layout = ipw.Layout(
        display="flex", flex_flow="row wrap", align_items="flex-start", grid_gap="12px 20px",
        flex="3 1 540px", min_width="min(540px, 100%)", max_width="870px",
    )  # fmt: skip
    made = ipw.Box(list(parts), layout=layout)
    made.add_class("lattice-widgets-pair")
    return made


def share_row(*parts: ipw.Widget) -> None:
    """Let parts of a row become as narrow as 200 px before one goes below the other."""
    for part in parts:
        part.layout.flex, part.layout.min_width = "1 1 200px", "min(200px, 100%)"


def heading(*lines: ipw.Widget) -> ipw.VBox:
    """Return what the pictures say, above them: with the room for two lines more, so that nothing jumps when one is wrapped."""
    made = ipw.VBox(list(lines), layout=ipw.Layout(width="100%"))
    made.add_class("lattice-widgets-heading")
    return made


def answer(part: ipw.Widget) -> ipw.Widget:
    """Return a part that is dimmed while a new answer is computed, so that no old number looks valid."""
    return part.add_class("lattice-widgets-answer")


def column(*parts: ipw.Widget, width: str = "360px") -> ipw.VBox:
    """Return the parts below each other, as wide as told where the page has the room."""
    layout = ipw.Layout(flex=f"1 1 {width}", min_width="min(280px, 100%)", max_width=f"calc({width} * 1.25)")
    return ipw.VBox(list(parts), layout=layout)
