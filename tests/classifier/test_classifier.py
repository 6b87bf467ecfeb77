"""The bundled classifier: what it takes, what it gives, and that it is as good as its card says."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.classifier import Classifier, ModelCard, list_classifiers
from lattice_widgets.classifier.card import WEIGHTS
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.core.simulation.examples import random_lattice, simulate_examples
from lattice_widgets.training.paper_training import measure


@pytest.fixture(scope="module")
def paper() -> Classifier:
    return lw.load_classifier("paper").load()


def pictures(count: int, rows: int = 96, cols: int = 112) -> np.ndarray:
    crystals = list(lw.CRYSTALS.values())
    microscope = lw.Microscope(rows=rows, cols=cols, field_of_view=3)
    return np.stack(
        [
            lw.simulate_micrograph(crystals[i % len(crystals)], microscope, rotation=17 * i, seed=i).image
            for i in range(count)
        ]
    )


def test_probabilities_and_features_have_the_shapes_that_are_promised(paper: Classifier) -> None:
    stack = pictures(3)
    assert paper.classes == lw.CLASSES
    for images, count in ((stack, 3), (stack[0], 1), (list(stack), 3)):
        probabilities = paper.predict(images)
        assert probabilities.shape == (count, 6)
        assert probabilities.dtype == np.float32
        assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
        assert paper.features(images).shape == (count, 128)


def test_a_batch_gives_what_one_by_one_gives(paper: Classifier) -> None:
    stack = pictures(75)
    together = paper.predict(stack)
    single = np.concatenate([paper.predict(image) for image in stack])
    assert np.allclose(together, single, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float16, np.float32, np.float64])
def test_any_real_dtype_gives_the_same_answer(paper: Classifier, dtype: type) -> None:
    image = pictures(1)[0]
    counts = np.round(240 * (image - image.min()) / np.ptp(image))
    assert np.allclose(paper.predict(counts.astype(dtype)), paper.predict(counts), atol=2e-3)


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (np.full((40, 50), 3), "constant"),
        (np.full((40, 50), np.nan), "NaN"),
        (np.ones((3, 3)), "too small"),
        (np.ones((40, 50), complex), "real numbers"),
        (np.ones((2, 3, 40, 50)), "4 axes"),
        (np.ones(50), "1 axes"),
        (np.ones((0, 40, 50)), "empty"),
        ([np.eye(40), np.eye(50)], "one size; these have 40 x 40, 50 x 50 px"),
        ([[1, 2], [3]], "regular array"),
        ("picture.png", "0 axes"),
        ([], "list is empty"),
        (np.ma.masked_greater(np.eye(40), 0.5), "masked pixels"),
        ([np.ma.masked_greater(np.eye(40), 0.5)], "masked pixels"),
        (np.ones((40, 50, 3)), "color picture of 40 x 50 px"),
        (np.stack([np.eye(40), np.zeros((40, 40))]), "picture number 1 is constant"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(paper: Classifier, images, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as error:
        paper.predict(images)
    assert "\n" not in str(error.value)


def test_the_network_is_as_good_on_fresh_pictures_as_the_paper_s(paper: Classifier) -> None:
    """600 pictures of a stream that neither training nor its own test has seen. The paper: 84.3 % and 94.2 %."""
    examples = list(simulate_examples(600, seed=31_415_926))
    probabilities = np.concatenate([paper.predict(example.image) for example in examples])
    result = measure(probabilities, np.array([example.label for example in examples]))
    assert result["accuracy"] >= 0.85
    assert result["top2"] >= 0.94


def test_the_card_tells_how_good_it_is_and_how_it_came_about() -> None:
    card = ModelCard.read(WEIGHTS / "paper.json")
    for suite in ("validation", "test"):
        assert card.results[suite]["accuracy"] >= 0.85
        assert card.results[suite]["top2"] >= 0.94
        assert np.sum(card.results[suite]["confusion"]) == card.results[suite]["count"]
    assert len(card.history["val_accuracy"]) == card.training["epochs"] == 30
    assert (card.data["training"], card.data["validation"]) == (19_200, 4_800)
    assert {"keras", "numpy", "python", "backend"} <= set(card.versions)
    assert (WEIGHTS / "paper.npz").stat().st_size < 3_000_000


@pytest.mark.parametrize("name", ["default", "paper"])
def test_cards_name_streams_by_stable_words_and_old_cards_still_read(name: str, tmp_path: Path) -> None:
    word = {"default": "varied", "paper": "paper"}[name]
    content = json.loads((WEIGHTS / f"{name}.json").read_text())
    assert content["data"]["stream"] == content["calibration"]["stream"] == {"default": "broad", "paper": "paper"}[name]
    for old in (f"classifier.{word}_stream", f"training.pictures.{word}"):
        content["data"]["stream"] = content["calibration"]["stream"] = old
        (tmp_path / "old.json").write_text(json.dumps(content))
        card = ModelCard.read(tmp_path / "old.json")
        assert card.data["stream"] == card.calibration["stream"] == word


def test_the_real_graphene_picture_is_oblique_first(paper: Classifier, shared_picture: Callable[[str], Path]) -> None:
    """As the paper found: drift has sheared the picture of a hexagonal crystal."""
    picture = lw.read_micrograph(shared_picture("graphene_stm.tif"))
    assert paper.classes[paper.predict(picture.values)[0].argmax()] == "oblique"


def test_names_that_do_not_exist_are_told() -> None:
    assert list_classifiers()[0] == "default"
    with pytest.raises(ValueError, match="no classifier 'nonsense': choose one of default, paper"):
        lw.load_classifier("nonsense")


@pytest.mark.parametrize("name", ["", "../paper", None, 5, [], "a\0b", "x" * 5000, "x" * 5000 + ".json", Path()])
def test_what_names_no_classifier_is_told(name) -> None:
    with pytest.raises(ValueError, match="There is no classifier"):
        lw.load_classifier(name)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"architecture": "cathedral"}, "describes no network"),
        ({"arguments": {"towers": 2}}, "describes no network"),
        ({"arguments": {"filters": [8, 8, 8]}}, "describes no network"),
        ({"recipe": {"salt": 1}}, "not a model card"),
        ({"calibration": {"threshold": 0.5}}, "not a model card"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(tmp_path: Path, changes: dict, sentence: str) -> None:
    shutil.copy(WEIGHTS / "paper.npz", tmp_path / "mine.npz")
    content = json.loads((WEIGHTS / "paper.json").read_text(encoding="utf-8"))
    (tmp_path / "mine.json").write_text(json.dumps({**content, **changes}), encoding="utf-8")
    with pytest.raises(ValueError, match=sentence) as error:
        lw.load_classifier(tmp_path / "mine.json").load()
    assert "\n" not in str(error.value)


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    for suffix in (".json", ".npz"):
        shutil.copy(WEIGHTS / f"paper{suffix}", tmp_path)
    assert lw.load_classifier(tmp_path / "paper.json").classes == lw.CLASSES
    content = bytearray((tmp_path / "paper.npz").read_bytes())
    content[-50] ^= 1
    (tmp_path / "paper.npz").write_bytes(content)
    with pytest.raises(ValueError, match="was changed"):
        lw.load_classifier(tmp_path / "paper.json").load()
    (tmp_path / "paper.npz").unlink()
    with pytest.raises(ValueError, match="missing"):
        lw.load_classifier(tmp_path / "paper.json").load()
    (tmp_path / "paper.json").write_text(json.dumps({"name": "paper"}))
    with pytest.raises(ValueError, match="not a model card"):
        lw.load_classifier(tmp_path / "paper.json")


def test_a_missing_tensorflow_is_told_in_plain_words_to_who_asks_for_it() -> None:
    program = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "import lattice_widgets as lw\n"
        "from lattice_widgets.classifier import ClassifierError\n"
        "try:\n    lw.load_classifier('paper', backend='keras').load()\n"
        "except ClassifierError as error:\n    print(error)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 'pip install "lattice-widgets[train]"' in run.stdout


def test_a_missing_tensorflow_is_told_in_the_widget_whose_pictures_go_on() -> None:
    program = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "import lattice_widgets as lw\n"
        "simulator = lw.LatticeSimulator(rows=64, cols=80, classifier=lw.load_classifier(backend='keras'))\n"
        "before = simulator.image\n"
        "simulator.gamma = 100.0\n"
        "print(simulator._says.value, simulator.error == '', (before != simulator.image).any())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 'pip install "lattice-widgets[train]"' in run.stdout
    assert run.stdout.strip().endswith("True True")


@pytest.mark.parametrize("kind", BRAVAIS_TYPES)
def test_random_lattices_are_of_their_type_and_away_from_others(kind: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        lattice = random_lattice(kind, rng)
        assert lattice.bravais_type(0.1, 0.1) == kind
        assert lattice.reduced().a == pytest.approx(1)


def test_examples_are_the_same_wherever_they_are_made() -> None:
    ahead = list(simulate_examples(8, seed=4))
    behind = list(simulate_examples(3, seed=4, start=5))
    assert [example.label for example in ahead] == [0, 1, 2, 3, 4, 5, 0, 1]
    for one, other in zip(ahead[5:], behind, strict=True):
        assert np.array_equal(one.image, other.image)
    assert not np.array_equal(ahead[0].image, next(simulate_examples(1, seed=5)).image)
