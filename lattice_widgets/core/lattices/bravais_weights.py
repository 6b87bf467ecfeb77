"""A measured lattice with its errors in, the weight of each of the five Bravais types out.

Up to size and rotation a lattice is one point of a plane (see `shape`), and the types of higher symmetry are points (square,
hexagonal) and lines (rectangular, centered rectangular) in it: 0 and 1 free parameters against the 2 of the oblique ones. The
weight of a type is its Bayesian evidence: the density with which it would have put the lattice where it was measured, each free
parameter being spread evenly over its range. So the type with fewer parameters wins wherever it fits, by the ratio of the
range to the error (the Occam factor, which Akaike's and the Bayesian criterion approximate: Kanatani, Int. J. Comput. Vis. 26,
171 (1998)).

What counts as error is two things: that of the fit, and what scans do to lattices. A scan may be perfect, stretched along
its slow axis, sheared by drift, or both, by some percent (`ScanDistortion`). So a lattice that lies *exactly* on a line is
told from one that lies on it only roughly, and an almost hexagonal lattice counts as hexagonal unless it is better explained.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, BravaisType, Lattice

#: ranges of the free parameters, in units of strain: area of all oblique lattices with b/a below 2.5, lengths of the lines
_OBLIQUE_AREA, _RECTANGULAR_LENGTH, _CENTERED_LENGTH = 0.4, 0.92, 1.6


@dataclass(frozen=True, kw_only=True)
class ScanDistortion:
    """How far a scan is expected to be off.

    Parameters
    ----------
    perfect : float
        Probability that the scan is not distorted at all (a simulated picture, an averaged one).
    usual, large : float
        Standard deviations of the strain, as fractions, of the usual and of badly distorted scans.
    large_share : float
        Share of the latter among the distorted.
    """

    perfect: float = 0.25
    usual: float = 0.014
    large: float = 0.035
    large_share: float = 0.4

    @classmethod
    def from_unevenness(cls, unevenness: float | None) -> Self:
        """Say what to expect of a scan whose strain varies across the picture by this much.

        None where that is not known (see `scan_distortion.scan_unevenness`).

        Parameters
        ----------
        unevenness : float or None
            Standard deviation of the strain, as a fraction, from `scan_distortion.scan_unevenness`; None if it is not known.

        Returns
        -------
        ScanDistortion
            Narrower for an even scan, wider for an uneven one.
        """
        if unevenness is None:
            return cls()
        if unevenness < 0.003:
            return cls(perfect=0.6, usual=0.01, large=0.03, large_share=0.3)
        return cls(perfect=0.1, usual=max(0.012, 1.5 * unevenness), large=max(0.03, 3 * unevenness), large_share=0.5)

    @property
    def strain_covariance(self) -> NDArray[np.float64]:
        """Covariance (2, 2) of (stretch along the slow axis, shear) over all such scans, as fractions squared."""
        return np.sum([share * spread for share, spread in scans_of(self)], axis=0)


def strain_covariance(reciprocal: NDArray[np.float64], covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Carry the errors of two vectors over to the two shape strains, stretch along the axes and shear.

    Parameters
    ----------
    reciprocal : ndarray, shape (2, 2)
        Reciprocal vectors in rows, (row, col).
    covariance : ndarray, shape (4, 4)
        Of ``reciprocal.ravel()``.

    Returns
    -------
    ndarray, float64, shape (2, 2)
        Covariance of (stretch, shear), as fractions squared.
    """
    inverse = np.linalg.inv(reciprocal)
    jacobian = np.empty((2, 4))
    for k in range(4):
        change = np.zeros(4)
        change[k] = 1
        strain = inverse @ change.reshape(2, 2)
        jacobian[:, k] = strain[0, 0] - strain[1, 1], strain[0, 1] + strain[1, 0]
    return jacobian @ covariance @ jacobian.T


def bravais_weights(
    lattice: Lattice, covariance: NDArray[np.float64], distortion: ScanDistortion | None = None
) -> dict[BravaisType, float]:
    """Weigh the five Bravais types by their Bayesian evidence.

    Parameters
    ----------
    lattice : Lattice
        As measured.
    covariance : ndarray, shape (2, 2)
        Of its two shape strains, from `strain_covariance`.
    distortion : ScanDistortion, optional
        What scans do.

    Returns
    -------
    dict
        Type -> weight, 0 to 1; the weights sum to 1.

    Examples
    --------
    >>> sharp = np.diag([1e-6, 1e-6])
    >>> weights = bravais_weights(Lattice.from_parameters(1, 1.004, 119.7), sharp)
    >>> max(weights, key=weights.get)
    'hexagonal'
    """
    distortion = distortion or ScanDistortion()
    evidence: dict[BravaisType, float] = dict.fromkeys(BRAVAIS_TYPES, 0.0)
    evidence["oblique"] = 1 / _OBLIQUE_AREA
    points: tuple[BravaisType, ...] = ("square", "hexagonal")
    offsets = {point: _offset(lattice, point) for point in points}
    lines = _mirror_lines(lattice)
    for share, spread in scans_of(distortion):
        total = covariance + spread
        for point, offset in offsets.items():
            exponent = -0.5 * offset @ np.linalg.solve(total, offset)
            evidence[point] += float(share * np.exp(exponent) / (2 * np.pi * np.sqrt(np.linalg.det(total))))
        for kind, distance, normal in lines:
            variance = float(normal @ total @ normal)
            length = _RECTANGULAR_LENGTH if kind == "rectangular" else _CENTERED_LENGTH
            evidence[kind] += float(
                share * np.exp(-0.5 * distance**2 / variance) / np.sqrt(2 * np.pi * variance) / length
            )
    whole = sum(evidence.values())
    return {kind: value / whole for kind, value in evidence.items()}


