"""The default classifier: better than geometry and the paper's network, quick, honest; its training can be interrupted."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import lattice_widgets as lw
from lattice_widgets.classifier.card import WEIGHTS, read_weights
from lattice_widgets.cli import app
from lattice_widgets.training import default_training
from lattice_widgets.training.evaluation import evaluate, real_questions, table
from lattice_widgets.training.exam import SUITES, TROUBLES, Question, draw_question, iter_questions
from lattice_widgets.training.examination import SECOND_SUITES


@pytest.fixture(scope="module")
def results():
    """A part of the examination with a seed of its own, answered by both networks and by geometry."""
    networks = {name: lw.load_classifier(name).load() for name in ("default", "paper")}
    return evaluate(networks, iter_questions(0.08, seed=31))


def test_the_default_is_not_the_papers():
    assert lw.load_classifier().name == "default"
    assert lw.load_classifier("paper").name == "paper"
    assert (WEIGHTS / "default.npz").stat().st_size < 6e6


@pytest.mark.parametrize(
    ("suite", "least"), zip(SUITES, (0.86, 0.95, 0.85, 0.92, 0.92), strict=True)
)  # what a small part of each suite can tell; the whole is the benchmark's
def test_it_names_what_it_should(results, suite, least):
    assert results[suite]["default"]["accuracy"] >= least
    assert results[suite]["default"]["accuracy"] > results[suite]["paper"]["accuracy"]


def test_nearly_always_the_truth_is_among_the_first_two(results):
    assert results[SUITES[0]]["default"]["top2"] >= 0.95
    assert results[SUITES[3]]["default"]["top2"] >= 0.95


def test_the_examination_has_all_suites_and_troubles(results):
    assert set(results) == set(SUITES)
    assert set(results[SUITES[2]]["geometry"]["by_detail"]) == set(TROUBLES)
    first = results[SUITES[1]]["geometry"]
    assert first["interval"][0] < first["accuracy"] <= first["interval"][1]
    assert np.sum(first["confusion"]) == first["count"]
    lines = table(results).splitlines()
    assert len(lines) == 2 + len(SUITES)
    # suite, pictures, the joint verdict, two networks, geometry, and the sets of the joint verdict
    assert all(line.count("|") == 8 for line in lines)


def test_the_joint_verdict_is_honest_and_its_sets_are_small(results):
    for suite in SUITES:
        joint = results[suite]["joint"]
        assert joint["sure"]["wrong"] <= max(1, 0.05 * joint["sure"]["count"]), suite
        assert joint["set"]["coverage"] >= 0.9, suite
        assert joint["set"]["mean_size"] <= 1.6, suite
        assert joint["accuracy"] >= results[suite]["default"]["accuracy"] - 0.03, suite


def test_a_question_depends_on_its_number_alone():
    twice = [next(iter_questions(0.01)) for _ in range(2)]
    np.testing.assert_array_equal(twice[0].image, twice[1].image)
    one, other = (draw_question(np.random.default_rng([5, n])) for n in (1, 2))
    assert one.image.shape != other.image.shape or not np.array_equal(one.image, other.image)


@pytest.mark.parametrize("spacing", [3.6, 40.0])
@pytest.mark.parametrize(("kind", "gamma"), [("square", 90), ("hexagonal", 120)])
def test_fine_and_coarse_lattices_in_pictures_that_are_not_square(kind, gamma, spacing):
    rows, cols = (96, 150) if spacing < 10 else (130, 170)
    pixel = 0.01
    crystal = lw.Crystal("X", spacing * pixel, spacing * pixel, gamma)
    microscope = lw.Microscope(rows=rows, cols=cols, field_of_view=cols * pixel, probe_size=0.45 * spacing * pixel)
    image = lw.simulate_micrograph(crystal, microscope, rotation=17).image
    classifier = lw.load_classifier()
    assert classifier.classes[classifier.predict(image)[0].argmax()] == kind


def test_turning_a_picture_does_not_change_the_answer():
    classifier = lw.load_classifier()
    answers = []
    for rotation in range(0, 90, 10):
        picture = lw.simulate_micrograph(lw.CRYSTALS["black phosphorus"], rotation=float(rotation), seed=rotation)
        answers.append(classifier.predict(picture.image)[0])
    truth = lw.CRYSTALS["black phosphorus"].bravais_type()
    assert {lw.CLASSES[answer.argmax()] for answer in answers} == {truth}
    assert np.std(answers, axis=0).max() < 0.15


def test_intervals_and_windows_of_real_pictures():
    """E. B. Wilson's interval of 95 %, J. Am. Stat. Assoc. 22, 209 (1927), by his formula."""
    asked = [draw_question(np.random.default_rng([5, number])) for number in range(12)]
    share = evaluate({}, iter([question._replace(suite="all") for question in asked]))["all"]["geometry"]
    part, count, z = share["accuracy"], 12, 1.959963984540054
    middle = (part + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(part * (1 - part) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    assert share["interval"] == pytest.approx([middle - half, middle + half], abs=2e-4)
    questions = list(real_questions(iter([("a", "square", np.zeros((60, 81)))])))
    assert [question.image.shape for question in questions] == [(60, 81)] + [(30, 40)] * 5
    assert isinstance(questions[0], Question)


def test_evaluate_prints_a_table_and_writes_the_figures(tmp_path):
    out = tmp_path / "new" / "classifier.json"
    done = CliRunner().invoke(app, ["evaluate", "--classifier", "paper", "--scale", "0.01", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "| well-separated lattices |" in done.output
    written = json.loads(out.read_text())
    assert set(SUITES) < set(written["suites"]) <= {*SUITES, *SECOND_SUITES}
    # the network of the paper has no rule: it and geometry answer alone
    assert set(written["suites"][SUITES[0]]) == {"paper", "geometry"}
    missing = CliRunner().invoke(app, ["evaluate", "--scale", "0.01", "--pictures", str(tmp_path / "none.json")])
    assert missing.exit_code == 1
    assert "none.json" in missing.output


class Interrupted(Exception):
    pass


def test_a_training_that_was_killed_goes_on_and_ends_with_the_weights_of_one_that_was_not(tmp_path: Path):
    settings = {"cycles": (1, 1), "pool": 2, "fresh": 1, "block": 48, "batch_size": 16, "fitting": 60, "workers": 1}

    def interrupt(stage, done, total, figures):
        if stage == "training" and done == 1:
            raise Interrupted

    with pytest.raises(Interrupted):
        default_training.train_default(tmp_path / "a", **settings, progress=interrupt)
    with pytest.raises(ValueError, match="other settings"):
        default_training.train_default(tmp_path / "a", **{**settings, "pool": 1})
    stages = []
    resumed = default_training.train_default(tmp_path / "a", **settings, progress=lambda *told: stages.append(told))
    assert min(done for stage, done, *_ in stages if stage == "training") == 1
    assert len(resumed.history["loss"]) == 2
    assert resumed.results["validation"]["count"] == 48
    unbroken = default_training.train_default(tmp_path / "b", **settings)
    assert resumed.history == unbroken.history
    assert (tmp_path / "a" / "default.npz").read_bytes() == (tmp_path / "b" / "default.npz").read_bytes()
    classifier = lw.load_classifier(tmp_path / "a" / "default.json")
    image = lw.simulate_micrograph(lw.CRYSTALS["graphene"]).image
    answer = classifier.predict(image)
    assert answer.sum() == pytest.approx(1, abs=1e-5)
    assert classifier.features(image).shape == (1, 128)
    samples = classifier.sample(image, 20, seed=1)
    assert samples.std(axis=0).max() > 0


def test_a_network_goes_on_learning_on_broader_pictures(tmp_path: Path):
    before = lw.load_classifier("default")
    settings = {
        "cycles": (1,),
        "pool": 1,
        "fresh": 1,
        "block": 96,
        "batch_size": 32,
        "seed": 5,
        "workers": 1,
        "fitting": 40,
    }
    further = {"stream": "broad", "begin_with": before.card_path}
    card = default_training.train_default(tmp_path, **further, **settings)
    assert card.training["begun_with"] == before.card.weights_sha256
    assert card.data["stream"] == "broad"
    # three small steps from random weights would be a guess, one in six
    assert card.results["validation"]["accuracy"] > 0.6
    assert card.weights_sha256 != before.card.weights_sha256
    # done already: only the mean is another one
    shares, all_weights = (0.0, 0.75, 1.0), []
    for share in shares:
        again = default_training.train_default(tmp_path, share=share, **further, **settings)
        assert again.training["share"] == share
        # the last layer apart, which a temperature changes
        all_weights.append(read_weights(again, tmp_path / "default.json")[:-2])
    for old, mixed, new, known in zip(*all_weights, read_weights(before.card, before.card_path)[:-2], strict=True):
        np.testing.assert_array_equal(old, known)
        np.testing.assert_allclose(mixed, 0.75 * new + 0.25 * old, rtol=2e-3, atol=1e-5)
