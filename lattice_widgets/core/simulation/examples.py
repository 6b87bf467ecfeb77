"""Pictures of the kind that Vasudevan et al. 2018 trained on, simulated on the fly.

Six classes. All parameters of a lattice vary, any rotation, each atom displaced at random; nothing else goes wrong. "Noise"
starts from an oblique lattice and displaces its atoms until no spots are left. Every example has its own seed, so the same
example is the same picture wherever and in whatever order it is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import CLASSES, Lattice
from lattice_widgets.core.lattices.shape import HEXAGONAL, HIGHER_TYPES, SQUARE, BravaisType
from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.micrograph import Imperfections, Microscope, simulate_micrograph

#: a lattice this near [%] to a type of higher symmetry is not used: its label would be a matter of taste
MARGIN = 3.0
_SIZES = (64, 80, 96, 128)


@dataclass(frozen=True, eq=False)
class Example:
    """One labeled picture.

    Attributes
    ----------
    image : ndarray, float32, shape (rows, cols)
        The picture.
    label : int
        Index into `CLASSES`.
    lattice : Lattice
        The lattice before its atoms were displaced [px].
    disorder : float
        Displacement of the atoms, as a fraction of the spacing.
    """

    image: NDArray[np.float32]
    label: int
    lattice: Lattice
    disorder: float


def random_lattice(kind: BravaisType, rng: np.random.Generator, margin: float = MARGIN) -> Lattice:
    """Draw a lattice of a type at random, its shortest vector of length 1, in any direction.

    "Random" is even in the distance that `Lattice.strains` measures, so that no shape is drawn more often than others.

    Parameters
    ----------
    kind : str
        One of the five Bravais types.
    rng : numpy.random.Generator
        Where the randomness comes from.
    margin : float
        Smallest strain to any type of higher symmetry [%].

    Returns
    -------
    Lattice
        At least `margin` from any type of higher symmetry.
    """
    while True:
        tau = _random_shape(kind, rng)
        lattice = Lattice.from_parameters(1, abs(tau), float(np.rad2deg(np.pi - np.angle(tau))), rng.uniform(0, 360))
        strains = lattice.strains()
        if all(strains[other] >= margin for other in HIGHER_TYPES[kind]):
            return lattice


#: the longest cells: two vectors of lengths 1 : 2.2
_LONGEST = 2.2


def _random_shape(kind: BravaisType, rng: np.random.Generator) -> complex:
    """Return a point of the triangle of all lattices (see `core.lattices.lattice`), evenly in its own measure of strain.

    Corner, edge or inside, up to cells of 1 : 2.2: no kind of lattice is favored but by how much there is of it.
    """
    if kind == "square":
        return SQUARE
    if kind == "hexagonal":
        return HEXAGONAL
    if kind == "rectangular":
        return 1j * np.exp(rng.uniform(0, np.log(_LONGEST)))
    if kind == "centered rectangular":
        # two edges: from square to hexagonal along |tau| = 1, and from there up along Re(tau) = 1/2
        rhombic = np.log(np.sqrt(3))
        length = rng.uniform(0, rhombic + np.log(np.sqrt(_LONGEST**2 - 0.25) / HEXAGONAL.imag))
        if length < rhombic:
            return complex(np.tanh(length), 1 / np.cosh(length))
        return complex(0.5, HEXAGONAL.imag * np.exp(length - rhombic))
    while True:
        # area dx dy / y^2: y = 1 / u with u even
        tau = complex(rng.uniform(0, 0.5), 1 / rng.uniform(1 / _LONGEST, 1 / HEXAGONAL.imag))
        if 1 <= abs(tau) <= _LONGEST:
            return tau


def simulate_example(seed: int, index: int, margin: float = MARGIN) -> Example:
    """Simulate one labeled picture; the classes take turns with ``index``.

    Parameters
    ----------
    seed, index : int
        Which stream, and which picture of it.
    margin : float
        Smallest strain of the lattice to any type of higher symmetry [%].

    Returns
    -------
    Example
        The same every time.
    """
    rng = np.random.default_rng([seed, index])
    label = index % len(CLASSES)
    noise = CLASSES[label] == "noise"
    lattice = random_lattice("oblique" if noise else CLASSES[label], rng, margin)  # type: ignore[arg-type]
    size = int(rng.choice(_SIZES))
    cells = np.exp(rng.uniform(np.log(5), np.log(min(25, size / 4.5))))
    disorder = rng.uniform(0.25, 0.5) if noise else rng.uniform(0, 0.12)
    crystal = Crystal("simulated", lattice.a, lattice.b, lattice.gamma, (Atom("C", 6, 0, 0),))
    microscope = Microscope(
        rows=size,
        cols=size,
        # lattices of one density rather than of one spacing fill the picture alike
        field_of_view=cells * np.sqrt(lattice.area),
        probe_size=rng.uniform(0.3, 0.65),
        dose=None,
        background=0.0,
    )
    image = simulate_micrograph(
        crystal,
        microscope,
        Imperfections(disorder=disorder),
        rotation=lattice.rotation,
        seed=int(rng.integers(2**62)),
    ).image
    pixels = Lattice(lattice.vectors / microscope.pixel_size)
    return Example(image, label, pixels, float(disorder))


def simulate_examples(count: int, seed: int, start: int = 0) -> Iterator[Example]:
    """Simulate ``count`` labeled pictures, the six classes in turn.

    Parameters
    ----------
    count : int
        How many.
    seed : int
        Of the stream.
    start : int
        Number of the first picture.

    Yields
    ------
    Example
        From number ``start`` of the stream on.
    """
    for index in range(start, start + count):
        yield simulate_example(seed, index)
