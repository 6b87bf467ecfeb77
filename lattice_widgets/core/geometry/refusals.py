"""Spots and the lattice that indexes them best in, the reason why they do not make a lattice out.

Noise, stripes, amorphous matter and quasi-crystals all have some spots, and any two spots make a lattice. What tells a
lattice is that it predicts: spots that were not needed to make it lie on it, and few strong ones do not.
"""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.spots import SpotTable
from lattice_widgets.core.sentences import Sentence

#: how far a spot's signal to noise exceeds what noise alone reaches, ``log(trials)``, before it counts
_CERTAIN = 3.0
#: how far that of the second direction must exceed it where nothing confirms it, and what each further spot on the lattice
#: takes from that: noise puts a spot within the tolerance of a predicted place once in a few hundred times
_ALONE, _CONFIRMATION = 13.0, 6.0
#: area around a node within which a spot counts as on it [bins^2]
_TOLERATED = 0.7
#: fraction of all spots' power, and of their weight, that must lie on the lattice where few spots confirm it
_POWER_SHARE, _WEIGHT_SHARE = 0.68, 0.62
#: of the pictures in which too little stands out, this share shows no lattice; the others show one with too few electrons or
#: out of focus. Counted on pictures like those of the examination, of another stream.
_NOT_ONLY_UNSEEN = 0.88


class LatticeNotFound(ValueError):
    """The picture holds no lattice; the message says in one sentence why this is believed.

    Parameters
    ----------
    sentence : Sentence
        Why. ``str(error)`` is the sentence in English; whoever shows it in another language renders it.
    left_out : tuple of Sentence
        What of the picture was left out before (see `content.Content`).
    weight : float
        How sure it is that there is none: 1 where something else was recognized, such as a quasi-crystal.
    """

    def __init__(
        self, sentence: Sentence, left_out: tuple[Sentence, ...] = (), weight: float = _NOT_ONLY_UNSEEN
    ) -> None:
        super().__init__(sentence)
        self.left_out = left_out
        self.weight = weight

    @property
    def sentence(self) -> Sentence:
        """Why, before it is translated and filled."""
        return self.args[0]


def quasicrystal_symmetry(found: NDArray[np.float64], power: NDArray[np.float64], shape: tuple[int, int]) -> int | None:
    """Look for a symmetry of the spots that a lattice cannot have.

    Parameters
    ----------
    found : ndarray, shape (n, 2)
        Certain spots [bins], one of each pair.
    power : ndarray, shape (n,)
        Their powers.
    shape : tuple of int
        Rows and columns of the picture.

    Returns
    -------
    int or None
        8, 10 or 12 for that many-fold symmetry; None if there is no such symmetry.
    """
    longest = max(shape)
    frequency = found / np.array(shape) * longest
    radius = np.hypot(*frequency.T)
    angle = np.rad2deg(np.arctan2(*frequency.T)) % 180
    # an error of a third of a bin along the shorter side, seen in units of the longer
    blur = 0.35 * longest / min(shape)
    for first in np.argsort(-power)[:3]:
        ring = (np.abs(radius - radius[first]) < 0.015 * radius[first] + blur) & (power > 0.1 * power[first])
        tolerance = 1.0 + np.rad2deg(blur / radius[first])
        for fold, needed in ((8, 4), (10, 5), (12, 6)):
            step = 360 / fold
            if tolerance > step / 5:
                continue
            turns = (angle[ring] - angle[first]) % 180 / step
            on = np.abs(turns - np.round(turns)) * step < tolerance
            if len(np.unique(np.round(turns[on]) % needed)) == needed:
                return fold
    return None


def why_no_lattice(
    spots: SpotTable,
    weight: NDArray[np.float64],
    indexed: NDArray[np.bool_],
    cell_area: float,
    trials: int,
    shape: tuple[int, int],
    left_out: tuple[Sentence, ...] = (),
) -> LatticeNotFound | None:
    """Say why the spots make no lattice.

    Parameters
    ----------
    spots : SpotTable
        The n spots.
    weight : ndarray, shape (n,)
        Of each (see `indexing.spot_weights`).
    indexed : ndarray, bool, shape (n,)
        Whether each lies on the best lattice.
    cell_area : float
        Of the reciprocal cell [bins^2].
    trials : int
        Number of independent frequencies.
    shape : tuple of int
        Rows and columns of the picture.
    left_out : tuple of Sentence
        What of the picture was left out before.

    Returns
    -------
    LatticeNotFound or None
        Not raised; None if they do make a lattice.
    """
    found, power, snr = spots
    chance = np.log(trials)
    certain = snr > chance + _CERTAIN
    if not certain.any():
        return LatticeNotFound(
            Sentence("No spot stands out from the noise of the Fourier transform: the picture shows no lattice."),
            left_out,
        )
    fold = quasicrystal_symmetry(found[certain], power[certain], shape)
    if fold is not None:
        said = Sentence(
            "The spots have {fold}-fold symmetry, which no lattice has: the picture shows a quasi-crystal.", fold=fold
        )
        return LatticeNotFound(said, left_out, weight=1.0)
    on = certain & indexed
    if not on.any():
        return LatticeNotFound(Sentence("The spots that stand out do not belong to one lattice."), left_out)
    strongest = np.argmax(np.where(on, snr, 0))
    direction = found[strongest] / np.hypot(*found[strongest])
    beside = np.abs(found[:, 0] * direction[1] - found[:, 1] * direction[0]) > 1.5
    off = on & beside
    second = float(np.where(off, snr, 0).max())
    by_chance = len(found) * _TOLERATED / cell_area
    confirmations = max(float((indexed & beside).sum()) - 1 - by_chance, 0)
    if second < chance + max(_ALONE - _CONFIRMATION * confirmations, _CERTAIN):
        if snr[strongest] > 10 * chance:
            return LatticeNotFound(
                Sentence("The spots lie on one line through the center: the picture shows stripes, not a lattice."),
                left_out,
            )
        return LatticeNotFound(
            Sentence("Too few spots stand out from the noise of the Fourier transform to show a lattice."), left_out
        )
    power_share = float(power[on].sum() / power[certain].sum())
    weight_share = float(weight[indexed].sum() / weight.sum())
    needed = {1: 1.25, 2: 1.0, 3: 1.0, 4: 0.9, 5: 0.8, 6: 0.7}.get(int(off.sum()), 0.5)
    if power_share < needed * _POWER_SHARE and weight_share < needed * _WEIGHT_SHARE:
        return LatticeNotFound(
            Sentence("Many spots stand out but do not belong to one lattice, as those of amorphous matter do not."),
            left_out,
        )
    return None
