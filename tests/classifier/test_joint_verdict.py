"""The joint verdict: what network and geometry say together, and the set that holds the truth."""

import json

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.classifier import ClassifierError, load_classifier
from lattice_widgets.classifier.joint import JointRule, find_rule, judge
from lattice_widgets.classifier.joint.rule import RULES
from lattice_widgets.training.evaluation import SURE, evaluate
from lattice_widgets.training.examination import iter_second


@pytest.fixture(scope="module")
def hexagonal() -> lw.Verdict:
    return lw.name_lattice(lw.simulate_micrograph(lw.CRYSTALS["WS2"], rotation=8).image, 0.02)


def test_a_clear_picture_has_one_class_and_both_say_it(hexagonal: lw.Verdict) -> None:
    assert hexagonal.classes == ("hexagonal",)
    assert hexagonal.confidence > SURE
    assert str(hexagonal.reasons[0]) == "Network and geometry agree: both say hexagonal."
    assert hexagonal.fit is not None
    assert hexagonal.fit.unit == "nm"
    assert sum(hexagonal.probabilities.values()) == pytest.approx(1)
    said = json.loads(json.dumps(hexagonal.to_dict()))
    assert (said["text"], said["classes"], said["n_lattices"]) == ("hexagonal", ["hexagonal"], 1)


def test_noise_is_no_lattice() -> None:
    verdict = lw.name_lattice(np.random.default_rng(1).normal(size=(128, 160)))
    assert verdict.classes[0] == "noise"
    assert str(verdict).startswith("no lattice")
    assert verdict.fit is None
    assert verdict.opinions.n_lattices == 0


def test_several_lattices_are_counted_and_named() -> None:
    twisted = lw.Imperfections(layer=0.7, layer_twist=9)
    verdict = lw.name_lattice(lw.simulate_micrograph(lw.CRYSTALS["graphene"], imperfections=twisted).image)
    assert verdict.to_dict()["n_lattices"] == verdict.opinions.n_lattices == 2
    assert any(str(reason).startswith("Two lattices: hexagonal") for reason in verdict.reasons)


def test_the_same_picture_has_the_same_verdict(hexagonal: lw.Verdict) -> None:
    again = lw.name_lattice(lw.simulate_micrograph(lw.CRYSTALS["WS2"], rotation=8).image, 0.02)
    assert again.probabilities == hexagonal.probabilities


def test_a_disagreement_is_said_first(hexagonal: lw.Verdict) -> None:
    """The network is made to say square: the two opinions are numbers, and the rule weighs them."""
    rule = find_rule(load_classifier())
    other = hexagonal.opinions.network[::-1].copy()
    other[lw.CLASSES.index("square")], other[lw.CLASSES.index("oblique")] = 0.98, 0.0
    changed = type(hexagonal.opinions)(**{**vars(hexagonal.opinions), "network": other / other.sum()})
    verdict = judge(changed, rule)
    assert "disagree" in str(verdict.reasons[0])
    assert verdict.confidence < hexagonal.confidence


def test_what_is_unlike_all_that_was_learned_has_an_empty_set(hexagonal: lw.Verdict) -> None:
    rule = find_rule(load_classifier())
    far = type(hexagonal.opinions)(**{**vars(hexagonal.opinions), "unfamiliarity": rule.unfamiliar_beyond + 1})
    verdict = judge(far, rule)
    assert (verdict.classes, verdict.confidence) == ((), 0.0)
    assert str(verdict) == "none of these: outside what was learned"


def test_a_rule_belongs_to_the_weights_it_was_learned_with() -> None:
    card = json.loads((RULES / "default.json").read_text())
    assert card["weights_sha256"] == load_classifier().card.weights_sha256
    assert {"suite", "seed", "date", "made"} <= set(card) | set(card["suite"])
    with pytest.raises(ValueError, match="not the card of a rule"):
        JointRule.of({name: card[name] for name in card if name != "thresholds"})
    with pytest.raises(ClassifierError, match="make_verdict"):
        lw.name_lattice(np.zeros((64, 64)) + np.eye(64), classifier="paper")


def test_it_is_honest_on_pictures_of_another_simulator() -> None:
    """A small part of the second examination; the whole is ``lattice-widgets evaluate``."""
    results = evaluate({"default": load_classifier().load()}, iter_second(0.06))
    count = sum(suite["joint"]["count"] for suite in results.values())
    wrong = sum(suite["joint"]["sure"]["wrong"] for suite in results.values())
    held = sum(suite["joint"]["count"] * suite["joint"]["set"]["coverage"] for suite in results.values())
    assert count >= 30
    assert wrong <= 2
    assert held >= 0.85 * count
