"""A measured lattice and a presumed Bravais type in, the drift that would have distorted the one into the other out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BravaisType, Lattice


@dataclass(frozen=True, eq=False)
class Correction:
    """The drift that would have made a lattice of a higher symmetry look as measured. It presumes that symmetry.

    Attributes
    ----------
    kind : str
        The presumed Bravais type.
    matrix : ndarray, float64, shape (2, 2)
        Carries (row, col) vectors of the picture to those of the corrected picture.
    scale : float
        Stretch of the slow scan axis (down) that corrects [%].
    shear : float
        Shear that corrects: shift along the scan lines, in percent of the distance down.
    lattice : Lattice
        After the correction.
    length_ratio : float
        Corrected lattice constant a over the measured one.
    drift : tuple of float or None
        Velocity (row, col) of the sample that would have made the picture [nm/s or px/s]; None without a line time.
    """

    kind: BravaisType
    matrix: NDArray[np.float64]
    scale: float
    shear: float
    lattice: Lattice
    length_ratio: float
    drift: tuple[float, float] | None


def drift_correction(
    lattice: Lattice, kind: BravaisType, pixel_size: float | None = None, line_time: float | None = None
) -> Correction:
    """Find the drift correction that gives a lattice a type.

    A drift moves each scan line against the one before, so it can do two things to a lattice: stretch it along the slow axis
    (down) and shear it along the lines. With a rotation and a scale, which leave the type alone, that makes any linear map,
    so the two numbers follow from the strain to the nearest lattice of the type.

    Parameters
    ----------
    lattice : Lattice
        Of the picture [nm or px].
    kind : str
        The Bravais type that the crystal is presumed to have.
    pixel_size : float, optional
        [nm/px].
    line_time : float, optional
        Time for one scan line [s].

    Returns
    -------
    Correction
        Matrix, stretch and shear, the corrected lattice and, with a line time, the velocity of the drift.

    Raises
    ------
    ValueError
        If the type is unknown or the line time not positive.

    Examples
    --------
    >>> sheared = Lattice([[0.3, 0.006], [0.0, 0.3]])
    >>> round(drift_correction(sheared, "square").shear, 3)
    -2.0
    """
    if line_time is not None and not line_time > 0:
        raise ValueError(f"The time for one scan line must be positive, not {line_time} s.")
    reduced = lattice.reduced()
    # the reduced vectors keep their order under the least strain, so the two sets belong together
    strain = np.linalg.solve(reduced.vectors, reduced.nearest(kind).vectors).T
    metric = strain.T @ strain
    metric = metric / metric[1, 1]
    shear = float(metric[0, 1])
    scale = float(np.sqrt(metric[0, 0] - shear**2))
    matrix = np.array([[scale, 0.0], [shear, 1.0]])
    corrected = lattice.transformed(matrix)
    drift = None
    if line_time is not None:
        lines = (pixel_size or 1.0) / line_time
        drift = (1 - scale) * lines, -shear * lines
    return Correction(
        kind=kind,
        matrix=matrix,
        scale=100 * (scale - 1),
        shear=100 * shear,
        lattice=corrected,
        length_ratio=corrected.reduced().a / reduced.a,
        drift=drift,
    )
