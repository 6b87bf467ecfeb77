"""The numbers of a law of growth, their covariance and their bootstrap: the fitting that `sense` judges.

Time counts from the end of the span, so that amplitude and rate hardly depend on each other.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.kinetics.models import EXPONENTIAL, GrowthModel, growth_rates, solve_linear
from lattice_widgets.needed import needed

_REPLICATES = 300


def independent_observations(residuals: NDArray[np.float64]) -> float:
    """Estimate how many independent observations residuals (n,) are worth, if each resembles the one before."""
    n = len(residuals)
    power = float(residuals @ residuals)
    if n < 4 or power == 0:
        return float(n)
    likeness = float(residuals[1:] @ residuals[:-1] / power)
    # short series look less alike than they are (Kendall, Biometrika 41, 403 (1954))
    likeness = float(np.clip(likeness + (1 + 4 * likeness) / n, 0.0, 0.9))
    return max(n * (1 - likeness) / (1 + likeness), 3.0)


@dataclass(eq=False)
class RawFit:
    """What a fit found: numbers counted from the end of the span, and what it took to find them."""

    law: GrowthModel
    time: NDArray[np.float64]
    fraction: NDArray[np.float64]
    numbers: NDArray[np.float64]
    covariance: NDArray[np.float64]
    replicates: NDArray[np.float64] | None
    bounded: bool
    fixed: tuple[float, float] | None


def fit_law(
    law: GrowthModel, t: NDArray, y: NDArray, weight: NDArray, fixed: tuple[float, float] | None, seed: int
) -> RawFit:
    """Fit by lmfit, with the time counted from the end: so that amplitude and rate hardly depend on each other."""
    with needed("lmfit", "Fitting a law of growth"):
        from lmfit import Parameters, minimize

    end, length = t[-1], t[-1] - t[0]
    s = t - end
    start = law.start(s, y, weight, length)
    if fixed is not None:
        start[0] = fixed[0]
    parameters = Parameters()
    for name, value in zip(law.names, start, strict=True):
        parameters.add(name, value=float(value))
    if fixed is not None:
        parameters["offset"].vary = False
        if len(law.names) == 1:
            return RawFit(law, t, y, start, np.array([[fixed[1] ** 2]]), None, False, fixed)
    slowest, fastest = growth_rates(length, float(np.median(np.diff(t))))[[0, -1]]
    if "rate" in parameters:
        parameters["rate"].set(min=slowest / 2, max=fastest * 2)
        parameters["amplitude"].set(min=0.0)
    if "middle" in parameters:
        parameters["middle"].set(min=-2 * length, max=2 * length)

    def residuals(numbers: Any) -> NDArray[np.float64]:
        return weight * (law.value(s, *(numbers[name].value for name in law.names)) - y)

    # of a fraction that does not change lmfit divides the covariance by errors of 0
    with np.errstate(divide="ignore", invalid="ignore"):
        result = minimize(residuals, parameters, method="least_squares", x_scale="jac")
    numbers = np.array([result.params[name].value for name in law.names])
    covariance = np.zeros((len(numbers),) * 2)
    varying = [law.names.index(name) for name in result.var_names]
    jacobian = np.asarray(result.jac)
    free = max(independent_observations(law.value(s, *numbers) - y) - len(varying), 1.0)
    try:
        # lmfit takes frames for independent: here as many count as are
        inverse = np.linalg.inv(jacobian.T @ jacobian) * float((residuals(result.params) ** 2).sum()) / free
    except np.linalg.LinAlgError:
        inverse = np.full((len(varying),) * 2, np.inf)
    covariance[np.ix_(varying, varying)] = inverse
    bounded = False
    if "rate" in law.names:
        rate = numbers[law.names.index("rate")]
        bounded = not slowest < rate < fastest or numbers[1] <= 0
    if fixed is not None and law is EXPONENTIAL:
        covariance = covariance + _from_offset(law, s, weight, numbers, fixed[1])
    raw = RawFit(law, t, y, numbers, covariance, None, bounded, fixed)
    if law is EXPONENTIAL and not bounded:
        raw.replicates = _bootstrap(raw, weight, seed)
    return raw


def _from_offset(law: GrowthModel, s: NDArray, weight: NDArray, numbers: NDArray, error: float) -> NDArray:
    """Return what the error of a fixed offset adds to the covariance of amplitude and rate."""
    growing = np.exp(numbers[2] * s)
    jacobian = weight[:, None] * np.column_stack([growing, numbers[1] * s * growing])
    shift = -np.linalg.lstsq(jacobian, weight * error, rcond=None)[0]
    moved = np.array([error, *shift])
    return np.outer(moved, moved)


def _bootstrap(raw: RawFit, weight: NDArray, seed: int) -> NDArray[np.float64]:
    """Return numbers of the exponential law, fitted to its curve with blocks of residuals put in another order, (r, 3).

    Moving blocks (Kuensch, Ann. Stat. 17, 1217 (1989)), long enough for neighboring frames to stay together.
    """
    rng = np.random.default_rng([seed, 50])
    s = raw.time - raw.time[-1]
    n = len(s)
    curve = raw.law.value(s, *raw.numbers)
    residual = raw.fraction - curve
    residual = residual - residual.mean()
    block = int(np.clip(math.ceil(2 * n / independent_observations(residual)), math.ceil(n ** (1 / 3)), n // 3))
    starts = rng.integers(0, n - block + 1, (_REPLICATES, math.ceil(n / block)))
    drawn = residual[(starts[:, :, None] + np.arange(block)).reshape(_REPLICATES, -1)[:, :n]]
    # three numbers fitted leave residuals that are a little too small
    series = curve + drawn * math.sqrt(n / max(n - 3, 1))
    rates = raw.numbers[2] * np.geomspace(0.25, 4, 240)
    shapes = np.exp(np.minimum(rates[:, None] * s, 50.0))
    if raw.fixed is None:
        solved = solve_linear(shapes, series, weight)
        offset, amplitude, misfit = solved.offset, solved.amplitude, solved.misfit
    else:
        levels = raw.fixed[0] + raw.fixed[1] * rng.standard_normal(_REPLICATES)
        above = series - levels[:, None]
        square = weight**2
        amplitude = np.maximum((shapes * square) @ above.T / ((shapes**2) @ square)[:, None], 0)
        misfit = (above**2 @ square)[None] - amplitude**2 * ((shapes**2) @ square)[:, None]
        offset = np.broadcast_to(levels, amplitude.shape)
    best = misfit.argmin(axis=0)
    every = np.arange(_REPLICATES)
    inner = np.clip(best, 1, len(rates) - 2)
    low, mid, high = (misfit[inner + d, every] for d in (-1, 0, 1))
    curvature = low - 2 * mid + high
    step = np.where(curvature > 0, np.clip(0.5 * (low - high) / np.where(curvature > 0, curvature, 1), -1, 1), 0)
    ratio = rates[1] / rates[0]
    return np.column_stack([offset[best, every], amplitude[best, every], rates[inner] * ratio**step])


def numbers_at_zero(
    law: GrowthModel, numbers: NDArray, covariance: NDArray, end: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Turn numbers and errors of a law into those with the time counted from 0 instead of from the end of the span."""
    values = dict(zip(law.names, map(float, numbers), strict=True))
    errors = dict(zip(law.names, np.sqrt(np.maximum(np.diag(covariance), 0)).tolist(), strict=True))
    if law is EXPONENTIAL:
        values["amplitude"] = float(numbers[1] * math.exp(-numbers[2] * end))
        gradient = np.array([0.0, math.exp(-numbers[2] * end), -end * values["amplitude"]])
        errors["amplitude"] = float(np.sqrt(max(gradient @ covariance @ gradient, 0)))
    elif law.name == "linear":
        values["offset"] -= values["slope"] * end
        gradient = np.array([1.0, -end])
        errors["offset"] = float(np.sqrt(max(gradient @ covariance @ gradient, 0)))
    elif law.name == "logistic":
        values["middle"] += end
    return values, errors


