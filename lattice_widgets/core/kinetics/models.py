"""Laws of growth, as functions of time and a few numbers: what `growth` fits and compares."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GrowthModel:
    """A law of growth.

    Attributes
    ----------
    name : str
        What it is called.
    formula : str
        For the screen.
    names : tuple of str
        Its numbers; the first is always the offset C.
    value : callable
        (time from the end of the span [s], *numbers) -> fraction.
    shapes : callable
        (time from the end, length of the span) -> the shape numbers to start from, shape (m, len(names) - 2); what is left
        is linear: an offset and an amplitude times ``unit``.
    unit : callable
        (time from the end, shape numbers (m, ...)) -> the growing part for an amplitude of 1, shape (m, n).
    """

    name: str
    formula: str
    names: tuple[str, ...]
    value: Callable[..., Array]
    shapes: Callable[[Array, float], Array]
    unit: Callable[[Array, Array], Array]

    def start(self, time: Array, fraction: Array, weight: Array, length: float) -> Array:
        """Find the numbers to begin a fit with: the best of many shapes, the linear numbers solved for each."""
        candidates = self.shapes(time, length)
        if len(self.names) == 1:
            return np.array([np.average(fraction, weights=weight**2)])
        solved = solve_linear(self.unit(time, candidates), fraction[None], weight)
        best = int(solved.misfit[:, 0].argmin())
        return np.array([solved.offset[best, 0], solved.amplitude[best, 0], *candidates[best]])


@dataclass(frozen=True, eq=False)
class LinearPart:
    """Offsets, amplitudes and weighted squared misfits for m shapes and r series, each of shape (m, r)."""

    offset: Array
    amplitude: Array
    misfit: Array


def solve_linear(shapes: Array, series: Array, weight: Array) -> LinearPart:
    """Solve for the best offset and (positive) amplitude of each shape (m, n) in each series (r, n), weights (n,)."""
    square = weight**2 / (weight**2).sum()
    mean = shapes @ square
    level = series @ square
    centered = shapes - mean[:, None]
    apart = series - level[:, None]
    spread = (centered**2) @ square
    amplitude = np.maximum((centered * square) @ apart.T / np.maximum(spread, 1e-300)[:, None], 0)
    total = (apart**2) @ square
    misfit = total - amplitude**2 * spread[:, None]
    return LinearPart(level - amplitude * mean[:, None], amplitude, misfit * (weight**2).sum())


def growth_rates(length: float, interval: float, count: int = 300) -> Array:
    """List the growth rates that a span can show: from a third over its length to two thirds a frame [1/s]."""
    return np.geomspace(1 / (3 * length), 1 / (1.5 * interval), count)


def _exponential(t: Array, offset: float, amplitude: float, rate: float) -> Array:
    return offset + amplitude * np.exp(np.minimum(rate * t, 50.0))


def _logistic(t: Array, offset: float, amplitude: float, rate: float, middle: float) -> Array:
    return offset + amplitude / (1 + np.exp(np.clip(-rate * (t - middle), -50, 50)))


def _interval(t: Array) -> float:
    return float(np.median(np.diff(t)))


def _logistic_shapes(t: Array, length: float) -> Array:
    rate, middle = np.meshgrid(growth_rates(length, _interval(t), 60), np.linspace(-0.9, 0.5, 29) * length)
    return np.column_stack([rate.ravel(), middle.ravel()])


EXPONENTIAL = GrowthModel(
    "exponential",
    "C + A0 exp(rho t)",
    ("offset", "amplitude", "rate"),
    _exponential,
    lambda t, length: growth_rates(length, _interval(t))[:, None],
    lambda t, shapes: np.exp(np.minimum(shapes * t, 50.0)),
)
LOGISTIC = GrowthModel(
    "logistic",
    "C + K / (1 + exp(-rho (t - tm)))",
    ("offset", "amplitude", "rate", "middle"),
    _logistic,
    _logistic_shapes,
    lambda t, shapes: 1 / (1 + np.exp(np.clip(-shapes[:, :1] * (t - shapes[:, 1:]), -50, 50))),
)
LINEAR = GrowthModel(
    "linear",
    "C + s t",
    ("offset", "slope"),
    lambda t, offset, slope: offset + slope * t,
    lambda t, length: np.zeros((1, 0)),
    lambda t, shapes: t[None],
)
CONSTANT = GrowthModel(
    "none",
    "C",
    ("offset",),
    lambda t, offset: np.full(np.shape(t), offset),
    lambda t, length: np.zeros((1, 0)),
    lambda t, shapes: np.zeros((1, len(t))),
)

#: from the simplest to the richest
MODELS = {model.name: model for model in (CONSTANT, LINEAR, EXPONENTIAL, LOGISTIC)}
