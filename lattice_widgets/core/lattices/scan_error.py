"""A lattice and how unevenly its scan is strained in, the error that the scan may add to a, b and gamma out.

No noise tells whether a scan is true: drift, creep and a wrong calibration of one axis stretch and shear all cells alike. What
can be said is how far scans that are as even as this one usually are off. Along the lines the pixel size is taken as true.
"""

from typing import NamedTuple

import numpy as np

from lattice_widgets.core.lattices.bravais_weights import ScanDistortion
from lattice_widgets.core.lattices.cell_errors import cell_errors
from lattice_widgets.core.lattices.lattice import Lattice


class ScanError(NamedTuple):
    """What the distortion of the scan may add to the numbers of a lattice, one standard deviation each.

    Attributes
    ----------
    strain : float
        Stretch of the slow axis, or shear along the lines [%].
    a, b : float
        Of the lengths [unit of the lattice].
    gamma : float
        Of the angle between them [degrees].
    """

    strain: float
    a: float
    b: float
    gamma: float


def scan_error(lattice: Lattice, unevenness: float | None) -> ScanError:
    """Estimate how far a scan may be off, from how evenly it is strained.

    The same expectation decides which type the crystal presumably has (see `bravais_weights.ScanDistortion`).

    Parameters
    ----------
    lattice : Lattice
        As measured, its vectors in (row, col): lines run along the columns.
    unevenness : float or None
        Standard deviation of the strain across the picture, as a fraction (see `LatticeFit.scan_unevenness`); None if it is
        not known.

    Returns
    -------
    ScanError
        Larger for a scan that is uneven.

    Examples
    --------
    >>> even, uneven = (scan_error(Lattice.from_parameters(0.25, 0.25, 120), each) for each in (0.0, 0.02))
    >>> round(even.strain, 2), round(uneven.strain, 2), round(even.gamma, 2)
    (1.01, 3.9, 0.5)
    """
    spread = ScanDistortion.from_unevenness(unevenness).strain_covariance
    down = lattice.vectors[:, 0]
    # a stretch moves the ends of both vectors along the rows, a shear along the lines, by how far down they reach
    stretch, shear = (np.kron(down, axis) for axis in np.eye(2))
    moved = np.stack([stretch, shear], axis=1)
    return ScanError(100 * float(np.sqrt(spread[0, 0])), *cell_errors(lattice, moved @ spread @ moved.T))
