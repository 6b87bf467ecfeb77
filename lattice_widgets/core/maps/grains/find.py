"""A picture in, its grains out: connected places of one lattice, with areas, the angles between neighbors, and boundaries."""

from itertools import combinations
from typing import Any

import numpy as np
import scipy.ndimage
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.several.find import ask_geometry
from lattice_widgets.core.lattices.lattice import BravaisType, Lattice
from lattice_widgets.core.lattices.misorientation import misorientation
from lattice_widgets.core.lattices.twins import relation_between
from lattice_widgets.core.maps.grains.grain_map import Boundary, Grain, GrainMap
from lattice_widgets.core.maps.grains.places import (
    connected_regions,
    distinct_lattices,
    find_grain_places,
    strongest_indices,
)
from lattice_widgets.core.maps.grains.region_fit import fit_region, smooth_region
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.one_thread import one_thread

#: grains with a gap of so many standard deviations of the mask between them still touch
_GAP = 1.0
#: spots that a grain is measured by
_SPOTS = 8
#: cells whose sides and angle differ by less than this fraction are one cell
_SAME_CELL = 0.01


def find_grains(
    picture: ArrayLike, pixel_size: float | tuple[float, float] | None = None, *, keep_all: bool = False
) -> GrainMap:
    """Find the grains of a picture: connected places of one lattice, the boundaries and the angles between them.

    Each grain is measured by its own pixels alone, so that disconnected regions of one lattice are grains of their own, with
    angles of their own. Regions smaller than the mask can tell are no grains. What is turned by less than some four degrees is
    one grain, as is a bent crystal: `map_lattice` shows how it is turned from place to place. Boundaries say how their grains
    are related where that has a name (Sigma 5, twins); twins whose lattices lie as each other, as those of MoS2, are one grain.

    Parameters
    ----------
    picture : array_like or xarray.DataArray, shape (rows, cols), any real dtype
        The picture.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too, which are left out otherwise.

    Returns
    -------
    GrainMap
        Labels of all pixels, grains and boundaries.

    Raises
    ------
    LatticeNotFound
        If the picture holds no lattice.
    ValueError
        If it is not a picture, or the pixel size is not positive.

    Examples
    --------
    >>> rows, cols = np.mgrid[:256, :256]
    >>> turned = rows * np.cos(0.3) + cols * np.sin(0.3), cols * np.cos(0.3) - rows * np.sin(0.3)
    >>> one, other = (np.cos(2 * np.pi * y / 9) + np.cos(2 * np.pi * x / 9) for y, x in ((rows, cols), turned))
    >>> noise = 0.1 * np.random.default_rng(0).standard_normal((256, 256))
    >>> found = find_grains(np.where(cols < 100, one, other) + noise, pixel_size=0.05)
    >>> [grain.bravais_type for grain in found.grains], round(found.grains[0].share, 1)
    (['square', 'square'], 0.6)
    >>> (boundary,) = found.boundaries
    >>> round(abs(boundary.misorientation.angle), 1), round(boundary.length)  # 0.3 radians; 256 px of 0.05 nm, within 5 %
    (17.2, 12)
    """
    given = check_image(picture).shape
    values, side, _ = square_values(picture, pixel_size)
    asked = ask_geometry(values, side, keep_all=keep_all, scanned=np.shape(picture))
    if not asked.lattices:
        raise asked.refusal or ValueError("The picture shows no lattice.")
    power = PowerMap(values, keep_all)
    image = power.flattened - power.flattened.mean()
    fits = distinct_lattices(asked.lattices)
    with one_thread:
        places = find_grain_places(image, fits)
        found = connected_regions(places)
        measured = [_measure(image, region, fits[lattice]) for region, lattice in found]
    scale = side or 1.0
    corner = power.content.top, power.content.left
    stretch = [n / m for n, m in zip(given, values.shape, strict=True)]
    kinds = _common_types([fits[lattice] for _, lattice in found], [vectors for vectors, _ in measured])
    grains = []
    for number, ((region, lattice), (vectors, covariance)) in enumerate(zip(found, measured, strict=True), 1):
        center = scipy.ndimage.center_of_mass(region)
        grains.append(
            Grain(
                number=number,
                lattice_number=lattice,
                vectors=scale * vectors,
                covariance=scale**2 * covariance,
                bravais_type=kinds[number - 1],
                unit=fits[lattice].unit,
                area=float(region.sum()) * scale**2,
                share=float(region.mean()),
                row=float((center[0] + corner[0] + 0.5) * stretch[0] - 0.5),
                col=float((center[1] + corner[1] + 0.5) * stretch[1] - 0.5),
                at_edge=bool(region[[0, -1]].any() or region[:, [0, -1]].any()),
            )
        )
    labels = np.zeros(image.shape, np.int32)
    for number, (region, _) in reversed(list(enumerate(found, 1))):
        labels[region] = number
    boundaries = [] if places.layered else _boundaries(labels, grains, _GAP * places.sigma, scale)
    return GrainMap(
        labels=_labeled(labels, corner, values.shape, given, side, stretch),
        grains=tuple(grains),
        boundaries=tuple(sorted(boundaries, key=lambda boundary: -boundary.length)),
        layered=places.layered,
        mask_sigma=places.sigma,
    )


