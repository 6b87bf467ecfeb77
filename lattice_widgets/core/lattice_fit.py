"""A picture in, its lattice with errors and the weights of the Bravais types out: the geometric second opinion.

The steps: spots (`spots`), the reciprocal lattice that indexes them (`indexing`), the evidence for each type
(`bravais_weights`). What is fitted is the lattice of the *picture*; drift makes it differ from that of the crystal, and
`LatticeFit.correction` says which drift would have done so.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.bravais_weights import ScanDistortion, bravais_weights, strain_covariance
from lattice_widgets.core.harmonic_fit import fit_waves, strain_variance
from lattice_widgets.core.indexing import Indexing, index_spots, nodes_within, refine, spot_weights, superlattices
from lattice_widgets.core.lattice import BRAVAIS_TYPES, BravaisType, Lattice
from lattice_widgets.core.scan_evenness import scan_unevenness
from lattice_widgets.core.spectra import check_image
from lattice_widgets.core.spot_patterns import why_no_lattice
from lattice_widgets.core.spots import PowerMap, Spots, measure_spots, spots_at


#: by how much the spots of a superstructure must together exceed what noise may put at their places [nat]
_SUPERSTRUCTURE_EVIDENCE = 12.0


#: spots closer than this shift each other's maxima [bins]
_CLOSE_SPOTS = 8.0


class LatticeNotFound(ValueError):
    """The picture holds no lattice; the message says in one sentence why it is believed so."""


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


@dataclass(frozen=True, eq=False)
class LatticeFit:
    """The lattice of a picture, measured. Lengths in nm, or in px where no pixel size is known (see `unit`).

    Attributes
    ----------
    vectors : ndarray, float64, shape (2, 2)
        Reduced primitive vectors in rows, as (row, col) components [nm or px].
    covariance : ndarray, float64, shape (4, 4)
        Of ``vectors.ravel()``, one-sigma squared [nm^2 or px^2].
    a, b : float
        Their lengths, a <= b [nm or px].
    gamma : float
        Angle between them, 90 to 120 [degrees].
    a_error, b_error, gamma_error : float
        One standard deviation of each.
    rotation : float
        Direction of a [degrees], counter-clockwise from the direction of the rows, -90 to 90.
    lattice_type : str
        The Bravais type of the largest weight.
    weights : dict
        Weight of each Bravais type, which sum to 1 (see `bravais_weights`).
    strains : dict
        Strain to each higher symmetry [%] (see `Lattice.strains`).
    spots : Spots
        All spots that were found.
    indices : ndarray, int, shape (n, 2)
        Miller indices (h, k) of each spot with respect to `reciprocal_vectors`; those of the nearest node where not indexed.
    indexed : ndarray, bool, shape (n,)
        Whether each spot belongs to the lattice.
    unit : {"nm", "px"}
        Of the lengths.
    pixel_size : float or None
        [nm/px].
    """

    vectors: NDArray[np.float64]
    covariance: NDArray[np.float64]
    a: float
    b: float
    gamma: float
    a_error: float
    b_error: float
    gamma_error: float
    rotation: float
    lattice_type: BravaisType
    weights: dict[BravaisType, float]
    strains: dict[BravaisType, float]
    spots: Spots
    indices: NDArray[np.int64]
    indexed: NDArray[np.bool_]
    unit: Literal["nm", "px"]
    pixel_size: float | None

    @property
    def lattice(self) -> Lattice:
        """The lattice [nm or px]."""
        return Lattice(self.vectors)

    @property
    def reciprocal_vectors(self) -> NDArray[np.float64]:
        """The reciprocal vectors of `vectors`, (2, 2), without the factor 2 pi [1/nm or 1/px]."""
        return self.lattice.reciprocal().vectors

    @property
    def n_indexed(self) -> int:
        """Number of spots that belong to the lattice."""
        return int(self.indexed.sum())

    @property
    def n_extra(self) -> int:
        """Number of spots that do not."""
        return int((~self.indexed).sum())

    @property
    def extra_spots(self) -> NDArray[np.float64]:
        """Frequencies (n, 2) of the spots that do not belong to the lattice [1/nm or 1/px]."""
        return self.spots.frequency[~self.indexed]

    def correction(self, kind: BravaisType, line_time: float | None = None) -> Correction:
        """Return the drift correction (shear and scale of the slow axis) that gives the lattice a type.

        Square and hexagonal lattices fix both numbers; for the rectangular types the nearest lattice is taken.

        Parameters
        ----------
        kind : str
            The Bravais type that the crystal is presumed to have.
        line_time : float, optional
            Time for one scan line [s].

        Raises
        ------
        ValueError
            If the type is unknown or the line time not positive.
        """
        if line_time is not None and not line_time > 0:
            raise ValueError(f"The time for one scan line must be positive, not {line_time} s.")
        target = self.lattice.nearest(kind).vectors
        stretch = np.linalg.solve(self.vectors, target).T
        # any map is a rotation and a scale times [[1 + scale, 0], [shear, 1]]: the two that drift can do
        metric = stretch.T @ stretch
        metric = metric / metric[1, 1]
        shear = metric[0, 1]
        scale = np.sqrt(metric[0, 0] - shear**2)
        matrix = np.array([[scale, 0.0], [shear, 1.0]])
        corrected = self.lattice.transformed(matrix)
        drift = None
        if line_time is not None:
            per_line = (self.pixel_size or 1.0) / line_time
            drift = float((1 - scale) * per_line), float(-shear * per_line)
        return Correction(
            kind,
            matrix,
            float(100 * (scale - 1)),
            float(100 * shear),
            corrected,
            corrected.reduced().a / self.a,
            drift,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain Python types, ready for JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "gamma": self.gamma,
            "a_error": self.a_error,
            "b_error": self.b_error,
            "gamma_error": self.gamma_error,
            "unit": self.unit,
            "rotation": self.rotation,
            "vectors": self.vectors.tolist(),
            "type": self.lattice_type,
            "weights": dict(self.weights),
            "strains": dict(self.strains),
            "n_indexed": self.n_indexed,
            "n_extra": self.n_extra,
        }


def fit_lattice(image: ArrayLike, pixel_size: float | None = None) -> LatticeFit:
    """Return the lattice of a picture, measured from the spots of its Fourier transform.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        The picture or a window of it, square pixels.
    pixel_size : float, optional
        [nm/px].

    Raises
    ------
    LatticeNotFound
        If the picture holds no lattice: no spots, stripes, the spots of a quasi-crystal.
    ValueError
        If the picture is none (see `spectra.check_image`), or the pixel size is not positive.

    Examples
    --------
    >>> rows, cols = np.mgrid[:96, :128]
    >>> fit = fit_lattice(np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 12), pixel_size=0.05)
    >>> round(fit.a, 2), round(fit.b, 2), round(fit.gamma, 1), fit.unit, fit.lattice_type
    (0.4, 0.6, 90.0, 'nm', 'rectangular')
    """
    array = check_image(image)
    if pixel_size is not None and not pixel_size > 0:
        raise ValueError(f"The pixel size must be a positive length in nm, not {pixel_size}.")
    power = PowerMap(array)
    trials = power.power.size
    spots = measure_spots(power)
    if not len(spots[0]):
        raise LatticeNotFound("No spot stands out in the Fourier transform: the picture shows no lattice.")
    lattices = index_spots(spots[0], power.position_error(spots[0], spots[1]), spot_weights(spots[1], spots[2], trials))
    if not lattices:
        raise LatticeNotFound("All spots lie on one line through the center: the picture shows stripes, not a lattice.")
    best, spots = _complete(power, lattices[0], spots)
    found, top, snr = spots
    error, weight = power.position_error(found, top), spot_weights(top, snr, trials)
    cell_area = float(abs(np.linalg.det(best.vectors)))
    reason = why_no_lattice(found, top, snr, weight, best.indexed, cell_area, trials, power.shape)
    if reason is not None:
        raise LatticeNotFound(reason)
    best = _sharpened(power, best, found, top, snr)
    on = np.flatnonzero(best.indexed)
    on = on[np.argsort(-weight[on])]
    unevenness = scan_unevenness(power.flattened, found[on], error[on], float(np.hypot(*best.vectors[0])))
    return _assemble(best, power, found, error, top, snr, pixel_size, unevenness)


def _sharpened(
    power: PowerMap,
    lattice: Indexing,
    found: NDArray[np.float64],
    top: NDArray[np.float64],
    snr: NDArray[np.float64],
) -> Indexing:
    """Return the lattice with the errors that displaced atoms add.

    Where the spots are too close together to be measured one by one, it is fitted anew to the picture itself.
    """
    on = lattice.indexed & (snr > np.log(power.power.size))
    if not on.any():
        return lattice
    if np.hypot(*lattice.vectors[0]) < _CLOSE_SPOTS:
        fitted = fit_waves(power.flattened, lattice.vectors, 1.05 * float(np.hypot(*found[on].T).max()))
        if fitted is not None:
            return replace(lattice, vectors=fitted[0], covariance=fitted[1])
    everywhere = float(np.median(power.background))
    beside = power.noise_beside(found[on]) - everywhere
    variance = strain_variance(found[on], top[on], beside, float(power.width.mean()))
    shared = np.kron(lattice.vectors @ lattice.vectors.T, np.eye(2)) * variance
    return replace(lattice, covariance=lattice.covariance + shared)


_SpotTable = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _complete(power: PowerMap, lattice: Indexing, spots: _SpotTable) -> tuple[Indexing, _SpotTable]:
    """Return the lattice refined with the weak spots that it predicts, superstructure included, and all spots."""
    found, top, snr = spots
    certain = lattice.indexed & (snr > np.log(power.power.size) + 3)
    if not certain.any():
        return lattice, spots
    radius = 1.05 * float(np.hypot(*found[certain].T).max())
    radius = max(radius, 1.05 * float(np.hypot(*lattice.vectors.sum(axis=0))))
    nodes = nodes_within(lattice.vectors, radius)
    lattice, spots = _with_more(
        power, lattice, lattice.vectors, spots, spots_at(power, nodes @ lattice.vectors, found, top)
    )
    for _ in range(2):
        finer = _superstructure(power, lattice, spots, radius)
        if finer is None:
            break
        lattice, spots = _with_more(power, lattice, finer[0], spots, finer[1])
    return lattice, spots


def _with_more(
    power: PowerMap, lattice: Indexing, vectors: NDArray[np.float64], spots: _SpotTable, more: _SpotTable
) -> tuple[Indexing, _SpotTable]:
    found, top, snr = (np.concatenate([old, new]) for old, new in zip(spots, more, strict=True))
    refined = refine(vectors, found, power.position_error(found, top), spot_weights(top, snr, power.power.size))
    return (refined, (found, top, snr)) if refined is not None else (lattice, spots)


def _superstructure(
    power: PowerMap, lattice: Indexing, spots: _SpotTable, radius: float
) -> tuple[NDArray[np.float64], _SpotTable] | None:
    """Return the finer reciprocal lattice that weak spots between the strong ones make, and those not yet known."""
    best, best_evidence, best_offsets = None, _SUPERSTRUCTURE_EVIDENCE, None
    for vectors, offsets in superlattices(lattice.vectors):
        more, evidence = _between(power, lattice, spots, offsets, radius)
        if evidence > best_evidence:
            best, best_evidence, best_offsets = (vectors, more), evidence, offsets
    if best is None or best_offsets is None:
        return None
    # streaks and halos pass through places that mean nothing just as well
    for elsewhere in (0.62, 1.3):
        _, evidence = _between(power, lattice, spots, best_offsets * elsewhere, radius)
        if best_evidence < _SUPERSTRUCTURE_EVIDENCE + 2 * evidence:
            return None
    return best


def _between(
    power: PowerMap, lattice: Indexing, spots: _SpotTable, offsets: NDArray[np.float64], radius: float
) -> tuple[_SpotTable, float]:
    """Return the unknown spots at ``offsets`` (m, 2) from the nodes, and by how much all there exceed noise [nat]."""
    found, top, snr = spots
    nodes = nodes_within(lattice.vectors, radius)
    nodes = np.concatenate([nodes, -nodes, np.zeros((1, 2))])
    places = np.concatenate([nodes + offset for offset in offsets]) @ lattice.vectors
    places = places[(places[:, 1] > 0) | ((places[:, 1] == 0) & (places[:, 0] > 0))]
    places = places[np.hypot(*places.T) < radius]
    more = spots_at(power, places, found, top)
    if not len(places):
        return more, 0.0
    both = np.concatenate([places, -places])
    known = ~lattice.indexed & (np.hypot(*(found[:, None] - both).transpose(2, 0, 1)).min(axis=1) < 0.5)
    strength = np.concatenate([snr[known], more[2]])
    by_chance = (~lattice.indexed).sum() * 0.8 * len(offsets) / abs(np.linalg.det(lattice.vectors))
    if len(strength) - by_chance < 2.5 and not (len(strength) == 2 and strength.min() > 14):
        return more, 0.0
    # among n places noise alone reaches log(n); one strong spot is not to speak for all
    return more, float((np.minimum(strength, 60) - 4).sum()) - float(np.log(len(places))) * len(offsets)


def _assemble(
    best: Indexing,
    power: PowerMap,
    found: NDArray[np.float64],
    error: NDArray[np.float64],
    top: NDArray[np.float64],
    snr: NDArray[np.float64],
    pixel_size: float | None,
    unevenness: float | None,
) -> LatticeFit:
    lengths = np.array(power.shape) * (pixel_size or 1.0)
    reciprocal = best.vectors / lengths
    to_frequency = np.diag(np.tile(1 / lengths, 2))
    reciprocal_covariance = to_frequency @ best.covariance @ to_frequency
    vectors = Lattice(reciprocal).reciprocal().vectors
    reduced = Lattice(vectors).reduced()
    # to first order the inverse changes by dV = -(V dG' V): one linear map for the covariance
    jacobian = np.empty((4, 4))
    for k in range(4):
        change = np.zeros(4)
        change[k] = 1
        jacobian[:, k] = (-vectors @ change.reshape(2, 2).T @ vectors).ravel()
    basis = np.round(reduced.vectors @ np.linalg.inv(vectors))
    jacobian = np.kron(basis, np.eye(2)) @ jacobian
    covariance = jacobian @ reciprocal_covariance @ jacobian.T
    if reduced.vectors[0, 1] < 0 or (reduced.vectors[0, 1] == 0 and reduced.vectors[0, 0] > 0):
        reduced = Lattice(-reduced.vectors)
        basis = -basis
    weights = bravais_weights(
        reduced, strain_covariance(reciprocal, reciprocal_covariance), ScanDistortion.from_unevenness(unevenness)
    )
    a_error, b_error, gamma_error = _cell_errors(reduced, covariance)
    amplitude = power.amplitude(top)
    spots = Spots(
        found / lengths,
        error / lengths,
        amplitude,
        amplitude * np.sqrt(0.5 / np.maximum(snr, 1e-9)),
        snr,
        "1/nm" if pixel_size else "1/px",
    )
    return LatticeFit(
        reduced.vectors,
        covariance,
        reduced.a,
        reduced.b,
        reduced.gamma,
        a_error,
        b_error,
        gamma_error,
        reduced.rotation,
        max(BRAVAIS_TYPES, key=lambda kind: weights[kind]),
        weights,
        reduced.strains(),
        spots,
        (best.indices @ np.round(np.linalg.inv(basis).T @ np.eye(2)).astype(np.int64).T).astype(np.int64)
        if False
        else np.round(found / lengths @ reduced.vectors.T).astype(np.int64),
        best.indexed,
        "nm" if pixel_size else "px",
        pixel_size,
    )


def _cell_errors(lattice: Lattice, covariance: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the standard errors of a, b [their unit] and gamma [degrees]."""
    (p, q), a, b = lattice.vectors, lattice.a, lattice.b
    sine = np.sin(np.deg2rad(lattice.gamma))
    cosine = np.cos(np.deg2rad(lattice.gamma))
    gradients = np.array(
        [
            np.concatenate([p / a, np.zeros(2)]),
            np.concatenate([np.zeros(2), q / b]),
            np.concatenate([cosine * p / a**2 - q / (a * b), cosine * q / b**2 - p / (a * b)]) / sine,
        ]
    )
    errors = np.sqrt(np.einsum("ij,jk,ik->i", gradients, covariance, gradients))
    return float(errors[0]), float(errors[1]), float(np.rad2deg(errors[2]))
