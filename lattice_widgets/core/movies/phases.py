"""Probabilities on the window grid -> maps, and the fraction of the frame that each phase fills."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.lattices.lattice import CLASSES

#: the ways to count, in the order of the results
DEFINITIONS = ("mean probability by coverage", "mean probability", "most likely", "most likely, sure")

_NOISE = CLASSES.index("noise")
#: the classes of a partly empty window are enlarged by this factor at most
_MOST_GIVEN = 2.0


@dataclass(frozen=True, eq=False)
class PhaseFractions:
    """What fraction of a frame each class fills, counted in the ways of `DEFINITIONS`.

    Attributes
    ----------
    fraction : ndarray, float64, shape (4, classes)
        Each row sums to 1; the last one is NaN where no window is sure.
    error : ndarray, float64, shape (4, classes)
        One standard deviation over the passes with dropout: how much another network of the same kind might differ.
    """

    fraction: NDArray[np.float64]
    error: NDArray[np.float64]


def cell_edges(length: int, centers: ArrayLike) -> NDArray[np.float64]:
    """Compute the borders of what each window of a row stands for: half way to its neighbors, out to the border of the frame.

    Parameters
    ----------
    length : int
        Of the frame along this axis [px].
    centers : array_like, shape (n,)
        Centers of the windows [px], rising.

    Returns
    -------
    ndarray, float64, shape (n + 1,)
        From -0.5 to ``length - 0.5`` [px].

    Examples
    --------
    >>> cell_edges(100, [15.5, 31.5, 47.5, 63.5, 83.5])
    array([-0.5, 23.5, 39.5, 55.5, 73.5, 99.5])
    """
    middle = np.asarray(centers, dtype=np.float64)
    return np.concatenate([[-0.5], (middle[1:] + middle[:-1]) / 2, [length - 0.5]])


def window_weights(shape: tuple[int, int], row: ArrayLike, col: ArrayLike) -> NDArray[np.float64]:
    """Compute the part of the frame that each window stands for.

    Parameters
    ----------
    shape : tuple of int
        (rows, cols) of the frame [px].
    row, col : array_like
        Centers of the windows [px], rising.

    Returns
    -------
    ndarray, float64, shape (window_rows, window_cols)
        They sum to 1.
    """
    down, across = (np.diff(cell_edges(n, places)) / n for n, places in zip(shape, (row, col), strict=True))
    return np.outer(down, across)


def covered_probability(
    probability: ArrayLike, coverage: ArrayLike, window_coverage: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Mix the probabilities of the place that a window stands for: its class as far as lattice is there, noise for the rest.

    A window that is mostly lattice with a hole in its middle is, rightly, named after the lattice; its middle is not. And of a
    window that is partly empty the classifier is partly sure that it is noise: that much is known already, and does not count
    against the lattice beside the hole.

    Parameters
    ----------
    probability : array_like, shape (..., classes)
        Of the windows.
    coverage : array_like, shape (...)
        How much of the place is filled with lattice, 0 to 1 (see `lattice_coverage`).
    window_coverage : array_like, shape (...), optional
        How much of the whole window is; 1 when not given.

    Returns
    -------
    ndarray, float64, shape (..., classes)
        They sum to 1.

    Examples
    --------
    >>> half_empty = [0, 0, 0, 0, 0.7, 0.3]  # but its own place is whole
    >>> covered_probability(half_empty, 1.0, 0.5).round(2)
    array([0., 0., 0., 0., 1., 0.])
    """
    there = np.asarray(coverage, dtype=np.float64)[..., None]
    mixed = np.asarray(probability, dtype=np.float64).copy()
    noise = mixed[..., _NOISE].copy()
    if window_coverage is not None:
        unexplained = np.maximum(noise - (1 - np.asarray(window_coverage, dtype=np.float64)), 0)
        # a window that is noise through and through has no class to give away
        mixed *= np.minimum((1 - unexplained) / np.maximum(1 - noise, 1e-9), _MOST_GIVEN)[..., None]
    mixed *= there
    mixed[..., _NOISE] = 0
    mixed[..., _NOISE] = 1 - mixed.sum(axis=-1)
    return mixed


