"""A picture in, its lattice with errors and the weights of the Bravais types out: the geometric second opinion.

The steps: spots (`spots`), the reciprocal lattice that indexes them (`indexing`), the evidence for each type
(`bravais_weights`). What is fitted is the lattice of the *picture*; drift makes it differ from that of the crystal, and
`LatticeFit.correction` says which drift would have done so.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.false_spots.aliases import SortedSpots, sort_out_aliases
from lattice_widgets.core.geometry.indexing import Indexing, spot_weights
from lattice_widgets.core.geometry.lattice_errors import sharpened
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.refusals import LatticeNotFound, why_no_lattice
from lattice_widgets.core.geometry.scan_distortion import scan_unevenness
from lattice_widgets.core.geometry.spots import Spots, SpotTable, measure_spots, spots_of
from lattice_widgets.core.geometry.superstructure import complete
from lattice_widgets.core.lattices.bravais_weights import ScanDistortion, bravais_weights, strain_covariance
from lattice_widgets.core.lattices.cell_errors import cell_errors
from lattice_widgets.core.lattices.drift_correction import Correction, drift_correction
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, BravaisType, Lattice
from lattice_widgets.core.lattices.measured_lattice import MeasuredLattice
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.one_thread import one_thread


@dataclass(frozen=True, eq=False)
class LatticeFit(MeasuredLattice):
    """The lattice of a picture, measured. Lengths in nm, or in px if the pixel size is not known (see `unit`).

    `MeasuredLattice` adds which type the lattice *of the picture* has within its errors, and the conventional cell.

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
    bravais_type : str
        The Bravais type of the largest weight: presumably that of the crystal, as scans distort what they show.
    weights : dict
        Weight of each Bravais type, which sum to 1 (see `bravais_weights`).
    strains : dict
        Strain to each higher symmetry [%] (see `Lattice.strains`).
    spots : Spots
        All spots that were found; from `find_lattices` without those of the other lattices.
    indices : ndarray, int, shape (n, 2)
        Miller indices (h, k) of each spot, by `reciprocal_vectors`; for a spot that is not indexed, of the nearest node.
    indexed : ndarray, bool, shape (n,)
        Whether each spot belongs to the lattice.
    scan_unevenness : float or None
        How much the strain varies across the picture beyond noise, as a fraction: the distortion of the scan that the
        weights allow for grows with it. None if the picture holds too few cells to tell.
    unit : {"nm", "px"}
        Of the lengths.
    pixel_size : float or None
        [nm/px]; of pixels that are not square the smaller side.
    line_spacing : float or None
        From one row of the picture to the next [nm].
    left_out : tuple of Sentence
        What of the picture was left out: margins, unscanned rows, a scale bar (see `margins.content_of`).
    share : float
        Of the power of all lattices of the picture, from `find_lattices`; 1 for a single lattice.
    mask : ndarray, bool, shape (rows, cols), or None
        Where in the picture the lattice is, from `find_lattices`; None if that was not asked.
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
    bravais_type: BravaisType
    weights: dict[BravaisType, float]
    strains: dict[BravaisType, float]
    spots: Spots
    indices: NDArray[np.int64]
    indexed: NDArray[np.bool_]
    scan_unevenness: float | None
    unit: Literal["nm", "px"]
    pixel_size: float | None
    line_spacing: float | None = None
    left_out: tuple[Sentence, ...] = ()
    share: float = 1.0
    mask: NDArray[np.bool_] | None = None

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
        """Number of spots that do not belong to the lattice."""
        return int((~self.indexed).sum())

    @property
    def extra_spots(self) -> NDArray[np.float64]:
        """Frequencies (n, 2) of the spots that do not belong to the lattice [1/nm or 1/px]."""
        return self.spots.frequency[~self.indexed]

    def correction(self, kind: BravaisType, line_time: float | None = None) -> Correction:
        """Find the drift correction (shear and scale of the slow axis) that gives the lattice a type.

        Square and hexagonal lattices fix both numbers; for the rectangular types the nearest lattice is taken.

        Parameters
        ----------
        kind : str
            The Bravais type that the crystal is presumed to have.
        line_time : float, optional
            Time for one scan line [s].

        Returns
        -------
        Correction
            See `drift_correction`.

        Raises
        ------
        ValueError
            If the type is unknown or the line time not positive.
        """
        return drift_correction(self.lattice, kind, self.line_spacing or self.pixel_size, line_time)

    def to_dict(self) -> dict[str, Any]:
        """Convert the numbers to plain Python types, ready for JSON.

        Returns
        -------
        dict
            Lengths in `unit`, angles in degrees, strains in percent.
        """
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
            "type": self.bravais_type,
            **self.statements(),
            "weights": dict(self.weights),
            "strains": dict(self.strains),
            "n_indexed": self.n_indexed,
            "n_extra": self.n_extra,
            "left_out": [str(note) for note in self.left_out],
        }


