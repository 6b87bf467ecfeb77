"""Learning the rule of the joint verdict: it finds what there is to find, covers what it promises, and says what it may."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.classifier import load_classifier
from lattice_widgets.classifier.joint import JointRule
from lattice_widgets.classifier.joint.evidence import CIRCUMSTANCES
from lattice_widgets.core.geometry.wave_fit import fit_waves
from lattice_widgets.training.joint.learning import (
    Learned,
    conformal_thresholds,
    fit_scores,
    gather,
    honest_sharpness,
    learn,
)
from lattice_widgets.training.joint.suite import GROUPS, draw_case
from lattice_widgets.training.pictures.hard_cells import type_of

WORTH = {"network": 0.6, "geometry": 1.8, "picture": 1.0}


def made_up(count: int, seed: int, misled: float = 1.0) -> Learned:
    """Return answers that a rule with `WORTH` would give: labels are drawn from its probabilities."""
    rng = np.random.default_rng(seed)
    said = np.log(rng.dirichlet(np.full(6, 0.2), (count, 3)) + 0.01)
    circumstances = np.zeros((count, len(CIRCUMSTANCES)))
    circumstances[:, 0] = 1
    scores = np.einsum("o,nok->nk", list(WORTH.values()), said)
    groups = rng.choice(list(GROUPS), count)
    # in one group the same words mean less
    scores[groups == "strained"] *= misled
    labels = (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)
    return Learned(said, circumstances, rng.uniform(1, 4, count), labels, groups)


def test_the_regression_finds_the_worth_of_each_opinion() -> None:
    coefficients = fit_scores(made_up(3000, 1))
    m = len(CIRCUMSTANCES)
    assert coefficients[0] == pytest.approx(WORTH["network"], abs=0.08)
    assert coefficients[m] == pytest.approx(WORTH["geometry"], abs=0.1)
    assert coefficients[2 * m] == pytest.approx(WORTH["picture"], abs=0.1)
    # what was the same in all pictures, or never there, has no worth
    assert np.abs(np.delete(coefficients[: 3 * m], [0, m, 2 * m])).max() < 1e-6


def test_a_learned_rule_covers_each_class_on_fresh_pictures() -> None:
    card = learn(made_up(4000, 2), load_classifier())
    rule, fresh = JointRule.of(card), made_up(4000, 3)
    members = rule.members(rule.probabilities(fresh.said, fresh.circumstances), fresh.unfamiliarity)
    for label in range(6):
        here = fresh.labels == label
        # thresholds of some 260 pictures scatter by 1.3 percent, and so does what is counted here
        assert members[here, label].mean() >= 0.91, lw.CLASSES[label]
    assert members.sum(axis=1).min() >= 0
    assert members.mean() < 0.9, "a set of all classes is no answer"


def test_thresholds_are_the_quantiles_of_each_class() -> None:
    probabilities = np.zeros((400, 2))
    probabilities[:200, 0] = np.arange(200) / 1000
    probabilities[200:, 1] = 0.9
    first, second = conformal_thresholds(probabilities, np.repeat([0, 1], 200), 0.95)
    # of 201 pictures 10 may miss: the tenth smallest is the first that reaches it
    assert first == pytest.approx(0.009, abs=2e-5)
    # the most probable class always belongs to the set
    assert second == pytest.approx(0.5)


def test_confidence_is_flattened_until_the_worst_group_is_honest() -> None:
    seen, fresh = made_up(12_000, 4, misled=0.62), made_up(60_000, 5, misled=0.62)
    sharpness, coefficients = honest_sharpness(seen), fit_scores(seen)
    assert sharpness < 1
    m = len(CIRCUMSTANCES)
    scores = np.einsum("o,nok->nk", coefficients[: 3 * m : m], fresh.said)
    scores[:, 1:] += coefficients[3 * m :]
    worst = []
    for factor in (1.0, sharpness):
        powers = np.exp(factor * scores)
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        sure = (probabilities.max(axis=1) > 0.95) & (fresh.groups == "strained")
        worst.append(np.mean(probabilities[sure].argmax(axis=1) != fresh.labels[sure]) if sure.any() else 0.0)
    assert worst[0] > 0.06
    # 4 percent were asked for, of pictures that scatter
    assert worst[1] < 0.05


def test_too_few_pictures_of_a_class_are_refused() -> None:
    with pytest.raises(ValueError, match="Thresholds need 40 pictures"):
        learn(made_up(300, 5), load_classifier())


def test_a_picture_of_the_suite_depends_on_its_number_alone() -> None:
    groups = set()
    for number in range(14):
        case, again = draw_case(number, 9), draw_case(number, 9)
        np.testing.assert_array_equal(case.image, again.image)
        assert (case.label == lw.CLASSES.index("noise")) == (case.group == "nothing") or case.group in (
            "examination",
            "training",
        )
        groups.add(case.group)
    assert len(groups) >= 4


def test_answers_are_kept_with_the_weights_that_gave_them(tmp_path) -> None:
    seen = gather(load_classifier(), 3, seed=9)
    seen.save(tmp_path / "kept.npz", "these")
    for one, other in zip(Learned.load(tmp_path / "kept.npz", "these"), seen, strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ValueError, match="another network"):
        Learned.load(tmp_path / "kept.npz", "those")


@pytest.mark.parametrize(
    ("a", "b", "gamma", "kind"),
    [(1, 1.005, 90, "square"), (1, 1.02, 90, None), (1, 1.1, 90, "rectangular"), (1, 1, 116, "centered rectangular")],
)
def test_a_label_is_given_where_one_can_say_it(a: float, b: float, gamma: float, kind: str | None) -> None:
    assert type_of(lw.Lattice.from_parameters(a, b, gamma).vectors) == kind


def test_waves_that_say_nothing_of_their_vectors_are_no_fault_of_the_picture() -> None:
    """Of a picture of the suite the fit of the waves ended in "Singular matrix": they had no amplitude to turn by."""
    assert fit_waves(np.zeros((64, 64)), np.array([[8.0, 0.0], [0.0, 8.0]]), 12.0) is None
