"""A picture in, all its lattices out: grains, twins, layers laid over each other.

The steps: spots (`spots`), the few lattices that explain them together (`search`), where in the picture each is (`places`),
and the fit of each without the spots of the others, as `fit_lattice` does it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.false_spots.aliases import sort_out_aliases
from lattice_widgets.core.geometry.indexing import spot_weights
from lattice_widgets.core.geometry.lattice_fit import LatticeFit, finished_fit, fit_power_map
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.refusals import LatticeNotFound, quasicrystal_symmetry, why_no_lattice
from lattice_widgets.core.geometry.several.places import find_places
from lattice_widgets.core.geometry.several.search import Member, several_lattices
from lattice_widgets.core.geometry.spots import SpotTable, measure_spots
from lattice_widgets.core.geometry.superstructure import complete
from lattice_widgets.core.lattices.lattice import CLASSES, BravaisType
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.one_thread import one_thread

#: layers leave no more than this fraction of the spots to neither, quasi-crystals have sums of spots of both
_CROSSED = 0.2
#: by how much errors of a lattice that ends inside the picture are larger than the scatter in the picture tells: found from the
#: angles between simulated grains
_GRAINS = 1.9
#: a lattice of another shape than the strongest has at least this share: less may be what compression leaves
_FAINTEST = 0.025


def find_lattices(
    picture: ArrayLike, pixel_size: float | tuple[float, float] | None = None, *, keep_all: bool = False
) -> list[LatticeFit]:
    """Find all lattices of a picture: of grains, of twins, of layers laid over each other.

    A superstructure that fits its substrate is one lattice, with the larger cell, as for `fit_lattice`. Grains that are turned
    against each other by so little that their spots run together, some 2 periods per picture, are one lattice too.

    Parameters
    ----------
    picture : array_like, shape (rows, cols), any real dtype
        The picture or a window of it.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too, which are left out otherwise.

    Returns
    -------
    list of LatticeFit
        The strongest first, each with its `share` of their power and a `mask` of where it is: everywhere for a single
        lattice and for layers, False in what was left out. Empty if there is no lattice; `fit_lattice` says why.

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`), or the pixel size is not positive.

    Examples
    --------
    >>> from lattice_widgets.core.simulation.crystals import CRYSTALS
    >>> from lattice_widgets.core.simulation.micrograph import Imperfections, simulate_micrograph
    >>> twisted = Imperfections(layer=0.7, layer_twist=9)
    >>> layers = find_lattices(simulate_micrograph(CRYSTALS["graphene"], imperfections=twisted).image, pixel_size=4 / 256)
    >>> [(fit.bravais_type, round(fit.a, 3), bool(fit.mask.all())) for fit in layers]
    [('hexagonal', 0.246, True), ('hexagonal', 0.246, True)]
    """
    return list(ask_geometry(picture, pixel_size, keep_all=keep_all).lattices)


class Geometry(NamedTuple):
    """All that the spots of a picture say, without a network.

    Attributes
    ----------
    fit : LatticeFit or None
        The one lattice that explains the picture best, as from `fit_lattice`.
    refusal : LatticeNotFound or None
        Why there is no `fit`.
    lattices : tuple of LatticeFit
        All lattices, as from `find_lattices`.
    """

    fit: LatticeFit | None
    refusal: LatticeNotFound | None
    lattices: tuple[LatticeFit, ...]

    @property
    def weights(self) -> NDArray[np.float64]:
        """Weight of each class for the crystal, (6,) in the order of `CLASSES`: of the fit or the refusal, with sum 1."""
        return self._of_classes(None if self.fit is None else self.fit.weights)

    @property
    def picture_weights(self) -> NDArray[np.float64]:
        """The same for the lattice of the picture as it is: see `MeasuredLattice.picture_weights`."""
        return self._of_classes(None if self.fit is None else self.fit.picture_weights)

    def _of_classes(self, weights: Mapping[BravaisType, float] | None) -> NDArray[np.float64]:
        if weights is None:
            sure = self.refusal.weight if self.refusal is not None else 1.0
            return np.where(np.array(CLASSES) == "noise", sure, (1 - sure) / (len(CLASSES) - 1))
        given = {str(kind): weight for kind, weight in weights.items()}
        return np.array([given.get(kind, 0.0) for kind in CLASSES])

    @property
    def left_out(self) -> tuple[Sentence, ...]:
        """What of the picture was left out, such as a margin."""
        said = self.fit or self.refusal
        return said.left_out if said is not None else ()


@one_thread
def ask_geometry(
    picture: ArrayLike,
    pixel_size: float | tuple[float, float] | None = None,
    *,
    keep_all: bool = False,
    scanned: tuple[int, ...] | None = None,
) -> Geometry:
    """Measure what `fit_lattice` and `find_lattices` return, with one power map and one table of spots.

    Takes and raises what `find_lattices` does; a picture without a lattice is no error here. ``scanned`` are the rows and
    columns that were scanned, if the picture has been resampled to square pixels since.
    """
    shape = check_image(picture, gaps=True).shape
    values, side, line_spacing = square_values(picture, pixel_size)
    power = PowerMap(values, keep_all, scanned or shape)
    spots = sort_out_aliases(power, measure_spots(power)) if power.content.nothing is None else None
    fit, refusal = None, None
    try:
        fit = replace(fit_power_map(power, side, spots), line_spacing=line_spacing)
    except LatticeNotFound as error:
        refusal = error
    found = _several(power, spots.own, side) if spots is not None else []
    if not found and fit is not None:
        found = [replace(fit, mask=np.ones(power.shape, dtype=np.bool_))]
    lattices = [
        replace(one, mask=_in_picture(one.mask, power, values.shape, shape), line_spacing=line_spacing)
        for one in found
        if one.mask is not None
    ]
    return Geometry(fit, refusal, tuple(lattices))


def _several(power: PowerMap, spots: SpotTable, pixel_size: float | None) -> list[LatticeFit]:
    """Return two or more lattices, the strongest first; none if one lattice, or no lattice, explains the picture as well."""
    if not len(spots.snr):
        return []
    trials = power.power.size
    found = several_lattices(spots, power.position_error(spots.bins, spots.power), trials, power.shape)
    found = [each for each in found if _stands(power, each, spots, found)]
    if len(found) < 2:
        return []
    certain = spots.snr > np.log(trials)
    own = [spots.bins[each.own & certain] if (each.own & certain).any() else spots.bins[each.own] for each in found]
    places = find_places(power.flattened, own, spots.bins)
    if places.masks.all() and _quasicrystal(spots, found, trials, power.shape):
        return []
    shares = places.power / places.power.sum()
    if any(share < _FAINTEST for share, each in zip(shares, found, strict=True) if not each.copy):
        return []
    fits = [
        replace(_fit(power, each, spots, found, pixel_size, bool(mask.all())), share=float(share), mask=mask)
        for each, share, mask in zip(found, shares, places.masks, strict=True)
    ]
    return sorted(fits, key=lambda fit: -fit.share)


def _quasicrystal(spots: SpotTable, found: list[Member], trials: int, shape: tuple[int, int]) -> bool:
    """Tell whether spots of a forbidden symmetry are those of a quasi-crystal: layers have the higher orders of each alone."""
    sure = spots.snr > np.log(trials) + 3
    if quasicrystal_symmetry(spots.bins[sure], spots.power[sure], shape) is None:
        return False
    radius = np.hypot(*spots.bins.T)
    beyond = radius > 1.2 * radius[0]
    own = [int((each.own & sure & beyond).sum()) for each in found]
    neither = sure & ~np.any([each.indexing.indexed for each in found], axis=0)
    return min(own) < 2 or int(neither.sum()) > _CROSSED * int(sure.sum())


def _not_of_others(member: Member, found: list[Member]) -> NDArray[np.bool_]:
    """Return which spots do not belong to another lattice alone."""
    others: NDArray[np.bool_] = np.any([each.own for each in found if each is not member], axis=0)
    return ~others


def _stands(power: PowerMap, member: Member, spots: SpotTable, found: list[Member]) -> bool:
    """Tell whether the spots that a lattice has alone would be taken for a lattice if there were no others."""
    on = _not_of_others(member, found) & member.indexing.indexed
    table = spots.where(on)
    sure = member.own & (spots.snr > np.log(power.power.size) + 3)
    # those that it shares with another one do not count: a dislocation splits one spot and leaves the others
    if np.linalg.matrix_rank(member.indexing.indices[sure].reshape(-1, 2)) < 2:
        return False
    weight = spot_weights(table.power, table.snr, power.power.size)
    area = float(abs(np.linalg.det(member.indexing.vectors)))
    return why_no_lattice(table, weight, np.ones(len(table.snr), np.bool_), area, power.power.size, power.shape) is None


def _fit(
    power: PowerMap, member: Member, spots: SpotTable, found: list[Member], pixel_size: float | None, everywhere: bool
) -> LatticeFit:
    on = _not_of_others(member, found)
    table = spots.where(on)
    whole = member.indexing
    indexing = whole.where(on)
    # streaks between grains pass where the spots of a superstructure would be: one that is not seen is not looked for
    best, table = complete(power.without(spots.bins[~on]), indexing, table, superstructure=False)
    return finished_fit(power, best, table, pixel_size, 1.0 if everywhere else _GRAINS)


def _in_picture(
    mask: NDArray[np.bool_], power: PowerMap, squared: tuple[int, ...], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Carry a mask of what the picture shows over to the picture as it was given: with margins, and with its own pixels."""
    whole = np.zeros(squared, dtype=np.bool_)
    top, left = power.content.top, power.content.left
    whole[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    rows, cols = (
        np.minimum((np.arange(n) + 0.5) * m / n, m - 1).astype(int) for n, m in zip(shape, squared, strict=True)
    )
    return whole[np.ix_(rows, cols)]
