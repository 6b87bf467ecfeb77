"""A picture of few cells and a rough lattice in, the lattice fitted to the picture itself out.

With three to seven cells in the picture the spots overlap, and their maxima are shifted by their neighbors. So the picture is
fitted directly: a sum of density waves at the nodes of the reciprocal lattice and a smooth background. The amplitudes are
linear and are eliminated in each step (variable projection: Golub & Pereyra, SIAM J. Numer. Anal. 10, 413 (1973)); the four
components of the two reciprocal vectors remain.
"""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.spots import nodes_within

#: density waves that are fitted at most, and samples of the picture along one axis
_MAX_WAVES, _MAX_SAMPLES = 22, 72
#: a vector may move this far from the rough one [bins]
_REACH = 0.6


def fit_waves(
    picture: NDArray[np.float32], vectors: NDArray[np.float64], radius: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Fit the reciprocal vectors to the picture itself, as a sum of density waves.

    Parameters
    ----------
    picture : ndarray, float32, shape (rows, cols)
        Without a background plane.
    vectors : ndarray, shape (2, 2)
        Reciprocal vectors to start from [bins].
    radius : float
        Largest frequency of the waves [bins].

    Returns
    -------
    tuple or None
        None where the fit does not settle near its start.
    """
    samples = [min(n, _MAX_SAMPLES, max(24, int(np.ceil(3.2 * radius)))) for n in picture.shape]
    blocks, axes = [], []
    for n, count in zip(picture.shape, samples, strict=True):
        edges = np.linspace(0, n, count + 1).astype(int)
        blocks.append(edges)
        # middle of each block, in units of the length of the picture
        axes.append((edges[:-1] + edges[1:]) / (2 * n) - 0.5)
    rows, cols = (np.diff(edges) for edges in blocks)
    coarse = np.add.reduceat(np.add.reduceat(picture.astype(np.float64), blocks[0][:-1], 0), blocks[1][:-1], 1)
    data = (coarse / rows[:, None] / cols).ravel()
    y, x = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    smooth = np.stack([np.ones_like(y), y, x, y * x, y**2, x**2])
    start = vectors.copy()
    shells = [min(radius, 1.2 * float(np.hypot(*vectors.T).max() + np.hypot(*vectors.T).min())), radius]
    projected = residual = None
    indices = np.zeros((0, 2))
    for shell, steps in zip(shells, (4, 5), strict=True):
        indices = nodes_within(vectors, shell)
        indices = indices[np.argsort(((indices @ vectors) ** 2).sum(axis=1))[:_MAX_WAVES]]
        for _ in range(steps):
            phase = 2 * np.pi * (indices @ vectors @ np.stack([y, x]))
            cosine, sine = np.cos(phase), np.sin(phase)
            design = np.concatenate([smooth, cosine, sine])
            basis, triangle = np.linalg.qr(design.T)
            if np.abs(np.diag(triangle)).min() < 1e-8 * np.abs(np.diag(triangle)).max():
                return None
            amplitudes = np.linalg.solve(triangle, basis.T @ data)
            residual = data - basis @ (basis.T @ data)
            count = len(indices)
            change = amplitudes[6 + count :, None] * cosine - amplitudes[6 : 6 + count, None] * sine
            # d(phase of h, k) / d(vectors) = 2 pi (h, k) x (y, x)
            slopes = 2 * np.pi * (indices.T @ change)
            jacobian = np.stack([slopes[0] * y, slopes[0] * x, slopes[1] * y, slopes[1] * x])
            projected = jacobian - (jacobian @ basis) @ basis.T
            step = np.linalg.lstsq(projected.T, residual, rcond=None)[0].reshape(2, 2)
            vectors = vectors + step * min(1.0, 0.5 / max(float(np.abs(step).max()), 1e-12))
            if np.abs(vectors - start).max() > _REACH:
                return None
            if np.abs(step).max() < 1e-4:
                break
    if projected is None or residual is None:
        return None
    information = projected @ projected.T
    # waves that go on over no more than the smooth part of the picture say nothing of their vectors
    if np.linalg.matrix_rank(information, hermitian=True) < len(information):
        return None
    normal = np.linalg.inv(information)
    level, ring, wave_ring = _residual_levels(residual, (samples[0], samples[1]), indices @ vectors)
    transform = np.fft.fft2(projected.reshape(4, *samples)).reshape(4, -1)
    noise = ((transform * level[ring]) @ transform.conj().T).real / len(data) ** 2
    power = (amplitudes[6 : 6 + len(indices)] ** 2 + amplitudes[6 + len(indices) :] ** 2) * len(data) ** 2 / 4
    # standard error of the frequency of one wave in white noise, in bins, times the square root of twice the signal to noise
    width = np.sqrt(12) / (2 * np.pi)
    disorder = strain_variance(indices @ vectors, power, level[wave_ring] - np.median(level), width)
    return vectors, normal @ noise @ normal + np.kron(vectors @ vectors.T, np.eye(2)) * disorder


def strain_variance(
    found: NDArray[np.float64], power: NDArray[np.float64], noise: NDArray[np.float64], width: float
) -> float:
    """Estimate the variance of the mean strain that displaced atoms leave in a finite picture.

    Displacements shift all spots together, by as much as they are far out, so averaging over spots does not help. They
    leave noise next to each spot in proportion to its power and the square of its frequency; the median over the
    strongest spots of that ratio tells how much.

    Parameters
    ----------
    found : ndarray, shape (n, 2)
        Spots [bins].
    power, noise : ndarray, shape (n,)
        Power of each, and mean power of the noise next to it beyond what is everywhere.
    width : float
        Standard error of the position of a spot [bins] times the square root of twice its signal to noise.

    Returns
    -------
    float
        Variance, as a fraction squared.
    """
    strongest = np.argsort(-power)[:6]
    ratio = np.maximum(noise[strongest], 0) / (power[strongest] * (found[strongest] ** 2).sum(axis=1))
    return float(np.median(ratio)) * width**2 / 2


def _residual_levels(
    residual: NDArray[np.float64], shape: tuple[int, int], waves: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the mean power of each ring of frequencies of the residual, the ring of each frequency, and of each wave.

    Displaced and missing atoms make noise of the same frequencies as the lattice, much more than elsewhere. The part of
    it that the waves have taken up is made good by the share of each ring that is left.
    """
    rows, cols = shape
    distance = np.hypot(np.fft.fftfreq(rows, 1 / rows)[:, None], np.fft.fftfreq(cols, 1 / cols)).ravel()
    ring = (distance / 3).astype(int)
    count = np.bincount(ring)
    power = np.bincount(ring, (np.abs(np.fft.fft2(residual.reshape(shape))) ** 2).ravel())
    taken = np.zeros(len(count))
    radius = np.minimum((np.hypot(*waves.T) / 3).astype(int), len(count) - 1)
    # each wave takes two real numbers of its ring, the background six and the vectors four of the inner ones
    np.add.at(taken, radius, 2)
    taken[0] += 6
    taken[: radius.max() + 1] += 4 / (radius.max() + 1)
    level = power / np.maximum(count - taken, 0.2 * count)
    return level, ring, radius
