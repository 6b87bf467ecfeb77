"""A pixel size that a user gives: one number or two, with or without a unit, or the name of a crystal and one of its spots."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.movies.frames import Frames, as_frames, is_blank
from lattice_widgets.core.pictures.pixel_size import Sides, set_pixel_size, sides_of
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.simulation.crystal import MODES, Crystal
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.units import length_in_nm, pixel_size_or_none

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "KnownLength",
    "KnownSpot",
    "PixelSizeGiven",
    "calibrate",
    "calibrate_frames",
    "parse_pixel_size",
    "sides_by_spot",
]

#: what a user may give: nm, (row, col) in nm, or words
PixelSizeGiven = float | tuple[Any, Any] | str

_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\D*)")
#: a length and how many pixels it is long: read off a scale bar, or off the lattice of a crystal, whose name stands before it
_OVER = re.compile(r"(?:(.+):\s+)?(.+?)\s+over\s+([\d.]+)\s*px")
_SPOT = re.compile(r"(.+?)\s*[(\s]\s*(-?\d)\s*,?\s*(-?\d)\s*\)?")
#: a picture whose cell differs more than this from that of the crystal (lengths, degrees) shows another one
_OTHER_RATIO, _OTHER_ANGLE = 0.2, 12.0


@dataclass(frozen=True)
class KnownSpot:
    """A spot whose distance from the middle is known, because the crystal is.

    Parameters
    ----------
    crystal : Crystal
        What the picture shows.
    h, k : int
        Indices of the spot, by the cell of the crystal as it is given.
    """

    crystal: Crystal
    h: int
    k: int

    def __str__(self) -> str:
        return f"{self.crystal.name} {self.h}{self.k}"


@dataclass(frozen=True)
class KnownLength:
    """A length in the picture that is known, such as that of its scale bar or of a side of its cell.

    Parameters
    ----------
    length : float
        [nm].
    pixels : float
        How long it is in the picture with square pixels [px].
    said, crystal : str
        The length as it was given, with its unit; the crystal that it is one of, if any.
    """

    length: float
    pixels: float
    said: str
    crystal: str = ""

    def __str__(self) -> str:
        return f"{self.crystal or 'by hand'}: {self.said} over {self.pixels:.5g} px"

    @property
    def pixel_size(self) -> float:
        """Side of a square pixel [nm]."""
        return self.length / self.pixels

    def sides(self, known: Sides) -> Sides:
        """Return height and width of a pixel [nm]; their ratio is that of ``known``, whose smaller one becomes square."""
        factor = self.pixel_size / min(known)
        return known[0] * factor, known[1] * factor


def parse_pixel_size(given: PixelSizeGiven) -> Sides | KnownSpot | KnownLength:
    """Understand a pixel size.

    Parameters
    ----------
    given : float, tuple or str
        One number [nm] or two (row, col); words such as ``"20 pm"``, ``"0.02 x 0.04 nm"``; or a crystal and a spot,
        ``"graphene 10"``, by its name in ``lw.CRYSTALS``; or a length and how many pixels it is long in the picture, as one
        reads it off a scale bar, ``"5 nm over 210 px"``, or off a crystal, ``"Au(111): 0.2884 nm over 14.1 px"``.

    Returns
    -------
    pixel_size : tuple of float, KnownSpot or KnownLength
        (row, col) in nm, or the spot or length that tells.

    Raises
    ------
    ValueError
        If it is none of these, in one sentence.

    Examples
    --------
    >>> parse_pixel_size("20 pm"), parse_pixel_size((0.02, "40 pm")), parse_pixel_size("0.02 x 0.04 nm")
    ((0.02, 0.02), (0.02, 0.04), (0.02, 0.04))
    >>> str(parse_pixel_size("Graphene (10)")), parse_pixel_size("5 nm over 200 px").pixel_size
    ('graphene 10', 0.025)
    """
    if isinstance(given, str):
        spot = _SPOT.fullmatch(given.strip())
        name = spot[1].rstrip().casefold() if spot else ""
        crystal = next((one for known, one in CRYSTALS.items() if known.casefold() == name), None)
        if spot and crystal is not None:
            if spot[2] == spot[3] == "0":
                raise ValueError(Sentence("The spot 00 lies in the middle of every spectrum: name another one."))
            return KnownSpot(crystal, int(spot[2]), int(spot[3]))
        known = _length_over_pixels(given.strip())
        if known is not None:
            return known
        parts: list[Any] = [*_parts_of(given)]
    else:
        parts = list(given) if isinstance(given, tuple | list) else np.ravel(given).tolist()
    lengths = [_length(part) for part in parts]
    size = pixel_size_or_none(lengths[0], lengths[-1]) if len(lengths) in (1, 2) else None
    if size is None or min(lengths) < 0:
        raise ValueError(
            Sentence(
                "The pixel size {given} is not understood: give a positive length in nm such as 0.02, two of them "
                "(row, col), a length with its unit such as 20 pm, a length over pixels such as 5 nm over 210 px, or a "
                "crystal and a spot such as graphene 10 (crystals: {names}).",
                given=repr(given),
                names=", ".join(CRYSTALS),
            )
        )
    return size


def _length_over_pixels(text: str) -> KnownLength | None:
    over = _OVER.fullmatch(text)
    length, pixels = (_length(over[2]), _length(over[3])) if over else (0.0, 0.0)
    if over is None or not (length > 0 and pixels > 0) or pixel_size_or_none(length / pixels, length / pixels) is None:
        return None
    unit = "" if re.search(r"[^\W\d_]", over[2].strip()[-1:]) else " nm"
    return KnownLength(length, pixels, over[2] + unit, over[1] or "")


def _parts_of(text: str) -> list[str]:
    """Return the one or two lengths of a text; a unit at the end holds for both."""
    text = re.sub(r"(?<!\d)0,(?=\d)", "0.", text)  # a decimal comma
    if re.search(r"\d,\d", text):
        return []  # "20,40 pm" may be one length or two
    parts = [part.strip() for part in re.split(r"(?<![^\W\d])x|[×,;]|\bby\b", text)]
    unit = re.sub(r"^[-+\d.eE\s]*", "", parts[-1]).strip()
    return [f"{part} {unit}" if re.fullmatch(r"[-+\d.eE\s]+", part) else part for part in parts]


def _length(part: Any) -> float:
    """Return a length in nm; NaN if it is not one."""
    if isinstance(part, str):
        match = _NUMBER.fullmatch(part.strip())
        factor = (length_in_nm(match[2].removesuffix("/px")) if match[2].strip() else 1.0) if match else None
        return float(match[1]) * factor if match and factor else np.nan
    number = np.asarray(part)
    return float(number) if number.ndim == 0 and number.dtype.kind in "iuf" else np.nan


def sides_by_spot(image: NDArray, sides: Sides, spot: KnownSpot) -> Sides:
    """Find the pixel size of a picture of a known crystal from one of its spots.

    Spots that the crystal repeats by symmetry are averaged, so that a small drift of the scan changes little.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture.
    sides : tuple of float
        Height and width of its pixel, in any one unit: only their ratio counts.
    spot : KnownSpot
        The crystal and the spot.

    Returns
    -------
    sides : tuple of float
        Height and width of its pixel [nm].

    Raises
    ------
    ValueError
        If the picture shows no lattice, or another one, or the crystal has no such spot.
    """
    try:
        found = fit_lattice(image, sides).lattice.reduced()
    except LatticeNotFound as error:
        words = "The pixel size cannot be found from {spot}: {reason}"
        raise ValueError(Sentence(words, spot=str(spot), reason=error.sentence)) from None
    known = min(
        (spot.crystal.primitive_lattice(mode).reduced() for mode in MODES), key=lambda cell: _unlike(cell, found)
    )
    if _unlike(known, found) > 1:
        words = (
            "The picture does not show {crystal}: its cell has b/a = {ratio:.2f} and γ = {gamma:.0f}°, that of "
            "{crystal} {known_ratio:.2f} and {known_gamma:.0f}°."
        )
        ratios = {"ratio": found.b / found.a, "known_ratio": known.b / known.a}
        angles = {"gamma": found.gamma, "known_gamma": known.gamma}
        raise ValueError(Sentence(words, crystal=spot.crystal.name, **ratios, **angles))
    length = float(np.hypot(*(np.array([spot.h, spot.k]) @ spot.crystal.cell.reciprocal().vectors)))
    most = int(np.ceil(2 * length * known.b)) + 1
    every = np.array([(h, k) for h in range(-most, most + 1) for k in range(-most, most + 1)])
    alike = every[np.isclose(np.hypot(*(every @ known.reciprocal().vectors).T), length, rtol=1e-3)]
    if not len(alike):
        words = "A picture of {crystal} has no spot {h}{k}: its atoms cancel there."
        raise ValueError(Sentence(words, crystal=spot.crystal.name, h=spot.h, k=spot.k))
    measured = float(np.sqrt((np.hypot(*(alike @ found.reciprocal().vectors).T) ** 2).mean()))
    factor = measured / length
    return sides[0] * factor, sides[1] * factor


def _unlike(known: Lattice, found: Lattice) -> float:
    """Return how far two cells are from one shape: above 1 they are those of two crystals."""
    ratio = abs(np.log(found.b / found.a / (known.b / known.a))) / _OTHER_RATIO
    return float(max(ratio, abs(found.gamma - known.gamma) / _OTHER_ANGLE))


def calibrate(image: xr.DataArray, given: PixelSizeGiven) -> xr.DataArray:
    """Give a picture or movie a pixel size by hand.

    Parameters
    ----------
    image : xarray.DataArray
        ("row", "col") or ("frame", "row", "col").
    given : float, tuple or str
        As for `parse_pixel_size`.

    Returns
    -------
    image : xarray.DataArray
        The same values with ``row`` and ``col`` in nm; ``attrs["calibration"]`` is "by hand", or the crystal and spot.

    Raises
    ------
    ValueError
        As `parse_pixel_size` and `sides_by_spot`.
    """
    size = parse_pixel_size(given)
    if isinstance(size, tuple):
        return set_pixel_size(image, size)
    if isinstance(size, KnownLength):
        return set_pixel_size(image, size.sides(sides_of(image)[0]), str(size))
    first = image if image.ndim == 2 else image[0]
    return set_pixel_size(image, sides_by_spot(first.values, sides_of(image)[0], size), str(size))


def calibrate_frames(frames: Frames, given: PixelSizeGiven) -> Frames:
    """Give the frames of a movie a pixel size by hand.

    Parameters
    ----------
    frames : Frames
        The movie.
    given : float, tuple or str
        As for `parse_pixel_size`; a crystal and a spot are looked for in the first frame that can be used.

    Returns
    -------
    frames : Frames
        Of the same source; `calibration` says where the pixel size comes from.

    Raises
    ------
    ValueError
        As `parse_pixel_size` and `sides_by_spot`.
    """
    size = parse_pixel_size(given)
    if isinstance(size, tuple):
        return as_frames(frames, pixel_size=size)
    if isinstance(size, KnownLength):  # frames are square by now
        return replace(frames, pixel_size=size.pixel_size, calibration=str(size))
    first = next((frame for _, frame in frames.usable(range(len(frames))) if not is_blank(frame)), None)
    if first is None:
        raise ValueError(Sentence("The pixel size cannot be found from {spot}: no frame can be used.", spot=str(size)))
    # frames are square by now
    return replace(frames, pixel_size=sides_by_spot(first, (1.0, 1.0), size)[0], calibration=str(size))
