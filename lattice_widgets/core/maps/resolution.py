"""A fitted picture in, what a map of it can be made of: the spots that serve, the mask, and the grid of places."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.maps.demodulation import REACH, Mask
from lattice_widgets.core.pictures.windows import window_positions
from lattice_widgets.core.sentences import Sentence

#: full width at half maximum of a Gaussian mask, in its standard deviations
FWHM = float(2 * np.sqrt(2 * np.log(2)))
#: standard deviation of the mask, in spacings of the widest lattice lines: as a rule at least, at most, and never below
_NARROW, _WIDE, _NARROWEST = 2.5, 5.0, 1.5
#: strain that the noise may leave at one place, where a mask within these bounds reaches it
_WANTED = 1.25e-4
#: a mask and its margins take at most this share of the shorter side of a picture, as a rule
_SHARE = 0.5
#: at most so many spots are used, and none weaker than this against the background (powers)
_SPOTS, _CLEAR = 6, 30.0
#: effective area of the Hann taper by which spots are measured
_HANN = 4 / 9


@dataclass(frozen=True, eq=False)
class Plan:
    """What a map is made of.

    Attributes
    ----------
    indices : ndarray, int, shape (spots, 2)
        Miller indices (h, k) of the spots that are used.
    reciprocal : ndarray, float64, shape (2, 2)
        Reciprocal vectors of the picture as a whole, in rows [1/px].
    mask : Mask
        What is averaged around each place.
    places : tuple of ndarray
        Rows and columns of the grid, in the part of the picture that counts [px].
    window_size, step : int
        [px].
    """

    indices: NDArray[np.int64]
    reciprocal: NDArray[np.float64]
    mask: Mask
    places: tuple[NDArray[np.float64], NDArray[np.float64]]
    window_size: int
    step: int

    @property
    def carriers(self) -> NDArray[np.float64]:
        """Frequencies (spots, 2) of the nodes that are followed [1/px]."""
        return self.indices @ self.reciprocal

    @property
    def spot_distance(self) -> float:
        """Distance from a spot to the nearest node of the reciprocal lattice [1/px]."""
        return float(np.hypot(*Lattice(self.reciprocal).reduced().vectors[0]))


def plan_map(fit: LatticeFit, shape: tuple[int, int], window_size: int | None = None, step: int | None = None) -> Plan:
    """Choose the spots, the mask and the grid of a map.

    Parameters
    ----------
    fit : LatticeFit
        Of the picture.
    shape : tuple of int
        Rows and columns of the part that counts [px].
    window_size : int, optional
        Side of the square that the mask of one place fills [px]; chosen by the lattice and the noise if None.
    step : int, optional
        From one place to the next [px]; half a standard deviation of the mask if None.

    Returns
    -------
    Plan
        With a mask that lies inside the picture at each place.

    Raises
    ------
    ValueError
        If the picture is too small for a map, or `window_size` or `step` does not fit.
    """
    scale = fit.pixel_size or 1.0
    reciprocal = fit.reciprocal_vectors * scale
    spacing = 1 / float(np.hypot(*fit.lattice.reciprocal().reduced().vectors[0] * scale))
    smallest, shorter = int(np.ceil(2 * REACH * _NARROWEST * spacing)) + 1, min(shape)
    if window_size is None:
        if smallest > shorter:
            raise ValueError(
                Sentence(
                    "The picture is too small for a map: one place takes {size} px of this lattice, the picture has "
                    "{rows} x {cols} px.",
                    size=smallest,
                    rows=shape[0],
                    cols=shape[1],
                )
            )
        sigma = float(np.clip(_sigma_for(_WANTED, fit, shape, scale), _NARROW * spacing, _WIDE * spacing))
        sigma = max(min(sigma, _SHARE * shorter / (2 * REACH)), min(2.0 * spacing, (shorter - 1) / (2 * REACH)))
    else:
        _check_whole(window_size, "window_size")
        if window_size < smallest or window_size > shorter:
            raise ValueError(
                Sentence(
                    "A window of {size} px does not fit: it takes {low} px for this lattice at least, and the picture "
                    "has {rows} x {cols} px.",
                    size=int(window_size),
                    low=smallest,
                    rows=shape[0],
                    cols=shape[1],
                )
            )
        sigma = (window_size - 1) / (2 * REACH)
    mask = Mask(sigma)
    window = min(2 * mask.reach + 1, shorter)
    if step is None:
        step = max(1, round(sigma / 2))
    _check_whole(step, "step")
    rows, cols = (window_positions(n, window, int(step)).astype(np.float64) + (window - 1) / 2 for n in shape)
    return Plan(_spots_of(fit, reciprocal, sigma), reciprocal, mask, (rows, cols), window, int(step))


def _check_whole(value: float, name: str) -> None:
    if isinstance(value, bool) or not float(value).is_integer() or value < 1:
        raise ValueError(f"{name} is a whole number of pixels, at least 1, not {value!r}.")


def _spots_of(fit: LatticeFit, reciprocal: NDArray[np.float64], sigma: float) -> NDArray[np.int64]:
    """Return the indices of the strongest spots that serve: at least two that span the plane."""
    indices = fit.indices[fit.indexed]
    snr = fit.spots.snr[fit.indexed]
    indices, first = np.unique(
        np.where((indices @ [1, 1e-3] < 0)[:, None], -indices, indices), axis=0, return_index=True
    )
    snr = snr[first]
    # the mask around a spot must not reach beyond the highest frequency that pixels hold
    seen = (np.abs(indices @ reciprocal) < 0.5 - 0.5 / sigma).all(axis=1) | (np.arange(len(snr)) == snr.argmax())
    indices, snr = indices[seen], snr[seen]
    order = np.argsort(-snr)
    chosen: list[int] = []
    for number in order:
        spanning = len(chosen) and any(np.linalg.det(indices[[number, other]]) for other in chosen)
        flat = len(chosen) and not any(
            np.linalg.det(indices[[one, other]]) for one in chosen for other in chosen if one != other
        )
        strong = len(chosen) < _SPOTS and snr[number] > _CLEAR
        if not chosen or strong or (flat and spanning):
            chosen.append(int(number))
    if len(chosen) < 2 or np.linalg.matrix_rank(indices[chosen]) < 2:
        raise ValueError(
            Sentence("A map takes two spots in different directions that stand out; this picture has too few.")
        )
    return indices[chosen]


def _sigma_for(strain: float, fit: LatticeFit, shape: tuple[int, int], scale: float) -> float:
    """Return the standard deviation of the mask [px] that leaves so much strain by the noise, were it white."""
    frequency = np.hypot(*fit.spots.frequency[fit.indexed].T) * scale
    # power of the noise per px^2 of frequency, over the power of the wave
    ratio = shape[0] * shape[1] * _HANN / fit.spots.snr[fit.indexed]
    # one wave measures one of the two directions
    information = (frequency**2 / ratio).sum() / 2
    return float((1 / (64 * np.pi**3 * information * strain**2)) ** 0.25)
