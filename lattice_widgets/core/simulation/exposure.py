"""From atoms to the picture before it is detected: where they are, and what probe or tip make of them.

Atoms are points of a given brightness; what the instrument does to a point (electron probe, tip, double tip, jitter) is a
multiplication in Fourier space, so a picture costs one Fourier transform however many atoms it shows.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from lattice_widgets.core.simulation.crystal import Crystal
from lattice_widgets.core.simulation.microscope import Imperfections

_MAX_ATOMS = 400_000
_ROWS_TOGETHER = 1024


def place_atoms(
    crystal: Crystal,
    vectors: NDArray[np.float64],
    brightness: NDArray[np.float64],
    imperfections: Imperfections,
    spacing: float,
    to_pixels: NDArray[np.float64],
    shape: tuple[int, int],
    margin: int,
    key: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Place all atoms near the picture.

    Parameters
    ----------
    crystal : Crystal
        What is seen.
    vectors : ndarray, shape (2, 2)
        Its cell vectors in rows, (row, col) [nm].
    brightness : ndarray, shape (atoms of the basis,)
        Of each atom of the basis.
    imperfections : Imperfections
        Disorder and vacancies are used.
    spacing : float
        What the disorder is a fraction of [nm].
    to_pixels : ndarray, shape (2, 2)
        Carries (row, col) in nm to px, drift included.
    shape : tuple of int
        (rows, cols) of the picture.
    margin : int
        Room around it [px].
    key : tuple of int
        Seed and number of the layer.

    Returns
    -------
    positions : ndarray, float64, shape (n, 2)
        (row, col) [px].
    weights : ndarray, float64, shape (n,)
        Brightness.
    """
    in_pixels = vectors @ to_pixels.T
    center = (np.array(shape) - 1) / 2
    corners = np.array(
        [
            [-margin, -margin],
            [-margin, shape[1] + margin],
            [shape[0] + margin, -margin],
            [shape[0] + margin, shape[1] + margin],
        ]
    )
    indices = (corners - center) @ np.linalg.inv(in_pixels)
    low, high = np.floor(indices.min(axis=0)).astype(int) - 1, np.ceil(indices.max(axis=0)).astype(int) + 1
    area = (shape[0] + 2 * margin) * (shape[1] + 2 * margin)
    if area / abs(np.linalg.det(in_pixels)) * len(crystal.basis) > _MAX_ATOMS:
        raise ValueError(f"The field of view holds more than {_MAX_ATOMS:,} atoms: make it smaller.")
    i = np.arange(low[0], high[0] + 1)[:, None]
    j = np.arange(low[1], high[1] + 1)[None, :]
    row = center[0] + i * in_pixels[0, 0] + j * in_pixels[1, 0]
    col = center[1] + i * in_pixels[0, 1] + j * in_pixels[1, 1]
    reach = np.abs(in_pixels).sum(axis=0) + margin
    near = (row > -reach[0]) & (row < shape[0] + reach[0]) & (col > -reach[1]) & (col < shape[1] + reach[1])
    i, j = np.nonzero(near)
    base = np.column_stack([row[near], col[near]])
    i, j = i + low[0], j + low[1]
    positions, weights = [], []
    # a lattice point lies in the middle of the picture only if the basis has an atom there: put its center there instead
    middle = np.mean([(atom.u, atom.v) for atom in crystal.basis], axis=0)
    for number, atom in enumerate(crystal.basis):
        if brightness[number] < 1e-4:
            continue
        place = base + (np.array([atom.u, atom.v]) - middle) @ in_pixels
        light = np.full(len(place), brightness[number])
        if imperfections.disorder > 0:
            normal = np.sqrt(-2 * np.log(_uniform(i, j, number, 0, key)))
            phase = 2 * np.pi * _uniform(i, j, number, 1, key)
            shift = normal[:, None] * np.column_stack([np.cos(phase), np.sin(phase)])
            place = place + (imperfections.disorder * spacing * shift) @ to_pixels.T
        if imperfections.vacancies > 0:
            light = light * (_uniform(i, j, number, 2, key) >= imperfections.vacancies)
        positions.append(place)
        weights.append(light)
    return np.concatenate(positions), np.concatenate(weights)


