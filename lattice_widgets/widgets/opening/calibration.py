"""The pixel size that a user gives: the trait of all widgets that take a picture, and the field that sets it."""

import re
from typing import Any

import ipywidgets as ipw
import traitlets as t
import xarray as xr

from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.files.calibration import parse_pixel_size
from lattice_widgets.language import N_, _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import button, row, says

__all__ = ["GivenPixelSize", "PixelSizeField", "has_no_unit", "is_independent"]

#: units that a number without one may have been meant in
_UNITS = ("nm", "pm", "Å")
#: one or two numbers, and nothing that says what they count
_BARE = re.compile(r"[-+\d.,eE\s]*\d[-+\d.,eE\s]*(?:(?:x|×|;|\bby\b)[-+\d.,eE\s]*\d[-+\d.,eE\s]*)?")

_HELP = N_(
    "The pixel size, if the picture does not say or is wrong: 0.02 (nm), '0.02 x 0.04 nm' (down, across), '20 pm', or "
    "a crystal and one of its spots, 'graphene 10'."
)
#: where a pixel size comes from, in words
_ORIGINS = {
    "file": N_("from the file"),
    "by hand": N_("by hand"),
    "sample": N_("of this sample"),
    "simulation": N_("simulated"),
    "array": N_("from the array"),
}


def is_independent(origin: str) -> bool:
    """Tell whether a pixel size comes from elsewhere than a crystal that the picture is presumed to show.

    Parameters
    ----------
    origin : str
        As `calibration_of` tells it; empty if no pixel size is known.
    """
    return origin in _ORIGINS or origin.startswith("by hand")


def has_no_unit(text: str) -> bool:
    """Tell whether a text is one number, or two, without a unit.

    Examples
    --------
    >>> [has_no_unit(text) for text in ("16", " 0,02 x 1.6e-2 ", "16 pm", "graphene 10", "")]
    [True, True, False, False, False]
    """
    return _BARE.fullmatch(text) is not None


class GivenPixelSize(t.TraitType[Any, Any]):
    """A trait that holds a pixel size as a user gives it; None: as the picture says.

    A value that is not understood is refused with a `traitlets.TraitError` of one sentence.
    """

    default_value = None

    def __init__(self, help: str = _HELP, **settings: Any) -> None:
        super().__init__(help=help, **settings)
        self.tag(label=N_("pixel size"))

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the value as it was given; None for an empty text."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            parse_pixel_size(value)
        except ValueError as problem:
            raise t.TraitError(str(problem)) from problem
        except Exception as problem:  # objects of others fail as they like when they are asked for a number
            raise t.TraitError(f"{self.name} is not understood: give a length in nm, or two (row, col).") from problem
        return value


class PixelSizeField(ipw.HBox):
    """A field to type a pixel size, and beside it which one holds and where it comes from.

    A number that is typed without a unit is asked for it: 16 may be nm or pm. What scripts give is nm, and is shown so.

    Parameters
    ----------
    owner : LatticeWidget
        Has the trait ``pixel_size``.

    Attributes
    ----------
    text : ipywidgets.Text
        The field.
    """

    def __init__(self, owner: Any) -> None:
        self._owner, self._following = owner, False
        trait = owner.traits()["pixel_size"]
        self.text = ipw.Text(
            continuous_update=False,
            description=_(trait.metadata["label"]),
            placeholder=_("20 pm, or graphene 10"),
            tooltip=_(trait.help),
            style={"description_width": "initial"},
            layout=ipw.Layout(width="238px", max_width="calc(100% - 4px)"),
        )
        self.text.add_class("lattice-widgets-pixel-size")
        self._origin, self._says = "", says(live=True)
        self._units = row(*(self._unit_button(unit) for unit in _UNITS))
        self._units.add_class("lattice-widgets-units")
        self._follow()
        owner.observe(self._follow, "pixel_size")
        self.text.observe(self._take, "value")
        line = row(self.text, self._says, self._units)
        super().__init__([line], layout=ipw.Layout(width="100%", min_width="0"))

    def show(self, image: xr.DataArray | None) -> None:
        """Say the pixel size of a picture and where it comes from; None takes it away."""
        if image is None:
            self.clear()
        else:
            self.say(image.attrs.get("pixel_size"), calibration_of(image))

    def say(self, pixel_size: float | None, origin: str) -> None:
        """Say a pixel size [nm] and where it comes from, as `calibration_of` tells it."""
        self._origin = in_html(_describe(pixel_size, origin) or _("not known: lengths in px"))
        self._says.value = self._origin

    def clear(self) -> None:
        """Say nothing: there is no picture."""
        self._says.value = self._origin = ""

    def _follow(self, change: Any = None) -> None:
        given = self._owner.pixel_size
        words = " x ".join(map(str, given)) if isinstance(given, tuple | list) else str(given or "")
        words = f"{words} nm" if has_no_unit(words) else words
        self._units.layout.display = "none"
        self._following = True
        try:
            self.text.value = words
        finally:
            self._following = False

    def _take(self, change: Any) -> None:
        if self._following:
            return
        typed = self.text.value.strip()
        self._units.layout.display = "none"
        try:
            if has_no_unit(typed):
                self._owner.traits()["pixel_size"].validate(self._owner, typed)
                words = _("{number}: in which unit? Until it is chosen, all stays as it was.")
                self._says.value = in_html(words.format(number=typed))
                self._units.layout.display = None
                return
            self._owner.pixel_size = typed or None
        except t.TraitError as problem:  # said beside the field, in which what was typed stays
            self._says.value = f'<span style="color:#c00000">{in_html(str(problem))}</span>'
        else:
            self._says.value = self._origin

    def _unit_button(self, unit: str) -> ipw.Button:
        def choose() -> None:
            self.text.value = f"{self.text.value.strip()} {unit}"

        return button(unit, _("The number is a length in {unit}").format(unit=unit), choose)


def _describe(size: float | None, origin: str) -> str:
    """Return a pixel size and where it comes from; empty if no length is known."""
    if not size or not origin:
        return ""
    words = _("{size:.4g} nm ({origin})")
    return words.format(size=size, origin=_(_ORIGINS[origin]) if origin in _ORIGINS else origin)
