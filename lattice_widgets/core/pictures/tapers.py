"""Tapers: how a picture fades out towards its edges, so that they leave no cross in its Fourier transform."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Taper = Literal["none", "hann", "hamming", "tukey", "blackman"]
TAPERS: tuple[Taper, ...] = ("none", "hann", "hamming", "tukey", "blackman")


def taper_window(length: int, kind: Taper = "hann") -> NDArray[np.float32]:
    """Compute the weights that fade a picture out towards its edges along one axis.

    Parameters
    ----------
    length : int
        [px].
    kind : {"none", "hann", "hamming", "tukey", "blackman"}
        "tukey" is flat over its middle half.

    Returns
    -------
    ndarray, float32, shape (length,)
        Scaled to a mean square of 1, so that the power of the picture is kept.

    Raises
    ------
    ValueError
        If the kind is unknown.
    """
    if kind not in TAPERS:
        raise ValueError(f"Unknown taper {kind!r}: choose one of {', '.join(TAPERS)}.")
    x = (np.arange(length) + 0.5) / length  # symmetric, and no pixel gets weight 0
    if kind == "none":
        weights = np.ones(length)
    elif kind == "hann":
        weights = 0.5 - 0.5 * np.cos(2 * np.pi * x)
    elif kind == "hamming":
        weights = 0.54 - 0.46 * np.cos(2 * np.pi * x)
    elif kind == "blackman":
        weights = 0.42 - 0.5 * np.cos(2 * np.pi * x) + 0.08 * np.cos(4 * np.pi * x)
    else:
        weights = np.clip(0.5 - 0.5 * np.cos(4 * np.pi * np.minimum(x, 0.25)), 0, 1)
        weights = np.minimum(weights, weights[::-1])
    return (weights / np.sqrt(np.mean(weights**2))).astype(np.float32)