def deposit(points: NDArray[np.float64], positions: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
    """Add the atoms to a contiguous pixel grid, each spread over 4 x 4 pixels by a cubic B-spline (divided out in `expose`)."""
    if not points.flags.c_contiguous:
        raise ValueError("Atoms are added to a contiguous array.")
    rows, cols = points.shape
    inside = (weights > 0) & (positions >= 1).all(axis=1) & (positions < np.array([rows - 3, cols - 3])).all(axis=1)
    positions, weights = positions[inside], weights[inside]
    corner = np.floor(positions)
    spline = _cubic_spline((positions - corner).T)  # (4, 2, n)
    flat = (corner[:, 0] * cols + corner[:, 1]).astype(np.int64)
    index = flat + (np.arange(-1, 3)[:, None] * cols + np.arange(-1, 3)[None, :]).reshape(16, 1)
    value = (spline[:, None, 0] * (spline[None, :, 1] * weights)).reshape(16, -1)
    np.add.at(points.ravel(), index.ravel(), value.ravel())


def expose(
    points: NDArray[np.float64],
    sigma: float,
    offset: NDArray[np.float64],
    ghost: float,
    shifts: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Draw each point as a Gaussian of height 1 (times its brightness), with ghosts and jitter.

    Lengths in px; ``shifts`` moves each row along itself. The result takes the place of the points, and rows are transformed
    some at a time: a picture of 4096 x 4096 px would otherwise ask for twice the memory.

    Parameters
    ----------
    points : ndarray, float64, shape (rows, cols)
        Atoms, from `deposit`.
    sigma : float
        Standard deviation of the Gaussian [px].
    offset : ndarray, shape (2,)
        (row, col) of the ghost of a double tip [px].
    ghost : float
        Its height, as a fraction; 0 for a single tip.
    shifts : ndarray, shape (rows,), or None
        How far each row moves along itself [px].

    Returns
    -------
    ndarray, float64, shape (rows, cols)
        The array of the points, overwritten.
    """
    rows, cols = points.shape
    frequency = [scipy.fft.fftfreq(rows)[:, None], scipy.fft.rfftfreq(cols)[None, :]]
    transfer = [np.exp(-2 * (np.pi * sigma * f) ** 2) / np.sinc(f) ** 4 for f in frequency]
    some = [slice(first, first + _ROWS_TOGETHER) for first in range(0, rows, _ROWS_TOGETHER)]
    spectrum = np.empty((rows, cols // 2 + 1), np.complex128)
    for part in some:
        spectrum[part] = scipy.fft.rfft(points[part], axis=1)
    spectrum = scipy.fft.fft(spectrum, axis=0, overwrite_x=True)
    spectrum *= transfer[0] * 2 * np.pi * sigma**2
    spectrum *= transfer[1]
    if ghost > 0:
        spectrum *= 1 + ghost * np.exp(-2j * np.pi * (frequency[0] * offset[0] + frequency[1] * offset[1]))
    lines = scipy.fft.ifft(spectrum, axis=0, overwrite_x=True)
    if shifts is not None:
        lines *= np.exp(-2j * np.pi * frequency[1] * shifts[:, None])
    for part in some:
        points[part] = scipy.fft.irfft(lines[part], n=cols, axis=1)
    return points


def _uniform(
    i: NDArray[np.int64], j: NDArray[np.int64], atom: int, draw: int, key: tuple[int, int]
) -> NDArray[np.float64]:
    """Return a random number in (0, 1] that belongs to cell (i, j), atom, draw and seed, whatever else is in the picture.

    Counter-based (the finalizer of SplitMix64: Steele, Lea & Flood, OOPSLA 2014), so that moving a slider never
    reshuffles the atoms.
    """
    salt = np.random.SeedSequence([key[0] & 0xFFFFFFFFFFFFFFFF, key[1], atom, draw]).generate_state(2, np.uint64)
    with np.errstate(over="ignore"):
        x = (
            salt[0]
            + i.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            + j.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03)
        )
        for multiplier in (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)):
            x = (x ^ (x >> np.uint64(30)) ^ salt[1]) * multiplier
        x = x ^ (x >> np.uint64(31))
    return ((x >> np.uint64(11)).astype(np.float64) + 1) / 2**53


def _cubic_spline(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the four weights of a cubic B-spline for the fractions ``t``, shape (4, *t.shape)."""
    s = 1 - t
    return np.stack([s**3, 4 - 6 * t**2 + 3 * t**3, 4 - 6 * s**2 + 3 * s**3, t**3]) / 6
