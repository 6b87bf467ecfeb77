"""Whether to answer at all: a class, or "not sure" with the reason, by a rule with one threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.core.uncertainty.summary import Summary

#: why a verdict is "not sure"
Doubt = Literal["", "spread too large", "two classes too close", "outside what the network was trained for"]
_DOUBTS: tuple[Doubt, ...] = (
    "spread too large",
    "two classes too close",
    "outside what the network was trained for",
)


@dataclass(frozen=True)
class NetworkVerdict:
    """A class, or "not sure" with the reason.

    Attributes
    ----------
    label : int or None
        The class, as an index; None for "not sure".
    doubt : str
        Why not sure: "spread too large", "two classes too close", "outside what the network was trained for"; empty for
        an answer.
    trust : float
        The smallest of the three below, which is compared to the threshold.
    steadiness, clearness, familiarity : float
        What `abstain` explains, each from 0 to 1.
    first, second : int
        The classes of highest and second highest mean.
    """

    label: int | None
    doubt: Doubt
    trust: float
    steadiness: float
    clearness: float
    familiarity: float
    first: int
    second: int

    def describe(self, classes: Sequence[str]) -> str:
        """Put the verdict in words.

        Parameters
        ----------
        classes : sequence of str
            Names of the classes.

        Returns
        -------
        str
            The class, or "not sure" with the reason.

        Examples
        --------
        >>> from lattice_widgets.core.uncertainty.summary import summarize
        >>> summary = summarize([[[0.6, 0.4]], [[0.5, 0.5]]])
        >>> abstain(summary, 0.8)[0].describe(["square", "rectangular"])
        'not sure: two classes too close (square, rectangular)'
        """
        if self.label is not None:
            return classes[self.label]
        close = self.doubt == "two classes too close"
        return f"not sure: {self.doubt}" + (f" ({classes[self.first]}, {classes[self.second]})" if close else "")


def abstain(
    summary: Summary, threshold: float, familiarity: ArrayLike | None = None, temperature: float = 1.0
) -> list[NetworkVerdict]:
    """Decide whether to name a class or abstain, by one threshold.

    The rule has one threshold t. Three numbers from 0 to 1 each say how far one kind of doubt is away:

    - steadiness: the fraction of the passes that name the class of highest mean (its `Summary.agreement`);
    - clearness: p1 / (p1 + p2), of the two highest mean probabilities after the temperature;
    - familiarity: 1 for a picture like those the network was trained for, less the further away it is.

    The trust is the smallest of the three. The class of highest mean is the verdict if the trust is t or more; otherwise the
    verdict is "not sure", and the number that is smallest gives the reason: "spread too large", "two classes too close" or
    "outside what the network was trained for".

    Parameters
    ----------
    summary : Summary
        Of n pictures.
    threshold : float
        t, from 0 (answer always) to 1. Below 0.5, clearness never abstains.
    familiarity : array_like, shape (n,), optional
        Of each picture, from 0 to 1; 1 if nothing is known about it.
    temperature : float
        Of the calibration: mean probabilities are raised to 1 / temperature and normalized again.

    Returns
    -------
    list of NetworkVerdict
        One for each picture.

    Raises
    ------
    ValueError
        If the threshold is not from 0 to 1, the temperature is not positive, or there is not one familiarity from 0 to 1
        for each picture.

    Examples
    --------
    >>> from lattice_widgets.core.uncertainty.summary import summarize
    >>> steady = summarize([[[0.9, 0.1]], [[0.8, 0.2]]])
    >>> abstain(steady, 0.8)[0].label, abstain(steady, 0.8, familiarity=[0.3])[0].doubt
    (0, 'outside what the network was trained for')
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"The threshold must be from 0 to 1, not {threshold}.")
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"The temperature must be a positive number, not {temperature}.")
    n = len(summary.mean)
    known = np.ones(n) if familiarity is None else np.asarray(familiarity, np.float64)
    if known.shape != (n,) or not np.all((known >= 0) & (known <= 1)):
        raise ValueError(f"There must be one familiarity from 0 to 1 for each of the {n} pictures.")
    order = np.argsort(-summary.mean, axis=1, kind="stable")[:, :2]
    highest = np.take_along_axis(summary.mean, order, axis=1)
    # only the ratio of the two counts, which no normalization changes
    clearness = 1 / (1 + (highest[:, 1] / highest[:, 0]) ** (1 / temperature))
    verdicts = []
    for number, scores in enumerate(np.stack([summary.agreement, clearness, known], axis=1)):
        lowest = int(scores.argmin())
        sure = bool(scores[lowest] >= threshold)
        verdicts.append(
            NetworkVerdict(
                label=int(order[number, 0]) if sure else None,
                doubt="" if sure else _DOUBTS[lowest],
                trust=float(scores[lowest]),
                steadiness=float(scores[0]),
                clearness=float(scores[1]),
                familiarity=float(scores[2]),
                first=int(order[number, 0]),
                second=int(order[number, 1]),
            )
        )
    return verdicts
