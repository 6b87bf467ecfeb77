"""Pictures without a two-dimensional lattice: what the class "noise" stands for."""

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.training.pictures.scenes import draw_atoms, draw_scene, draw_shape
from lattice_widgets.training.pictures.troubles import colored_noise, ring_noise

_KINDS = {
    "white": 0.12,
    "ring": 0.14,
    "colored": 0.1,
    "stripes": 0.14,
    "atoms anywhere": 0.14,
    "disordered": 0.14,
    "quasi-crystal": 0.14,
    "smooth": 0.08,
}


def draw_nothing(rng: np.random.Generator) -> tuple[NDArray, float]:
    """Return a picture without a lattice, float64 (rows, cols), and how much trouble may come on top of it."""
    kind = rng.choice(list(_KINDS), p=list(_KINDS.values()))
    shape = draw_shape(rng)
    if kind == "white":
        grain = rng.standard_normal(shape) if rng.random() < 0.5 else rng.poisson(rng.uniform(0.05, 20), shape)
        return (scipy.ndimage.gaussian_filter(grain, rng.uniform(0.4, 3)) if rng.random() < 0.4 else grain * 1.0), 0.7
    if kind == "ring":
        return ring_noise(shape, rng), 0.6
    if kind == "colored":
        return colored_noise(shape, rng.uniform(0.4, 2.2), rng), 0.6
    if kind == "stripes":
        return _stripes(shape, rng), 0.5
    if kind == "atoms anywhere":
        return _atoms_anywhere(shape, rng), 0.6
    if kind == "quasi-crystal":
        return _quasi_crystal(shape, rng), 0.4
    if kind == "smooth":
        row, col = np.linspace(-1, 1, shape[0])[:, None], np.linspace(-1, 1, shape[1])
        plane = rng.normal() * row + rng.normal() * col + rng.choice([0, 1]) * rng.normal() * (row**2 + col**2)
        return plane + rng.uniform(0.005, 1) * rng.standard_normal(shape), 0.6
    scene = draw_scene(rng.choice(BRAVAIS_TYPES), rng)
    cells = scene.shape[0] * scene.shape[1] / scene.spacing**2
    # the Debye-Waller factor leaves a spot cells * exp(-4 pi^2 sigma^2) times the diffuse background
    gone = np.sqrt(np.log(2 * cells) + 1) / (2 * np.pi)
    return draw_atoms(scene, rng, disorder=gone * rng.uniform(1, 1.6), trouble=0.5), 0.5


def _stripes(shape: tuple[int, int], rng: np.random.Generator) -> NDArray:
    """Return stripes in one direction: waves, lines, steps, with wavy or broken fronts."""
    row, col = np.mgrid[: shape[0], : shape[1]].astype(float)
    angle = rng.uniform(0, np.pi) if rng.random() < 0.8 else rng.choice([0, np.pi / 2])
    period = np.exp(rng.uniform(np.log(4), np.log(min(shape) / 3)))
    phase = (row * np.sin(angle) + col * np.cos(angle)) / period
    along = (row * np.cos(angle) - col * np.sin(angle)) / max(shape)
    if rng.random() < 0.4:
        phase = phase + rng.normal(0, 0.3) * np.sin(2 * np.pi * rng.uniform(0.3, 2) * along)
    if rng.random() < 0.2:
        phase = phase * (1 + rng.normal(0, 0.1) * phase / phase.max())
    wave = np.cos(2 * np.pi * phase + rng.uniform(0, 6.3))
    sharp = rng.random()
    if sharp < 0.35:
        wave = np.tanh(rng.uniform(1, 6) * (wave - rng.uniform(-0.6, 0.6)))
    elif sharp < 0.55:
        wave = wave + rng.normal(0, 0.6) * np.cos(4 * np.pi * phase + rng.uniform(0, 6.3))
    if rng.random() < 0.2:
        # every line of another height
        wave = wave * (1 + 0.4 * rng.standard_normal(4096)[np.round(phase).astype(int) % 4096])
    return wave / wave.std() + rng.uniform(0.02, 1) * rng.standard_normal(shape)


def _atoms_anywhere(shape: tuple[int, int], rng: np.random.Generator) -> NDArray:
    """Return atoms of an amorphous film or of a few clusters: dense or sparse, kept apart or not."""
    spacing = np.exp(rng.uniform(np.log(4), np.log(min(shape) / 4)))
    count = max(3, int(np.prod(shape) / spacing**2 * rng.uniform(0.2, 1)))
    place = rng.random((count, 2)) * shape
    if rng.random() < 0.6:
        # push neighbors apart, a few times: a liquid's order
        for _ in range(4):
            apart = place[:, None] - place[None, : min(count, 600)]
            distance = np.hypot(apart[..., 0], apart[..., 1]) + 1e-6
            push = np.where(distance < 0.9 * spacing, 0.25 * (0.9 * spacing - distance) / distance, 0)
            push[distance < 1e-3] = 0
            place = place + (apart * push[..., None]).sum(axis=1)
            if count > 600:
                break
    points = np.zeros(shape)
    row, col = np.floor(place).astype(int).T
    inside = (row >= 0) & (col >= 0) & (row < shape[0]) & (col < shape[1])
    np.add.at(points, (row[inside], col[inside]), rng.uniform(0.3, 1, inside.sum()))
    image = scipy.ndimage.gaussian_filter(points, max(0.8, spacing * rng.uniform(0.12, 0.4)))
    return image / (image.std() + 1e-9) + rng.uniform(0.01, 0.5) * rng.standard_normal(shape)


def _quasi_crystal(shape: tuple[int, int], rng: np.random.Generator) -> NDArray:
    """Return a pattern of 5- (10-), 8- or 12-fold order, or of 7- or 9-fold, with some harmonics."""
    row, col = np.mgrid[: shape[0], : shape[1]].astype(float)
    fold = int(rng.choice([5, 8, 10, 12, 7, 9], p=[0.2, 0.25, 0.25, 0.2, 0.05, 0.05]))
    waves = fold // 2 if fold % 2 == 0 else fold
    turns = rng.uniform(0, np.pi) + 2 * np.pi * np.arange(waves) / fold
    period = np.exp(rng.uniform(np.log(4), np.log(min(shape) / 4)))
    image = np.zeros(shape)
    phases = rng.uniform(0, 2 * np.pi, waves)
    for turn, phase in zip(turns, phases, strict=True):
        image += np.cos(2 * np.pi * (row * np.sin(turn) + col * np.cos(turn)) / period + phase)
    image = image / image.std()
    style = rng.random()
    if style < 0.3:
        image = np.exp(rng.uniform(0.5, 1.5) * image)
    elif style < 0.5:
        image = np.clip(image, 0, None)
    image = (image - image.mean()) / image.std()
    return image + rng.uniform(0.02, 0.8) * rng.standard_normal(shape)
