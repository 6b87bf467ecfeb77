"""Controls made from the traits that they set: one place for name, range, unit and help of each."""

from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.language import _
from lattice_widgets.widgets.parts.slider_link import link_slider

_STYLE = {"description_width": "128px"}
_LAYOUT = {"width": "100%", "max_width": "400px", "min_width": "0"}


def control(owner: t.HasTraits, name: str) -> ipw.DOMWidget:
    """Return a control that is linked to a trait both ways.

    The tags of the trait say what it looks like: ``label``, ``step``, ``unit``, ``format``, ``logarithmic``, ``typed``
    (a number to type instead of a slider). Its range is that of the trait and its tooltip the help of the trait. Label,
    help and the choices of an Enum are marked for translation where the trait stands (``N_``) and translated here.

    Parameters
    ----------
    owner : traitlets.HasTraits
        The widget that has the trait.
    name : str
        The trait: a Float or Int with ``min`` and ``max``, an Enum or a Bool.
    """
    trait: Any = owner.traits()[name]
    label, unit = _(trait.metadata.get("label", name)), trait.metadata.get("unit", "")
    common: dict[str, Any] = {
        "description": f"{label} [{unit}]" if unit else label,
        "tooltip": _(trait.help),
        "style": _STYLE,
        "layout": ipw.Layout(**_LAYOUT),
    }
    if isinstance(trait, t.Bool):
        widget: Any = ipw.Checkbox(**{**common, "indent": False})
    elif isinstance(trait, t.Enum):
        widget = ipw.Dropdown(options=choices(trait.values or ()), **common)
    elif trait.metadata.get("logarithmic"):
        # linked by hand: the slider holds the value itself, its ends are exponents of 10
        widget = ipw.FloatLogSlider(
            min=_exponent(trait.min), max=_exponent(trait.max), step=0.05, readout_format=".2e", **common
        )
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
    if not isinstance(widget, ipw.FloatSlider):
        t.link((owner, name), (widget, "value"))
    widget.add_class(f"lattice-widgets-{name.replace('_', '-')}")
    return widget


def tabs(groups: dict[str, Sequence[ipw.Widget]]) -> ipw.Tab:
    """Return the controls in tabs, title -> controls; the titles are marked for translation by the caller."""
    pages = [ipw.VBox(list(page), layout=ipw.Layout(width="100%", min_width="0")) for page in groups.values()]
    tab = ipw.Tab(pages, layout=ipw.Layout(width="100%", max_width="440px", min_width="0"))
    tab.titles = tuple(_(title) for title in groups)
    return tab


def choices(values: Iterable[str]) -> list[tuple[str, str]]:
    """Return what a Dropdown offers: the values, each behind its name in the user's language."""
    return [(_(value), value) for value in values]


def side_by_side(*parts: ipw.Widget, gap: str = "12px 20px") -> ipw.Box:
    """Return the parts beside each other, or below each other where the page is narrow."""
    layout = ipw.Layout(display="flex", flex_flow="row wrap", align_items="flex-start", width="100%", grid_gap=gap)
    return ipw.Box(list(parts), layout=layout)


def column(*parts: ipw.Widget, width: str = "360px") -> ipw.VBox:
    """Return the parts below each other, as wide as told where the page has the room."""
    layout = ipw.Layout(flex=f"1 1 {width}", min_width="min(280px, 100%)", max_width=f"calc({width} * 1.25)")
    return ipw.VBox(list(parts), layout=layout)


def _exponent(value: float) -> float:
    from math import log10

    return log10(value)
