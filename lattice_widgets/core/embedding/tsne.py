"""Features of pictures -> a map: t-SNE (van der Maaten & Hinton 2008), in steps, with room for new points.

The map shows who is near whom, and nothing else: distances between groups, their sizes and the directions of the axes mean
nothing. What can be read off it is told by `distances.neighborhood_quality`; distances between classes are measured
in all 128 dimensions, by `distances.class_distances`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.needed import needed

#: steps of the two phases: first the groups are pulled together, then they are let go
_EARLY, _STEPS = 250, 500
#: steps from one state that is shown to the next
_STRIDE = 10
#: a new picture is far away when its nearest neighbor is further than that of this fraction of the pictures of the map
_FAMILIAR = 0.99
#: pictures above which neighbors are searched approximately
_EXACT = 3000


def check_features(features: ArrayLike, at_least: int = 4) -> NDArray[np.float32]:
    """Check that an array holds features.

    Parameters
    ----------
    features : array_like, shape (n, m)
        One row a picture.
    at_least : int
        Smallest n.

    Returns
    -------
    ndarray, float32, shape (n, m)
        The features.

    Raises
    ------
    ValueError
        If they are not n rows of m numbers, too few, or not finite.
    """
    try:
        array = np.asarray(features, np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError("The features are not a regular array of numbers.") from error
    if array.ndim != 2 or array.shape[1] < 2:
        raise ValueError(f"Features are rows of numbers, one row a picture; this array has the shape {array.shape}.")
    if len(array) < at_least:
        raise ValueError(f"A map needs at least {at_least} pictures; there {_are(len(array))}.")
    if not np.isfinite(array).all():
        raise ValueError("The features hold numbers that are not finite (NaN or infinity).")
    return array


def _are(count: int) -> str:
    return f"is {count}" if count == 1 else f"are {count}"


@dataclass(eq=False)
class Embedding:
    """A finished map; nothing moves its points any more.

    Attributes
    ----------
    features : ndarray, float32, shape (n, m)
        What was embedded.
    points : ndarray, float32, shape (n, 2)
        Where each picture lies on the map.
    perplexity : float
        About how many neighbors each point was held by.
    seed : int
        The same seed gives the same map.
    """

    features: NDArray[np.float32]
    points: NDArray[np.float32]
    perplexity: float = 10.0
    seed: int = 0
    _frozen: Any = field(default=None, repr=False)

    def place(self, features: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Find where new pictures belong on the map, which stays as it is.

        Each starts at the mean of its nearest neighbors, and is then moved by the forces of t-SNE from those of the map
        alone: new pictures do not see each other (Policar, Strazar & Zupan, Mach. Learn. 112, 721 (2023)).

        Parameters
        ----------
        features : array_like, shape (k, m)
            Of the new pictures.

        Returns
        -------
        points : ndarray, float32, shape (k, 2)
            Places on the map.
        far : ndarray, bool, shape (k,)
            Whether a picture is further from its nearest neighbor than 99 % of the pictures of the map are from theirs:
            its place means nothing then.

        Raises
        ------
        ValueError
            If these are not features, or of another length than those of the map.
        """
        new = check_features(features, at_least=1)
        if new.shape[1] != self.features.shape[1]:
            raise ValueError(
                f"The features of the map have {self.features.shape[1]} numbers each, the new ones {new.shape[1]}."
            )
        if self._frozen is None:
            self._frozen = self._freeze()
        perplexity = float(min(5.0, max(2.0, (len(self.features) - 1) / 3)))
        partial = self._frozen.prepare_partial(
            new, initialization="weighted", k=min(10, len(self.features) - 1), perplexity=perplexity
        )
        partial.optimize(100, inplace=True, learning_rate=0.1, exaggeration=1.5, momentum=0.8, max_grad_norm=0.25)
        return np.asarray(partial, np.float32), _nearest(self.features, new) > self._usual_distance()

    def _freeze(self) -> Any:
        """Return the map as openTSNE wants it."""
        with needed("openTSNE", "Placing pictures on a map"):
            from openTSNE import TSNEEmbedding

        return TSNEEmbedding(
            self.points.astype(np.float64),
            _affinities(self.features, self.perplexity, self.seed),
            random_state=self.seed,
            negative_gradient_method=_method(len(self.features)),
        )

    def _usual_distance(self) -> float:
        return float(np.quantile(_nearest(self.features, self.features, skip_self=True), _FAMILIAR))


