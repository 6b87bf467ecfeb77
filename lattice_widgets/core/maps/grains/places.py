"""A picture and its lattices in, which of them is at each place out: by the amplitudes of the waves that each has alone."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.maps.demodulation import Mask, demodulate

#: standard deviation of the mask, in spacings of the widest lattice lines: narrow, and where spots of two lattices are near
_NARROW, _WIDE = 2.0, 6.0
#: spots serve that are so far from those of other lattices, in standard deviations of the mask around a spot
_APART = 2.0
#: two lattices whose spots are all off from each other by less than this share of their frequency are one: four degrees or so
_SAME = 0.08
#: places for each standard deviation of the mask, and spots that are followed
_PLACES, _SPOTS = 3, 6
#: there is a lattice where all of them together have this share of the amplitude that they have where they are whole
_THERE = 0.5
#: smaller regions than a circle of so many standard deviations of the mask are no grains
_SMALLEST = 1.5
#: two lattices lie over each other where both have more than this, in more than half of where one of them has
_BOTH = 0.65


class GrainPlaces(NamedTuple):
    """Where lattices are.

    Attributes
    ----------
    masks : ndarray, bool, shape (lattices, rows, cols)
        Of each pixel; no two of them overlap, but those of layers.
    layered : bool
        Whether some lie over each other.
    sigma : float
        Standard deviation of the widest mask [px].
    """

    masks: NDArray[np.bool_]
    layered: bool
    sigma: float


def strongest_indices(fit: LatticeFit, count: int) -> NDArray[np.int64]:
    """Return the Miller indices (n, 2) of the strongest spots of a lattice, one of each pair."""
    order = np.argsort(-fit.spots.snr[fit.indexed], kind="stable")
    indices = fit.indices[fit.indexed][order]
    indices = np.where((indices @ [1, 1e-3] < 0)[:, None], -indices, indices)
    _, first = np.unique(indices, axis=0, return_index=True)
    return indices[np.sort(first)][:count]


def find_grain_places(image: NDArray[np.float32], fits: list[LatticeFit]) -> GrainPlaces:
    """Find which lattice is at each place of a picture.

    Parameters
    ----------
    image : ndarray, float32, shape (rows, cols)
        The picture, less its mean.
    fits : list of LatticeFit
        From `find_lattices`.

    Returns
    -------
    GrainPlaces
        For each pixel.
    """
    chosen = [_spots_alone(fit, [other for other in fits if other is not fit]) for fit in fits]
    strengths = np.stack([_strength(image, carriers, Mask(sigma)) for carriers, sigma in chosen])
    layered = np.zeros((len(fits), len(fits)), bool)
    for one in range(len(fits)):
        for other in range(one):
            both = ((strengths[one] > _BOTH) & (strengths[other] > _BOTH)).sum()
            least = min(int((each > _BOTH).sum()) for each in (strengths[one], strengths[other]))
            layered[one, other] = layered[other, one] = both > 0.5 * max(least, 1)
    masks = np.empty(strengths.shape, bool)
    for number, own in enumerate(strengths):
        rivals = strengths[~layered[number] & (np.arange(len(fits)) != number)]
        together = own + rivals.sum(axis=0)
        masks[number] = (together > _THERE) & (own >= rivals.max(axis=0, initial=0.0))
    return GrainPlaces(masks, bool(layered.any()), max(sigma for _, sigma in chosen))


def distinct_lattices(fits: Sequence[LatticeFit]) -> list[LatticeFit]:
    """Return the lattices without those that are a stronger one once more, because it is bent or interrupted by a gap."""
    kept: list[LatticeFit] = []
    for fit in fits:
        if not any(_off_nodes(fit, other) < _SAME and _off_nodes(other, fit) < _SAME for other in kept):
            kept.append(fit)
    return kept


def connected_regions(places: GrainPlaces) -> list[tuple[NDArray[np.bool_], int]]:
    """Return the connected regions of each lattice, the largest first; small ones go to what is around them."""
    smallest = np.pi * (_SMALLEST * places.sigma) ** 2
    large, number = np.zeros(places.masks.shape, np.int32), 0
    for lattice, mask in enumerate(places.masks):
        labels, count = scipy.ndimage.label(mask, np.ones((3, 3)))
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        for one in np.flatnonzero(sizes[1:] >= smallest) + 1:
            number += 1
            large[lattice][labels == one] = number
    of = {int(one): lattice for lattice in range(len(large)) for one in np.unique(large[lattice]) if one}
    if not places.layered:
        whole, lost = large.sum(axis=0), places.masks.any(axis=0) & ~large.any(axis=0)
        if lost.any() and whole.any():
            rows, cols = scipy.ndimage.distance_transform_edt(whole == 0, return_distances=False, return_indices=True)
            whole[lost] = whole[rows[lost], cols[lost]]
        regions = [(whole == one, lattice) for one, lattice in of.items()]
    else:
        regions = [(large[lattice] == one, lattice) for one, lattice in of.items()]
    return sorted(regions, key=lambda each: -int(each[0].sum()))


def _spots_alone(fit: LatticeFit, others: list[LatticeFit]) -> tuple[NDArray[np.float64], float]:
    """Return the frequencies (n, 2) of spots far from those of other lattices [1/px], and the mask that tells them apart."""
    spacing = _spacing(fit)
    carriers = _carriers(fit, 2 * _SPOTS)
    apart = _apart(carriers, others)
    sigma = _NARROW * spacing
    # a spot of the same place in both lattices tells nothing
    far = apart > _APART / (2 * np.pi * sigma)
    if not far.any():
        sigma = min(_APART / (2 * np.pi * max(float(apart.max()), 1e-9)), _WIDE * spacing)
        far = apart >= min(float(apart.max()), _APART / (2 * np.pi * sigma))
    return carriers[far][:_SPOTS], sigma


def _spacing(fit: LatticeFit) -> float:
    """Return the spacing of the widest lattice lines [px]."""
    return 1 / float(np.hypot(*fit.lattice.reciprocal().reduced().vectors[0] * (fit.pixel_size or 1.0)))


def _carriers(fit: LatticeFit, count: int) -> NDArray[np.float64]:
    """Return the frequencies (n, 2) of the strongest spots of a lattice [1/px]."""
    return strongest_indices(fit, count) @ fit.reciprocal_vectors * (fit.pixel_size or 1.0)


def _off_nodes(fit: LatticeFit, other: LatticeFit) -> float:
    """Return by which share of its frequency a strong spot of a lattice is off from the next node of another one, at most."""
    carriers, nodes = _carriers(fit, _SPOTS), other.reciprocal_vectors * (other.pixel_size or 1.0)
    index = carriers @ np.linalg.inv(nodes)
    off = (index - np.round(index)) @ nodes
    return float((np.hypot(*off.T) / np.hypot(*carriers.T)).max())


def _apart(carriers: NDArray[np.float64], others: list[LatticeFit]) -> NDArray[np.float64]:
    """Return the distance of each frequency (n,) to the next spot of other lattices [1/px]."""
    apart = np.full(len(carriers), np.inf)
    for other in others:
        theirs = other.spots.frequency[other.indexed] * (other.pixel_size or 1.0)
        away = np.concatenate([theirs, -theirs])[None] - carriers[:, None]
        apart = np.minimum(apart, np.hypot(away[..., 0], away[..., 1]).min(axis=1))
    return apart


def _strength(image: NDArray[np.float32], carriers: NDArray[np.float64], mask: Mask) -> NDArray[np.float32]:
    """Return the amplitude of some waves at each pixel (rows, cols), 1 where they are whole."""
    grid = [np.linspace(0, n - 1, max(2, int(np.ceil(_PLACES * n / mask.sigma)))) for n in image.shape]
    power = np.abs(demodulate(image, carriers, (grid[0], grid[1]), mask).amplitude) ** 2
    total = (power / power.mean(axis=(1, 2), keepdims=True)).sum(axis=0)
    # a grain may be small: what is usual is asked where the waves are strongest
    usual = np.median(power[:, total >= np.quantile(total, 0.95)], axis=1)
    small = np.sqrt(power.sum(axis=0) / usual.sum())
    return np.asarray(_enlarged(small, (image.shape[0], image.shape[1])), np.float32)


def _enlarged(small: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Interpolate a map that reaches from the first to the last pixel linearly to all pixels."""
    places = [np.linspace(0, length - 1, n) for length, n in zip(small.shape, shape, strict=True)]
    out: NDArray[np.float64] = scipy.ndimage.map_coordinates(small, np.meshgrid(*places, indexing="ij"), order=1)
    return out