def sigmas_to(lattice: Lattice, covariance: NDArray[np.float64], kind: BravaisType) -> float:
    """Measure how far a lattice is from a type, in standard deviations.

    Parameters
    ----------
    lattice : Lattice
        As measured.
    covariance : ndarray, shape (2, 2)
        Of its two shape strains, from `strain_covariance`.
    kind : str
        One of `BRAVAIS_TYPES`.

    Returns
    -------
    float
        The Mahalanobis distance to the point or to the nearest line of the type; 0 for oblique.

    Examples
    --------
    >>> round(sigmas_to(Lattice.from_parameters(1, 1.04, 90), np.diag([1e-4, 1e-4]), "square"), 2)
    3.92
    """
    if kind == "oblique":
        return 0.0
    if kind in ("square", "hexagonal"):
        offset = _offset(lattice, kind)
        return float(np.sqrt(offset @ np.linalg.solve(covariance, offset)))
    lines = [(distance, normal) for line, distance, normal in _mirror_lines(lattice) if line == kind]
    return min(float(abs(distance) / np.sqrt(normal @ covariance @ normal)) for distance, normal in lines)


def scans_of(distortion: ScanDistortion) -> list[tuple[float, NDArray[np.float64]]]:
    """List the kinds of scan that are expected.

    Returns
    -------
    list of tuple
        Probability of each kind, and the covariance (2, 2) of its (stretch along the slow axis, shear), as fractions squared.
    """
    scans = [(distortion.perfect, np.zeros((2, 2)))]
    for share, size in (
        (1 - distortion.large_share, distortion.usual),
        (distortion.large_share, distortion.large),
    ):
        for part, pattern in ((0.25, (1.0, 0.0)), (0.25, (0.0, 1.0)), (0.5, (1.0, 1.0))):
            scans.append(((1 - distortion.perfect) * share * part, np.diag(pattern) * size**2))
    return scans


def _offset(lattice: Lattice, kind: BravaisType) -> NDArray[np.float64]:
    """Return the two shape strains that separate the lattice from the nearest one of a type."""
    stretch = np.linalg.solve(lattice.vectors, lattice_nearest(lattice, kind)).T
    values, axes = np.linalg.eigh((stretch + stretch.T) / 2)
    log = axes @ np.diag(np.log(values)) @ axes.T
    return np.array([log[0, 0] - log[1, 1], 2 * log[0, 1]])


def lattice_nearest(lattice: Lattice, kind: BravaisType) -> NDArray[np.float64]:
    """Strain a lattice as little as possible until it has a type.

    Returns
    -------
    ndarray, float64, shape (2, 2)
        The vectors of `lattice` after that strain, in rows.
    """
    reduced = lattice.reduced()
    stretch = np.linalg.solve(reduced.vectors, lattice.nearest(kind).vectors).T
    return lattice.vectors @ stretch.T


def _mirror_lines(lattice: Lattice) -> list[tuple[BravaisType, float, NDArray[np.float64]]]:
    """Return the lines of rectangular and centered rectangular lattices near by: type, distance, normal.

    A lattice has mirrors when two of its vectors are at right angles: two primitive ones in a rectangular, sum and
    difference of two primitive ones in a centered rectangular lattice.
    """
    a, b = lattice.reduced().vectors
    c = -a - b
    lines: list[tuple[BravaisType, float, NDArray[np.float64]]] = []
    for p, q in ((a, b), (b, c), (c, a)):
        for kind, one, other in (("rectangular", p, q), ("centered rectangular", p + q, p - q)):
            cross = one[0] * other[1] - one[1] * other[0]
            distance = float(np.arcsinh(one @ other / abs(cross)))
            # directions of the two, the second turned back by 90 degrees: their mean is the direction of the mirror
            turned = np.array([other[1], -other[0]]) * np.sign(cross)
            mean = one / np.hypot(*one) + turned / np.hypot(*turned)
            twice = 2 * np.arctan2(mean[1], mean[0])
            lines.append((kind, distance, np.array([-np.sin(twice), np.cos(twice)])))  # type: ignore[arg-type]
    return lines
