"""Samples with known statistics in, those statistics out; calibration of answers whose reliability is known."""

from itertools import pairwise

import numpy as np
import pytest

from lattice_widgets.core.uncertainty.abstention import auroc, coverage_curve
from lattice_widgets.core.uncertainty.reliability import (
    apply_temperature,
    brier_score,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
)
from lattice_widgets.core.uncertainty.summary import (
    Summary,
    mutual_information,
    passes_needed,
    predictive_entropy,
    quantiles,
    summarize,
)
from lattice_widgets.core.uncertainty.verdict import abstain


def dirichlet_samples(alpha: list[float], count: int, n: int, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(alpha, (count, n)).astype(np.float32)


def answers(count: int, sharpness: float, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Give probabilities that are right as often as they say, raised to a power; and the truth."""
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet([0.5] * 6, count)
    labels = np.array([rng.choice(6, p=p) for p in honest])
    return apply_temperature(honest, 1 / sharpness), labels


def test_the_moments_of_a_dirichlet_distribution_come_back() -> None:
    alpha = np.array([4.0, 2.0, 1.0])
    summary = summarize(dirichlet_samples(list(alpha), 20_000, 2))
    mean = alpha / alpha.sum()
    spread = np.sqrt(mean * (1 - mean) / (alpha.sum() + 1))
    assert summary.mean.shape == summary.std.shape == (2, 3)
    # five standard errors
    assert np.all(np.abs(summary.mean - mean) < 5 * summary.standard_error)
    assert np.allclose(summary.std, spread, rtol=0.03)
    assert np.allclose(summary.entropy, predictive_entropy(mean), atol=0.01)
    # entropy of a sample, on average: (psi(a0 + 1) - sum m psi(a + 1)) / ln 2, here with harmonic numbers
    harmonic = [sum(1 / k for k in range(1, int(a) + 1)) for a in (7, 4, 2, 1)]
    within = (harmonic[0] - np.dot(mean, harmonic[1:])) / np.log(2)
    assert np.allclose(summary.ambiguity, within, atol=0.01)
    assert np.allclose(summary.mutual_information, mutual_information(dirichlet_samples(list(alpha), 20_000, 2)))
    assert np.allclose(summary.entropy, summary.ambiguity + summary.mutual_information)


def test_entropy_is_bounded_and_largest_for_equal_classes() -> None:
    assert predictive_entropy(np.full(6, 1 / 6)) == pytest.approx(np.log2(6))
    samples = dirichlet_samples([0.2] * 6, 400, 30)
    summary = summarize(samples)
    assert np.all((summary.mutual_information >= 0) & (summary.mutual_information <= summary.entropy))
    assert np.all(summary.entropy <= np.log2(6) + 1e-9)
    certain = summarize(np.tile(np.eye(6, dtype=np.float32)[2], (50, 1, 1)))
    assert (certain.entropy[0], certain.mutual_information[0], certain.agreement[0]) == (0, 0, 1)


def test_the_standard_error_says_how_far_the_mean_still_moves() -> None:
    """Means of 300 runs of 100 passes scatter as one run says, and as many passes as told bring it down to the wish."""
    samples = dirichlet_samples([3, 2, 1], 300 * 100, 1)
    runs = samples.reshape(300, 100, 3)
    scatter = runs.mean(axis=1).std(axis=0)
    assert np.allclose(summarize(runs[0][:, None]).standard_error[0], scatter, rtol=0.25)
    needed = passes_needed(samples[:, 0, 0].std(), 0.01)
    means = samples[: needed * (len(samples) // needed), 0, 0].reshape(-1, needed).mean(axis=1)
    assert means.std() == pytest.approx(0.01, rel=0.25)


def test_quantiles_enclose_what_they_say() -> None:
    samples = dirichlet_samples([3, 2, 1], 4000, 2)
    low, median, high = quantiles(samples)
    assert low.shape == (2, 3)
    assert np.allclose(np.mean((samples > low) & (samples < high), axis=0), 0.9, atol=0.01)
    assert np.all((low < median) & (median < high))


def test_summaries_of_parts_join_to_that_of_the_whole() -> None:
    samples = dirichlet_samples([3, 2, 1], 50, 7)
    joined = Summary.concatenate([summarize(samples[:, :4]), summarize(samples[:, 4:])])
    assert np.allclose(joined.mean, summarize(samples).mean)
    assert joined.entropy.shape == (7,)
    with pytest.raises(ValueError, match="all have as many samples"):
        Summary.concatenate([summarize(samples), summarize(samples[:10])])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: summarize(np.ones((5, 6)) / 6), "axes"),
        (lambda: summarize(np.empty((0, 1, 6))), "not empty"),
        (lambda: summarize(np.ones((5, 1, 6))), "sum to 1"),
        (lambda: summarize(np.full((5, 1, 6), np.nan)), "sum to 1"),
        (lambda: predictive_entropy([1.5, -0.5]), "not negative"),
        (lambda: predictive_entropy([1 + 1j, 0]), "real numbers"),
        (lambda: quantiles(np.ones((5, 1, 6)) / 6, [1.5]), "from 0 to 1"),
        (lambda: passes_needed(0.1, 0), "positive"),
        (lambda: passes_needed(np.nan, 0.1), "not negative"),
        (lambda: apply_temperature([0.5, 0.5], 0), "positive"),
        (lambda: reliability_curve(np.eye(3), [0, 1]), "labels"),
        (lambda: reliability_curve(np.eye(3), [0, 1, 3]), "0 to 2"),
        (lambda: reliability_curve(np.eye(3), [0, 1, 2], bins=0), "one bin"),
        (lambda: coverage_curve([0.1, np.nan], [True, False]), "finite trust"),
        (lambda: auroc([0.1, 0.2], [True, True]), "right and wrong"),
        (lambda: abstain(summarize(np.ones((5, 1, 6)) / 6), 1.2), "threshold"),
        (lambda: abstain(summarize(np.ones((5, 1, 6)) / 6), 0.5, [0.1, 0.2]), "one familiarity"),
        (lambda: abstain(summarize(np.ones((5, 1, 6)) / 6), 0.5, temperature=-1), "temperature"),
    ],
)
def test_bad_input_is_told_in_one_sentence(call, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as error:
        call()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 2.5])
def test_the_temperature_undoes_confidence_that_is_false(sharpness: float) -> None:
    """Honest answers raised to a power are made honest again by that power as temperature."""
    p, labels = answers(4000, sharpness)
    temperature = fit_temperature(p, labels)
    assert temperature == pytest.approx(sharpness, rel=0.06)
    cooled = apply_temperature(p, temperature)
    # the noise of 4000 answers in 15 bins is near 0.02
    assert expected_calibration_error(cooled, labels) < 0.03
    assert np.array_equal(cooled.argmax(axis=1), p.argmax(axis=1))
    if sharpness != 1:
        assert expected_calibration_error(p, labels) > 0.06
        assert brier_score(cooled, labels) < brier_score(p, labels)


def test_the_reliability_curve_counts_every_answer_once() -> None:
    p, labels = answers(500, 1.0)
    curve = reliability_curve(p, labels)
    assert len(curve.edges) == 16
    assert curve.count.sum() == 500
    filled = curve.count > 0
    assert np.dot(curve.count[filled], curve.accuracy[filled]) == pytest.approx((p.argmax(axis=1) == labels).sum())
    assert np.all(np.isnan(curve.accuracy[~filled]))
    for number in np.flatnonzero(filled):
        assert curve.bin_of(curve.confidence[number]) == number
    assert curve.bin_of(1.0) == 14
    assert reliability_curve([[1.0, 0.0]], [0]).error == 0


def test_coverage_rises_to_all_and_the_accuracy_ends_at_that_of_all() -> None:
    p, labels = answers(2000, 1.0)
    right = p.argmax(axis=1) == labels
    curve = coverage_curve(p.max(axis=1), right)
    assert all(one < other for one, other in pairwise(curve.coverage))
    assert curve.coverage[-1] == 1
    assert curve.accuracy[-1] == pytest.approx(right.mean())
    threshold = curve.threshold_for(0.8)
    answered = p.max(axis=1) >= threshold
    assert right[answered].mean() >= 0.8
    assert right.mean() < 0.75 < right[answered].mean()
    with pytest.raises(ValueError, match="No threshold"):
        coverage_curve([0.5, 0.4], [False, True]).threshold_for(0.9)
    # by its definition: the fraction of pairs in order
    pairs = p.max(axis=1)[right][:, None] - p.max(axis=1)[~right]
    assert auroc(p.max(axis=1), right) == pytest.approx(np.mean(pairs > 0))


def test_each_kind_of_doubt_gives_its_reason() -> None:
    rng = np.random.default_rng(1)
    flips = np.where(rng.random(400)[:, None] < 0.65, [0.97, 0.01, 0.02], [0.01, 0.01, 0.98])
    close = np.tile([0.51, 0.47, 0.02], (400, 1))
    sure = np.tile([0.98, 0.01, 0.01], (400, 1))
    summary = summarize(np.stack([flips, close, sure, sure], axis=1))
    verdicts = abstain(summary, 0.8, familiarity=[1, 1, 1, 0.4])
    assert [verdict.label for verdict in verdicts] == [None, None, 0, None]
    assert verdicts[0].doubt in ("spread too large", "two classes too close")
    assert verdicts[1].doubt == "two classes too close"
    assert verdicts[2].doubt == ""
    assert verdicts[3].doubt == "outside what the network was trained for"
    assert verdicts[2].describe(["a", "b", "c"]) == "a"
    assert verdicts[1].describe(["a", "b", "c"]) == "not sure: two classes too close (a, b)"
    # a class that leads on average by far while many passes name others
    mixed = np.concatenate([np.tile([0.99, 0.005, 0.005], (120, 1)), np.tile([0.3, 0.4, 0.3], (80, 1))])
    assert abstain(summarize(mixed[:, None]), 0.8)[0].doubt == "spread too large"


def test_a_higher_threshold_answers_less_and_zero_answers_all() -> None:
    summary = summarize(dirichlet_samples([2, 1, 1], 60, 50))
    answered = [sum(verdict.label is not None for verdict in abstain(summary, t)) for t in (0, 0.5, 0.6, 1)]
    assert answered[0] == 50
    assert answered == sorted(answered, reverse=True)
    assert answered[-1] < 50
    for verdict, mean in zip(abstain(summary, 0), summary.mean, strict=True):
        assert verdict.label == mean.argmax()
        assert verdict.trust == min(verdict.steadiness, verdict.clearness, verdict.familiarity)