def fit_lattice(
    image: ArrayLike, pixel_size: float | tuple[float, float] | None = None, *, keep_all: bool = False
) -> LatticeFit:
    """Measure the lattice of a picture from the spots of its Fourier transform.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        The picture or a window of it.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too, which are left out otherwise.

    Returns
    -------
    LatticeFit
        The lattice with errors, the weights of the Bravais types, and the spots.

    Raises
    ------
    LatticeNotFound
        If the picture holds no lattice: no spots, stripes, the spots of a quasi-crystal, a bare ramp.
    ValueError
        If it is not a picture (see `checks.check_image`), or the pixel size is not positive.

    Examples
    --------
    >>> rows, cols = np.mgrid[:96, :128]
    >>> fit = fit_lattice(np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 12), pixel_size=0.05)
    >>> round(fit.a, 2), round(fit.b, 2), round(fit.gamma, 1), fit.unit, fit.bravais_type
    (0.4, 0.6, 90.0, 'nm', 'rectangular')
    """
    values, side, line_spacing = square_values(image, pixel_size)
    with one_thread:
        power = PowerMap(values, keep_all, np.shape(image))
        return replace(fit_power_map(power, side), line_spacing=line_spacing)


@one_thread
def fit_power_map(power: PowerMap, pixel_size: float | None = None, spots: SortedSpots | None = None) -> LatticeFit:
    """Measure the lattice of a picture whose power map is there already, and its spots if they are given; see `fit_lattice`.

    Raises
    ------
    LatticeNotFound
        If the picture holds no lattice.
    """
    left_out = power.content.notes
    if power.content.nothing is not None:
        raise LatticeNotFound(power.content.nothing, left_out, weight=1.0)
    own, aliases, lattice = sort_out_aliases(power, measure_spots(power)) if spots is None else spots
    if not len(own.snr):
        raise LatticeNotFound(
            Sentence("No spot stands out in the Fourier transform: the picture shows no lattice."), left_out
        )
    if lattice is None:
        raise LatticeNotFound(
            Sentence("All spots lie on one line through the center: the picture shows stripes, not a lattice."),
            left_out,
            weight=1.0,
        )
    best, own = complete(power, lattice, own, aliases)
    trials = power.power.size
    weight = spot_weights(own.power, own.snr, trials)
    cell_area = float(abs(np.linalg.det(best.vectors)))
    refusal = why_no_lattice(own, weight, best.indexed, cell_area, trials, power.shape, left_out)
    if refusal is not None:
        raise refusal
    return finished_fit(power, best.beside(aliases.bins), own + aliases, pixel_size)


def finished_fit(
    power: PowerMap, best: Indexing, table: SpotTable, pixel_size: float | None, widened: float = 1.0
) -> LatticeFit:
    """Find vectors, errors (made larger by a factor) and weights of a lattice [bins] whose spots are known."""
    best = sharpened(power, best, table)
    best = replace(best, covariance=widened**2 * best.covariance)
    on = np.flatnonzero(best.indexed)
    on = on[np.argsort(-spot_weights(table.power, table.snr, power.power.size)[on])]
    error = power.position_error(table.bins[on], table.power[on])
    unevenness = scan_unevenness(power.flattened, table.bins[on], error, float(np.hypot(*best.vectors[0])))
    lengths = np.array(power.shape) * (pixel_size or 1.0)
    reciprocal = best.vectors / lengths
    to_frequency = np.diag(np.tile(1 / lengths, 2))
    reciprocal_covariance = to_frequency @ best.covariance @ to_frequency
    vectors = Lattice(reciprocal).reciprocal().vectors
    reduced = Lattice(vectors).reduced()
    if (reduced.vectors[0, 1], -reduced.vectors[0, 0]) < (0, 0):  # a points to the right
        reduced = Lattice(-reduced.vectors)
    # to first order the vectors change by -(V dG' V), and the reduced ones are whole combinations of them
    basis = np.round(reduced.vectors @ np.linalg.inv(vectors))
    units = np.eye(4).reshape(4, 2, 2)
    jacobian = np.stack([-(basis @ vectors @ unit.T @ vectors).ravel() for unit in units], axis=1)
    covariance = jacobian @ reciprocal_covariance @ jacobian.T
    weights = bravais_weights(
        reduced, strain_covariance(reciprocal, reciprocal_covariance), ScanDistortion.from_unevenness(unevenness)
    )
    a_error, b_error, gamma_error = cell_errors(reduced, covariance)
    return LatticeFit(
        vectors=reduced.vectors,
        covariance=covariance,
        a=reduced.a,
        b=reduced.b,
        gamma=reduced.gamma,
        a_error=a_error,
        b_error=b_error,
        gamma_error=gamma_error,
        rotation=reduced.rotation,
        bravais_type=max(BRAVAIS_TYPES, key=lambda kind: weights[kind]),
        weights=weights,
        strains=reduced.strains(),
        spots=spots_of(power, table, pixel_size),
        # f . a_i = h_i: the reduced vectors themselves read the indices off
        indices=np.round(table.bins / lengths @ reduced.vectors.T).astype(np.int64),
        indexed=best.indexed,
        scan_unevenness=unevenness,
        unit="nm" if pixel_size else "px",
        pixel_size=pixel_size,
        left_out=power.content.notes,
    )
