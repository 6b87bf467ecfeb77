"""Laws of growth: the numbers of the paper come back with honest errors, and nothing else is taken for growth."""

import math

import numpy as np
import pytest

from lattice_widgets.core.kinetics.growth import compare_growth, fit_growth

_TIME = 2.25 * np.arange(90)
_TRUTH = 0.059 + 1.85e-5 * np.exp(0.042 * _TIME)


def _noise(seed: int, size: float = 0.0015, likeness: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = np.zeros(90)
    for k in range(1, 90):
        noise[k] = likeness * noise[k - 1] + rng.normal(0, size)
    return noise


def test_the_error_bar_covers_the_truth() -> None:
    fits = [fit_growth(_TIME, _TRUTH + _noise(seed)) for seed in range(40)]
    apart = np.array([(fit.rate - 0.042) / fit.rate_error for fit in fits])
    assert all(fit.ok for fit in fits)
    # of 40 error bars of two standard deviations, 38 should cover it; a law that is off would cover few
    assert np.mean(np.abs(apart) < 2) >= 0.85
    assert 0.6 < apart.std() < 1.5
    assert np.median([abs(fit.rate / 0.042 - 1) for fit in fits]) < 0.1


def test_all_numbers_of_the_paper_come_back() -> None:
    fit = fit_growth(_TIME, _TRUTH)
    assert fit.values == pytest.approx({"offset": 0.059, "amplitude": 1.85e-5, "rate": 0.042}, rel=1e-3)
    assert fit.doubling_time[0] == pytest.approx(math.log(2) / 0.042, rel=1e-3)
    # 216 nm^2: the growth of the area at the end
    assert fit.area_rate(200.25, 216) == pytest.approx(0.042 * 1.85e-5 * math.exp(0.042 * 200.25) * 216, rel=1e-2)


def test_two_steps() -> None:
    fit = fit_growth(_TIME, _TRUTH + _noise(3), onset=100)
    assert fit.steps == "two"
    assert fit.ok
    assert fit.values["offset"] == pytest.approx(0.059, abs=0.002)
    assert abs(fit.rate - 0.042) < 3 * fit.rate_error
    with pytest.raises(ValueError, match="leaves 0 frames before"):
        fit_growth(_TIME, _TRUTH, onset=-5)
    with pytest.raises(ValueError, match="after it"):
        fit_growth(_TIME, _TRUTH, onset=199)


@pytest.mark.parametrize("seed", range(12))
def test_two_steps_see_growth_through_slow_noise(seed: int) -> None:
    # holes that come and go make neighboring frames alike: few of the frames after the onset are independent
    fit = fit_growth(_TIME, _TRUTH + _noise(seed, size=0.0007, likeness=0.85), onset=100)
    assert fit.ok, fit.message
    assert abs(fit.rate - 0.042) < 4 * fit.rate_error


@pytest.mark.parametrize(
    ("law", "fraction"),
    [
        ("none", 0.06 + 0 * _TIME),
        ("linear", 0.05 + 8e-4 * _TIME),
        ("linear", 0.5 - 1e-3 * _TIME),
        ("exponential", _TRUTH),
        ("logistic", 0.02 + 0.7 / (1 + np.exp(-0.06 * (_TIME - 90)))),
    ],
)
def test_the_law_is_recognized(law: str, fraction: np.ndarray) -> None:
    found = [next(iter(compare_growth(_TIME, fraction + _noise(seed, 0.003)))) for seed in range(6)]
    assert found.count(law) >= 5


def test_no_growth_is_no_growth() -> None:
    fits = [fit_growth(_TIME, np.clip(0.06 + _noise(seed, 0.004), 0, 1)) for seed in range(40)]
    assert sum(fit.ok for fit in fits) <= 2
    still = next(fit for fit in fits if not fit.ok)
    assert "No growth can be seen" in still.message
    assert math.isnan(still.rate)


def test_a_step_is_no_rate() -> None:
    for fit in compare_growth(_TIME, np.where(_TIME > 100, 0.4, 0.1) + _noise(1, 0.002)).values():
        assert fit.model in {"none", "linear"} or not fit.ok or fit.rate > 0.3


def test_what_cannot_be_fitted() -> None:
    assert "7 frames are too few" in fit_growth(_TIME[:7], _TRUTH[:7]).message
    assert "One frame is too few" in fit_growth([0.0], [0.1]).message
    assert all(not fit.ok for fit in compare_growth(_TIME[:3], _TRUTH[:3]).values())
    with pytest.raises(ValueError, match="between 0 and 1"):
        fit_growth(_TIME, _TRUTH + 1)
    with pytest.raises(ValueError, match="rise"):
        fit_growth(_TIME[::-1], _TRUTH)
    with pytest.raises(ValueError, match="one time"):
        fit_growth(_TIME[:5], _TRUTH)
    with pytest.raises(ValueError, match="no law of growth"):
        fit_growth(_TIME, _TRUTH, model="cubic")  # type: ignore[arg-type]


def test_blank_frames_are_left_out() -> None:
    gaps = _TRUTH.copy()
    gaps[[3, 40, 77]] = np.nan
    fit = fit_growth(_TIME, gaps)
    assert len(fit.time) == 87
    assert fit.rate == pytest.approx(0.042, rel=1e-3)


def test_the_same_seed_gives_the_same_error() -> None:
    noisy = _TRUTH + _noise(8)
    assert fit_growth(_TIME, noisy, seed=4).bootstrap_errors == fit_growth(_TIME, noisy, seed=4).bootstrap_errors
    assert fit_growth(_TIME, noisy, seed=4).bootstrap_errors != fit_growth(_TIME, noisy, seed=5).bootstrap_errors


def test_growth_that_neighboring_frames_share_is_seen() -> None:
    # a hole in 24 frames, whose residuals hang together: few of the frames are independent
    fraction = [
        0.039, 0.038, 0.037, 0.039, 0.041, 0.040, 0.041, 0.040, 0.043, 0.044, 0.048, 0.051,
        0.053, 0.051, 0.053, 0.053, 0.056, 0.063, 0.066, 0.071, 0.073, 0.083, 0.095, 0.105,
    ]  # fmt: skip
    best = next(iter(compare_growth(4.5 * np.arange(24), fraction).values()))
    assert best.model == "exponential"
    assert best.ok
    assert best.values["offset"] + best.values["amplitude"] == pytest.approx(0.039, abs=0.005)


@pytest.mark.parametrize("likeness", [0.0, 0.6, 0.9])
def test_noise_that_neighboring_frames_share_is_no_growth(likeness: float) -> None:
    found = [next(iter(compare_growth(_TIME, 0.06 + _noise(seed, 0.001, likeness)))) for seed in range(100, 116)]
    assert found.count("none") >= 15
