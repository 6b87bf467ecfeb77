"""A picture in, the reason why it shows nothing but a smooth surface out.

A scan without feedback leaves a ramp. Stored in few levels it is a staircase, and the steps of a staircase are as regular as
a lattice: they are a property of how the picture was stored.
"""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.sentences import Sentence

#: points along an axis at which the surface is fitted
_SAMPLED = 64
#: a picture with more levels than this at those points is not stored in few
_FEW_LEVELS = 100
#: what a surface leaves in a staircase: within this many steps, and this share of it told by the surface alone
_STEPS, _TOLD = 3.0, 0.15
#: precision to which a ramp is stored, as a fraction of its range
_PRECISION = 2e-6


def why_bare_surface(image: NDArray) -> Sentence | None:
    """Say in one sentence why a picture is nothing but a smooth surface.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        Finite numbers.

    Returns
    -------
    Sentence or None
        None if there is more to see.

    Examples
    --------
    >>> str(why_bare_surface(np.add.outer(np.arange(64) / 5, np.arange(96) / 9).astype(int)))
    'The picture is a smooth surface stored in few levels: its steps are no lattice.'
    >>> why_bare_surface(np.cos(np.add.outer(np.arange(64.0), np.arange(96.0)))) is None
    True
    """
    # odd distances, or a lattice of 2, 4, ... px would be hidden
    rows, cols = (np.unique(np.linspace(0, n - 1, min(n, _SAMPLED)).round().astype(int)) for n in image.shape)
    values = image[np.ix_(rows, cols)].astype(np.float64).ravel()
    low, high = float(values.min()), float(values.max())
    if not low < high:
        return None
    y, x = np.meshgrid(2 * rows / image.shape[0] - 1, 2 * cols / image.shape[1] - 1, indexing="ij")
    y, x = y.ravel(), x.ravel()
    design = np.stack([np.ones_like(y), y, x, y * x, y**2, x**2], axis=1)
    scaled = (values - low) / (high - low)
    # the normal equations of six smooth functions are well conditioned
    surface = design @ np.linalg.solve(design.T @ design, design.T @ scaled)
    rest = scaled - surface
    if np.ptp(rest) < _PRECISION:
        return Sentence("The picture is a bare ramp: it shows nothing else.")
    if np.ptp(rest) > 0.9 or np.ptp(surface) < 1.5 / _FEW_LEVELS:
        return None
    levels = np.unique(values)
    if len(levels) > _FEW_LEVELS:
        return None
    step = float(np.diff(levels).min()) / (high - low)
    if np.ptp(rest) > _STEPS * step or np.ptp(surface) < 1.5 * step:
        return None
    # of a staircase the surface tells what is left: the same at the same height between two levels
    height = np.floor(surface / step % 1 * 16).astype(int) % 16
    count = np.maximum(np.bincount(height, minlength=16), 1)
    mean = np.bincount(height, rest, minlength=16) / count
    left = rest - mean[height]
    if (left**2).sum() < (1 - _TOLD) * (rest**2).sum():
        return Sentence("The picture is a smooth surface stored in few levels: its steps are no lattice.")
    return None
