"""A fraction against time -> a law of growth with errors, or a plain word why there is none.

The paper's A(t) = A0 exp(rho t) + C is fitted in its two steps (C from a first span without growth, then A0 and rho) or all
three at once; a straight line, a logistic curve and no growth at all compete with it by the corrected information criterion.
Errors come from the covariance and from a bootstrap of blocks of frames, which also sees that neighboring frames are alike;
the larger one counts.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.kinetics.fitting import (
    RawFit,
    curve_error,
    fit_law,
    independent_observations,
    information_criterion,
    numbers_at_zero,
)
from lattice_widgets.core.kinetics.models import MODELS, GrowthModel

Model = Literal["exponential", "logistic", "linear", "none"]

#: fewer frames than this carry no law of growth
MIN_FRAMES = 8
#: how much better a law must be than no growth, in units of the information criterion
_BETTER = 6.0


@dataclass(frozen=True, eq=False)
class GrowthFit:
    """A law of growth fitted to a fraction.

    Attributes
    ----------
    model : {"exponential", "logistic", "linear", "none"}
        Which law.
    ok : bool
        Whether its numbers mean anything; if not, `message` says why.
    message : str
        One sentence on what was found.
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
    time, fraction : ndarray, shape (n,)
        What was fitted [s].
    curve, band : ndarray, shape (n,)
        The law there, and its standard error.
    steps : {"joint", "two"}
        Whether C came from a span of its own.
    """

    model: Model
    ok: bool
    message: str
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

    @property
    def rate(self) -> float:
        """Growth rate rho [1/s]; NaN for a law without one, or where `ok` is False."""
        return self.values.get("rate", math.nan) if self.ok else math.nan

    @property
    def rate_error(self) -> float:
        """Its standard error [1/s]."""
        return self.errors.get("rate", math.nan) if self.ok else math.nan

    @property
    def doubling_time(self) -> tuple[float, float]:
        """Time in which the growing part doubles, and its standard error [s]; NaN where there is no rate.

        A logistic curve grows so only as long as it is far below what it levels off at.
        """
        time = math.log(2) / self.rate if self.rate > 0 else math.nan
        return time, time * self.rate_error / self.rate if self.rate > 0 else math.nan

    def seen_since(self) -> float:
        """Return when the growing part of the exponential law rises out of twice the scatter [s]; NaN if it is another."""
        if not (self.ok and self.model == "exponential" and self.scatter > 0):
            return math.nan
        since = math.log(2 * self.scatter / self.values["amplitude"]) / self.rate
        return float(np.clip(since, self.time[0], self.time[-1]))

    def area_rate(self, time: float, field_area: float) -> float:
        """Return how fast the area grows at a time [nm^2/s].

        Parameters
        ----------
        time : float
            [s].
        field_area : float
            Area of the whole frame [nm^2].
        """
        if not self.ok:
            return 0.0 if self.model == "none" else math.nan
        if self.model == "linear":
            return self.values["slope"] * field_area
        if self.model == "exponential":
            return self.rate * self.values["amplitude"] * math.exp(self.rate * time) * field_area
        grown = 1 / (1 + math.exp(-self.rate * (time - self.values["middle"])))
        return self.rate * self.values["amplitude"] * grown * (1 - grown) * field_area


def fit_growth(
    time: ArrayLike,
    fraction: ArrayLike,
    error: ArrayLike | None = None,
    *,
    model: Model = "exponential",
    onset: float | None = None,
    seed: int = 0,
) -> GrowthFit:
    """Return a law of growth fitted to a fraction.

    Parameters
    ----------
    time : array_like, shape (n,)
        Rising [s].
    fraction : array_like, shape (n,)
        0 to 1; NaN where a frame has none.
    error : array_like, shape (n,), optional
        Standard errors, which weigh the frames.
    model : {"exponential", "logistic", "linear", "none"}
        Which law.
    onset : float, optional
        The paper's two steps: C is the mean before this time [s], the rest is fitted to what comes after. All at once when
        not given.
    seed : int
        Of the bootstrap.

    Raises
    ------
    ValueError
        If the times do not rise, the fractions lie outside 0 to 1, the numbers do not belong together, or the onset
        leaves nothing on one side.

    Examples
    --------
    >>> time = 2.25 * np.arange(90)
    >>> noise = np.random.default_rng(0).normal(0, 0.001, 90)
    >>> fit = fit_growth(time, 0.059 + 1.85e-5 * np.exp(0.042 * time) + noise)
    >>> fit.ok, round(fit.rate, 3), abs(fit.rate - 0.042) < 2 * fit.rate_error
    (True, 0.042, True)
    >>> fit_growth(time, 0.059 + noise).message
    'No growth can be seen: the fraction stays at 0.0591 +- 0.0001.'
    """
    law = _law(model)
    t, y, weight = _check(time, fraction, error)
    if len(t) < MIN_FRAMES:
        count = "One frame is" if len(t) == 1 else f"{len(t)} frames are"
        return _nothing(law, t, y, f"{count} too few for a law of growth: {MIN_FRAMES} are needed.")
    if onset is None:
        return _judge(fit_law(law, t, y, weight, None, seed), t, y, weight)
    before = t < onset
    if before.sum() < 3 or (~before).sum() < MIN_FRAMES:
        raise ValueError(
            f"The onset at {onset:g} s leaves {before.sum()} frames before and {(~before).sum()} after it: 3 and "
            f"{MIN_FRAMES} are needed."
        )
    level = float(np.average(y[before], weights=weight[before] ** 2))
    level_error = float(np.std(y[before], ddof=1) / np.sqrt(independent_observations(y[before] - level)))
    return _judge(fit_law(law, t[~before], y[~before], weight[~before], (level, level_error), seed), t, y, weight)


def compare_growth(
    time: ArrayLike, fraction: ArrayLike, error: ArrayLike | None = None, *, seed: int = 0
) -> dict[str, GrowthFit]:
    """Return the fits of all laws, the best first; "none" is first where no law is clearly better than no growth.

    Takes and raises the same as `fit_growth`.

    Examples
    --------
    >>> time = np.arange(60.0)
    >>> noise = np.random.default_rng(0).normal(0, 0.002, 60)
    >>> [next(iter(compare_growth(time, y + noise))) for y in (0.1 + 0.003 * time, 0.1 + 0 * time)]
    ['linear', 'none']
    """
    # the candidates need no errors of their own to be ranked, but whoever asks wants them
    fits = {name: fit_growth(time, fraction, error, model=name, seed=seed) for name in MODELS}  # type: ignore[arg-type]

    if any(np.isnan(fit.curve).any() for fit in fits.values()):
        return fits  # too few frames
    residuals = {name: fit.fraction - fit.curve for name, fit in fits.items()}
    closest = min(residuals.values(), key=lambda residual: float(residual @ residual))
    observations = independent_observations(closest)
    ranked = {
        name: replace(fit, criterion=information_criterion(residuals[name], len(fit.values), observations))
        for name, fit in fits.items()
    }

    def rank(item: tuple[str, GrowthFit]) -> tuple[bool, float]:
        # no growth is left only for something clearly better
        handicap = _BETTER - 2 if item[0] == "none" else 0.0
        return not item[1].ok, item[1].criterion - handicap

    order = sorted(ranked.items(), key=rank)
    best = rank(order[0])
    # of laws that are as good as each other, the simplest
    as_good = [item for item in order if rank(item)[0] == best[0] and rank(item)[1] < best[1] + 2]
    first = min(as_good, key=lambda item: len(item[1].values))
    return dict([first, *(item for item in order if item is not first)])


def _law(model: str) -> GrowthModel:
    if model not in MODELS:
        raise ValueError(f'There is no law of growth "{model}": choose one of {", ".join(MODELS)}.')
    return MODELS[model]


def _check(time: ArrayLike, fraction: ArrayLike, error: ArrayLike | None) -> tuple[NDArray, NDArray, NDArray]:
    """Return times, fractions and weights of the frames that have a fraction."""
    t, y = np.asarray(time, dtype=np.float64), np.asarray(fraction, dtype=np.float64)
    if t.ndim != 1 or t.shape != y.shape or len(t) == 0:
        raise ValueError("Give one time and one fraction for each frame.")
    if not np.isfinite(t).all() or (np.diff(t) <= 0).any():
        raise ValueError("The times must rise from frame to frame.")
    good = np.isfinite(y)
    if ((y[good] < -1e-9) | (y[good] > 1 + 1e-9)).any():
        raise ValueError("A phase fraction lies between 0 and 1; some of these do not.")
    weight = np.ones(len(t))
    if error is not None:
        spread = np.asarray(error, dtype=np.float64)
        if spread.shape != t.shape or not (spread[good] >= 0).all():
            raise ValueError("Give one error for each frame, none of them negative.")
        # an error of nearly nothing must not make one frame decide alone
        usual = float(np.median(spread[good])) if good.any() else 0.0
        weight = 1 / np.maximum(spread, usual / 3) if usual > 0 else weight
    return t[good], y[good], weight[good] / weight[good].max(initial=1e-300)


def _judge(raw: RawFit, t: NDArray, y: NDArray, weight: NDArray) -> GrowthFit:
    """Turn numbers counted from the end into those of the law, with errors, and say whether they mean anything."""
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
    ok, message = _sense(raw, values, errors, weight)
    return GrowthFit(
        model=cast("Model", law.name),
        ok=ok,
        message=message,
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


def _sense(raw: RawFit, values: dict[str, float], errors: dict[str, float], weight: NDArray) -> tuple[bool, str]:
    """Return whether the numbers mean anything, and one sentence."""
    law = raw.law
    mean = float(np.average(raw.fraction, weights=weight[-len(raw.fraction) :] ** 2))
    flat = raw.fraction - mean
    level_error = float(np.std(raw.fraction) / math.sqrt(independent_observations(flat)))
    still = f"No growth can be seen: the fraction stays at {mean:.4f} +- {level_error:.4f}."
    if law.name == "none":
        return True, still
    s = raw.time - raw.time[-1]
    residual = raw.fraction - law.value(s, *raw.numbers)
    observations = independent_observations(residual)
    # what came from a span of its own was not fitted here
    free = len(law.names) - (raw.fixed is not None)
    better = information_criterion(flat, 1, observations) - information_criterion(residual, free, observations)
    if better < _BETTER:
        return False, still
    if law.name == "linear":
        slope, error = values["slope"], errors["slope"]
        way = "grows" if slope > 0 else "shrinks"
        return True, f"The fraction {way} evenly by {abs(slope):.3g} +- {error:.2g} in a second."
    rate, error = values["rate"], errors["rate"]
    if raw.numbers[1] <= 0:
        return False, still
    if raw.bounded or not math.isfinite(error) or error > 0.5 * rate:
        return False, f"The fraction changes, but these frames do not tell the rate of {law.formula}: many fit."
    if law.name == "logistic" and values["middle"] + 2 * errors["middle"] > raw.time[-1]:
        # what has not begun to level off says nothing about where it will
        return False, "The fraction grows, but it has not begun to level off: a logistic curve says nothing yet."
    doubling = math.log(2) / rate
    start = "At first the" if law.name == "logistic" else "The"
    return True, (
        f"{start} growing part doubles every {doubling:.3g} +- {doubling * error / rate:.2g} s "
        f"(rate {rate:.3g} +- {error:.2g} 1/s)."
    )


def _nothing(law: GrowthModel, t: NDArray, y: NDArray, message: str) -> GrowthFit:
    nan = dict.fromkeys(law.names, math.nan)
    blank = np.full(len(t), np.nan)
    return GrowthFit(
        cast("Model", law.name),
        False,
        message,
        nan,
        dict(nan),
        dict(nan),
        {},
        math.inf,
        math.nan,
        t,
        y,
        blank,
        blank,
    )
