"""A law of growth fitted to a fraction: its numbers, their errors, and what they are worth."""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.sentences import Sentence

Model = Literal["exponential", "logistic", "linear", "none"]
#: What a fit found: growth that it can measure, none, growth that it cannot measure, or too few frames to tell.
Finding = Literal["growth", "no growth", "unclear", "too few frames"]


@dataclass(frozen=True, eq=False)
class GrowthFit:
    """A law of growth fitted to a fraction.

    Attributes
    ----------
    model : {"exponential", "logistic", "linear", "none"}
        Which law.
    finding : {"growth", "no growth", "unclear", "too few frames"}
        What was found: "unclear" where the fraction changes but the numbers of this law mean nothing.
    sentence : Sentence
        The same in words, which can be translated.
    values, errors : dict
        Its numbers and their standard errors: "offset" C; for "exponential" and "logistic" "rate" rho [1/s]; for
        "exponential" "amplitude" A0, its fraction at time 0; for "logistic" "amplitude" K, what it levels off at above C,
        and "middle" [s]; for "linear" "slope" [1/s].
    covariance_errors, bootstrap_errors : dict
        The two kinds of errors, of which the larger is in `errors`; the second may be empty.
    criterion : float
        Corrected Akaike information criterion, with as many observations as there are independent ones.
    scatter : float
        Standard deviation of the fractions around the curve.
    time, fraction : ndarray, float64, shape (n,)
        What was fitted; times in s.
    curve, band : ndarray, float64, shape (n,)
        The law at these times, and its standard error.
    steps : {"joint", "two"}
        Whether C came from a span of its own.
    note : Sentence or None
        What else the reader must know; today: that growth began before the onset, so that all numbers were fitted jointly.
    """

    model: Model
    finding: Finding
    sentence: Sentence
    values: dict[str, float]
    errors: dict[str, float]
    covariance_errors: dict[str, float]
    bootstrap_errors: dict[str, float]
    criterion: float
    scatter: float
    time: NDArray[np.float64] = field(repr=False)
    fraction: NDArray[np.float64] = field(repr=False)
    curve: NDArray[np.float64] = field(repr=False)
    band: NDArray[np.float64] = field(repr=False)
    steps: Literal["joint", "two"] = "joint"
    note: Sentence | None = None

    @property
    def ok(self) -> bool:
        """Whether the numbers mean anything; if not, `message` says why."""
        return self.finding == ("no growth" if self.model == "none" else "growth")

    @property
    def message(self) -> str:
        """What was found, in plain English: one sentence, and a second one if there is a `note`."""
        return str(self.sentence) if self.note is None else f"{self.sentence} {self.note}"

    @property
    def began_before_onset(self) -> bool:
        """Whether a fit in two steps was asked for, but growth began before the onset: then the fit is the joint one."""
        return self.note is not None

    @property
    def rate(self) -> float:
        """Growth rate rho [1/s]: 0 for no growth, NaN for a straight line or where `ok` is False."""
        if self.model == "none":
            return 0.0 if self.ok else math.nan
        return self.values.get("rate", math.nan) if self.ok else math.nan

    @property
    def rate_error(self) -> float:
        """Standard error of the rate [1/s]; NaN where no rate was fitted."""
        return self.errors.get("rate", math.nan) if self.ok else math.nan

    @property
    def doubling_time(self) -> tuple[float, float]:
        """Time in which the growing part doubles, and its standard error [s]; NaN where there is no rate.

        A logistic curve grows so only as long as it is far below what it levels off at.
        """
        time = math.log(2) / self.rate if self.rate > 0 else math.nan
        return time, time * self.rate_error / self.rate if self.rate > 0 else math.nan

    def seen_since(self) -> float:
        """Find when the growing part of the exponential law rises out of twice the scatter.

        Returns
        -------
        float
            The time, within the times that were fitted [s]; NaN for another law, or where `ok` is False.
        """
        if not (self.ok and self.model == "exponential" and self.scatter > 0):
            return math.nan
        since = math.log(2 * self.scatter / self.values["amplitude"]) / self.rate
        return float(np.clip(since, self.time[0], self.time[-1]))

    def area_rate(self, time: float, field_area: float) -> float:
        """Compute how fast the area grows at a time.

        Parameters
        ----------
        time : float
            [s].
        field_area : float
            Area of the whole frame [nm^2].

        Returns
        -------
        float
            [nm^2/s]; 0 where there is no growth, NaN where `ok` is False for another reason.
        """
        if self.model == "none" or not self.ok:
            return 0.0 if self.model == "none" else math.nan
        if self.model == "linear":
            return self.values["slope"] * field_area
        if self.model == "exponential":
            return self.rate * self.values["amplitude"] * math.exp(self.rate * time) * field_area
        grown = 1 / (1 + math.exp(-self.rate * (time - self.values["middle"])))
        return self.rate * self.values["amplitude"] * grown * (1 - grown) * field_area
