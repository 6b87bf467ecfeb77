"""A picture of two layers in, their moire place by place out: where in its cell one is, its periods and the twist, with errors.

Two lattices that lie over each other beat with the differences of their reciprocal vectors (K. Hermann, J. Phys.: Condens.
Matter 24, 314210 (2012)). Each is followed from place to place on its own, as `map_lattice` does it; the differences are the
reciprocal vectors of the moire there. So a strain of one percent in one layer shows ten times as large in a moire of ten cells.
"""

import numpy as np
import scipy.fft
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.several.find import ask_geometry
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.maps.deformation import (
    cell_of,
    component_errors,
    direct_vectors,
    equivalent_basis,
    rotation_of,
    shear_covariance,
)
from lattice_widgets.core.maps.demodulation import REACH
from lattice_widgets.core.maps.local_lattice import LocalLattice, local_lattice
from lattice_widgets.core.maps.moire_phase import (
    Shift,
    carried,
    nearest_shift,
    shared_waves,
    shift_of,
    wider_places,
    with_waves,
)
from lattice_widgets.core.maps.resolution import Plan, plan_map
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.one_thread import one_thread

__all__ = ["NoLayers", "map_moire"]

#: layers lie over each other in at least this share of where the smaller one is
_OVER = 0.5
#: standard deviation of the mask, in periods of the beat of the nearest spots: as a rule, and at least. At 0.6 the spot of the
#: other layer is seen with less than a thousandth of its amplitude
_PERIODS, _FEWEST = 0.6, 0.45
#: a beat that is shorter than so many cells of the layers is no moire
_CELLS = 2.0
#: places to a period of the moire, as a rule; with fewer than the second number the shift of the layers cannot be followed
_FINE, _COARSEST = 12, 3
#: but no more places than this along a side of a square, as a rule
_MOST = 200
#: the offset is carried on beyond the outermost places, by so many standard deviations of the mask
_BEYOND = 2.0
_PLACES = ("window_row", "window_col")


class NoLayers(ValueError):
    """A picture does not show two lattices that are laid over each other."""


@one_thread
def map_moire(
    picture: ArrayLike,
    pixel_size: float | tuple[float, float] | None = None,
    window_size: int | None = None,
    step: int | None = None,
    *,
    keep_all: bool = False,
) -> xr.Dataset:
    """Map the moire of two layers: where in its cell each place is, its periods, and the twist of the layers.

    The layers are followed by masks that are wider than a period. So the maps presume that each layer is even within one cell
    of the moire: layers that relax there, into domains with walls between them, are mapped as if they did not. For the same
    reason offset and phases are carried on beyond the outermost places, by two standard deviations of the mask.

    Parameters
    ----------
    picture : array_like or xarray.DataArray, shape (rows, cols), any real dtype
        The picture.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    window_size : int, optional
        Side of the square that one place averages over [px]. If left out, wide enough to tell the spots of the layers apart:
        some four periods of the moire.
    step : int, optional
        From one place to the next [px]. If left out, a twelfth of the shortest period, or more in a large picture.
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too, which are left out otherwise.

    Returns
    -------
    xarray.Dataset
        Dimensions ``window_row`` and ``window_col`` with the centers ``row``, ``col`` [px] and, with a pixel size, ``y``, ``x``
        [nm]. Variables, each with ``*_error``: ``offset`` [nm or px], how far the lattice points of the stronger layer lie
        from the nearest ones of the weaker layer, 0 where the bright places of layers that look alike lie on each other;
        ``phase_a``, ``phase_b``, the place in the cell of the moire in parts of its two vectors, 0 to 1, counted from there;
        ``a``, ``b`` [nm or px] and ``gamma`` [degrees] of that cell, of the same two vectors everywhere; ``twist`` [degrees],
        from the stronger to the weaker layer, counter-clockwise on the screen. NaN where a layer is not seen; ``offset`` if
        ``step`` is more than a third of a period; cell and twist in the margin into which the offset is carried on.
        Attributes: ``mask_sigma`` [px], ``window_size``, ``step``, ``pixel_size`` (0: not known), ``unit``, ``left_out``.

    Raises
    ------
    LatticeNotFound
        If the picture holds no lattice.
    ValueError
        If it does not show two layers (`NoLayers`), or too few periods of their moire.

    Examples
    --------
    >>> rows, cols = np.mgrid[:320, :320]
    >>> def layer(angle):
    ...     y, x = rows * np.cos(angle) + cols * np.sin(angle), cols * np.cos(angle) - rows * np.sin(angle)
    ...     return np.cos(2 * np.pi * y / 8) + np.cos(2 * np.pi * x / 8)
    >>> maps = map_moire(layer(0.0) + 0.6 * layer(np.deg2rad(10)))
    >>> round(float(maps.twist.mean()), 1), round(float(maps.a.mean()), 1)  # 8 px / (2 sin 5 degrees) = 45.9 px
    (10.0, 45.9)
    >>> bool(maps.offset.min() < 0.3), round(float(maps.offset.max()), 1)  # at most 8 px / sqrt(2), in the middle of cells
    (True, 5.6)
    """
    values, side, _ = square_values(picture, pixel_size)
    asked = ask_geometry(values, side, keep_all=keep_all)
    if not asked.lattices and asked.refusal is not None:
        raise asked.refusal
    first, second = _layers(asked.lattices)
    scale = side or 1.0
    power = PowerMap(values, keep_all)
    image = power.flattened - power.flattened.mean()
    change, beat = _beat(first, second, scale)
    waves = shared_waves(first, second, change)
    plans = _plans((first, second), beat, power.shape, window_size, step)
    plans = [
        with_waves(plan, each) for plan, each in zip(plans, (waves, np.rint(waves @ change).astype(int)), strict=True)
    ]
    # each without the waves of the other one, which would count as noise beside its own
    local = [
        local_lattice(_without(image, other.spots.frequency[other.indexed] * scale, plan.mask.sigma), plan)
        for plan, other in zip(plans, (second, first), strict=True)
    ]
    shift = shift_of((local[0], local[1]), (plans[0], plans[1]), waves, change)
    corner = power.content.top, power.content.left
    with np.errstate(invalid="ignore"):
        maps = _dataset(local, plans[0], change, shift, scale, corner, power.shape, side)
    return maps.assign_attrs(left_out=[str(note) for note in first.left_out])


