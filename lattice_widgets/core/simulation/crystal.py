"""A two-dimensional crystal as a picture shows it: a cell in nm, and the atoms or columns in it."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BravaisType, Lattice

Mode = Literal["STEM", "STM"]
MODES: tuple[Mode, ...] = ("STEM", "STM")

#: HAADF-STEM intensity grows with the atomic number to about this power (Krivanek et al., Nature 464, 571 (2010))
Z_EXPONENT = 1.7
#: fraction of the electrons that one atom of tungsten, under a probe of 0.1 nm, scatters into a HAADF detector of 60 to
#: 200 mrad at 100 kV (`scattering_power`); taken for foils, too, whose thickness is not told
SCATTERED_FRACTION = 0.05
_DETECTOR = (0.060, 0.200)
_KILOVOLTS = 100.0
#: decay of the tunneling current with the depth of an atom below the surface [1/nm], for a work function near 4 eV
TUNNELING_DECAY = 20.0


def scattering_power(atomic_number: float) -> float:
    """Compute how much an atom scatters into a HAADF detector of 60 to 200 mrad at 100 kV, by screened Rutherford scattering.

    Parameters
    ----------
    atomic_number : float
        Its Z.

    Returns
    -------
    float
        As a fraction of what tungsten scatters. Source: D. B. Williams and C. B. Carter, Transmission Electron Microscopy
        (2009), chapter 3: screening angle 0.117 Z^(1/3) / sqrt(E / keV).

    Examples
    --------
    >>> [round(5.6 * scattering_power(z), 3) for z in (6, 16, 42)]  # carbon, sulfur, molybdenum; percent if tungsten has 5.6
    [0.057, 0.366, 2.102]
    """
    return _beyond_screening(atomic_number) / _beyond_screening(74)


def _beyond_screening(z: float) -> float:
    screening = (0.117 * z ** (1 / 3)) ** 2 / _KILOVOLTS / 4
    inner, outer = (1 / (np.sin(angle / 2) ** 2 + screening) for angle in _DETECTOR)
    return float(z**2 * (inner - outer))


@dataclass(frozen=True)
class Atom:
    """An atom, or a column of atoms along the beam, in a cell.

    Parameters
    ----------
    element : str
        Chemical symbol.
    atomic_number : int
        Its Z.
    u, v : float
        Position as fractions of the two cell vectors.
    count : float
        Atoms in this column for each cell along the beam.
    depth : float
        Depth below the highest atom [nm]; what lies deep is invisible to STM.
    """

    element: str
    atomic_number: int
    u: float
    v: float
    count: float = 1.0
    depth: float = 0.0

    def brightness(self, mode: Mode) -> float:
        """Compute the relative brightness: Z contrast for STEM, decay with depth for STM.

        Parameters
        ----------
        mode : {"STEM", "STM"}
            What takes the picture.

        Returns
        -------
        float
            Only ratios count.
        """
        if mode == "STEM":
            return self.count * self.atomic_number**Z_EXPONENT
        return float(np.exp(-TUNNELING_DECAY * self.depth))


@dataclass(frozen=True)
class Crystal:
    """A two-dimensional crystal: the picture of a surface, or of a crystal along a zone axis.

    Parameters
    ----------
    name : str
        What it is called.
    a, b : float
        Cell lengths [nm].
    gamma : float
        Cell angle [degrees].
    basis : tuple of Atom
        What the cell holds.
    source : str
        Where the numbers come from.
    one_layer : bool
        Whether it is a single layer, whose atoms alone scatter. Otherwise it is a foil, so thick that its brightest column
        scatters 5 % of the electrons into the detector.
    """

    name: str
    a: float
    b: float
    gamma: float
    basis: tuple[Atom, ...] = field(default=(Atom("C", 6, 0.0, 0.0),))
    source: str = ""
    one_layer: bool = False

    def __post_init__(self) -> None:
        # a list is what people write; but what is found for a crystal is kept by it, so it must not change
        object.__setattr__(self, "basis", tuple(self.basis))

    @property
    def cell(self) -> Lattice:
        """The lattice of the cell as given (not always primitive)."""
        return Lattice.from_parameters(self.a, self.b, self.gamma)

    @property
    def scattered_fraction(self) -> float:
        """Fraction of the electrons that the brightest column scatters into the HAADF detector of `Microscope`."""
        if not self.one_layer:
            return SCATTERED_FRACTION
        return SCATTERED_FRACTION * max(atom.count * scattering_power(atom.atomic_number) for atom in self.basis)

    def dose_like_foil(self, dose: float) -> float:
        """Compute the dose at which its brightest column scatters as many electrons as that of a foil does at ``dose``.

        Parameters
        ----------
        dose : float
            Of the foil, electrons per nm^2.

        Returns
        -------
        float
            Electrons per nm^2.
        """
        return dose * SCATTERED_FRACTION / self.scattered_fraction

    def brightness(self, mode: Mode) -> NDArray[np.float64]:
        """Compute the brightness of each atom of the basis.

        Parameters
        ----------
        mode : {"STEM", "STM"}
            What takes the picture.

        Returns
        -------
        ndarray, float64, shape (n,)
            1 for the brightest.

        Raises
        ------
        ValueError
            If the mode is unknown.
        """
        if mode not in MODES:
            raise ValueError(f"Unknown mode {mode!r}: choose one of {', '.join(MODES)}.")
        values = np.array([atom.brightness(mode) for atom in self.basis])
        return values / values.max()

    def primitive_lattice(self, mode: Mode = "STEM", tolerance: float = 1e-3) -> Lattice:
        """Find the smallest cell that carries each atom onto one equally bright in this mode: it repeats the *picture*.

        Parameters
        ----------
        mode : {"STEM", "STM"}
            What takes the picture.
        tolerance : float
            Largest mismatch of positions (fractions of the cell) and of brightness.

        Returns
        -------
        Lattice
            By its reduced cell [nm].
        """
        positions = np.array([(atom.u, atom.v) for atom in self.basis])
        brightness = self.brightness(mode)
        shifts = [np.array([1.0, 0.0]), np.array([0.0, 1.0])]
        for shift in (positions - positions[0])[1:]:
            offset = positions[:, None] + shift - positions[None]
            offset -= np.round(offset)
            same = (np.abs(offset).max(axis=-1) < tolerance) & (np.abs(brightness[:, None] - brightness) < tolerance)
            if same.any(axis=1).all():
                shifts.append(shift - np.round(shift))
        vectors = np.array(shifts) @ self.cell.vectors
        best = min(
            (
                (abs(np.linalg.det([p, q])), i, j)
                for i, p in enumerate(vectors)
                for j, q in enumerate(vectors[:i])
                if abs(np.linalg.det([p, q])) > 1e-3 * self.cell.area
            ),
        )
        return Lattice([vectors[best[1]], vectors[best[2]]]).reduced()

    def bravais_type(self, mode: Mode = "STEM") -> BravaisType:
        """Name the Bravais type of the picture that this mode gives of the crystal.

        Returns
        -------
        str
            One of `BRAVAIS_TYPES`.
        """
        return self.primitive_lattice(mode).bravais_type(0.1, 0.1)
