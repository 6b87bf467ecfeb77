"""From the picture at the sample to the one that is stored: units, background, line noise, and the noise of the detector."""

import numpy as np
import scipy.special
from numpy.typing import NDArray

from lattice_widgets.core.simulation.microscope import Imperfections, Microscope


def detect(
    image: NDArray[np.float64],
    scattered_fraction: float,
    microscope: Microscope,
    imperfections: Imperfections,
    seed: int,
) -> NDArray[np.float32]:
    """Detect a picture: give it its unit, tilt, line noise and the noise of the detector.

    Parameters
    ----------
    image : ndarray, float64, shape (rows, cols)
        1 for the brightest atom.
    scattered_fraction : float
        STEM: fraction of the electrons that the brightest column scatters into the detector.
    microscope : Microscope
        How the picture is taken.
    imperfections : Imperfections
        What goes wrong.
    seed : int
        The same seed gives the same noise.

    Returns
    -------
    ndarray, float32, shape (rows, cols)
        STEM: fraction of the incident electrons; STM: height [nm].
    """
    rows, cols = image.shape
    if microscope.mode == "STM":
        image = image * microscope.corrugation
        contrast = microscope.corrugation
    else:
        image = scattered_fraction * (image + microscope.background)
        contrast = scattered_fraction
    down, right = imperfections.tilt
    if down or right:
        image = image + contrast * (down * np.linspace(-0.5, 0.5, rows)[:, None] + right * np.linspace(-0.5, 0.5, cols))
    if imperfections.line_noise > 0:
        line = np.random.default_rng([seed, 4]).standard_normal((rows, 1))
        image = image + contrast * imperfections.line_noise * line
    if microscope.mode == "STM":
        noise = np.random.default_rng([seed, 5]).standard_normal((rows, cols), dtype=np.float32)
        return (image + microscope.height_noise * noise).astype(np.float32)
    if microscope.dose is not None:
        electrons = microscope.dose * microscope.pixel_size**2
        uniform = np.random.default_rng([seed, 6]).random((rows, cols))
        image = _poisson(np.maximum(image, 0) * electrons, uniform) / electrons
    return image.astype(np.float32)


def _poisson(mean: NDArray[np.float64], uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Poisson numbers of these means that stand at the fractions ``uniform`` of their distributions.

    A generator's own Poisson numbers take more or fewer draws as the means change, which would reshuffle the noise of all
    pixels that follow. Small means: the distribution is summed up. Large ones: M. B. Giles, ACM Trans. Math. Softw. 42, 6
    (2016), equation of the normal asymptotic expansion.
    """
    counts = np.zeros(mean.size)
    places, size = np.flatnonzero(mean < 5), mean.ravel()
    left, size = uniform.ravel()[places], size[places]
    probability = np.exp(-size)
    for k in range(1, 60):  # a mean of 5 never comes to 60
        left -= probability
        more = np.flatnonzero(left > 0)  # the others have their number
        if not len(more):
            break
        if len(more) < 0.8 * len(left):
            places, left, size, probability = places[more], left[more], size[more], probability[more]
            counts[places] = k
        else:
            counts[places[more]] = k
        probability *= size / k
    places = np.flatnonzero(mean >= 5)
    size = mean.ravel()[places]
    w = scipy.special.ndtri(np.maximum(uniform.ravel()[places], 2.0**-54))
    square, root = w * w, np.sqrt(size)
    value = size + root * w + (2 + square) / 6 - w * (2 + square) / (72 * root)
    value += (square * (3 * square + 7) - 16) / (810 * size)
    counts[places] = np.maximum(np.floor(value), 0)
    return counts.reshape(mean.shape)