def _nearest(known: NDArray[np.float32], asked: NDArray[np.float32], skip_self: bool = False) -> NDArray[np.float64]:
    """Return the distance of each picture to its nearest known one."""
    from scipy.spatial import cKDTree

    distance, _ = cKDTree(known).query(asked, k=2 if skip_self else 1)
    return distance[:, 1] if skip_self else distance


def _method(count: int) -> str:
    return "bh" if count < 5000 else "fft"


def _affinities(features: NDArray[np.float32], perplexity: float, seed: int) -> Any:
    with needed("openTSNE", "Making a map"):
        from openTSNE.affinity import PerplexityBasedNN

    return PerplexityBasedNN(
        features,
        perplexity=perplexity,
        method="exact" if len(features) <= _EXACT else "annoy",
        n_jobs=1,  # so that the same seed gives the same neighbors
        random_state=seed,
    )


def embed_steps(features: ArrayLike, perplexity: float = 10.0, seed: int = 0) -> Iterator[Embedding]:
    """Form a map step by step; only the last one is finished, and can place new pictures.

    Parameters
    ----------
    features : array_like, shape (n, m)
        One row a picture, at least 4.
    perplexity : float
        About how many neighbors each point is held by, from 2 to (n - 1) / 3; the paper used 10.
    seed : int
        The same seed gives the same map.

    Yields
    ------
    Embedding
        The map so far.

    Raises
    ------
    ValueError
        If these are not features, or the perplexity is out of range.
    """
    array = check_features(features)
    largest = (len(array) - 1) / 3
    if not 1 <= perplexity <= max(largest, 1):
        raise ValueError(
            f"The perplexity must be from 1 to {largest:.4g} (a third of the {len(array)} pictures), not {perplexity:g}."
        )
    return _steps(array, float(perplexity), int(seed))


def warm_up() -> None:
    """Load what maps are made with, so that the first one does not wait half a second for it."""
    import openTSNE  # noqa: F401


def _steps(array: NDArray[np.float32], perplexity: float, seed: int) -> Iterator[Embedding]:
    start = _principal_components(array)
    # at once: what the map grows from
    yield Embedding(array, start, perplexity, seed)
    with needed("openTSNE", "Making a map"):
        from openTSNE import TSNEEmbedding

    state = TSNEEmbedding(
        start.astype(np.float64),
        _affinities(array, perplexity, seed),
        random_state=seed,
        negative_gradient_method=_method(len(array)),
        n_jobs=1,
    )
    rate = max(len(array) / 12, 50.0)
    for begin in range(0, _EARLY + _STEPS, _STRIDE):
        early = begin < _EARLY
        state.optimize(
            _STRIDE,
            inplace=True,
            exaggeration=12.0 if early else 1.0,
            learning_rate=rate if early else rate * 12,
            momentum=0.8,
            max_step_norm=5,
        )
        yield Embedding(array, np.asarray(state, np.float32), perplexity, seed, _frozen=None)


def _principal_components(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the first two principal components, scaled to a standard deviation of 1e-4 as t-SNE likes its beginnings."""
    centered = (array - array.mean(axis=0)).astype(np.float64)
    _, vectors = np.linalg.eigh(centered.T @ centered)
    axes = vectors[:, :-3:-1]
    # the sign of an eigenvector is an accident: the largest number is to be positive
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    points = centered @ axes
    # points that coincide would never part
    points += 1e-3 * (points.std() + 1e-12) * np.random.default_rng(0).standard_normal(points.shape)
    return (points / (points[:, 0].std() + 1e-12) * 1e-4).astype(np.float32)


def embed(features: ArrayLike, perplexity: float = 10.0, seed: int = 0) -> NDArray[np.float32]:
    """Draw a map of features: t-SNE, begun at their principal components.

    Parameters
    ----------
    features : array_like, shape (n, m)
        One row a picture, at least 4, as from `Classifier.features`.
    perplexity : float
        About how many neighbors each point is held by, from 1 to (n - 1) / 3; the paper used 10.
    seed : int
        The same seed gives the same map.

    Returns
    -------
    ndarray, float32, shape (n, 2)
        Places on the map; their unit and their axes mean nothing.

    Raises
    ------
    ValueError
        If these are not features, or the perplexity is out of range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two_groups = np.concatenate([rng.normal(0, 1, (30, 8)), rng.normal(9, 1, (30, 8))])
    >>> points = embed(two_groups, perplexity=5)
    >>> nearest = np.linalg.norm(points[:, None] - points, axis=2) + 1e9 * np.eye(60)
    >>> points.shape, bool(((nearest.argmin(axis=1) < 30) == (np.arange(60) < 30)).all())
    ((60, 2), True)
    """
    *_, last = embed_steps(features, perplexity, seed)
    return last.points