def curve_error(law: GrowthModel, s: NDArray, numbers: NDArray, covariance: NDArray) -> NDArray[np.float64]:
    """Compute the standard error of the curve at times ``s`` (n,) from the end [s], float64, shape (n,)."""
    step = 1e-4 * np.maximum(np.abs(numbers), 1e-6)
    columns = []
    for k in range(len(numbers)):
        up, down = numbers.copy(), numbers.copy()
        up[k] += step[k]
        down[k] -= step[k]
        columns.append((law.value(s, *up) - law.value(s, *down)) / (2 * step[k]))
    jacobian = np.column_stack(columns)
    return np.sqrt(np.maximum(np.einsum("ni,ij,nj->n", jacobian, covariance, jacobian), 0))


def information_criterion(residual: NDArray[np.float64], count: int, observations: float) -> float:
    """Compute the corrected Akaike information criterion of a law with so many numbers, and the scatter as one more.

    Neighboring frames are alike, so the likelihood counts only as many observations as there are independent ones; the
    correction for short series goes by the frames (QAICc of Burnham & Anderson, Model Selection, 2nd ed., section 2.5). Laws
    are compared with the same number of independent observations.
    """
    k, n = count + 1, len(residual)
    power = max(float(residual @ residual) / n, 1e-18)
    return observations * math.log(power) + 2 * k + 2 * k * (k + 1) / max(n - k - 1, 1)
