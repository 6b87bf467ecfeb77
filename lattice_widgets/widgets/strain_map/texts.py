"""The words that the strain map says."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from lattice_widgets.core.maps.reading import MOIRE_QUANTITIES, QUANTITIES
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import N_, _, ngettext
from lattice_widgets.records.kinds.strain import value_of
from lattice_widgets.views.figures.strain_figure import name_of, unit_of
from lattice_widgets.views.shared.escaping import in_html

HINT = N_(
    "Click a place to read it; with keys: Shift and arrows move a crosshair, Enter reads. Drift and creep of a scan look like "
    "strain: compare with a second scan before you trust a small one."
)
CODE = N_("These lines repeat the map without the widget: copy them into a cell.")
FILES = N_("csv: a line for each place. npz, zarr, nc: all maps. svg, png, pdf: figure.")
NO_MAP = N_("There is no map yet: wait until it is shown, or choose a picture with a lattice.")
NO_PICTURE = N_("There is no picture yet.")
NO_GRAINS = N_(
    "Grains are connected places of one lattice. A strain map follows the strongest lattice; other grains stay blank."
)
NO_DISLOCATIONS = N_("An edge dislocation is where an extra line of atoms ends. None has been looked for yet.")
SIGNS = N_("The arrow is the Burgers vector, the stem points to the extra line of atoms.")
NOT_IN_THE_MARGIN = N_("None is looked for in the margin of the picture, nor where the lattice is faded.")
STRONGER_LAYER = N_(
    "Two lattices lie over each other: this maps the stronger one, in which the other one can show as ripples, which its "
    "errors count; their moire has maps of its own."
)
LOOKING_FOR_LAYERS = N_("looking for a second lattice …")
NO_PLACE = N_("Click a place of the map to read its strain with errors.")
NO_PROFILE = N_("Press “profile”, and drag the ends of the line over the map.")
#: a reference so far from the picture is hardly the right one [%]
_FAR = 10.0
#: so few places make no map
_FEW = 9
#: how the choice names what is not a name itself
MEAN, REGION, GIVEN = N_("mean of the picture"), N_("region"), N_("given lattice")


def describe_place(place: xr.Dataset) -> str:
    """Return the values of one place with their errors, as an HTML table."""
    layered = "twist" in place
    if not np.isfinite(float(place.phase_a if layered else place.strain_xx)):
        return in_html(
            _("This place does not show both lattices.") if layered else _("There is no lattice at this place.")
        )
    lines = _lines_of_moire(place) if layered else _lines_of_lattice(place)
    where = _("Place at row {row}, column {col}").format(row=f"{float(place.row):.0f}", col=f"{float(place.col):.0f}")
    cells = "".join(
        f'<tr><th scope="row" style="text-align:left;font-weight:normal;padding-right:1em">{in_html(name)}</th>'
        f"<td>{in_html(value)}</td></tr>"
        for name, value in lines
    )
    return f"<div><b>{in_html(where)}</b></div><table>{cells}</table>"


def _lines_of_lattice(place: xr.Dataset) -> list[tuple[str, str]]:
    lines = [(name_of(name), value_of(place, name)) for name in QUANTITIES]
    unit = str(place.vectors.attrs["units"])
    for letter, vector, error in zip("ab", place.vectors.values, place.vectors_error.values, strict=True):
        length = float(np.hypot(*vector))
        spread = float(np.hypot(*(vector * error))) / length
        lines.append((letter, f"{with_error(length, spread)} {unit}"))
    return lines


def _lines_of_moire(place: xr.Dataset) -> list[tuple[str, str]]:
    lines = [(name_of(name), value_of(place, name)) for name in MOIRE_QUANTITIES if np.isfinite(float(place[name]))]
    if np.isfinite(float(place.gamma)):
        lines.append((_("angle γ of the moire"), f"{with_error(float(place.gamma), float(place.gamma_error))}°"))
    parts = [with_error(float(place[f"phase_{name}"]), float(place[f"phase_{name}_error"])) for name in "ab"]
    lines.append((_("place in its cell"), f"({parts[0]}) a + ({parts[1]}) b"))
    return lines


def describe_selection(maps: xr.Dataset, quantity: str, selection: Sequence[float]) -> str:
    """Say how much of a map lies within a range of values; empty without a range."""
    if len(selection) != 2:
        return ""
    values = maps[quantity].values
    inside = np.isfinite(values) & (values >= selection[0]) & (values <= selection[1])
    places, count = int(np.isfinite(values).sum()), int(inside.sum())
    size, unit = float(maps.attrs["pixel_size"]) or 1.0, str(maps.attrs["unit"])
    words = _("Colored: {count} of {places} places ({percent:.0f} %, about {area}), from {low} to {high}.")
    area = f"{count * (float(maps.attrs['step']) * size) ** 2:.3g} {unit}²"
    end = unit_of(quantity, maps)
    low, high = (f"{edge:.3g}{end if end == '°' else f' {end}'.rstrip()}" for edge in selection)
    return words.format(count=count, places=places, percent=100 * count / max(places, 1), area=area, low=low, high=high)


def describe_doubts(maps: xr.Dataset) -> str:
    """Say what speaks against a map: a reference that is far away, window fits that differ."""
    told = []
    if maps.strain_xx.size <= _FEW:
        words = _(
            "The picture holds few cells, so the map has few places: a smaller window gives more, with larger errors."
        )
        told.append(words)
    mean = [float(maps[name].mean()) for name in ("strain_xx", "strain_yy", "strain_xy")]
    if max(map(abs, mean)) > _FAR:
        words = _(
            "The lattice is {percent:.0f} % away from the reference: is it the right crystal, and is the pixel size right?"
        )
        told.append(words.format(percent=max(map(abs, mean))))
    if "differs" in maps:
        count, places = int(maps.differs.sum()), int(np.isfinite(maps.strain_xx).sum())
        if count:
            words = ngettext(
                "Window fits differ by more than three errors at {count} of {places} places: it has a cross.",
                "Window fits differ by more than three errors at {count} of {places} places: they have a cross.",
                count,
            )
        else:
            words = ngettext(
                "Window fits agree within three errors at the one place.",
                "Window fits agree within three errors at all {places} places.",
                places,
            )
        told.append(words.format(count=count, places=places))
    return " ".join(told)


def describe_resolution(width: float, unit: str) -> str:
    """Return the label of the circle."""
    return _("averages over {width}").format(width=f"{width:.3g} {unit}")
