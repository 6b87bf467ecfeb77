"""How far a picture is from those that a network was trained for, by what the network makes of it.

Seven numbers describe a picture inside the network: the logarithms of its probabilities of the six classes, and the
logarithm of the length of its feature vector. For each class they scatter around their mean as a Gaussian. The distance of
a picture is its Mahalanobis distance to the nearest class, in standard deviations (after Lee et al. 2018, who do so with
the features; on quasicrystals these seven numbers told more than the 128 features).

It finds what the network has not learned to see, such as patterns with five or sevenfold spots. It does not find what the
network cannot tell from its classes: stripes, or a window across a boundary of two crystals.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets import old_names

_FLOOR = 1e-30
# Keeps each covariance well away from singular, for the probabilities sum to 1.
_SHRINKAGE = 0.05


def _inner_view(probabilities: NDArray, features: NDArray) -> NDArray[np.float64]:
    """Return float64 (n, k + 1): logarithms of probabilities (n, k), and of the length of features (n, m)."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), _FLOOR))
    length = np.linalg.norm(features.astype(np.float64), axis=1, keepdims=True)
    return np.concatenate([logs, np.log(length + 0.1)], axis=1)


def fit_statistics(
    probabilities: NDArray[np.float32], features: NDArray[np.float32], labels: NDArray[np.int64]
) -> dict[str, Any]:
    """Return ``means`` (k, k + 1) and ``precisions`` (k, k + 1, k + 1), the inverse covariances, of each class.

    Parameters
    ----------
    probabilities, features : ndarray, shapes (n, k) and (n, m)
        Without dropout, as from `Classifier.run`.
    labels : ndarray of int, shape (n,)
        The true classes.

    Raises
    ------
    ValueError
        If a class has fewer than 10 pictures.
    """
    view = _inner_view(probabilities, features)
    means, precisions = [], []
    for label in range(probabilities.shape[1]):
        rows = view[labels == label]
        if len(rows) < 10:
            raise ValueError(f"Class number {label} has only {len(rows)} pictures; its statistics need 10.")
        covariance = np.cov(rows.T)
        diagonal = np.diag(np.diag(covariance) + 1e-6)
        means.append(rows.mean(axis=0))
        precisions.append(np.linalg.inv((1 - _SHRINKAGE) * covariance + _SHRINKAGE * diagonal))
    return {"means": np.stack(means), "precisions": np.stack(precisions)}


def distances(statistics: Mapping[str, Any], probabilities: NDArray, features: NDArray) -> NDArray[np.float64]:
    """Return the distance to the nearest class [standard deviations], float64 (n,), for the arrays of `fit_statistics`."""
    means, precisions = (np.asarray(statistics[name], np.float64) for name in ("means", "precisions"))
    offsets = _inner_view(probabilities, features)[:, None] - means
    squares = np.einsum("nki,kij,nkj->nk", offsets, precisions, offsets)
    return np.sqrt(np.maximum(squares.min(axis=1), 0.0))


def familiarity_of(statistics: Mapping[str, Any], probabilities: NDArray, features: NDArray) -> NDArray[np.float64]:
    """Return how familiar pictures are, float64 (n,), from 0 to 1: ``limit`` over the distance, 1 within the limit."""
    distance = distances(statistics, probabilities, features)
    return np.minimum(1.0, float(statistics["limit"]) / np.maximum(distance, 1e-12))


if not TYPE_CHECKING:
    __getattr__ = old_names.of(__name__)
