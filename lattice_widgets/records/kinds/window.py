"""Records of a window: its transform, its spots, its lattice and what the network says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.classifier import load_classifier
from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.geometry.overlay import lattice_points
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.geometry.spots import Spots, find_spots
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.measured import with_error
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.pictures.descriptor import interesting_frequency
from lattice_widgets.core.pictures.drift_corrected import correct_image
from lattice_widgets.core.pictures.fringes import fringes
from lattice_widgets.core.pictures.picture import Picture
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.core.pictures.profiles import radial_profile
from lattice_widgets.core.pictures.spectra import spectrum
from lattice_widgets.core.pictures.tapers import Taper
from lattice_widgets.core.pictures.windows import take_window
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.language import _
from lattice_widgets.records.code_lines import code_of, picture_lines
from lattice_widgets.records.outcome import Drawing, Outcome, long_table
from lattice_widgets.samples.sources import load_source
from lattice_widgets.views.figures.picture_figure import plot_picture
from lattice_widgets.views.figures.window_figure import plot_window

__all__ = ["Settings", "code", "compute", "known_of"]


@dataclass(frozen=True)
class Settings:
    """Which window of which picture, and how it is looked at.

    Attributes
    ----------
    window : tuple of int
        (row, col, height, width) [px of the picture with square pixels]; () for all of it.
    frame : int
        Which picture of a movie.
    pixel_size : float, tuple or str, optional
        As for `read_micrograph`.
    dataset : str or int, optional
        As for `read_micrograph`.
    taper : str
        How the window fades out before its transform.
    frequency_range : float
        Largest frequency of the profile [1/nm or 1/px]; 0: as far as spots go.
    scale, shear : float
        Correction of drift [%], as for `correct_image`.
    spot : tuple of float
        Frequency (row, col) [1/px] of a spot that is taken out if ``spot_off``; () for none.
    spot_off : bool
        Whether it is.
    spot_width : float, optional
        As for `fringes` [1/px].
    classifier : str
        Name of a bundled classifier, or the path of a model card.
    """

    window: tuple[int, ...] = ()
    frame: int = 0
    pixel_size: PixelSizeGiven | None = None
    dataset: str | int | None = None
    taper: Taper = "hann"
    frequency_range: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    spot: tuple[float, ...] = ()
    spot_off: bool = False
    spot_width: float | None = None
    classifier: str = "default"

    def __post_init__(self) -> None:
        if len(self.window) not in (0, 4) or len(self.spot) not in (0, 2):
            raise ValueError(_("A window is (row, col, height, width), a spot is (row, col)."))


def compute(source: Any, settings: Settings) -> Outcome:
    """Measure a window.

    Parameters
    ----------
    source : Any
        As for `load_source`.
    settings : Settings
        How.

    Raises
    ------
    ValueError, OSError
        If the picture cannot be read, or has no such frame or window; in one sentence.
    """
    stack = load_source(source, settings.pixel_size, settings.dataset)
    picture = Picture.of(stack, settings.frame)
    labeled = stack if stack.ndim == 2 else stack[settings.frame]
    rows, cols = picture.shape
    place = tuple(settings.window) or picture.scanned
    row, col, height, width = place
    if row < 0 or col < 0 or row + height > rows or col + width > cols:
        words = _("The window {window} does not lie in the picture of {rows} × {cols} px.")
        raise ValueError(words.format(window=place, rows=rows, cols=cols))
    size = picture.pixel_size
    cut = take_window(picture.values, row, col, height, width)
    image = correct_image(check_image(cut, "window"), settings.scale, settings.shear)
    if settings.spot and settings.spot_off:
        image = image - fringes(image, (settings.spot[0], settings.spot[1]), settings.spot_width)
    reach = settings.frequency_range or interesting_frequency(picture.values) / (size or 1.0)
    transform = spectrum(image, size, settings.taper).cropped(reach)
    network = load_classifier(settings.classifier)
    probability = network.predict(image)[0]
    fit, reason = None, ""
    try:
        fit = fit_lattice(image, size)
        spots, left_out = fit.spots, fit.left_out
    except LatticeNotFound as error:
        spots, reason, left_out = find_spots(image, size), str(error), error.left_out
    answers = dict(zip(network.classes, map(float, probability), strict=True))
    sentence = _sentence(network.name, answers, fit, reason)
    unit = "nm" if size else "px"

    def draw() -> Mapping[str, Drawing]:
        points = lattice_points(image, Lattice(fit.vectors / (size or 1.0))) if fit else np.zeros((0, 2))
        marks, names = _marks(transform.pixel_of, transform.magnitude.shape, spots, fit)
        opinions: list[Any] = [(_("network: {name}").format(name=network.name), network.classes, probability)]
        if fit is not None:
            opinions.append((_("geometry"), BRAVAIS_TYPES, [fit.weights[kind] for kind in BRAVAIS_TYPES]))
        window = plot_window(
            image, points, size or 1.0, unit, transform.magnitude, marks, names, transform.steps, transform.unit,
            opinions, sentence,
        )  # fmt: skip
        whole = plot_picture(picture.values, size or 1.0, unit, place)
        return {
            "window": Drawing(window, _("The window with its lattice, its Fourier transform and who names it.")),
            "picture": Drawing(whole, _("The whole picture with the window in it.")),
        }

    numbers = _numbers(place, answers, fit, unit, size)
    frequency, mean = radial_profile(transform)
    profile = pd.DataFrame({f"frequency [{transform.unit}]": frequency, "mean magnitude": mean})
    tables = {"numbers": numbers, "spots": _spot_table(spots, fit), "profile": profile}
    left = " ".join(str(note) for note in left_out)
    return Outcome(sentence, tables, draw, {**known_of(labeled, stack.sizes), "left_out": left})


def known_of(image: xr.DataArray, sizes: Mapping[Any, int]) -> dict[str, Any]:
    """Return what is known of a picture, as a recipe holds it."""
    known = {"size": list(map(int, sizes.values())), "dtype": str(image.dtype), "calibration": calibration_of(image)}
    for name, value in image.attrs.items():
        if isinstance(value, str | int | float | np.number | tuple | list):
            known[str(name)] = np.asarray(value).tolist()
    return known


def code(reads: str, settings: Settings, picture: Mapping[str, Any]) -> str:
    """Return the lines that repeat it; ``reads`` is the expression that reads the picture."""
    frame = settings.frame if len(picture["size"]) == 3 else None
    made = picture_lines(reads, settings.pixel_size, frame, "resampled_from" in picture)
    rows, cols = picture["size"][-2:]
    window = settings.window or (0, 0, rows, cols)
    spot = settings.spot if settings.spot_off else ()
    return code_of(made, window, settings.scale, settings.shear, spot, settings.spot_width, settings.classifier)


def _sentence(name: str, answers: Mapping[str, float], fit: LatticeFit | None, reason: str) -> str:
    first = max(answers, key=lambda kind: answers[kind])
    said = _("no lattice") if first == "noise" else _(first)
    words = _("Network {name}: {first}, {percent:.1f} %.").format(name=name, first=said, percent=100 * answers[first])
    if fit is None:
        return f"{words} " + _("Geometry: no lattice. {reason}").format(reason=reason)
    numbers = (("a", fit.a, fit.a_error, f" {fit.unit}"), ("b", fit.b, fit.b_error, f" {fit.unit}"))
    cell = [f"{letter} = {with_error(value, error)}{unit}" for letter, value, error, unit in numbers]
    cell.append(f"γ = {with_error(fit.gamma, fit.gamma_error)}°")
    return f"{words} " + _("Geometry: {kind}, {cell}.").format(kind=_(fit.bravais_type), cell=", ".join(cell))


def _numbers(
    window: tuple[int, ...], answers: Mapping[str, float], fit: LatticeFit | None, unit: str, size: float | None
) -> pd.DataFrame:
    rows: list[tuple[str, Any, Any, str]] = []
    if fit is not None:
        rows += [
            ("a", fit.a, fit.a_error, unit),
            ("b", fit.b, fit.b_error, unit),
            ("gamma", fit.gamma, fit.gamma_error, "degrees"),
            ("rotation", fit.rotation, None, "degrees"),
            ("spots that index", fit.n_indexed, None, ""),
            *(
                (f"error of the scan: {name}", value, None, scan_unit)
                for (name, value), scan_unit in zip(
                    fit.scan_error._asdict().items(), ("%", unit, unit, "degrees"), strict=True
                )
            ),
        ]
        if fit.bravais_type == "centered rectangular":
            cell = fit.conventional_cell
            rows += [("conventional a", cell.a, cell.a_error, unit), ("conventional b", cell.b, cell.b_error, unit)]
        rows += [(f"weight {kind}", fit.weights[kind], None, "") for kind in BRAVAIS_TYPES]
        rows += [(f"strain to {kind}", strain, None, "%") for kind, strain in fit.strains.items()]
    rows += [(f"probability {kind}", value, None, "") for kind, value in answers.items()]
    rows += [
        (f"window {name}", part, None, "px")
        for name, part in zip(("row", "col", "height", "width"), window, strict=True)
    ]
    return long_table([*rows, *([("pixel size", size, None, "nm")] if size else [])])


def _spot_table(spots: Spots, fit: LatticeFit | None) -> pd.DataFrame:
    table: dict[str, Any] = {
        f"frequency row [{spots.unit}]": spots.frequency[:, 0],
        f"frequency col [{spots.unit}]": spots.frequency[:, 1],
        "error row": spots.frequency_error[:, 0],
        "error col": spots.frequency_error[:, 1],
        "amplitude": spots.amplitude,
        "signal to noise": spots.snr,
    }
    if fit is not None:
        table |= {"h": fit.indices[:, 0], "k": fit.indices[:, 1], "indexed": fit.indexed.astype(int)}
    return pd.DataFrame(table)


def _marks(place: Any, shape: tuple[int, ...], spots: Spots, fit: LatticeFit | None) -> tuple[NDArray, tuple[str, ...]]:
    """Return where the spots of the lattice lie in a spectrum, and their Miller indices."""
    chosen = np.flatnonzero(fit.indexed) if fit is not None else np.arange(len(spots))
    both = np.concatenate([spots.frequency[chosen], -spots.frequency[chosen]])
    where = place(both)
    inside = np.all((where >= 0) & (where < shape), axis=1)
    if fit is None:
        return where[inside], ("",) * int(inside.sum())
    signed = np.concatenate([fit.indices[chosen], -fit.indices[chosen]])[inside]
    near = np.abs(signed).max(axis=1, initial=0) <= 2  # further out labels would only cover the picture
    names = ("".join(f"{abs(i)}\u0305" if i < 0 else str(i) for i in pair) for pair in signed.tolist())
    return where[inside], tuple(name if shown else "" for name, shown in zip(names, near, strict=True))
