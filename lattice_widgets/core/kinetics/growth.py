"""A fraction against time -> a law of growth with errors, or a plain word why there is none.

The paper's A(t) = A0 exp(rho t) + C is fitted in its two steps (C from a first span without growth, then A0 and rho) or all
three at once; a straight line, a logistic curve and no growth at all compete with it by the corrected information criterion.
Errors come from the covariance and from a bootstrap of blocks of frames, which also sees that neighboring frames are alike;
the larger one counts.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.kinetics.fitting import fit_law, independent_observations, information_criterion
from lattice_widgets.core.kinetics.growth_fit import GrowthFit, Model
from lattice_widgets.core.kinetics.models import MODELS, GrowthModel
from lattice_widgets.core.kinetics.sense import BETTER, judge_fit, too_few_frames
from lattice_widgets.core.sentences import Sentence

__all__ = ["MIN_FRAMES", "GrowthFit", "Model", "compare_growth", "fit_growth"]

#: fewer frames than this carry no law of growth
MIN_FRAMES = 8
#: sums of float32 probabilities leave the range from 0 to 1 by so much at most
_ROUNDING = 1e-6
#: growth began before the onset if it moves the level before the onset by so many standard errors of that level
_EARLY = 1.0


def fit_growth(
    time: ArrayLike,
    fraction: ArrayLike,
    error: ArrayLike | None = None,
    *,
    model: Model = "exponential",
    onset: float | None = None,
    seed: int = 0,
) -> GrowthFit:
    """Fit a law of growth to a fraction.

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
        not given. If the growth itself began before this time, the mean is no longer C and the rate comes out too large:
        then all numbers are fitted at once after all, and `GrowthFit.note` says so.
    seed : int
        Of the bootstrap.

    Returns
    -------
    GrowthFit
        Numbers, errors, curve, and a sentence on what was found.

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
    'No growth can be seen: the fraction stays at 0.0591 ± 0.0001.'
    """
    law = _law(model)
    t, y, weight = _check(time, fraction, error)
    if len(t) < MIN_FRAMES:
        return too_few_frames(law, t, y, MIN_FRAMES)
    if onset is None:
        return judge_fit(fit_law(law, t, y, weight, None, seed), weight)
    before = t < onset
    if before.sum() < 3 or (~before).sum() < MIN_FRAMES:
        raise ValueError(
            f"The onset at {onset:g} s leaves {before.sum()} frames before and {(~before).sum()} after it: 3 and "
            f"{MIN_FRAMES} are needed."
        )
    level = float(np.average(y[before], weights=weight[before] ** 2))
    level_error = float(np.std(y[before], ddof=1) / np.sqrt(independent_observations(y[before] - level)))
    two = judge_fit(fit_law(law, t[~before], y[~before], weight[~before], (level, level_error), seed), weight)
    if law.name not in ("exponential", "logistic"):
        return two
    joint = judge_fit(fit_law(law, t, y, weight, None, seed), weight)
    if joint.ok and _grows_before(joint, before, weight**2, level, level_error):
        note = Sentence("Growth began before the onset at {onset:g} s, so all numbers are fitted at once.", onset=onset)
        return replace(joint, note=note)
    return two


def compare_growth(
    time: ArrayLike, fraction: ArrayLike, error: ArrayLike | None = None, *, seed: int = 0
) -> dict[str, GrowthFit]:
    """Fit all laws of growth and rank them.

    Takes and raises the same as `fit_growth`.

    Returns
    -------
    dict of str to GrowthFit
        The name of each law and its fit, the best first. "none" is first if no law is clearly better than no growth.

    Examples
    --------
    >>> time = np.arange(60.0)
    >>> noise = np.random.default_rng(0).normal(0, 0.002, 60)
    >>> [next(iter(compare_growth(time, y + noise))) for y in (0.1 + 0.003 * time, 0.1 + 0 * time)]
    ['linear', 'none']
    """
    # the candidates need no errors of their own to be ranked, but whoever asks wants them
    fits = {name: fit_growth(time, fraction, error, model=name, seed=seed) for name in MODELS}  # type: ignore[arg-type]

    if any(fit.finding == "too few frames" for fit in fits.values()):
        return fits
    residuals = {name: fit.fraction - fit.curve for name, fit in fits.items()}
    closest = min(residuals.values(), key=lambda residual: float(residual @ residual))
    observations = independent_observations(closest)
    ranked = {
        name: replace(fit, criterion=information_criterion(residuals[name], len(fit.values), observations))
        for name, fit in fits.items()
    }

    def rank(item: tuple[str, GrowthFit]) -> tuple[bool, float]:
        # no growth is left only for something clearly better
        handicap = BETTER - 2 if item[0] == "none" else 0.0
        return not item[1].ok, item[1].criterion - handicap

    order = sorted(ranked.items(), key=rank)
    best = rank(order[0])
    # of laws that are as good as each other, the simplest
    as_good = [item for item in order if rank(item)[0] == best[0] and rank(item)[1] < best[1] + 2]
    first = min(as_good, key=lambda item: len(item[1].values))
    return dict([first, *(item for item in order if item is not first)])


def _grows_before(
    joint: GrowthFit, before: NDArray[np.bool_], square: NDArray[np.float64], level: float, level_error: float
) -> bool:
    """Decide whether the law that fits all frames grows noticeably in those before the onset, and fits them too."""
    curve, seen = joint.curve[before], joint.fraction[before]
    grown = float(np.average(curve - joint.values["offset"], weights=square[before]))
    misfits = [float(square[before] @ (seen - one) ** 2) for one in (curve, level)]
    # a law that bends upwards where the fraction is flat says nothing about the time before the onset
    return grown > _EARLY * level_error and misfits[0] < misfits[1]


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
    if ((y[good] < -_ROUNDING) | (y[good] > 1 + _ROUNDING)).any():
        raise ValueError("A phase fraction lies between 0 and 1; some of these do not.")
    y = np.clip(y, 0, 1)
    weight = np.ones(len(t))
    if error is not None:
        spread = np.asarray(error, dtype=np.float64)
        if spread.shape != t.shape or not (spread[good] >= 0).all():
            raise ValueError("Give one error for each frame, none of them negative.")
        # an error of nearly nothing must not make one frame decide alone
        usual = float(np.median(spread[good])) if good.any() else 0.0
        weight = 1 / np.maximum(spread, usual / 3) if usual > 0 else weight
    return t[good], y[good], weight[good] / weight[good].max(initial=1e-300)
