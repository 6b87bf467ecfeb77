"""The pictures that the rule of the joint verdict is learned on: as broad as can be, and used for nothing else.

A rule that weighs two opinions must have seen where each of them fails. So beside pictures of the kinds of training and
examination, drawn with a seed of their own, there are strained lattices, scans that are unevenly strained, cells that nearly
have a higher symmetry, few cells, low doses, trembling lines, and figures saved with margins and scale bars. The second
simulator of the examination (`training.examination`) draws with other code and is never learned from.
"""

from typing import NamedTuple

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.training.exam import draw_question
from lattice_widgets.training.pictures.hard_cells import Cell, plain_cell, pseudo_symmetric_cell, strained_cell
from lattice_widgets.training.pictures.no_lattice import draw_nothing
from lattice_widgets.training.pictures.scenes import Scene, draw_atoms
from lattice_widgets.training.pictures.troubles import add_accidents
from lattice_widgets.training.pictures.uneven_scans import scan_unevenly
from lattice_widgets.training.pictures.varied import is_evident, simulate_varied

#: a stream that neither training nor calibration nor examination uses
SEED = 555_016
GROUPS = {
    "examination": 0.21,
    "training": 0.13,
    "strained": 0.16,
    "uneven scan": 0.14,
    "pseudo-symmetric": 0.1,
    "plain": 0.12,
    "nothing": 0.14,
}
#: a spot that tells the cell has so many times the power around it: what cannot be seen teaches nothing
_STANDS_OUT = 20.0


class Case(NamedTuple):
    """A picture, float (rows, cols), the index of its class in `CLASSES`, and the group that it was drawn from."""

    image: NDArray
    label: int
    group: str


def draw_case(number: int, seed: int = SEED) -> Case:
    """Return a picture of the suite; it depends on the seed and its number alone.

    Parameters
    ----------
    number, seed : int
        Which one, of which stream.
    """
    rng = np.random.default_rng([seed, number])
    group = str(rng.choice(list(GROUPS), p=list(GROUPS.values())))
    if group == "examination":
        question = draw_question(rng)
        return Case(question.image, CLASSES.index(question.truth), group)
    if group == "training":
        example = simulate_varied(seed, number)
        return Case(example.image, example.label, group)
    while True:
        trouble = float(rng.choice([0.0, 0.6, 1.2], p=[0.3, 0.4, 0.3]))
        if group == "nothing":
            image, most = draw_nothing(rng)
            kind = "noise"
            picture = add_accidents(image, rng, min(trouble, most))
        else:
            cell = _cell(group, rng)
            scene = _scene(cell, rng)
            disorder = rng.uniform(0, 0.08) if rng.random() < 0.3 else 0.0
            picture = add_accidents(draw_atoms(scene, rng, disorder, trouble), rng, trouble)
            picture, kind = _few_electrons(picture, rng), cell.kind
            if not np.ptp(picture) > 0 or (rng.random() < 0.95 and not is_evident(picture, scene, _STANDS_OUT)):
                continue
            if group == "uneven scan":
                picture = scan_unevenly(picture, cell, rng)
        picture = as_figure(picture, rng)
        if np.ptp(picture) > 0:
            return Case(picture, CLASSES.index(kind), group)


def _cell(group: str, rng: np.random.Generator) -> Cell:
    if group == "strained":
        return strained_cell(rng)
    return plain_cell(rng) if group in ("plain", "uneven scan") else pseudo_symmetric_cell(rng, rng.random() < 0.95)


def _scene(cell: Cell, rng: np.random.Generator) -> Scene:
    """Return a cell in a picture of 96 to 320 px, with 2 to 25 cells across."""
    rows = int(rng.choice([96, 128, 160, 192, 256, 320], p=[0.1, 0.25, 0.2, 0.2, 0.2, 0.05]))
    cols = rows if rng.random() < 0.5 else int(np.clip(rows * np.exp(rng.uniform(-0.4, 0.4)), 80, 320))
    across = np.exp(rng.uniform(np.log(2.5), np.log(6)) if rng.random() < 0.35 else rng.uniform(np.log(6), np.log(25)))
    finest = 1.2 * np.hypot(*np.linalg.inv(cell.vectors)).max() / 0.42
    spacing = max(min(rows, cols) / across, finest)
    width = rng.uniform(0.12, 0.38) / len(cell.positions) ** rng.uniform(0.2, 0.5) * spacing
    return Scene((rows, cols), cell.vectors * spacing, cell.positions, cell.brightness, float(max(width, 0.7)))


def _few_electrons(picture: NDArray, rng: np.random.Generator) -> NDArray:
    """Return a picture, one in six of them counted with few electrons."""
    if rng.random() > 1 / 6:
        return picture
    light = (picture - np.quantile(picture, 0.02)).clip(0)
    return rng.poisson(light / (light.mean() + 1e-9) * 10 ** rng.uniform(-1, 0.5)).astype(float)


def as_figure(picture: NDArray, rng: np.random.Generator) -> NDArray:
    """Return a picture, some of them as a saved figure: resampled, in 256 gray levels, with margins, frame or scale bar."""
    if rng.random() < 0.2:
        zoomed = scipy.ndimage.zoom(picture, rng.uniform(0.8, 1.6), order=int(rng.integers(1, 4)))
        picture = zoomed if min(zoomed.shape) >= 64 else picture
    if rng.random() > 0.3:
        return picture
    low, high = np.percentile(picture, [0.2, 99.8])
    picture = np.clip(255 * (picture - low) / (high - low + 1e-9), 0, 255)
    level = 255.0 if rng.random() < 0.8 else 0.0
    if rng.random() < 0.4:
        rows, cols = picture.shape
        thick, top, left = max(2, rows // 60), int(0.9 * rows), int(rng.uniform(0.05, 0.6) * cols)
        picture[top : top + thick, left : left + int(rng.uniform(0.15, 0.35) * cols)] = 255.0
    if rng.random() < 0.75:
        most = 0.2 * min(picture.shape)
        sides = [(int(rng.uniform(0, most)), int(rng.uniform(0, most))) for _ in range(2)]
        if rng.random() < 0.5:
            sides = [(sides[0][0],) * 2] * 2
        picture = np.pad(picture, sides, constant_values=level)
    return np.round(picture)
