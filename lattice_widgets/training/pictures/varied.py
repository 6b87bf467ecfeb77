"""What the default network is trained on: all lattices, all contrasts, all troubles, and everything that is no lattice.

Every example has its own seed, so the same example is the same picture wherever and in whatever order it is made.
"""

from typing import NamedTuple, cast

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import CLASSES, BravaisType
from lattice_widgets.core.pictures.tapers import taper_window
from lattice_widgets.training.pictures.no_lattice import draw_nothing
from lattice_widgets.training.pictures.scenes import Scene, draw_atoms, draw_scene
from lattice_widgets.training.pictures.troubles import add_accidents

#: one picture in so many shows nothing
_NOTHING_EVERY = 5
_ORDERS = np.array([(h, k) for h in range(-2, 3) for k in range(-2, 3) if (h, k) > (0, 0)])


class VariedExample(NamedTuple):
    """One labeled picture: float32 (rows, cols), and the index of its class in `CLASSES`."""

    image: NDArray[np.float32]
    label: int


def simulate_varied(seed: int, index: int) -> VariedExample:
    """Return one labeled picture; every fifth shows nothing, the lattices take turns in the others.

    Parameters
    ----------
    seed, index : int
        Which stream, and which picture of it.
    """
    rng = np.random.default_rng([seed, index])
    if index % _NOTHING_EVERY == 0:
        while True:
            image, trouble = draw_nothing(rng)
            picture = add_accidents(image, rng, trouble)
            if np.ptp(picture) > 0:
                return VariedExample(picture, CLASSES.index("noise"))
    kind = cast(BravaisType, CLASSES[(index // _NOTHING_EVERY + index) % 5])
    while True:
        # a fifth of the pictures are clean, the others have from little to much trouble
        trouble = float(rng.choice([0.0, 0.5, 1.0, 1.6], p=[0.2, 0.25, 0.35, 0.2]))
        scene = draw_scene(kind, rng)
        disorder = rng.uniform(0, 0.12) if rng.random() < 0.4 else 0.0
        picture = add_accidents(draw_atoms(scene, rng, disorder, trouble), rng, trouble)
        if np.ptp(picture) > 0 and is_evident(picture, scene):
            return VariedExample(picture, CLASSES.index(kind))


def is_evident(image: NDArray, scene: Scene, factor: float = 9.0) -> bool:
    """Return whether spots of the lattice stand out of the spectrum at the places that are known, and tell its cell.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture.
    scene : Scene
        What it shows.
    factor : float
        By which the power of a spot exceeds the median of its surroundings. The strongest of the nine places looked at
        exceeds 9 times it by chance in one of 60 cases, 20 times it never.
    """
    rows, cols = image.shape
    tapered = (image - image.mean()) * taper_window(rows, "hann")[:, None] * taper_window(cols, "hann")
    power = np.abs(scipy.fft.fft2(tapered.astype(np.float32))) ** 2
    expected = _ORDERS @ np.linalg.inv(scene.vectors).T
    seen = []
    for order, (row, col) in zip(_ORDERS, expected, strict=True):
        if max(abs(row), abs(col)) > 0.47:
            continue
        center = np.array([round(row * rows), round(col * cols)])
        reach = np.arange(-4, 5)
        patch = power[np.ix_((center[0] + reach) % rows, (center[1] + reach) % cols)]
        spot, around = patch[3:6, 3:6].max(), np.median(patch)
        if spot > factor * around:
            seen.append(order)
    if len(seen) < 2:
        return False
    found = np.array(seen)
    minors = np.abs(found[:, None, 0] * found[None, :, 1] - found[:, None, 1] * found[None, :, 0])
    return bool(minors.any()) and int(np.gcd.reduce(minors.ravel())) == 1
