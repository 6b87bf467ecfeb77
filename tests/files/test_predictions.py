"""Files of predictions: what was chosen first stays, and a file that is none is told in a sentence."""

import json
from pathlib import Path

import pytest

from lattice_widgets.files.answers.predictions import Predicted, PredictionStore, read_predictions
from lattice_widgets.files.answers.sheets import AnswersFileError


def test_what_was_chosen_first_stays_and_each_name_has_a_file(tmp_path: Path) -> None:
    ada, nobody = PredictionStore(tmp_path, "two_spaces", "Ada"), PredictionStore(tmp_path, "two_spaces")
    assert ada.read() == ()
    ada.add([Predicted(2, "b", "a", "2026-11-29T12:00:00+00:00", "0.1.0")])
    assert [one.step for one in ada.add([Predicted(1, "", "c")])] == [1, 2]
    assert [one.chosen for one in ada.add([Predicted(2, "a", "a"), Predicted(1, "c", "c")])] == ["", "b"]
    assert nobody.read() == ()
    sheet = read_predictions(ada.path)
    assert (sheet.lesson, sheet.student) == ("two_spaces", "Ada")
    assert sheet.predictions[1] == Predicted(2, "b", "a", "2026-11-29T12:00:00+00:00", "0.1.0")
    assert PredictionStore(tmp_path, "two_spaces", " ADA ").path == ada.path
    guest = PredictionStore(tmp_path, "two_spaces", guest="0123456789abcdef")
    assert guest.path not in (ada.path, nobody.path)


def test_another_lesson_is_refused(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path, "two_spaces")
    store.add([Predicted(1, "a")])
    store.path.rename(store.path.with_name("predictions-what_is_a_lattice.json"))
    with pytest.raises(AnswersFileError, match="belongs to another lesson"):
        PredictionStore(tmp_path, "what_is_a_lattice").read()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "lattice-widgets-quiz"}, "not a file of predictions"),
        ({"version": 2}, "newer version"),
        ({"version": "1"}, "lacks parts"),
        ({"predictions": {}}, "lacks parts"),
        ({"student": 3}, "lacks parts"),
        ({"lesson": "../../x"}, "no lesson"),
        ({"predictions": [3]}, "a prediction that is none"),
        ({"predictions": [{"step": 0, "chosen": "a"}]}, "a prediction that is none"),
        ({"predictions": [{"step": True, "chosen": "a"}]}, "a prediction that is none"),
        ({"predictions": [{"step": 1, "chosen": "ab"}]}, "a prediction that is none"),
        ({"predictions": [{"step": 1, "chosen": None}]}, "a prediction that is none"),
        ({"predictions": [{"step": 1, "chosen": "a", "right": ["a"]}]}, "a prediction that is none"),
    ],
)
def test_what_is_no_such_file_is_told_in_a_sentence(tmp_path: Path, change: dict[str, object], said: str) -> None:
    store = PredictionStore(tmp_path, "two_spaces")
    store.add([Predicted(1, "a", "b")])
    store.path.write_text(json.dumps(json.loads(store.path.read_text()) | change))
    with pytest.raises(AnswersFileError, match=said):
        store.read()


def test_half_a_character_of_a_name_is_a_mark(tmp_path: Path) -> None:
    store = PredictionStore(tmp_path, "two_spaces")
    store.add([Predicted(1, "a", "b")])
    store.path.write_text(json.dumps(json.loads(store.path.read_text()) | {"student": "Eve\ud800"}))
    assert read_predictions(store.path).student == "Eve?"
