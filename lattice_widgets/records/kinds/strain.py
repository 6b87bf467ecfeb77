"""Records of a strain map: strain, rotation and amplitude of the lattice of a picture, place by place, with errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.maps.crystal_reference import CRYSTAL_REFERENCES, reference_for
from lattice_widgets.core.maps.lattice_map import map_lattice
from lattice_widgets.core.maps.moire import map_moire
from lattice_widgets.core.maps.reading import MOIRE_QUANTITIES, QUANTITIES, map_profile
from lattice_widgets.core.maps.resolution import FWHM
from lattice_widgets.core.measured import with_error
from lattice_widgets.core.pictures.picture import Picture
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.language import _, ngettext
from lattice_widgets.records.code_lines import picture_lines
from lattice_widgets.records.kinds.moire import describe_moire_map, moire_lines, moire_rows
from lattice_widgets.records.kinds.undistorted import can_be_presumed, describe_undistorted, take_out
from lattice_widgets.records.kinds.window import known_of
from lattice_widgets.records.outcome import Drawing, Outcome, long_table
from lattice_widgets.samples.sources import load_source
from lattice_widgets.views.figures.strain_figure import MAPS, unit_of
from lattice_widgets.views.figures.strain_overview import plot_overview

__all__ = [
    "Settings",
    "code",
    "code_lines",
    "compute",
    "describe_map",
    "measure",
    "name_reference",
    "table_of",
    "undistorting",
]


@dataclass(frozen=True)
class Settings:
    """Which picture is mapped, against what, and what is read from the map.

    Attributes
    ----------
    quantity : str
        The map that the sentence tells of: "strain_xx", "strain_yy", "strain_xy", "dilation", "rotation" or "amplitude". Or
        one of the moire of two layers, "offset", "twist", "a" or "b": that is mapped then, and needs no reference.
    reference : tuple of float, str or None
        A region (row, col, height, width) [px], a Bravais type, the name of a crystal, or None for the mean of the picture.
    lattice : tuple of float
        Vectors (row, col, row, col) of a lattice [nm, or px without a pixel size] that is the reference; () for none.
    frame : int
        Which picture of a movie.
    pixel_size : float, tuple or str, optional
        As for `read_micrograph`.
    dataset : str or int, optional
        As for `read_micrograph`.
    window_size : int
        As for `map_lattice` [px]; 0: chosen by the lattice and the noise.
    profile : tuple of float
        Ends (row, col, row, col) of a line along which the map is read [px]; () for none.
    undistort : str
        What the lattice is presumed to be, so that the distortion of the scan is taken out before, as for
        `lattice_widgets.undistort`; empty: the picture is mapped as scanned.
    """

    quantity: str = "strain_xx"
    reference: tuple[float, ...] | str | None = None
    lattice: tuple[float, ...] = ()
    frame: int = 0
    pixel_size: PixelSizeGiven | None = None
    dataset: str | int | None = None
    window_size: int = 0
    profile: tuple[float, ...] = ()
    undistort: str = ""

    def __post_init__(self) -> None:
        if len(self.profile) not in (0, 4) or len(self.lattice) not in (0, 4):
            raise ValueError(_("A profile is a line (row, col, row, col), a lattice two vectors (row, col, row, col)."))
        if self.quantity not in (*QUANTITIES, *MOIRE_QUANTITIES):
            raise ValueError(_("There is no map {name}: choose one of {names}.").format(
                name=repr(self.quantity), names=", ".join((*QUANTITIES, *MOIRE_QUANTITIES))))  # fmt: skip
        if self.undistort and not can_be_presumed(self.undistort):
            raise ValueError(_("{name} cannot be presumed of a lattice.").format(name=repr(self.undistort)))

    @property
    def against(self) -> Any:
        """The reference as `measure` takes it."""
        return Lattice(np.reshape(self.lattice, (2, 2))) if self.lattice else self.reference


def measure(
    image: NDArray[Any],
    pixel_size: float | None,
    calibration: str,
    reference: Any,
    window_size: int = 0,
    method: Any = "phases",
) -> xr.Dataset:
    """Map a picture with square pixels, as `map_lattice` does; the reference may be the name of a crystal too.

    ``calibration`` tells where the pixel size comes from, as `calibration_of` does.
    """
    known = reference_for(reference, pixel_size)
    maps = map_lattice(image, pixel_size, window_size or None, reference=known, method=method)
    return maps.assign_attrs(calibration=calibration) if pixel_size else maps


def compute(source: Any, settings: Settings) -> Outcome:
    """Map a picture.

    Parameters
    ----------
    source : Any
        As for `load_source`.
    settings : Settings
        How.

    Raises
    ------
    ValueError, OSError
        If the picture cannot be read, has no such frame or no lattice, or the reference does not fit; in one sentence.
    """
    stack = load_source(source, settings.pixel_size, settings.dataset)
    picture = Picture.of(stack, settings.frame)
    labeled = stack if stack.ndim == 2 else stack[settings.frame]
    presumed = ""
    if settings.undistort:
        straight = take_out(labeled, settings.undistort)
        picture, presumed = Picture.of(straight.picture), describe_undistorted(straight)
    known = picture.values, picture.pixel_size, calibration_of(labeled)
    layered = settings.quantity in MOIRE_QUANTITIES
    if layered:
        maps = map_moire(picture.values, picture.pixel_size)
        told = describe_moire_map(maps, settings.quantity)
    else:
        maps = measure(*known, settings.against, settings.window_size)
        told = describe_map(maps, settings.quantity, settings.against)
    line = None
    if settings.profile:
        line = map_profile(maps, (settings.profile[0], settings.profile[1]), (settings.profile[2], settings.profile[3]))
    sentence = f"{told} {presumed}".rstrip()

    def draw() -> Mapping[str, Drawing]:
        region = settings.reference if isinstance(settings.reference, tuple) and not layered else ()
        figure = plot_overview(picture.values, maps, settings.quantity, line, sentence, region)
        words = _("The picture, the maps of strain and rotation over it, and a profile or the values of one of them.")
        if layered:
            words = _("The picture, the maps of its moire over it, and a profile or the values of one of them.")
        return {"strain": Drawing(figure, words)}

    numbers = long_table(moire_rows(maps)) if layered else _numbers(maps)
    tables = {"numbers": numbers, "maps": table_of(maps)}
    if line is not None:
        tables["profile"] = line.to_dataframe().reset_index().rename_axis("number")
    left = " ".join(maps.attrs["left_out"])
    return Outcome(sentence, tables, draw, {**known_of(labeled, stack.sizes), "left_out": left})


def table_of(maps: xr.Dataset) -> pd.DataFrame:
    """Return the maps as a table: one line a place, with its row and column [px], and x and y [nm] where they are known."""
    flat = [name for name, values in maps.data_vars.items() if values.dims == ("window_row", "window_col")]
    table = maps[flat].to_dataframe().reset_index(drop=True)
    places = [name for name in ("row", "col", "y", "x") if name in maps.coords]
    return table[[*places, *flat]].rename_axis("number")


def describe_map(maps: xr.Dataset, quantity: str, reference: Any) -> str:
    """Say what a map shows: its range, its error, what it is measured against, and its resolution."""
    values = maps[quantity].values
    seen = values[np.isfinite(values)]
    if not seen.size:
        return _("No place of the picture shows the lattice.")
    low, high = seen.min(), seen.max()
    count = {"count": seen.size}
    if quantity == "amplitude":
        words = ngettext(
            "Amplitude of the lattice at {count} place: {low:.2f} to {high:.2f}; 1 is where it is whole.",
            "Amplitude of the lattice at {count} places: {low:.2f} to {high:.2f}; 1 is where it is whole.",
            seen.size,
        )  # fmt: skip
        return f"{words.format(low=low, high=high, **count)} {_resolution(maps)}"
    error = float(np.nanmedian(maps[f"{quantity}_error"].values))
    unit = MAPS[quantity][1].replace("%", " %")
    words = ngettext(
        "{name}, against {reference}: {low:+.2f} to {high:+.2f}{unit} at {count} place, each ± {error:.2g}{unit}.",
        "{name}, against {reference}: {low:+.2f} to {high:+.2f}{unit} at {count} places, each ± {error:.2g}{unit}.",
        seen.size,
    )
    parts = {"name": _(MAPS[quantity][0]), "reference": name_reference(reference), "error": error, "unit": unit}
    told = words.format(low=low, high=high, **count, **parts)
    return f"{told[0].upper()}{told[1:]} {_resolution(maps)}"


def _resolution(maps: xr.Dataset) -> str:
    size = float(maps.attrs["pixel_size"]) or 1.0
    width = f"{FWHM * maps.attrs['mask_sigma'] * size:.3g} {maps.attrs['unit']}"
    return _("A place averages over a circle of {width}: the map shows nothing finer.").format(width=width)


def name_reference(reference: Any) -> str:
    """Return what strain is measured against, in few words."""
    if reference is None:
        return _("the mean of the picture")
    if isinstance(reference, str):
        if reference in BRAVAIS_TYPES:
            return _("the {kind} lattice nearest to the mean").format(kind=_(reference))
        crystal, mode = CRYSTAL_REFERENCES.get(reference, (reference, ""))
        return _(reference) if crystal == reference else _("{crystal}, {mode}").format(crystal=_(crystal), mode=mode)
    if isinstance(reference, tuple):
        row, col, height, width = reference
        words = _("the region at row {row:.0f}, column {col:.0f} of {height:.0f} × {width:.0f} px")
        return words.format(row=row, col=col, height=height, width=width)
    return _("a given lattice")


def _numbers(maps: xr.Dataset) -> pd.DataFrame:
    rows: list[tuple[str, Any, Any, str]] = []
    for name in QUANTITIES:
        values = maps[name].values
        seen = values[np.isfinite(values)]
        unit = str(maps[name].attrs["units"]).replace("1", "")
        for told, function in (("mean", np.mean), ("standard deviation", np.std), ("median", np.median)):
            rows.append((f"{told} {name}", float(function(seen)) if seen.size else np.nan, None, unit))
        if f"{name}_error" in maps:
            rows.append((f"median error {name}", float(np.nanmedian(maps[f"{name}_error"].values)), None, unit))
    unit, scale = str(maps.attrs["unit"]), float(maps.attrs["pixel_size"]) or 1.0
    vectors = np.asarray(maps.attrs["reference_vectors"])
    names = ("a row", "a column", "b row", "b column")
    rows += [(f"reference {name}", value, None, unit) for name, value in zip(names, vectors.tolist(), strict=True)]
    rows += [
        ("resolution (full width at half maximum)", FWHM * maps.attrs["mask_sigma"] * scale, None, unit),
        ("window", maps.attrs["window_size"], None, "px"),
        ("step", maps.attrs["step"], None, "px"),
        ("places", int(np.isfinite(maps.strain_xx.values).sum()), None, ""),
    ]
    return long_table(rows)


def code(reads: str, settings: Settings, picture: Mapping[str, Any]) -> str:
    """Return the lines that repeat it; ``reads`` is the expression that reads the picture."""
    frame = settings.frame if len(picture["size"]) == 3 else None
    made = picture_lines(reads, settings.pixel_size, frame, "resampled_from" in picture)
    if settings.undistort:
        made += undistorting(settings.undistort)
    return code_lines(made, settings.against, settings.window_size, settings.quantity, settings.profile)


def undistorting(presumed: str) -> str:
    """Return the line that takes the distortion of the scan out of ``picture``, after those that make it."""
    return f"\npicture = lw.undistort(picture, assume={presumed!r}).picture"


def code_lines(made: str, reference: Any, window_size: int, quantity: str, profile: tuple[float, ...]) -> str:
    """Return the lines that repeat a map; ``made`` are those that make ``picture``."""
    if quantity in MOIRE_QUANTITIES:
        return moire_lines(made, quantity, profile)
    given, before = repr(reference), []
    if isinstance(reference, str) and reference not in BRAVAIS_TYPES:
        name, mode = CRYSTAL_REFERENCES.get(reference, (reference, None))
        cell = f"lw.CRYSTALS[{name!r}].primitive_lattice({mode!r})" if mode else f"lw.known_cells()[{name!r}].lattice"
        before = [f"reference = {cell}"]
        given = "reference"
    elif isinstance(reference, Lattice):
        given = f"lw.Lattice({reference.vectors.tolist()!r})"
    window = f", window_size={window_size}" if window_size else ""
    against = f", reference={given}" if reference is not None else ""
    lines = [
        "import lattice_widgets as lw",
        "",
        made,
        *before,
        f'maps = lw.map_lattice(picture.values, picture.attrs.get("pixel_size"){window}{against})',
        f"print(maps.{quantity}.to_pandas().round(3))",
    ]
    if profile:
        ends = f"({profile[0]:.6g}, {profile[1]:.6g}), ({profile[2]:.6g}, {profile[3]:.6g})"
        columns = f"[[{quantity!r}, {f'{quantity}_error'!r}]]" if quantity != "amplitude" else f"[[{quantity!r}]]"
        lines.append(f"print(lw.map_profile(maps, {ends}){columns}.to_dataframe())")
    return "\n".join(lines)


def value_of(place: xr.Dataset, name: str) -> str:
    """Return a value of one place with its error and unit; the amplitude, which has no error, with two decimals."""
    unit = unit_of(name, place).replace("%", " %")
    unit = unit if unit in ("", "°", " %") else f" {unit}"
    error = f"{name}_error"
    if error not in place:
        return f"{float(place[name]):.2f}{unit}"
    return f"{with_error(float(place[name]), float(place[error]))}{unit}"
