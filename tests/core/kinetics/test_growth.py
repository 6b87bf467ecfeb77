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
    assert still.finding == "no growth"
    assert "No growth can be seen" in still.message
    assert math.isnan(still.rate)


def test_nothing_that_changes_grows_with_rate_0() -> None:
    # a fraction that never changes; and one that leaves 0 to 1 by rounding
    for fraction in (np.full(90, 0.06), np.full(90, -9.7e-9), np.where(np.arange(90) % 2, 0.0, -9.7e-9), np.ones(90)):
        best = next(iter(compare_growth(_TIME, fraction).values()))
        assert (best.model, best.finding, best.ok, best.rate) == ("none", "no growth", True, 0.0)
        assert best.area_rate(100.0, 216.0) == 0.0
        assert math.isnan(best.doubling_time[0])
        assert math.isnan(best.seen_since())
        assert best.values["offset"] == pytest.approx(fraction.mean(), abs=1e-8)
        assert "-0.0000" not in best.message
    with pytest.raises(ValueError, match="between 0 and 1"):
        fit_growth(_TIME, np.full(90, -0.001))


def test_what_a_fit_found_is_a_flag_and_a_sentence_that_can_be_translated() -> None:
    found = {
        "growth": fit_growth(_TIME, _TRUTH),
        "no growth": fit_growth(_TIME, np.clip(0.06 + _noise(2, 0.004), 0, 1)),
        "unclear": fit_growth(_TIME, 0.05 + 8e-4 * _TIME),
        "too few frames": fit_growth(_TIME[:7], _TRUTH[:7]),
    }
    assert {name: fit.finding for name, fit in found.items()} == {name: name for name in found}
    assert [fit.ok for fit in found.values()] == [True, False, False, False]
    german = {found["no growth"].sentence.template: "Es bleibt bei {mean:.2f} ± {error:.2f}."}
    assert found["no growth"].sentence.render(german.__getitem__).startswith("Es bleibt bei 0.06")
    assert found["growth"].message == str(found["growth"].sentence)


def test_growth_before_the_onset_is_said_and_fitted_jointly() -> None:
    # slow growth: before the onset it has lifted the level by ten times the error of that level
    slow = 0.059 + 1.5e-3 * np.exp(0.02 * _TIME)
    noisy = [np.random.default_rng(seed).normal(0, 0.0012, 90) for seed in range(20)]
    fits = [fit_growth(_TIME, slow + noise, onset=100) for noise in noisy]
    assert all(fit.began_before_onset and fit.steps == "joint" for fit in fits)
    assert all("began before the onset at 100 s" in fit.message for fit in fits)
    assert np.mean([abs(fit.rate - 0.02) < 2 * fit.rate_error for fit in fits]) >= 0.85
    assert np.mean([fit.rate for fit in fits]) == pytest.approx(0.02, rel=0.01)
    # the same law, and frames before the onset that tell nothing: two steps, as in the paper
    late = [fit_growth(_TIME, 0.059 + 1e-6 * np.exp(0.055 * _TIME) + noise, onset=60) for noise in noisy[:8]]
    assert not any(fit.began_before_onset for fit in late)
    assert {fit.steps for fit in late} == {"two"}
    # flat before the onset: a law that bends upwards there fits worse, and does not count
    flat = 0.059 + np.where(_TIME < 100, 0, 2e-4 * np.expm1(0.05 * (_TIME - 100)))
    assert sum(fit_growth(_TIME, flat + noise, onset=100).began_before_onset for noise in noisy[:8]) <= 1


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
