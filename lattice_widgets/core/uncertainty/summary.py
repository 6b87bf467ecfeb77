"""What the samples of Monte-Carlo dropout say: mean, spread, entropy and its two parts.

Arrays of samples have the axes (sample, picture, class); their probabilities sum to 1 over the classes. Entropies are in
bits: 1 bit is the doubt between two equally likely classes, log2(6) = 2.58 bits that between all six.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets import old_names


@dataclass(frozen=True, eq=False)
class Summary:
    """What the samples of n pictures say about k classes.

    Attributes
    ----------
    mean : ndarray, float64, shape (n, k)
        Mean probability of each class.
    std : ndarray, float64, shape (n, k)
        Standard deviation over the samples, of the population: what one pass scatters.
    agreement : ndarray, float64, shape (n,)
        Fraction of the samples whose highest class is the one with the highest mean.
    entropy : ndarray, float64, shape (n,)
        Predictive entropy, that of the mean [bit]: all the doubt there is.
    mutual_information : ndarray, float64, shape (n,)
        The part of it by which the passes contradict each other [bit]: more training could remove it.
    n_passes : int
        How many passes there were.
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    agreement: NDArray[np.float64]
    entropy: NDArray[np.float64]
    mutual_information: NDArray[np.float64]
    n_passes: int

    spread = old_names.Renamed("std")
    n_samples = old_names.Renamed("n_passes")

    @property
    def ambiguity(self) -> NDArray[np.float64]:
        """The rest of the entropy, float64 (n,) [bit]: the doubt within each pass, of the network about what it sees.

        It is the network's doubt and not the picture's: geometry may measure well what the network cannot tell apart.
        """
        return self.entropy - self.mutual_information

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """Standard error of the mean, float64 (n, k): how far more passes could still move it."""
        return self.std / np.sqrt(self.n_passes)

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """Join the summaries of several sets of pictures.

        Parameters
        ----------
        parts : sequence of Summary
            At least one; all of the same number of samples.

        Returns
        -------
        Summary
            Of all pictures, in this order.

        Raises
        ------
        ValueError
            If there are no summaries, or their numbers of samples differ.
        """
        if len({part.n_passes for part in parts}) != 1:
            raise ValueError("Summaries can be joined if there is one at least and all have as many samples.")
        names = [field.name for field in fields(cls) if field.name != "n_passes"]
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        return cls(**arrays, n_passes=parts[0].n_passes)


def check_samples(samples: ArrayLike) -> NDArray:
    """Check that an array holds samples of probabilities.

    Parameters
    ----------
    samples : array_like
        What should be samples.

    Returns
    -------
    ndarray, shape (samples, n, k)
        The same as an array.

    Raises
    ------
    ValueError
        If the array has other axes, is empty, or its rows are not probabilities.
    """
    array = np.asarray(samples)
    if array.ndim != 3 or 0 in array.shape:
        raise ValueError(f"Samples have the axes (sample, picture, class) and are not empty; this is {array.shape}.")
    _check_probabilities(array)
    return array


def _check_probabilities(array: NDArray) -> None:
    if not (np.issubdtype(array.dtype, np.floating) or np.issubdtype(array.dtype, np.integer)):
        raise ValueError(f"Probabilities are real numbers, not {array.dtype}.")
    sums = array.sum(axis=-1, dtype=np.float64)
    if not (np.all(array >= 0) and np.allclose(sums, 1, atol=1e-3)):
        raise ValueError("Probabilities are not negative and sum to 1 over the last axis; these do not.")


def predictive_entropy(probabilities: ArrayLike) -> NDArray[np.float64]:
    """Compute the entropy of probabilities over the last axis.

    Parameters
    ----------
    probabilities : array_like, shape (..., k)
        They sum to 1 over the last axis.

    Returns
    -------
    ndarray, float64, shape (...)
        [bit].

    Raises
    ------
    ValueError
        If these are not probabilities.

    Examples
    --------
    >>> predictive_entropy([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]).tolist()
    [1.0, 0.0]
    """
    p = np.asarray(probabilities)
    _check_probabilities(p)
    return _entropy(p).astype(np.float64)


def _entropy(p: NDArray) -> NDArray:
    # 0 log 0 is 0; in the dtype that came, for millions of samples are float32
    return np.maximum(-np.einsum("...k,...k->...", p, np.log2(np.maximum(p, np.finfo(np.float32).tiny))), 0.0)


