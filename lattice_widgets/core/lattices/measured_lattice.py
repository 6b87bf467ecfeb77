"""A measured lattice with its errors in, what type it has within them out: the one rule for all measured lattices.

There are two questions, and two answers. Which type does the lattice *of the picture* have? Here only the errors of the fit
count (`picture_type`). And which type does the crystal presumably have, as scans stretch and shear what they show by some
percent (`bravais_type`, from `LatticeFit.weights`)? Where the two differ, `type_sentence` says by how much the picture is off,
in percent and in standard deviations.
"""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lattice_widgets import old_names
from lattice_widgets.core.lattices.bravais_weights import (
    ScanDistortion,
    bravais_weights,
    sigmas_to,
    strain_covariance,
)
from lattice_widgets.core.lattices.cell_errors import cell_errors
from lattice_widgets.core.lattices.centered_cell import centered_basis
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, BravaisType, Lattice
from lattice_widgets.core.lattices.scan_error import ScanError, scan_error
from lattice_widgets.core.sentences import Sentence

#: systematic error of the two shape strains, as a fraction: no perfect picture without noise was off by more than 1.4e-4
#: (benchmarks/types_at_sigmas.py)
SYSTEMATIC_STRAIN = 2e-4
#: what is farther off than this is strained [standard deviations]
_STRAINED = 3.0
_PERFECT_SCAN = ScanDistortion(perfect=1.0)


class ConventionalCell(NamedTuple):
    """The cell that crystallographers use, as measured.

    Attributes
    ----------
    a, b : float
        Lengths of its sides [nm or px]; of a centered rectangular lattice those of the rectangle with a point in its middle,
        a <= b; otherwise those of the reduced primitive cell.
    gamma : float
        Angle between them, as measured, 90 to 120 [degrees].
    a_error, b_error, gamma_error : float
        One standard deviation of each.
    """

    a: float
    b: float
    gamma: float
    a_error: float
    b_error: float
    gamma_error: float


class MeasuredLattice:
    """What follows from a lattice, its errors and its presumed type: the base of `LatticeFit`.

    Attributes
    ----------
    vectors : ndarray, float64, shape (2, 2)
        Reduced primitive vectors in rows, as (row, col) components [nm or px].
    covariance : ndarray, float64, shape (4, 4)
        Of ``vectors.ravel()``, one-sigma squared [nm^2 or px^2].
    bravais_type : str
        The Bravais type that the crystal presumably has.
    scan_unevenness : float or None
        How much the strain varies across the picture beyond noise, as a fraction; None if it is not known.
    """

    vectors: NDArray[np.float64]
    covariance: NDArray[np.float64]
    bravais_type: BravaisType
    scan_unevenness: float | None

    lattice_type = old_names.Renamed("bravais_type")

    @property
    def lattice(self) -> Lattice:
        """The lattice [nm or px]."""
        return Lattice(self.vectors)

    @cached_property
    def shape_covariance(self) -> NDArray[np.float64]:
        """Covariance (2, 2) of the two shape strains, stretch and shear, as fractions; with the systematic error."""
        return strain_covariance(self.vectors, self.covariance) + SYSTEMATIC_STRAIN**2 * np.eye(2)

    @cached_property
    def picture_weights(self) -> dict[BravaisType, float]:
        """Weight of each Bravais type for the lattice of the picture within its errors; they sum to 1."""
        return bravais_weights(self.lattice, self.shape_covariance, _PERFECT_SCAN)

    @property
    def picture_type(self) -> BravaisType:
        """The Bravais type of the picture's lattice within its errors: that of the largest of `picture_weights`."""
        return max(BRAVAIS_TYPES, key=lambda kind: self.picture_weights[kind])

    @property
    def strain(self) -> float:
        """Strain between the lattice of the picture and one of `bravais_type` [%]; 0 for oblique."""
        return self.lattice.strains().get(self.bravais_type, 0.0)

    @property
    def strain_sigmas(self) -> float:
        """The same in standard deviations; for square and hexagonal the distance of both strains together."""
        return sigmas_to(self.lattice, self.shape_covariance, self.bravais_type)

    @property
    def scan_error(self) -> ScanError:
        """What the distortion of the scan may add to the numbers, beside the errors of the fit, which noise alone makes."""
        return scan_error(self.lattice, self.scan_unevenness)

    def statements(self) -> dict[str, Any]:
        """Return what follows from the fit as plain Python types: what `LatticeFit.to_dict` adds to the numbers."""
        return {
            "picture_type": self.picture_type,
            "picture_weights": dict(self.picture_weights),
            "strain": self.strain,
            "strain_sigmas": self.strain_sigmas,
            "type_sentence": str(self.type_sentence),
            "conventional_cell": self.conventional_cell._asdict(),
            "scan_error": self.scan_error._asdict(),
        }

    @property
    def type_sentence(self) -> Sentence:
        """Which type the lattice of the picture has, and which one the crystal presumably has if that is another one."""
        picture, crystal = self.picture_type, self.bravais_type
        if picture == crystal == "oblique":
            return Sentence("The lattice of the picture is {picture}.", picture=picture)
        if picture == crystal:
            return Sentence("The lattice of the picture is {picture} within its errors.", picture=picture)
        if self.strain_sigmas > _STRAINED:
            return Sentence(
                "The lattice of the picture is {picture}; presumably {crystal}, strained by {strain:.2f} % "
                "({sigmas:.0f} sigma): drift would do that.",
                picture=picture,
                crystal=crystal,
                strain=self.strain,
                sigmas=self.strain_sigmas,
            )
        return Sentence(
            "The lattice of the picture is {picture} within its errors, which may be chance: {crystal} is as likely.",
            picture=picture,
            crystal=crystal,
        )

    @property
    def conventional_vectors(self) -> NDArray[np.float64]:
        """Vectors of the conventional cell in rows, as (row, col) components [nm or px], shape (2, 2)."""
        return self._conventional_basis @ self.vectors

    @property
    def _conventional_basis(self) -> NDArray[np.float64]:
        """Which whole combinations of `vectors` the sides of the conventional cell are."""
        cell = self.lattice.reduced()
        basis: NDArray[np.float64] = np.rint(cell.vectors @ np.linalg.inv(self.vectors))
        if self.bravais_type == "centered rectangular":
            basis = centered_basis(cell.vectors) @ basis
        vectors = basis @ self.vectors
        if vectors[0] @ vectors[1] > 0:  # of the two angles between the sides the obtuse one
            basis = basis * [[1], [-1]]
        return basis

    @property
    def conventional_cell(self) -> ConventionalCell:
        """The conventional cell with errors, by `bravais_type`."""
        basis = self._conventional_basis
        carried = np.kron(basis, np.eye(2))
        sides = Lattice(basis @ self.vectors)
        errors = cell_errors(sides, carried @ self.covariance @ carried.T)
        return ConventionalCell(sides.a, sides.b, sides.gamma, *errors)
