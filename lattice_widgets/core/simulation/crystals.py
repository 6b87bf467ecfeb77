"""Real crystals as their pictures show them: a cell in nm, the atoms or columns in it, and where the numbers come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BravaisType, Lattice

Mode = Literal["STEM", "STM"]
MODES: tuple[Mode, ...] = ("STEM", "STM")

#: HAADF-STEM intensity grows with the atomic number to about this power (Krivanek et al., Nature 464, 571 (2010))
Z_EXPONENT = 1.7
#: decay of the tunneling current with the depth of an atom below the surface [1/nm], for a work function near 4 eV
TUNNELING_DECAY = 20.0


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
    """

    name: str
    a: float
    b: float
    gamma: float
    basis: tuple[Atom, ...] = field(default=(Atom("C", 6, 0.0, 0.0),))
    source: str = ""

    def __post_init__(self) -> None:
        # a list is what people write; but what is found for a crystal is kept by it, so it must not change
        object.__setattr__(self, "basis", tuple(self.basis))

    @property
    def cell(self) -> Lattice:
        """The lattice of the cell as given (not always primitive)."""
        return Lattice.from_parameters(self.a, self.b, self.gamma)

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


_SI, _STO, _BP = 0.54310, 0.3905, 0.08056

_ALL = (
    Crystal(
        "graphene",
        0.2461,
        0.2461,
        120,
        (Atom("C", 6, 1 / 3, 2 / 3), Atom("C", 6, 2 / 3, 1 / 3)),
        "Baskin & Meyer, Phys. Rev. 100, 544 (1955)",
    ),
    Crystal(
        "h-BN",
        0.2504,
        0.2504,
        120,
        # a flat layer: the depth stands for the states near the valence band edge, which lie on the nitrogen
        (Atom("B", 5, 1 / 3, 2 / 3, depth=0.02), Atom("N", 7, 2 / 3, 1 / 3)),
        "Lynch & Drickamer, J. Chem. Phys. 44, 181 (1966)",
    ),
    Crystal(
        "WS2",
        0.3153,
        0.3153,
        120,
        (Atom("W", 74, 1 / 3, 2 / 3, depth=0.157), Atom("S", 16, 2 / 3, 1 / 3, count=2)),
        "Schutte, De Boer & Jellinek, J. Solid State Chem. 70, 207 (1987)",
    ),
    Crystal(
        "MoS2",
        0.3160,
        0.3160,
        120,
        (Atom("Mo", 42, 1 / 3, 2 / 3, depth=0.159), Atom("S", 16, 2 / 3, 1 / 3, count=2)),
        "Bronsema, De Boer & Jellinek, Z. Anorg. Allg. Chem. 540, 15 (1986)",
    ),
    Crystal(
        "SrTiO3 [001]",
        _STO,
        _STO,
        90,
        (
            Atom("Sr", 38, 0.0, 0.0, depth=0.195),
            Atom("Ti", 22, 0.5, 0.5),  # with the oxygen above and below it, which adds little to its brightness
            # in one plane with Ti: the depth stands for the empty states that the tip sees, which are those of Ti
            Atom("O", 8, 0.5, 0.0, depth=0.1),
            Atom("O", 8, 0.0, 0.5, depth=0.1),
        ),
        "Okazaki & Kawaminami, Mater. Res. Bull. 8, 545 (1973); STM: TiO2-terminated",
    ),
    Crystal(
        "SrTiO3 [110]",
        _STO / np.sqrt(2),
        _STO,
        90,
        (
            Atom("Sr", 38, 0.0, 0.0),  # with one oxygen for each strontium, which adds little to its brightness
            Atom("Ti", 22, 0.0, 0.5),
            Atom("O", 8, 0.5, 0.5, count=2),
        ),
        "Okazaki & Kawaminami, Mater. Res. Bull. 8, 545 (1973)",
    ),
    Crystal(
        "Si [110]",
        _SI / np.sqrt(2),
        _SI,
        90,
        (
            # the zigzag chains of the uppermost plane, and those of the next, d(220) below
            Atom("Si", 14, 0.0, 0.0),
            Atom("Si", 14, 0.5, 0.75),
            Atom("Si", 14, 0.5, 0.5, depth=0.1920),
            Atom("Si", 14, 0.0, 0.25, depth=0.1920),
        ),
        "CODATA 2018, a = 0.543102 nm; STM: not reconstructed",
    ),
    Crystal(
        "Cu(110)",
        0.2556,
        0.3615,
        90,
        # STM sees the rectangle of the uppermost plane; STEM also the next one, d(220) below, in its middle
        (Atom("Cu", 29, 0.0, 0.0), Atom("Cu", 29, 0.5, 0.5, depth=0.1278)),
        "Straumanis & Yu, Acta Cryst. A 25, 676 (1969)",
    ),
    Crystal(
        "Fe [001]",
        0.28665,
        0.28665,
        90,
        (Atom("Fe", 26, 0.0, 0.0), Atom("Fe", 26, 0.5, 0.5, depth=0.1433)),
        "Basinski, Hume-Rothery & Sutton, Proc. R. Soc. A 229, 459 (1955)",
    ),
    Crystal(
        "Fe [110]",
        0.28665 * np.sqrt(2),
        0.28665,
        90,
        (
            Atom("Fe", 26, 0.0, 0.0),
            Atom("Fe", 26, 0.5, 0.5),
            Atom("Fe", 26, 0.5, 0.0, depth=0.2027),
            Atom("Fe", 26, 0.0, 0.5, depth=0.2027),
        ),
        "Basinski, Hume-Rothery & Sutton, Proc. R. Soc. A 229, 459 (1955)",
    ),
    Crystal(
        "black phosphorus",
        0.33136,
        0.43763,
        90,
        (
            Atom("P", 15, 0.0, _BP),
            Atom("P", 15, 0.5, 0.5 - _BP),
            Atom("P", 15, 0.0, -_BP, depth=0.213),
            Atom("P", 15, 0.5, 0.5 + _BP, depth=0.213),
        ),
        "Brown & Rundqvist, Acta Cryst. 19, 684 (1965); one layer",
    ),
    Crystal(
        "ZrO2 [010], monoclinic",
        0.51505,
        0.53173 / 2,
        99.23,
        (
            Atom("Zr", 40, 0.2754, 0.4166),
            Atom("Zr", 40, 0.7246, 0.5834),
            Atom("O", 8, 0.0700, 0.6894),
            Atom("O", 8, 0.9300, 0.3106),
            Atom("O", 8, 0.4496, 0.9584),
            Atom("O", 8, 0.5504, 0.0416),
        ),
        "Howard, Hill & Reichert, Acta Cryst. B 44, 116 (1988); c is halved in this projection",
    ),
)
#: crystals by name; every length in nm, every source a measurement
CRYSTALS: Mapping[str, Crystal] = MappingProxyType({crystal.name: crystal for crystal in _ALL})
