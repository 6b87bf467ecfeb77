"""What a scan does to a lattice on the whole: a stretch of the slow axis, a shear along the lines, a wrong length of the lines.

A crystal may lie in any direction. So of all turns of the presumed lattice the one is taken after which a line of the scan is
straight: the linear map from the presumed lattice to that of the picture is then lower triangular in (row, col).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.drift_correction import drift_correction
from lattice_widgets.core.lattices.known.comparison import compare
from lattice_widgets.core.lattices.lattice import BravaisType, Lattice
from lattice_widgets.core.maps.deformation import equivalent_basis
from lattice_widgets.core.sentences import Sentence

__all__ = ["MeanDistortion", "from_lattice", "from_turned", "from_type"]

#: a lattice that differs more than this from the presumed one, as a strain, is another one
_OTHER = 0.3


@dataclass(frozen=True, eq=False)
class MeanDistortion:
    """What the scan does on the whole.

    Attributes
    ----------
    matrix : ndarray, float64, shape (2, 2)
        Carries (row, col) vectors of the sample to those of the picture; lower triangular.
    """

    matrix: NDArray[np.float64]

    @property
    def slow_stretch(self) -> float:
        """How much too long the picture is down [%]."""
        return float(100 * (self.matrix[0, 0] - 1))

    @property
    def shear(self) -> float:
        """How far lines are shifted along themselves, in percent of the distance down."""
        return float(100 * self.matrix[1, 0])

    @property
    def fast_stretch(self) -> float:
        """How much too long the lines are [%]."""
        return float(100 * (self.matrix[1, 1] - 1))


def from_type(lattice: Lattice, kind: BravaisType) -> MeanDistortion:
    """Presume a Bravais type, and that the lines are as long as they should be."""
    return MeanDistortion(np.asarray(np.linalg.inv(drift_correction(lattice, kind).matrix), np.float64))


def from_lattice(lattice: Lattice, presumed: Lattice) -> MeanDistortion:
    """Presume a lattice, turned any way.

    Raises
    ------
    ValueError
        If the lattice of the picture is another one.

    Examples
    --------
    >>> square = Lattice.from_parameters(0.3, 0.3, 90, 25)
    >>> found = from_lattice(square.transformed([[1.02, 0.0], [-0.01, 0.99]]), square)
    >>> round(found.slow_stretch, 6), round(found.shear, 6), round(found.fast_stretch, 6)
    (2.0, -1.0, -1.0)
    """
    measured = lattice.reduced().vectors
    found = compare(measured, presumed.reduced().vectors[None])
    strain = np.abs(found.strains[0]).max(axis=-1)
    best = int(strain.argmin())
    if strain[best] > _OTHER:
        raise ValueError(
            Sentence(
                "The picture does not show the presumed lattice: it is {strain:.0f} % off.", strain=100 * strain[best]
            )
        )
    gradient = np.linalg.solve(found.vectors[0, best], measured).T
    _turn, upper = np.linalg.qr(gradient.T)
    signs = np.sign(np.diag(upper))
    return MeanDistortion(np.asarray((signs[:, None] * upper).T, np.float64))


def from_turned(first: Lattice, second: Lattice) -> tuple[MeanDistortion, Lattice]:
    """Compare two scans of one lattice, the second with its lines at right angles to those of the first.

    Each scan is presumed to be true along its lines. Then both together tell the lattice: what one scan stretches
    and shears the other one has along its lines.

    Parameters
    ----------
    first, second : Lattice
        As measured, both in the axes (row, col) of the first scan.

    Returns
    -------
    distortion : MeanDistortion
        Of the first scan.
    lattice : Lattice
        Of the sample.

    Raises
    ------
    ValueError
        If the two do not show one lattice.

    Examples
    --------
    >>> sample = Lattice.from_parameters(0.25, 0.31, 100, 20)
    >>> one, other = sample.transformed([[1.03, 0], [0.02, 1]]), sample.transformed([[1, -0.01], [0, 0.98]])
    >>> found, lattice = from_turned(one, other)
    >>> round(found.slow_stretch, 6), round(found.shear, 6), round(lattice.reduced().gamma, 6)
    (3.0, 2.0, 100.0)
    """
    measured = first.reduced().vectors
    other = equivalent_basis(second.reduced().vectors, measured)
    if np.abs(np.linalg.solve(other, measured) - np.eye(2)).max() > _OTHER:
        raise ValueError(Sentence("The two scans do not show one lattice in the same direction."))
    p, q = measured.T
    p_turned, q_turned = other.T
    _, sheared = np.linalg.solve(np.stack([q_turned, p], axis=1), q)
    shrunk, _ = np.linalg.solve(np.stack([p, q_turned], axis=1), p_turned)
    stretch = 1 / shrunk
    distortion = MeanDistortion(np.array([[stretch, 0.0], [sheared * stretch, 1.0]]))
    return distortion, first.transformed(np.linalg.inv(distortion.matrix))
