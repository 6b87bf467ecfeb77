"""What the rule of the joint verdict weighs: four pieces of evidence for each class, and what they are worth in this picture.

One is what the network says. Three are what the geometry says: which type the crystal presumably has, which type the picture
has within the errors of the fit, and how far the measured lattice is from each type. How much each counts depends on the
picture: on how many cells and spots it shows, on whether the two agree, and so on. These are the circumstances; each of them
is a plain number, 0 or about 0 in an ordinary picture.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.joint.opinions import Opinions
from lattice_widgets.core.lattices.lattice import CLASSES

#: what an opinion may give at least: no opinion is worth more than 100 to 1
FLOOR = 0.01
#: a strain this far from a type halves what the shape says for it [%]
_NEAR = 1.5


def _within_errors(opinions: Opinions) -> NDArray[np.float64]:
    """Return the logarithm of the weight of each class as the type of the picture, within the errors of the fit alone."""
    fit = opinions.fit
    if fit is None:
        return np.log(opinions.geometry + FLOOR)
    return np.log(np.array([fit.picture_weights.get(kind, 0.0) for kind in CLASSES]) + FLOOR)  # type: ignore[call-overload]


def _shape(opinions: Opinions) -> NDArray[np.float64]:
    """Return the logarithm of how near the measured lattice is to each class: 0 for one that it has, and without a lattice."""
    if opinions.fit is None:
        return np.zeros(len(CLASSES))
    strains = opinions.fit.lattice.strains()
    nearness = [1 / (1 + (strains.get(kind, 0.0) / _NEAR) ** 2) for kind in CLASSES[:-1]]  # type: ignore[call-overload]
    return np.log([*nearness, FLOOR])


#: name -> what it says for each class, float64 (6,), natural logarithms; the first is the network, the others are the geometry
EVIDENCE: Mapping[str, Callable[[Opinions], NDArray[np.float64]]] = MappingProxyType(
    {
        "network": lambda both: np.log(both.network + FLOOR),
        "geometry": lambda both: np.log(both.geometry + FLOOR),
        "geometry within errors": _within_errors,
        "shape of the cell": _shape,
    }
)


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
    """Return the `EVIDENCE` for each class, float64 (4, 6), and the `CIRCUMSTANCES`, float64 (11,), in their orders."""
    said = np.stack([measure(opinions) for measure in EVIDENCE.values()])
    return said, np.array([measure(opinions) for measure in CIRCUMSTANCES.values()])