def _common_types(fits: list[LatticeFit], vectors: list[NDArray[np.float64]]) -> list[BravaisType]:
    """Return the type of each grain: those of one cell, however they are turned, are of one type, by what all of them say."""
    reduced = [Lattice(each).reduced() for each in vectors]
    cells = np.array([[each.a, each.b, each.gamma] for each in reduced])
    kinds: list[BravaisType] = []
    for cell in cells:
        off = np.abs(cells - cell) / [cell[0], cell[1], 180 / np.pi]
        alike = [fit for fit, same in zip(fits, (off < _SAME_CELL).all(axis=1), strict=True) if same]
        said = {kind: sum(np.log(max(fit.weights[kind], 1e-12)) for fit in alike) for kind in fits[0].weights}
        kinds.append(max(said, key=lambda kind: said[kind]))
    return kinds


def _measure(
    image: NDArray[np.float32], region: NDArray[np.bool_], fit: LatticeFit
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the vectors (2, 2) of the lattice of a region and their covariance (4, 4) [px]."""
    scale = fit.pixel_size or 1.0
    spacing = 1 / float(np.hypot(*fit.lattice.reciprocal().reduced().vectors[0] * scale))
    weights = smooth_region(region, 2 * spacing)
    found = fit_region(image, weights, strongest_indices(fit, _SPOTS), fit.reciprocal_vectors * scale)
    return found.direct() if found is not None else (fit.vectors / scale, fit.covariance / scale**2)


def _boundaries(labels: NDArray[np.int32], grains: list[Grain], gap: float, scale: float) -> list[Boundary]:
    """Return the boundaries of all pairs of grains that touch, over gaps without a lattice."""
    if not labels.any():
        return []
    away, (rows, cols) = scipy.ndimage.distance_transform_edt(labels == 0, return_indices=True)
    near = np.where(away <= gap / 2, labels[rows, cols], 0)
    pairs = (
        ((near[:, 1:], near[:, :-1]), 1.0),
        ((near[1:], near[:-1]), 1.0),
        ((near[1:, 1:], near[:-1, :-1]), np.sqrt(0.5)),
        ((near[1:, :-1], near[:-1, 1:]), np.sqrt(0.5)),
    )
    found = []
    for one, other in combinations(grains, 2):
        # crossings of lines in four directions tell the length of a curve (Cauchy and Crofton)
        crossed = sum(
            weight * (((a == one.number) & (b == other.number)) | ((a == other.number) & (b == one.number))).sum()
            for (a, b), weight in pairs
        )
        if crossed:
            length = float(np.pi / 8 * crossed) * scale
            turned, relation = misorientation(one, other), relation_between(one, other)
            found.append(Boundary(one.number, other.number, turned, length, one.unit, relation))
    return found


def _labeled(
    labels: NDArray[np.int32],
    corner: tuple[int, int],
    squared: tuple[int, ...],
    shape: tuple[int, ...],
    side: float | None,
    stretch: list[float],
) -> xr.DataArray:
    """Carry labels of what the picture shows over to the picture as it was given: with margins, and with its own pixels."""
    whole = np.zeros(squared, np.int32)
    whole[corner[0] : corner[0] + labels.shape[0], corner[1] : corner[1] + labels.shape[1]] = labels
    rows, cols = (
        np.minimum((np.arange(n) + 0.5) * m / n, m - 1).astype(int) for n, m in zip(shape, squared, strict=True)
    )
    coords: dict[str, Any] = {}
    for name, length, count, factor in zip(("row", "col"), ("y", "x"), shape, stretch, strict=True):
        coords[name] = (name, np.arange(count), {"units": "px"})
        if side:
            coords[length] = (name, np.arange(count) * side / factor, {"units": "nm"})
    attrs = {"long_name": "number of the grain", "units": "1"}
    return xr.DataArray(whole[np.ix_(rows, cols)], coords=coords, dims=("row", "col"), name="grain", attrs=attrs)