def _layers(fits: tuple[LatticeFit, ...]) -> tuple[LatticeFit, LatticeFit]:
    """Return the two strongest lattices; ValueError if they do not lie over each other."""
    for other in fits[1:2]:
        masks = fits[0].mask, other.mask
        if masks[0] is None or masks[1] is None:
            continue
        if (masks[0] & masks[1]).sum() >= _OVER * min(mask.sum() for mask in masks if mask is not None):
            return fits[0], other
    raise NoLayers(
        Sentence("The picture does not show two lattices laid over each other, so there is no moire to map.")
    )


def _beat(first: LatticeFit, second: LatticeFit, scale: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what makes the reciprocal vectors of the second layer those that beat with the first, and the beat [1/px]."""
    vectors = equivalent_basis(second.vectors / scale, first.vectors / scale)
    basis = np.rint(vectors @ np.linalg.inv(second.vectors / scale))
    change = np.linalg.inv(basis).T
    beat = scale * (first.reciprocal_vectors - change @ second.reciprocal_vectors)
    area = abs(float(np.linalg.det(beat)))
    if area < 1e-9 or np.sqrt(1 / area) < _CELLS * max(first.a, second.a) / scale:
        raise ValueError(
            Sentence(
                "The two lattices have no moire that is longer than {cells:.0f} of their cells in both directions.",
                cells=_CELLS,
            )
        )
    return change, beat


def _plans(
    fits: tuple[LatticeFit, LatticeFit],
    beat: NDArray[np.float64],
    shape: tuple[int, int],
    window_size: int | None,
    step: int | None,
) -> list[Plan]:
    """Return the plans of both layers, with one mask that tells their spots apart."""
    if step is None:
        shortest = Lattice(direct_vectors(beat)).reduced().a
        step = max(1, int(shortest / _FINE), int(np.sqrt(shape[0] * shape[1]) / _MOST))
    if window_size is None:
        usual = [plan_map(fit, shape) for fit in fits]
        apart = float(np.hypot(*Lattice(beat).reduced().vectors[0]))
        widest = (min(shape) - 1) / (2 * REACH)
        if widest < _FEWEST / apart:
            raise ValueError(
                Sentence(
                    "The picture is too small for a map of its moire: {size:.0f} px are needed, some three of its periods, and "
                    "it has {rows} x {cols} px.",
                    size=2 * REACH * _FEWEST / apart + 1,
                    rows=shape[0],
                    cols=shape[1],
                )
            )
        sigma = min(max(*(plan.mask.sigma for plan in usual), _PERIODS / apart), widest)
        window_size = int(2 * REACH * sigma) + 1
    return [plan_map(fit, shape, window_size, step) for fit in fits]


def _without(image: NDArray, frequencies: NDArray[np.float64], sigma: float) -> NDArray:
    """Return a picture without waves of some frequencies (n, 2) [1/px], and what is as near to them as a mask lets through.

    What that does at the edges stays there: a place is farther from them than the mask reaches.
    """
    transform = scipy.fft.rfft2(image)
    down, right = scipy.fft.fftfreq(image.shape[0]), scipy.fft.rfftfreq(image.shape[1])
    for row, col in np.concatenate([frequencies, -frequencies]):
        notch = [np.exp(-0.5 * (2 * np.pi * sigma * (axis - f)) ** 2) for axis, f in ((down, row), (right, col))]
        transform *= 1 - np.outer(notch[0], notch[1])
    return np.asarray(scipy.fft.irfft2(transform, s=image.shape), image.dtype)


def _dataset(
    local: list[LocalLattice],
    plan: Plan,
    change: NDArray[np.float64],
    shift: Shift,
    scale: float,
    corner: tuple[int, int],
    shape: tuple[int, int],
    side: float | None,
) -> xr.Dataset:
    factor = plan.mask.gradient_noise()
    one, other = local[0].reciprocal, change @ local[1].reciprocal
    noise = [factor * local[0].noise, factor * (change @ local[1].noise @ change.T)]
    beat = one - other
    # the two short vectors of the mean moire, and the same ones everywhere
    mean = direct_vectors(np.nanmean(beat, axis=(0, 1)))
    short = np.rint(Lattice(mean).reduced().vectors @ np.linalg.inv(mean))
    turned = np.linalg.inv(short).T
    beat, spread = turned @ beat, turned @ (noise[0] + noise[1]) @ turned.T
    vectors = scale * direct_vectors(beat)
    numbers, errors = cell_of(vectors, shear_covariance(vectors / scale, spread))
    gradient = np.swapaxes(np.linalg.inv(direct_vectors(one)) @ direct_vectors(other), -1, -2)
    twist = np.rad2deg(rotation_of(gradient))
    own = [
        component_errors(shear_covariance(direct_vectors(g), n))[4] for g, n in zip((one, other), noise, strict=True)
    ]
    wider = [
        wider_places(places, plan.step, _BEYOND * plan.mask.sigma, n)
        for places, n in zip(plan.places, shape, strict=True)
    ]
    near = np.ix_(wider[0][1], wider[1][1])
    gaps = [at - places[nearest] for (at, nearest), places in zip(wider, plan.places, strict=True)]
    away = np.stack(np.meshgrid(*gaps, indexing="ij"), axis=-1)
    shift = carried(
        Shift(shift.parts[near], shift.covariance[near]),
        (one - other)[near],
        (noise[0] + noise[1])[:, near[0], near[1]],
        away,
    )
    seen = np.asarray(np.isfinite(beat).all(axis=(-2, -1)))[near]
    measured = seen & (away == 0).all(axis=-1)
    followed = seen & bool(plan.step * _COARSEST <= np.hypot(*(short @ mean).T).min())
    distance, distance_error = nearest_shift(shift, scale * direct_vectors(other)[near])
    phases = np.moveaxis(shift.parts @ turned.T, -1, 0) % 1
    deviations = np.sqrt(np.einsum("ij,...jk,ik->i...", turned, shift.covariance, turned))
    unit = "nm" if side else "px"
    attrs = {
        "mask_sigma": plan.mask.sigma,
        "window_size": plan.window_size,
        "step": plan.step,
        "pixel_size": side or 0.0,
        "unit": unit,
    }
    made = xr.Dataset(attrs=attrs)
    for name, axis, length, places, start in zip(("row", "col"), _PLACES, "yx", wider, corner, strict=True):
        at = places[0] + start
        made.coords[name] = (axis, at, {"units": "px", "long_name": f"{name} of the window's center"})
        if side:
            made.coords[length] = (axis, at * side, {"units": "nm", "long_name": f"{length} of the center"})
    maps = {
        "offset": (distance, distance_error, unit, "distance of lattice points of both layers"),
        "phase_a": (phases[0], deviations[0], "1", "place in the cell of the moire, in parts of its vector a"),
        "phase_b": (phases[1], deviations[1], "1", "place in the cell of the moire, in parts of its vector b"),
        "a": (numbers[0][near], errors[0][near], unit, "first period of the moire"),
        "b": (numbers[1][near], errors[1][near], unit, "second period of the moire"),
        "gamma": (numbers[2][near], errors[2][near], "degrees", "angle between the periods"),
        "twist": (
            twist[near],
            np.hypot(*own)[near],
            "degrees",
            "twist of the layers (counter-clockwise on the screen)",
        ),
    }
    for name, (value, error, units, words) in maps.items():
        there = {"offset": followed, "phase_a": seen, "phase_b": seen}.get(name, measured)
        for end, values, told in (("", value, words), ("_error", error, f"standard deviation of the {words}")):
            made[name + end] = (_PLACES, np.where(there, values, np.nan), {"units": units, "long_name": told})
    return made
