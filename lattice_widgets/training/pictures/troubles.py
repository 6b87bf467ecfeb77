"""What happens to any picture, whether it shows a crystal or not: backgrounds, empty parts, noise, frames, storage."""

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray


def add_accidents(image: NDArray, rng: np.random.Generator, trouble: float = 1.0) -> NDArray[np.float32]:
    """Return a picture as it may come from an instrument, float32 (rows, cols).

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        What is there.
    rng : numpy.random.Generator
        Where the randomness comes from.
    trouble : float
        How often things go wrong: 1 as a rule, 0 never.
    """

    def happens(odds: float) -> bool:
        return bool(rng.random() < odds * trouble)

    contrast = image.std() + 1e-12
    image = (image - image.mean()) / contrast
    if happens(0.2):
        image = _bend(image, rng)
    if happens(0.12):
        image = _empty_part(image, rng)
    if happens(0.2):
        image = image + _bumps(image.shape, rng) * np.exp(rng.uniform(np.log(0.2), np.log(4)))
    if happens(0.15):
        image = image + _ramp(image.shape, rng) * rng.uniform(0.5, 4)
    if happens(0.1):
        image = image + colored_noise(image.shape, rng.uniform(0.6, 2), rng) * rng.uniform(0.2, 1.5)
    if happens(0.06):
        image = image + ring_noise(image.shape, rng) * rng.uniform(0.2, 1.2)
    if happens(0.15):
        image = image + _uneven_lines(image.shape, rng)
    image = _shoot(image, rng, trouble)
    if happens(0.06):
        image = scipy.ndimage.gaussian_filter(image, rng.uniform(0.5, 1.2))
    if happens(0.08):
        image = _write_on(image, rng)
    if happens(0.04):
        image = np.where(rng.random(image.shape) < rng.uniform(0.001, 0.02), image.max() * rng.uniform(1, 3), image)
    if happens(0.3):
        image = -image
    if happens(0.3):
        image = _store_in_bytes(image, rng)
    return image.astype(np.float32)


def colored_noise(shape: tuple[int, int], exponent: float, rng: np.random.Generator) -> NDArray:
    """Return noise whose amplitude falls with frequency to a power, standard deviation 1."""
    rows, cols = shape
    radius = np.hypot(scipy.fft.fftfreq(rows)[:, None], scipy.fft.rfftfreq(cols))
    radius[0, 0] = 1
    spectrum = scipy.fft.rfft2(rng.standard_normal(shape)) / np.maximum(radius, 1 / max(shape)) ** exponent
    spectrum[0, 0] = 0
    noise = scipy.fft.irfft2(spectrum, s=shape)
    return noise / noise.std()


def ring_noise(shape: tuple[int, int], rng: np.random.Generator) -> NDArray:
    """Return noise of one length scale, as of an amorphous film, standard deviation 1."""
    rows, cols = shape
    radius = np.hypot(scipy.fft.fftfreq(rows)[:, None], scipy.fft.rfftfreq(cols))
    center = 1 / np.exp(rng.uniform(np.log(3.5), np.log(min(shape) / 5)))
    band = np.exp(-(((radius - center) / (center * rng.uniform(0.1, 0.5))) ** 2) / 2)
    if rng.random() < 0.3:
        band = band + 0.5 * np.exp(-(((radius - 1.75 * center) / (0.3 * center)) ** 2) / 2)
    noise = scipy.fft.irfft2(scipy.fft.rfft2(rng.standard_normal(shape)) * band, s=shape)
    return noise / (noise.std() + 1e-12)


def _grid(shape: tuple[int, int]) -> tuple[NDArray, NDArray]:
    return np.linspace(-1, 1, shape[0])[:, None], np.linspace(-1, 1, shape[1])[None, :]


def _bend(image: NDArray, rng: np.random.Generator) -> NDArray:
    """Return a picture with another scale of brightness: saturated, or with strong highlights."""
    low, high = np.percentile(image, [1, 99])
    unit = np.clip((image - low) / (high - low + 1e-9), -0.2, 1.4)
    if rng.random() < 0.4:
        bent = np.tanh(rng.uniform(1, 4) * (unit - rng.uniform(0.2, 0.8)))
    else:
        bent = np.clip(unit, 0, None) ** np.exp(rng.uniform(-0.8, 1.2))
    return (bent - bent.mean()) / (bent.std() + 1e-9)


def _empty_part(image: NDArray, rng: np.random.Generator) -> NDArray:
    """Return a picture of which a part, up to somewhat more than half, shows no crystal."""
    row, col = _grid(image.shape)
    angle = rng.uniform(0, 2 * np.pi)
    if rng.random() < 0.6:
        side = row * np.sin(angle) + col * np.cos(angle) - rng.uniform(-0.12, 0.6)
    else:
        side = colored_noise(image.shape, 1.8, rng)
        side = side - np.quantile(side, rng.uniform(0.4, 0.9))
    soft = 1 / (1 + np.exp(-np.clip(side / rng.uniform(0.01, 0.15), -30, 30)))
    inside = rng.normal(0, 1.5) + rng.uniform(0, 0.3) * rng.standard_normal(image.shape)
    if rng.random() < 0.3:
        inside = inside + ring_noise(image.shape, rng) * rng.uniform(0.1, 0.7)
    return image * (1 - soft) + inside * soft


