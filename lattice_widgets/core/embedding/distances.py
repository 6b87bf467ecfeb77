"""What a map of features is worth, and how far classes lie apart in all dimensions of the features."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets import old_names


@dataclass(frozen=True, eq=False)
class ClassDistances:
    """Distances between the pictures of k classes, in all dimensions of the features.

    Attributes
    ----------
    mean, std : ndarray, float64, shape (k, k)
        Mean and standard deviation of the Euclidean distance between a picture of one class and one of another (on the
        diagonal: two different ones of the same class); NaN for classes without pictures.
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    spread = old_names.Renamed("std")


def class_distances(features: ArrayLike, labels: ArrayLike, n_classes: int = 6, limit: int = 400) -> ClassDistances:
    """Measure how far the pictures of each class are from those of each other (Vasudevan et al. 2018, Fig. S3).

    Parameters
    ----------
    features : array_like, shape (n, m)
        One row a picture.
    labels : array_like of int, shape (n,)
        Class of each.
    n_classes : int
        k.
    limit : int
        Of a class with more pictures, so many evenly chosen ones are compared.

    Returns
    -------
    ClassDistances
        For each pair of classes.

    Raises
    ------
    ValueError
        If there is not one label for each row.

    Examples
    --------
    >>> found = class_distances([[0.0, 0], [3, 4], [0, 5]], [0, 1, 1], 2)
    >>> float(found.mean[0, 1])
    5.0
    """
    from scipy.spatial.distance import cdist

    array, truth = _paired(features, labels)
    groups = []
    for number in range(n_classes):
        rows = array[truth == number]
        groups.append(rows[np.linspace(0, len(rows) - 1, min(limit, len(rows))).astype(int)])
    mean, std = np.full((n_classes, n_classes), np.nan), np.full((n_classes, n_classes), np.nan)
    for i, first in enumerate(groups):
        for j, second in enumerate(groups[: i + 1]):
            distances = cdist(first, second)
            distances = distances[np.triu_indices(len(first), 1)] if i == j else distances.ravel()
            if len(distances):
                mean[i, j] = mean[j, i] = distances.mean()
                std[i, j] = std[j, i] = distances.std()
    return ClassDistances(mean, std)


def neighborhood_quality(features: ArrayLike, points: ArrayLike, k: int = 10) -> NDArray[np.float64]:
    """Measure what fraction of each picture's nearest neighbors are still among its nearest on the map.

    Parameters
    ----------
    features : array_like, shape (n, m)
        In all dimensions.
    points : array_like, shape (n, 2)
        On the map.
    k : int
        Neighbors to compare.

    Returns
    -------
    ndarray, float64, shape (n,)
        From 0 to 1. A map drawn at random keeps k / (n - 1).

    Raises
    ------
    ValueError
        If there is not one point for each row of features.
    """
    array, places = np.asarray(features, np.float64), np.asarray(points, np.float64)
    if len(array) != len(places):
        raise ValueError(f"There are {len(array)} rows of features but {len(places)} points.")
    k = min(k, len(array) - 1)
    before, after = _neighbors(array, k), _neighbors(places, k)
    return np.array([len(np.intersect1d(one, other)) / k for one, other in zip(before, after, strict=True)])


def class_agreement(features: ArrayLike, labels: ArrayLike, k: int = 10) -> float:
    """Measure what fraction of each picture's nearest neighbors are of its own class.

    Parameters
    ----------
    features : array_like, shape (n, m)
        In all dimensions, or places on a map.
    labels : array_like of int, shape (n,)
        Class of each.
    k : int
        Neighbors to look at.

    Returns
    -------
    float
        Mean over all pictures, from 0 to 1.

    Raises
    ------
    ValueError
        If there is not one label for each row.
    """
    array, truth = _paired(features, labels)
    k = min(k, len(array) - 1)
    return float((truth[_neighbors(array, k)] == truth[:, None]).mean())


def _paired(features: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    array, truth = np.asarray(features, np.float64), np.asarray(labels)
    if truth.shape != (len(array),):
        raise ValueError(f"There must be one class for each of the {len(array)} pictures, not {truth.size}.")
    return array, truth.astype(np.int64)


def _neighbors(array: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Return the k nearest others of each row, (n, k)."""
    from scipy.spatial import cKDTree

    _, found = cKDTree(array).query(array, k=k + 1)
    # of rows that coincide the first may not be itself
    return np.array([[other for other in row if other != own][:k] for own, row in enumerate(cast(NDArray, found))])
