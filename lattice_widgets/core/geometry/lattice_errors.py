"""A lattice that indexes the spots in, the same with errors that tell how far it is from the truth out."""

from dataclasses import replace

import numpy as np

from lattice_widgets.core.geometry.evenness import stretch_by_filling
from lattice_widgets.core.geometry.false_spots.aliases import shifted_by_aliases
from lattice_widgets.core.geometry.indexing import Indexing
from lattice_widgets.core.geometry.joint_fit import fit_jointly
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.spots import SpotTable
from lattice_widgets.core.geometry.wave_fit import fit_waves, strain_variance

#: spots closer than this shift each other's maxima [bins]
_CLOSE_SPOTS = 8.0


def sharpened(power: PowerMap, lattice: Indexing, spots: SpotTable) -> Indexing:
    """Return the lattice with the errors that displaced atoms add.

    Where the spots are too close together to be measured one by one, it is fitted anew to the picture itself.
    """
    on = lattice.indexed & (spots.snr > np.log(power.power.size))
    if not on.any():
        return lattice
    unshifted = on & ~shifted_by_aliases(power, lattice, spots)
    if np.linalg.matrix_rank(lattice.indices[unshifted].reshape(-1, 2)) == 2:
        on = unshifted
    bins = spots.bins[on]
    if np.hypot(*lattice.vectors[0]) < _CLOSE_SPOTS:
        fitted = fit_waves(power.flattened, lattice.vectors, 1.05 * float(np.hypot(*bins.T).max()))
        if fitted is not None:
            return replace(lattice, vectors=fitted[0], covariance=fitted[1])
    jointly = fit_jointly(power, lattice.vectors, lattice.indices[on], power.position_error(bins, spots.power[on]))
    if jointly is not None:
        stretch = stretch_by_filling(power.flattened, bins, np.sqrt(spots.power[on]))
        # across the border of the crystal only: in which direction it runs is not known
        either = np.kron(lattice.vectors @ lattice.vectors.T, np.eye(2)) * stretch**2
        return replace(lattice, vectors=jointly[0], covariance=jointly[1] + either)
    beside = power.noise_beside(bins) - float(np.median(power.background))
    variance = strain_variance(bins, spots.power[on], beside, float(power.width.mean()))
    shared = np.kron(lattice.vectors @ lattice.vectors.T, np.eye(2)) * variance
    return replace(lattice, covariance=lattice.covariance + shared)
