"""What the rule of the joint verdict weighs: three columns of evidence a class, and what they are worth in this picture.

The evidence for a class is the logarithm of what the network gives it, and of what the geometry gives it twice: for the
crystal, whose picture a scan has distorted, and for the lattice of the picture as it is. How much each counts depends on the
picture: on how many cells and spots it shows, on whether network and geometry agree, and so on. These are the circumstances;
each of them is a plain number, 0 or about 0 in an ordinary picture.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.joint.opinions import Opinions

#: what an opinion may give at least: no opinion is worth more than 100 to 1
FLOOR = 0.01


def _cells(opinions: Opinions) -> float:
    """Return the logarithm of the number of cells in the picture, over that of 150; 0 if there is no lattice."""
    fit = opinions.fit
    if fit is None:
        return 0.0
    area = fit.lattice.area / (fit.pixel_size or 1.0) ** 2
    return float(np.log(max(opinions.shape[0] * opinions.shape[1] / area, 1.0) / 150))


def _spots(opinions: Opinions) -> float:
    return 0.0 if opinions.fit is None else float(np.log((1 + opinions.fit.n_indexed) / 12))


def power_off(opinions: Opinions) -> float:
    """Return which fraction of the power of all spots does not belong to the lattice; 1 if there is no lattice."""
    if opinions.fit is None:
        return 1.0
    power = opinions.fit.spots.amplitude**2
    return float(power[~opinions.fit.indexed].sum() / power.sum())


def _clarity(opinions: Opinions) -> float:
    """Return the logarithm of the median signal to noise of the spots of the lattice, over that of 50."""
    fit = opinions.fit
    if fit is None or not fit.indexed.any():
        return 0.0
    return float(np.log(np.median(fit.spots.snr[fit.indexed]) / 50))


def _uneven(opinions: Opinions) -> float:
    """Return by how many percent the strain varies across the picture, 3 at most; 1, as is usual, if that is not known."""
    if opinions.fit is None:
        return 0.0
    unevenness = opinions.fit.scan_unevenness
    return 1.0 if unevenness is None else min(100 * unevenness, 3.0)


#: name -> what it is of two opinions
CIRCUMSTANCES: Mapping[str, Callable[[Opinions], float]] = MappingProxyType(
    {
        "always": lambda both: 1.0,
        "they agree": lambda both: float(both.network.argmax() == both.geometry.argmax()),
        "no lattice found": lambda both: float(both.fit is None),
        "contradiction": lambda both: both.contradiction,
        "unfamiliar": lambda both: float(np.log(both.unfamiliarity + 0.1)) - 1,
        "cells": _cells,
        "spots": _spots,
        "clarity": _clarity,
        "power off the lattice": lambda both: float(np.sqrt(power_off(both))),
        "uneven scan": _uneven,
        "several lattices": lambda both: float(both.n_lattices > 1),
    }
)


def evidence(opinions: Opinions) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what network, geometry and the picture as it is say of each class, float64 (3, 6), and the circumstances, (11,).

    The first are natural logarithms, with `FLOOR` added; the order of the second is that of `CIRCUMSTANCES`.
    """
    said = np.log(np.stack([opinions.network, opinions.geometry, opinions.picture]) + FLOOR)
    return said, np.array([measure(opinions) for measure in CIRCUMSTANCES.values()])