def mutual_information(samples: ArrayLike) -> NDArray[np.float64]:
    """Compute what a sample tells about the class beyond the mean, also known as BALD.

    Entropy of the mean less the mean of the entropies (Houlsby et al. 2011). It is 0 where all passes say the same,
    however undecided, and as large as the entropy where each pass is sure of another class.

    Parameters
    ----------
    samples : array_like, shape (samples, n, k)
        Probabilities.

    Returns
    -------
    ndarray, float64, shape (n,)
        [bit].

    Raises
    ------
    ValueError
        As for `check_samples`.

    Examples
    --------
    >>> sure_of_different = [[[1.0, 0.0]], [[0.0, 1.0]]]
    >>> undecided_alike = [[[0.5, 0.5]], [[0.5, 0.5]]]
    >>> mutual_information(sure_of_different).tolist(), mutual_information(undecided_alike).tolist()
    ([1.0], [0.0])
    """
    array = check_samples(samples)
    total = _entropy(array.mean(axis=0, dtype=np.float64))
    return np.clip(total - _entropy(array).mean(axis=0, dtype=np.float64), 0.0, total)


def quantiles(samples: ArrayLike, levels: ArrayLike = (0.05, 0.5, 0.95)) -> NDArray[np.float64]:
    """Compute quantiles over the samples.

    Parameters
    ----------
    samples : array_like, shape (samples, n, k)
        Probabilities.
    levels : array_like
        From 0 to 1.

    Returns
    -------
    ndarray, float64, shape (len(levels), n, k)
        Probabilities.

    Raises
    ------
    ValueError
        As for `check_samples`; if a level is not from 0 to 1.

    Examples
    --------
    >>> quantiles([[[0.0, 1.0]], [[0.2, 0.8]], [[0.4, 0.6]]], [0.5]).tolist()
    [[[0.2, 0.8]]]
    """
    steps = np.atleast_1d(np.asarray(levels, np.float64))
    if not np.all((steps >= 0) & (steps <= 1)):
        raise ValueError("The levels of quantiles are from 0 to 1.")
    return np.quantile(check_samples(samples).astype(np.float64), steps, axis=0)


def summarize(samples: ArrayLike) -> Summary:
    """Summarize what samples say of each picture.

    Parameters
    ----------
    samples : array_like, shape (samples, n, k)
        Probabilities, one row a pass with dropout.

    Returns
    -------
    Summary
        Of n pictures and k classes.

    Raises
    ------
    ValueError
        As for `check_samples`.

    Examples
    --------
    >>> summary = summarize([[[1.0, 0.0]], [[0.5, 0.5]]])
    >>> summary.mean.tolist(), summary.std.tolist(), summary.agreement.tolist()
    ([[0.75, 0.25]], [[0.25, 0.25]], [1.0])
    >>> print(f"{summary.entropy[0]:.3f} = {summary.mutual_information[0]:.3f} + {summary.ambiguity[0]:.3f}")
    0.811 = 0.311 + 0.500
    """
    array = check_samples(samples)
    mean = array.mean(axis=0, dtype=np.float64)
    total = _entropy(mean)
    within = _entropy(array).mean(axis=0, dtype=np.float64)
    top = mean.argmax(axis=1)
    highest = np.take_along_axis(array, top[None, :, None], axis=2)[..., 0]
    return Summary(
        mean=mean,
        std=array.std(axis=0, dtype=np.float64),
        # a pass that is undecided between its first two counts for the class that leads on the whole
        agreement=np.mean(highest >= array.max(axis=2), axis=0),
        entropy=total,
        mutual_information=np.clip(total - within, 0.0, total),
        n_passes=len(array),
    )


def passes_needed(spread: ArrayLike, wanted_error: float) -> NDArray[np.int64]:
    """Estimate how many passes bring the standard error of the mean down to a wanted one.

    Parameters
    ----------
    spread : array_like
        Standard deviation of one pass [probability].
    wanted_error : float
        Standard error [probability].

    Returns
    -------
    ndarray, int64
        Of the shape of `spread`.

    Raises
    ------
    ValueError
        If the wanted error is not positive, or a spread is negative or NaN.

    Examples
    --------
    >>> passes_needed([0.1, 0.0], 0.002).tolist()
    [2500, 1]
    """
    scatter = np.asarray(spread, np.float64)
    if not (np.isfinite(wanted_error) and wanted_error > 0):
        raise ValueError(f"The wanted error must be a positive number, not {wanted_error}.")
    if not np.all(scatter >= 0):
        raise ValueError("A spread is a number that is not negative.")
    # a relative 1e-9 for rounding: 2500.0000000001 passes are 2500
    return np.maximum(1, np.ceil((scatter / wanted_error) ** 2 * (1 - 1e-9))).astype(np.int64)
