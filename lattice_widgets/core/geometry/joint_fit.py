"""A picture and a rough lattice in, the lattice that all its strong waves fit best together, with a full covariance, out.

Measured one by one, spots shift each other's maxima, and noise that follows the signal (counted electrons, displaced atoms,
trembling lines) shifts them together. Here the amplitudes of all strong waves are fitted at once, the picture's rest without
them moves the vectors by one Newton step, and each row of the picture has its share in that step. How these shares scatter,
and how they go together from row to row, is the error, whatever makes the noise: the covariance estimate of White
(Econometrica 48, 817 (1980)) with the lag window of Parzen, which keeps it
positive (after Newey & West, Econometrica 55, 703 (1987)).
"""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.pictures.tapers import taper_window

#: waves that are fitted at most
_MOST = 20
#: a step larger than this is not trusted [bins]
_REACH = 0.3
#: error that is left without any noise [bins]
_FLOOR = 3e-4
#: width of the lag window, in units of the number of rows that go together
_WINDOW = 3.0
#: its least width, in units of the spacing: as far as an atom out of place is felt
_ATOM = 2.0
#: by how much the variance is larger than it seems, in units of the window over the number of rows, and of its square: found
#: by simulating trembling lines with a memory of 0 to 70 rows in pictures of 120 to 512
_TAKEN = (5.0, 7.0)


def fit_jointly(
    power: PowerMap, vectors: NDArray[np.float64], indices: NDArray[np.float64], error: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Fit reciprocal vectors to all strong waves of a picture together.

    Parameters
    ----------
    power : PowerMap
        Of the picture.
    vectors : ndarray, shape (2, 2)
        Reciprocal vectors to start from [bins].
    indices : ndarray, shape (n, 2)
        Miller indices of the waves.
    error : ndarray, shape (n, 2)
        Rough standard errors of their frequencies, by which they are weighed [bins].

    Returns
    -------
    tuple of ndarray, or None
        The vectors and the covariance of ``vectors.ravel()``, (4, 4). None if the waves do not tell, or the fit does not
        stay near its start.
    """
    inform = ((indices @ vectors) ** 2).sum(axis=1) / (error**2).sum(axis=1)
    chosen = np.argsort(-inform, kind="stable")[:_MOST]
    indices, error = indices[chosen], error[chosen]
    if np.linalg.matrix_rank(indices) < 2:
        return None
    # (2 vectors, n) for each axis: how the errors of frequencies come to the vectors
    carry = []
    for axis in (0, 1):
        design = indices / error[:, axis : axis + 1]
        carry.append(np.linalg.inv(design.T @ design) @ design.T / error[:, axis])
    rows = _shares(power, indices @ vectors)
    if rows is None:
        return None
    shares = np.stack([rows[..., axis] @ carry[axis].T for axis in (0, 1)], axis=2).reshape(len(rows), 4)
    step = shares.sum(axis=0).reshape(2, 2)
    if np.abs(step).max() > _REACH:
        return None
    spacing = 1 / float(np.hypot(*(indices @ vectors / power.shape).T).min())
    covariance = _long_run(shares, taper_window(len(rows)).astype(np.float64), _ATOM * spacing)
    floor = [carry[axis] @ carry[axis].T * _FLOOR**2 for axis in (0, 1)]
    covariance[::2, ::2] += floor[0]
    covariance[1::2, 1::2] += floor[1]
    return vectors + step, covariance


def _shares(power: PowerMap, found: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return what each row of the picture adds to the frequency of each wave, shape (rows, n, 2) [bins]."""
    picture = power.flattened
    n = len(found)
    t = [np.arange(length) - (length - 1) / 2 for length in picture.shape]
    taper = [taper_window(length).astype(np.float64) for length in picture.shape]
    # waves with both signs: the picture is real
    waves = [
        np.exp(2j * np.pi * np.concatenate([found[:, axis], -found[:, axis]])[:, None] / picture.shape[axis] * t[axis])
        for axis in (0, 1)
    ]
    across = np.concatenate([taper[1] * waves[1][n:], taper[1] * t[1] * waves[1][n:]])  # (2 n, cols)
    parts = np.concatenate([across.real, across.imag]).astype(np.float32)
    projected = (picture @ parts.T).astype(np.float64)
    sums = (projected[:, : 2 * n] + 1j * projected[:, 2 * n :]).reshape(-1, 2, n)
    overlap = (across @ waves[1].T).reshape(2, n, 2 * n)  # of each wave with each, along the columns
    down = taper[0] * waves[0][n:]  # (n, rows)
    # amplitudes of all waves together
    gram = (down @ waves[0].T) * overlap[0]
    target = np.einsum("nr,rn->n", down, sums[:, 0])
    real = np.block(
        [
            [(gram[:, :n] + gram[:, n:]).real, -(gram[:, :n] - gram[:, n:]).imag],
            [(gram[:, :n] + gram[:, n:]).imag, (gram[:, :n] - gram[:, n:]).real],
        ]
    )
    try:
        solved = np.linalg.solve(real, np.concatenate([target.real, target.imag]))
    except np.linalg.LinAlgError:
        return None
    amplitude = solved[:n] + 1j * solved[n:]
    if not (np.abs(amplitude) > 0).all():
        return None
    model = waves[0].T * np.concatenate([amplitude, amplitude.conj()])  # (rows, 2 n)
    slope = []
    for moment in (0, 1):
        rest = sums[:, moment] - model @ overlap[moment].T
        slope.append((down.T * rest / amplitude).imag)
    weight = [float(each.sum()) for each in taper]
    second = [float((each * along**2).sum()) for each, along in zip(taper, t, strict=True)]
    by_rows = slope[0] * t[0][:, None] * picture.shape[0] / (2 * np.pi * second[0] * weight[1])
    by_cols = slope[1] * picture.shape[1] / (2 * np.pi * second[1] * weight[0])
    return np.stack([by_rows, by_cols], axis=2)


def _long_run(shares: NDArray[np.float64], taper: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Return the covariance (4, 4) of the sum of shares (rows, 4) that go together over ``least`` rows or more."""
    n = len(shares)
    shares = shares - taper[:, None] / taper.sum() * shares.sum(axis=0)
    scaled = shares / np.maximum(np.sqrt((shares**2).sum(axis=0)), np.finfo(float).tiny)
    lags = np.array([(scaled[lag:] * scaled[: n - lag]).sum() for lag in range(n // 3)]) / (scaled**2).sum()
    # rows go together for as long as their correlation is more than chance
    memory = int(np.argmax(np.append(lags < 2 / np.sqrt(n), True)))
    together = 1 + 2 * float(lags[1:memory].sum())
    covariance = shares.T @ shares
    width = min(max(_WINDOW * together, least), n / 2)
    for lag in range(1, int(np.ceil(width))):
        x = lag / width
        parzen = 1 - 6 * x**2 + 6 * x**3 if x < 0.5 else 2 * (1 - x) ** 3
        both = shares[lag:].T @ shares[:-lag]
        covariance += parzen * (both + both.T)
    # the fit has taken up part of what so few independent rows would tell
    taken = width / n
    return covariance * (1 + _TAKEN[0] * taken + _TAKEN[1] * taken**2)