def _bumps(shape: tuple[int, int], rng: np.random.Generator) -> NDArray:
    row, col = _grid(shape)
    slow = np.zeros(shape)
    for y, x in rng.uniform(-1, 1, (int(rng.integers(1, 5)), 2)):
        slow += rng.normal() * np.exp(-((row - y) ** 2 + (col - x) ** 2) / rng.uniform(0.15, 1.5))
    return slow / (slow.std() + 1e-9)


def _ramp(shape: tuple[int, int], rng: np.random.Generator) -> NDArray:
    row, col = _grid(shape)
    plane = rng.normal() * row + rng.normal() * col
    if rng.random() < 0.4:
        plane = plane + rng.normal() * row**2 + rng.normal() * col**2 + rng.normal() * row * col
    if rng.random() < 0.25:
        plane = plane + rng.normal() * np.sign(row * rng.normal() + col * rng.normal() - rng.uniform(-0.5, 0.5))
    return plane / (plane.std() + 1e-9)


def _uneven_lines(shape: tuple[int, int], rng: np.random.Generator) -> NDArray:
    lines = rng.standard_normal(shape[0])
    if rng.random() < 0.3:
        lines = np.cumsum(lines)
        lines = lines - np.linspace(lines[0], lines[-1], len(lines))
        lines = lines / (lines.std() + 1e-9)
    strength = np.exp(rng.uniform(np.log(0.1), np.log(4)))
    offsets = strength * lines[:, None] * np.ones(shape[1])
    if rng.random() < 0.25:
        # a tip that jumps in the middle of lines
        jump = rng.integers(0, shape[1], shape[0])
        offsets = np.where(np.arange(shape[1]) < jump[:, None], offsets, np.roll(offsets, 1, axis=0))
    return offsets if rng.random() < 0.9 else offsets[:, :1] * 0 + np.resize(offsets[:, 0], shape[1])[None, :]


def _shoot(image: NDArray, rng: np.random.Generator, trouble: float) -> NDArray:
    """Return a picture with noise of the detector: none to what still leaves spots in a picture of this size."""
    most = max(0.045 * np.sqrt(image.size), 0.5) * max(trouble, 0.1)
    noise = rng.uniform(0, 0.1) if rng.random() < 0.35 else np.exp(rng.uniform(np.log(0.1), np.log(most)))
    if rng.random() < 0.5 or noise < 0.03:
        return image + noise * rng.standard_normal(image.shape)
    # counted electrons: the darkest part may be black
    offset = rng.uniform(0, 2) * rng.choice([0, 1])
    counts = image - np.quantile(image, 0.02) + offset
    counts = np.clip(counts, 0, None)
    per_unit = counts.mean() / noise**2
    return rng.poisson(np.clip(counts * per_unit, 0, 1e6)) / per_unit


def _write_on(image: NDArray, rng: np.random.Generator) -> NDArray:
    """Return a picture with a scale bar, a box, or a frame around it."""
    image = image.copy()
    rows, cols = image.shape
    level = image.max() if rng.random() < 0.7 else image.min()
    if rng.random() < 0.35:
        frame = max(1, int(rng.uniform(0.01, 0.06) * min(rows, cols)))
        image[:frame], image[-frame:], image[:, :frame], image[:, -frame:] = level, level, level, level
    else:
        height, width = max(1, int(rng.uniform(0.01, 0.05) * rows)), int(rng.uniform(0.1, 0.4) * cols)
        top, left = int(rng.uniform(0.7, 0.92) * rows), int(rng.uniform(0.03, 0.5) * cols)
        image[top : top + height, left : left + width] = level
    for _ in range(int(rng.integers(0, 4))):
        top, left = int(rng.uniform(0, 0.8) * rows), int(rng.uniform(0, 0.8) * cols)
        height, width = int(rng.uniform(2, 0.12 * rows + 3)), int(rng.uniform(2, 0.2 * cols + 3))
        box = image[top : top + height, left : left + width]
        if rng.random() < 0.5:
            box[...] = level
        else:
            box[0], box[-1], box[:, 0], box[:, -1] = level, level, level, level
    return image


def _store_in_bytes(image: NDArray, rng: np.random.Generator) -> NDArray:
    low, high = np.percentile(image, [rng.uniform(0, 1.5), 100 - rng.uniform(0, 1.5)])
    return np.clip(np.round(255 * (image - low) / (high - low + 1e-9)), 0, 255)
