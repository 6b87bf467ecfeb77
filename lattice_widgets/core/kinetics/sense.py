"""What the numbers of a fit are worth: their errors at time 0, and whether they mean growth, none, or nothing."""

import math
from typing import cast

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.kinetics.fitting import (
    RawFit,
    curve_error,
    independent_observations,
    information_criterion,
    numbers_at_zero,
)
from lattice_widgets.core.kinetics.growth_fit import Finding, GrowthFit, Model
from lattice_widgets.core.kinetics.models import GrowthModel
from lattice_widgets.core.sentences import Sentence

#: how much better a law must be than no growth, in units of the information criterion
BETTER = 6.0


def judge_fit(raw: RawFit, weight: NDArray[np.float64]) -> GrowthFit:
    """Turn numbers counted from the end of the span into those of the law, with errors, and decide what they mean.

    Parameters
    ----------
    raw : RawFit
        From `fit_law`.
    weight : ndarray, float64, shape (n,)
        Of the frames; the last ones belong to the frames of ``raw``.

    Returns
    -------
    GrowthFit
        With the larger of two kinds of errors: by the covariance, and by the bootstrap where there is one.
    """
    law = raw.law
    end = raw.time[-1]
    s = raw.time - end
    fitted = law.value(s, *raw.numbers)
    residual = raw.fraction - fitted
    free = max(len(s) - len(law.names), 1)
    scatter = float(np.sqrt((residual**2).sum() / free))
    values, by_covariance = numbers_at_zero(law, raw.numbers, raw.covariance, end)
    by_bootstrap: dict[str, float] = {}
    if raw.replicates is not None:
        amplitude = raw.replicates[:, 1] * np.exp(-raw.replicates[:, 2] * end)
        spread = [raw.replicates[:, 0], amplitude, raw.replicates[:, 2]]
        # half the width of the middle 68 %: a few wild replicates do not count
        halves = [float(np.diff(np.quantile(x, [0.1587, 0.8413]))[0] / 2) for x in spread]
        by_bootstrap = dict(zip(law.names, halves, strict=True))
    errors = {name: max(by_covariance[name], by_bootstrap.get(name, 0.0)) for name in law.names}
    band = curve_error(law, s, raw.numbers, raw.covariance)
    grow = errors["rate"] / by_covariance["rate"] if by_bootstrap and by_covariance["rate"] > 0 else 1.0
    finding, sentence = _decide(raw, values, errors, weight)
    return GrowthFit(
        model=cast("Model", law.name),
        finding=finding,
        sentence=sentence,
        values=values,
        errors=errors,
        covariance_errors=by_covariance,
        bootstrap_errors=by_bootstrap,
        criterion=information_criterion(residual, len(law.names), independent_observations(residual)),
        scatter=scatter,
        time=raw.time,
        fraction=raw.fraction,
        curve=fitted,
        band=band * grow,
        steps="joint" if raw.fixed is None else "two",
    )


def too_few_frames(
    law: GrowthModel, time: NDArray[np.float64], fraction: NDArray[np.float64], needed: int
) -> GrowthFit:
    """Make the fit of so few frames that they carry no law: all of its numbers are NaN."""
    count = len(time)
    if count == 1:
        sentence = Sentence("One frame is too few for a law of growth: {needed} are needed.", needed=needed)
    else:
        sentence = Sentence(
            "{count} frames are too few for a law of growth: {needed} are needed.", count=count, needed=needed
        )
    nan = dict.fromkeys(law.names, math.nan)
    blank = np.full(count, np.nan)
    return GrowthFit(
        model=cast("Model", law.name),
        finding="too few frames",
        sentence=sentence,
        values=nan,
        errors=dict(nan),
        covariance_errors=dict(nan),
        bootstrap_errors={},
        criterion=math.inf,
        scatter=math.nan,
        time=time,
        fraction=fraction,
        curve=blank,
        band=blank,
    )


def _decide(
    raw: RawFit, values: dict[str, float], errors: dict[str, float], weight: NDArray[np.float64]
) -> tuple[Finding, Sentence]:
    """Decide whether the numbers mean anything, and say so in one sentence."""
    law = raw.law
    mean = float(np.average(raw.fraction, weights=weight[-len(raw.fraction) :] ** 2))
    flat = raw.fraction - mean
    level_error = float(np.std(raw.fraction) / math.sqrt(independent_observations(flat)))
    still = Sentence(
        "No growth can be seen: the fraction stays at {mean:.4f} ± {error:.4f}.", mean=mean, error=level_error
    )
    if law.name == "none":
        return "no growth", still
    s = raw.time - raw.time[-1]
    residual = raw.fraction - law.value(s, *raw.numbers)
    observations = independent_observations(residual)
    # what came from a span of its own was not fitted here
    free = len(law.names) - (raw.fixed is not None)
    better = information_criterion(flat, 1, observations) - information_criterion(residual, free, observations)
    if better < BETTER:
        return "no growth", still
    if law.name == "linear":
        slope, error = values["slope"], errors["slope"]
        if slope > 0:
            even = Sentence(
                "The fraction grows evenly by {slope:.3g} ± {error:.2g} in a second.", slope=slope, error=error
            )
        else:
            even = Sentence(
                "The fraction shrinks evenly by {slope:.3g} ± {error:.2g} in a second.", slope=-slope, error=error
            )
        return "growth", even
    rate, error = values["rate"], errors["rate"]
    if raw.numbers[1] <= 0:
        return "no growth", still
    if raw.bounded or not math.isfinite(error) or error > 0.5 * rate:
        return "unclear", Sentence(
            "The fraction changes, but these frames do not tell the rate of {law}: many fit.", law=law.formula
        )
    if law.name == "logistic" and values["middle"] + 2 * errors["middle"] > raw.time[-1]:
        # what has not begun to level off says nothing about where it will
        return "unclear", Sentence(
            "The fraction grows, but it has not begun to level off: a logistic curve says nothing yet."
        )
    doubling = math.log(2) / rate
    numbers = {"time": doubling, "time_error": doubling * error / rate, "rate": rate, "rate_error": error}
    if law.name == "logistic":
        return "growth", Sentence(
            "At first the growing part doubles every {time:.3g} ± {time_error:.2g} s "
            "(rate {rate:.3g} ± {rate_error:.2g} 1/s).",
            **numbers,
        )
    return "growth", Sentence(
        "The growing part doubles every {time:.3g} ± {time_error:.2g} s (rate {rate:.3g} ± {rate_error:.2g} 1/s).",
        **numbers,
    )