def phase_fractions(
    samples: ArrayLike,
    sure: ArrayLike,
    coverage: ArrayLike,
    weights: ArrayLike,
    window_coverage: ArrayLike | None = None,
) -> PhaseFractions:
    """Count what fraction of a frame each class fills.

    Four ways to count: the mean of the probabilities of all windows, each for the part of its place that holds lattice (the
    rest counts as noise); the plain mean, as in the paper; the share of the most likely class; the same without the windows
    that abstain. The last three see no hole that is smaller than about half a window.

    Parameters
    ----------
    samples : array_like, shape (passes, windows, classes)
        Probabilities of each pass with dropout; one pass gives errors of 0.
    sure : array_like, bool, shape (windows,)
        Whether a window answers; the others abstain.
    coverage : array_like, shape (windows,)
        How much of the place of each window is filled with lattice, 0 to 1.
    weights : array_like, shape (windows,)
        Part of the frame that each window stands for.
    window_coverage : array_like, shape (windows,), optional
        As for `covered_probability`.

    Returns
    -------
    PhaseFractions
        By each of the four definitions, with errors.

    Examples
    --------
    >>> samples = np.zeros((1, 4, 6))
    >>> samples[0, :, 4] = 1  # four windows, all hexagonal for the network; one of them lies over a small hole
    >>> found = phase_fractions(samples, [True] * 4, [1, 1, 0.4, 1], np.full(4, 0.25))
    >>> found.fraction[:2, 4:].round(2)
    array([[0.85, 0.15],
           [1.  , 0.  ]])
    """
    counted = PhaseCount()
    counted.add(samples, sure, coverage, weights, window_coverage)
    return counted.fractions()


class PhaseCount:
    """Count phases as `phase_fractions` does, for windows that come some at a time: all may not fit into memory."""

    def __init__(self) -> None:
        # sums over the windows of weight times what counts, for each pass (4, passes, classes) and the mean of the passes
        self._passes: NDArray[np.float64] | None = None
        self._mean: NDArray[np.float64] = np.zeros(0)
        self._weight = np.zeros(len(DEFINITIONS))

    def add(
        self,
        samples: ArrayLike,
        sure: ArrayLike,
        coverage: ArrayLike,
        weights: ArrayLike,
        window_coverage: ArrayLike | None = None,
    ) -> None:
        """Count some windows; see `phase_fractions`.

        Raises
        ------
        ValueError
            If there are not as many passes and classes as before: pass i is the same network in all calls.
        """
        passes = np.asarray(samples, dtype=np.float32)
        known = None if self._passes is None else self._passes.shape[1:]
        if known is not None and known != (passes.shape[0], passes.shape[2]):
            raise ValueError(
                f"These windows come with {passes.shape[0]} passes and {passes.shape[2]} classes, those before with {known[0]} "
                f"and {known[1]}: all are counted with the same."
            )
        weight = np.asarray(weights, dtype=np.float64).ravel()
        there = np.asarray(coverage, dtype=np.float64).ravel()
        firm = np.where(np.asarray(sure, dtype=bool).ravel(), weight, 0)
        around = np.ones(len(there)) if window_coverage is None else np.asarray(window_coverage, float).ravel()
        mean = passes.mean(axis=0, dtype=np.float64)
        covered = np.stack([weight @ covered_probability(one, there, around) for one in passes])
        winners, winner, k = passes.argmax(axis=2), mean.argmax(axis=1)[None], passes.shape[2]
        plain = np.einsum("swk,w->sk", passes, weight.astype(np.float32)).astype(np.float64)
        sums = np.stack([covered, plain, _won(winners, weight, k), _won(winners, firm, k)])
        means = np.stack([covered.mean(axis=0), weight @ mean, _won(winner, weight, k)[0], _won(winner, firm, k)[0]])
        if self._passes is None:
            self._passes, self._mean = sums, means
        else:
            self._passes, self._mean = self._passes + sums, self._mean + means
        self._weight += [weight.sum()] * 3 + [firm.sum()]

    def fractions(self) -> PhaseFractions:
        """Compute the fractions of all that was counted.

        Raises
        ------
        ValueError
            If nothing was counted.
        """
        if self._passes is None:
            raise ValueError("Phase fractions need at least one window.")
        weight = np.where(self._weight > 0, self._weight, np.nan)
        # sums of float32 probabilities leave the range from 0 to 1 by rounding
        fraction = np.clip(self._mean / weight[:, None], 0, 1)
        return PhaseFractions(fraction, (self._passes / weight[:, None, None]).std(axis=1))


def _won(winners: NDArray[np.int64], weight: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Return the weight that each of k classes wins in each pass, shape (passes, k)."""
    return np.stack([(winners == number).astype(np.float64) @ weight for number in range(k)], axis=1)
