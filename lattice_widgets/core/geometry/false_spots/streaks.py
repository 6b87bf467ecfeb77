"""A power map and places in it in, the level of the streaks that they may lie on out.

Scan lines that tremble put a streak along the slow axis through every spot, made of speckle that looks like spots. The same
tremble makes them all, so each speckle has a copy beside every spot, as the spots of a superstructure have. A speckle is as
strong as its streak: what counts is how far it exceeds that.
"""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.power_map import PowerMap

#: how near and how far along a streak its level is taken [bins], and how far from stronger spots
_NEAR, _FAR, _CLEAR = 2, 14, 2.2
#: so many points must be left on a side
_ENOUGH = 4
#: a spot this many times stronger is not part of the streak; a streak is this many times stronger than what lies across
_STRONGER, _RIDGE = 5.0, 4.0
#: a streak comes from a spot this many times stronger, on the same row or column of frequencies within so much [bins]
_SOURCE, _BESIDE = 2.0, 1.5
#: speckle exceeds its streak by less than this; so much of it tells that the lines tremble
_SPECKLE, _MANY = 12.0, 3
#: the axis of the scan lines
_FAST = 1


def streak_level(
    power: PowerMap,
    places: NDArray[np.float64],
    own: NDArray[np.float64],
    spots: NDArray[np.float64],
    strength: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Estimate the mean power of the streaks along rows and columns of frequencies that places lie on.

    Parameters
    ----------
    power : PowerMap
        Of the picture.
    places : ndarray, shape (n, 2)
        Frequencies [bins].
    own : ndarray, shape (n,)
        Power at each.
    spots : ndarray, shape (m, 2)
        Known spots [bins]; the much stronger ones are passed over.
    strength : ndarray, shape (m,)
        Their powers.

    Returns
    -------
    ndarray, float64, shape (n,)
        Power; 0 where there is no streak.
    """
    if not len(places):
        return np.zeros(0)
    steps = np.arange(_NEAR, _FAR + 1)
    both, twice = np.concatenate([spots, -spots]), np.concatenate([strength, strength])
    stronger = (twice > _STRONGER * own[:, None])[:, None]
    levels = []
    for direction in np.concatenate([np.eye(2), -np.eye(2)]):
        points = places[:, None] + steps[:, None] * direction
        index = np.round(points * power.pad).astype(np.int64)
        values = power.power_at(index[..., 0], index[..., 1])
        hidden = ((np.abs(points[:, :, None] - both) < _CLEAR).all(axis=3) & stronger).any(axis=2)
        values[hidden] = np.nan
        values[(~hidden).sum(axis=1) < _ENOUGH] = 0
        # the median of exponential speckle is log(2) of its mean
        levels.append(np.nanmedian(values, axis=1) / np.log(2))
    # a streak falls off away from its spot: the higher of the two sides counts
    down, right = np.maximum(levels[0], levels[2]), np.maximum(levels[1], levels[3])
    ridges = np.where(down > _RIDGE * right, down, 0), np.where(right > _RIDGE * down, right, 0)
    away = np.abs(places[:, None] - both)
    strong, alike = twice > _SOURCE * own[:, None], twice > own[:, None] / _SOURCE
    level = np.zeros(len(places))
    for across, ridge in zip((1, 0), ridges, strict=True):
        # in a picture of few cells the skirts of neighbors look like streaks, but come from no spot on the line
        line = (away[..., across] < _BESIDE) & (away[..., 1 - across] > _BESIDE)
        on = (strong & line).any(axis=1)
        if across == _FAST:
            # scan lines that tremble by a good part of a spacing leave speckle of one strength, and nothing of the spot:
            # farther out than where the same tremble has left the spot
            first = _first_speckle(places[:, across], on & (ridge > 0) & (own < _SPECKLE * ridge))
            on |= (np.abs(places[:, across]) >= first) & (alike & line).any(axis=1)
        level = np.maximum(level, np.where(on, ridge, 0))
    return level


def _first_speckle(across: NDArray[np.float64], speckle: NDArray[np.bool_]) -> float:
    """Return how far from the middle the first streak with speckle is [bins]; infinity where there is hardly any."""
    return float(np.abs(across[speckle]).min() - _BESIDE) if speckle.sum() >= _MANY else np.inf
