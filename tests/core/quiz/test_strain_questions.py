"""Questions about strain: what an answer says is what can be measured in its picture."""

import re

import numpy as np
import pytest

from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.quiz import Question, judge, question_of
from lattice_widgets.core.quiz.topics.strain_questions import DEFORMATIONS
from lattice_widgets.core.quiz.topics.strain_scenes import SteppedScene


def of_form(level: int, words: str, count: int, seed: int = 8) -> list[Question]:
    """So many questions of a form, told by words of its prompt."""
    found = (question_of("strain", level, seed, index) for index in range(100))
    return [each for each in found if words in str(each.prompt)][:count]


def measured(question: Question) -> np.ndarray:
    """The matrix that carries the outline's lattice to that of the picture, (x, y) with y down, from the pixels."""
    shown = question.shown[0]
    image, (step, _), _ = shown.pixels()
    picture = shown.scene.micrograph().image  # without the outline
    vectors = fit_lattice(picture, step).lattice.vectors[:, ::-1]
    corners = shown.cells[0][:, ::-1] * step
    before = np.array([corners[1] - corners[0], corners[3] - corners[0]]) / 3
    # the lattice vectors nearest to those of before
    whole = np.rint(before @ np.linalg.inv(vectors))
    assert image.shape == picture.shape
    return np.linalg.solve(before, whole @ vectors).T


@pytest.mark.parametrize("level", [1, 2])
def test_what_happened_to_a_lattice_is_measured_in_its_picture(level: int) -> None:
    seen = set()
    for question in of_form(level, "three by three", 12):
        change = measured(question)
        xx, yy = change[0, 0] - 1, change[1, 1] - 1
        shear, turn = (change[0, 1] + change[1, 0]) / 2, (change[1, 0] - change[0, 1]) / 2
        least = 0.04
        names = {
            "dilation": xx > least and yy > least,
            "along x": xx > least and abs(yy) < 0.01,
            "along y": yy > least and abs(xx) < 0.01,
            "shear": abs(shear) > least,
            "rotation": abs(turn) > least,
            "none": max(abs(xx), abs(yy), abs(shear), abs(turn)) < 0.01,
        }
        assert [name for name, is_so in names.items() if is_so] == [question.answer], (question.id, change)
        seen.add(question.answer)
        assert {option.key for option in question.options} == set(DEFORMATIONS)
        # the lower left corner lies on an atom, and within the picture all corners
        picture, corners = question.shown[0].scene.micrograph().image, question.shown[0].cells[0]
        row, col = np.rint(corners[0]).astype(int)
        assert picture[row - 1 : row + 2, col - 1 : col + 2].mean() > 2 * picture.mean()
        assert ((corners > 4) & (corners < np.array(picture.shape) - 5)).all()
    assert seen == set(DEFORMATIONS)


@pytest.mark.parametrize("level", [2, 3])
def test_the_strain_of_a_stretched_half_is_measured_in_its_picture(level: int) -> None:
    for question in of_form(level, "From A to B", 5):
        scene = question.shown[0].scene
        assert isinstance(scene, SteppedScene)
        picture = scene.micrograph()
        middle = picture.image.shape[1] // 2
        halves = picture.image[:, : middle - 6], picture.image[:, middle + 6 :]
        left, right = (max(abs(fit_lattice(half, picture.pixel_size).lattice.vectors[:, 1])) for half in halves)
        assert 100 * (right / left - 1) == pytest.approx(question.answer, abs=0.25)
        # marks lie on atoms, and what is told of them is so
        marks = question.shown[0].marks
        for row, col in np.rint(marks).astype(int):
            assert picture.image[row - 1 : row + 2, col - 1 : col + 2].mean() > 2 * picture.image.mean()
        count, told_left, told_right = map(float, re.findall(r"\d+\.?\d*", str(question.prompt))[:3])
        assert told_left / count == pytest.approx(scene.crystal.a, abs=1e-4)
        assert judge(question, 100 * (told_right / told_left - 1)).right


def test_areas_and_differences_are_those_of_the_numbers_that_are_told() -> None:
    for question in of_form(3, "strain yy", 6):
        along, down = (float(each) / 100 for each in re.findall(r"= (\d\.\d) %", str(question.prompt)))
        change = measured(question)
        assert [change[0, 0] - 1, change[1, 1] - 1] == pytest.approx([along, down], abs=4e-3)
        assert question.answer == pytest.approx(100 * (np.linalg.det(np.diag([1 + along, 1 + down])) - 1))
        assert judge(question, 100 * (along + down)).right, "what the map calls the dilation"
    for question in of_form(3, "standard deviations", 6):
        here, first, there, second = map(float, re.findall(r"-?\d\.\d\d", str(question.prompt).replace("−", "-")))
        draws = np.random.default_rng(1).normal(size=(2, 200_000)) * [[first], [second]]
        assert (there - here) / (draws[1] - draws[0]).std() == pytest.approx(question.answer, rel=0.01)
