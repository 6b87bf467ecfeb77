"""Topic by topic: what an answer says is what can be measured in its picture."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.ndimage

from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.quiz import (
    IMPERFECTIONS,
    Scene,
    question_of,
)
from lattice_widgets.core.quiz.topics.reciprocal_questions import spots_apart
from lattice_widgets.core.simulation.microscope import Imperfections


def measured_class(scene: Scene) -> str:
    """What geometry says of the picture, from its pixels alone."""
    picture = scene.micrograph()
    try:
        return fit_lattice(picture.image, picture.pixel_size).bravais_type
    except LatticeNotFound:
        return "noise"


def fitted(scene: Scene) -> Lattice:
    picture = scene.micrograph()
    return fit_lattice(picture.image, picture.pixel_size).lattice


@pytest.mark.parametrize("level", [1, 2, 3])
def test_lattices_have_the_type_that_they_are_said_to_have(level: int) -> None:
    borders = {1: 13, 2: 8, 3: 6}
    for index in range(240):
        question = question_of("lattice", level, 21, index)
        lattice = question.shown[0].scene.micrograph().picture_lattice
        if question.answer == "noise":
            continue
        assert lattice.bravais_type() == question.answer, question.id
        # and would have it within far larger tolerances
        assert lattice.bravais_type(0.6 * borders[level], 0.3 * borders[level]) == question.answer, question.id


@pytest.mark.parametrize("level", [1, 2, 3])
def test_geometry_names_the_pictures_as_the_answers_do(level: int) -> None:
    wrong = []
    for index in range(36):
        question = question_of("lattice", level, 31, index)
        if measured_class(question.shown[0].scene) != question.answer:
            wrong.append(question.id)
    assert wrong == []


@pytest.mark.parametrize("level", [1, 2, 3])
def test_lengths_are_those_measured_from_the_picture(level: int) -> None:
    for index in range(9):
        question = question_of("spacing", level, 8, index)
        shown = question.shown[0]
        lattice = fitted(shown.scene)
        spots = lattice.reciprocal_points(1.2 * float(np.hypot(*shown.marks.T).max()))
        near = [spots[np.hypot(*(spots - mark).T).argmin()] for mark in shown.marks]
        # a spot is where the mark is: to a tenth of the innermost spot's distance
        for mark, spot in zip(shown.marks, near, strict=True):
            assert np.hypot(*(mark - spot)) < 0.1 * np.hypot(*spots.T).min()
        prompt = str(question.prompt)
        if "rows of atoms" in prompt:
            measured = 1 / np.hypot(*near[0])
        elif "oblique" in prompt:
            # the vector of the lattice along the rows that make B: where g_B . a = 0 and g_A . a = 1
            measured = np.hypot(*np.linalg.solve(np.array(near), [1.0, 0.0]))
        elif "centered" in prompt:
            measured = min(lattice.conventional()[:2], key=lambda side: abs(side - question.answer))
        else:
            measured = np.sqrt(lattice.reduced().a * lattice.reduced().b)
        assert measured == pytest.approx(question.answer, rel=0.4 * question.tolerance), question.id
        if not shown.readout:  # the frequency is told
            continue
        # who reads the brightest pixel off the screen is right, too
        image, (row_step, col_step), places = shown.pixels()
        row, col = np.round(places[0]).astype(int)
        patch = image[row - 2 : row + 3, col - 2 : col + 3]
        peak = np.array(np.unravel_index(patch.argmax(), patch.shape)) + np.array([row - 2, col - 2])
        peak -= np.array(image.shape) // 2
        assert np.hypot(peak[0] * row_step, peak[1] * col_step) == pytest.approx(
            np.hypot(*shown.marks[0]), rel=question.tolerance
        )


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_right_transform_is_that_of_the_picture_and_the_others_are_not(level: int) -> None:
    for index in range(10):
        question = question_of("reciprocal", level, 3, index)
        own = replace(question.shown[0], frequency_range=question.options[0].shown.frequency_range).pixels()[0]
        likeness = {
            option.key: float(
                np.corrcoef(np.log(own + 1e-6).ravel(), np.log(option.shown.pixels()[0] + 1e-6).ravel())[0, 1]
            )
            for option in question.options
        }
        assert max(likeness, key=likeness.__getitem__) == question.answer
        assert sorted(likeness.values())[-2] < 0.95
        lattices = [option.shown.scene.micrograph().picture_lattice for option in question.options]
        assert min(spots_apart(a, b) for i, a in enumerate(lattices) for b in lattices[:i]) > 0.079


def points_in(corners: np.ndarray, scene: Scene) -> int:
    """Lattice points in a cell, counted one by one; a border belongs to the cell where it begins."""
    vectors = scene.micrograph().picture_lattice.vectors / scene.microscope.pixel_size
    middle = (np.array([scene.microscope.rows, scene.microscope.cols]) - 1) / 2
    reach = np.arange(-30, 31)
    points = middle + (reach[:, None, None] * vectors[0] + reach[:, None] * vectors[1]).reshape(-1, 2)
    parts = (points - corners[0]) @ np.linalg.inv(np.array([corners[1] - corners[0], corners[3] - corners[0]]))
    return int(((parts > -1e-6) & (parts < 1 - 1e-6)).all(axis=1).sum())


def test_cells_hold_as_many_points_as_are_counted() -> None:
    for level in (1, 2, 3):
        for index in range(16):
            question = question_of("cell", level, 6, index)
            shown = question.shown[0]
            counts = [points_in(corners, shown.scene) for corners in shown.cells]
            primitive = shown.scene.micrograph().picture_lattice.area
            if question.unit == "nm²":
                assert question.answer == pytest.approx(primitive, rel=1e-6)
            elif len(counts) == 4:
                assert [number == 1 for number in counts] == [
                    option.key == question.answer for option in question.options
                ]
            else:
                assert str(counts[0]) == question.answer
                # by area, too
                a, b, _, d = shown.cells[0] * shown.scene.microscope.pixel_size
                assert abs(np.linalg.det([b - a, d - a])) / primitive == pytest.approx(counts[0])


def test_the_outlines_lie_where_the_cells_are() -> None:
    shown = question_of("cell", 1, 6, 0).shown[0]
    image = shown.pixels()[0]
    corners = shown.cells[0]
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        row, col = np.round((start + end) / 2).astype(int)
        assert image[row, col] > 0.9
    assert (image > 0.75).mean() < 0.05


class Signs:
    """How strong each imperfection is, measured from the pixels of a picture and the crystal that is told."""

    def __init__(self, scene: Scene) -> None:
        self.scene, picture = scene, scene.micrograph()
        self.image = picture.image.astype(float)
        self.pixel = picture.pixel_size
        lattice = picture.picture_lattice
        self.period = lattice.reduced().a / self.pixel
        vectors = lattice.vectors / self.pixel
        middle = (np.array(self.image.shape) - 1) / 2
        reach = np.arange(-40, 41)
        points = middle + (reach[:, None, None] * vectors[0] + reach[:, None] * vectors[1]).reshape(-1, 2)
        room = 0.7 * self.period
        self.points = points[((points > room) & (points < np.array(self.image.shape) - 1 - room)).all(axis=1)]

    def at(self, shift: np.ndarray | None = None) -> np.ndarray:
        smooth = scipy.ndimage.gaussian_filter(self.image, 0.1 * self.period)
        return scipy.ndimage.map_coordinates(smooth, (self.points + (0 if shift is None else shift)).T, order=1)

    def drift(self) -> float:
        """Strain to the type of the crystal [%]."""
        lattice = fitted(self.scene)
        return lattice.strains()["square" if abs(self.scene.crystal.gamma - 90) < 1 else "hexagonal"]

    def dark(self) -> float:
        """Part of the places that are less than half as bright as most."""
        values, ground = self.at(), np.percentile(self.image, 5)
        return float(np.mean(values - ground < 0.5 * (np.median(values) - ground)))

    def off_place(self) -> float:
        """How far the middles of the atoms lie from their places, as a fraction of the period."""
        window = np.arange(-int(0.42 * self.period), int(0.42 * self.period) + 1)
        shifts = np.stack(np.meshgrid(window, window, indexing="ij"), axis=-1).reshape(-1, 2)
        smooth = scipy.ndimage.gaussian_filter(self.image, 0.1 * self.period)
        values = np.stack([scipy.ndimage.map_coordinates(smooth, (self.points + shift).T, order=1) for shift in shifts])
        weights = np.clip(values - np.percentile(values, 50, axis=0), 0, None) ** 2
        centers = np.einsum("sn,sd->nd", weights, shifts) / weights.sum(axis=0)[:, None]
        return float((centers - np.median(centers, axis=0)).std() / self.period)

    def flicker(self) -> float:
        """Scatter of single pixels against their neighbors, as a fraction of the contrast."""
        detail = self.image - scipy.ndimage.gaussian_filter(self.image, 1.0)
        return float(detail.std() / np.percentile(np.ptp(self.image, axis=0), 50))

    def fraying(self) -> float:
        """How much more neighboring rows differ than neighboring columns."""
        return float(np.abs(np.diff(self.image, axis=0)).mean() / np.abs(np.diff(self.image, axis=1)).mean())

    def ghost(self) -> float:
        """Brightness where the second tip puts each atom, less that on the other side, as a fraction of an atom's."""
        offset = np.array(self.scene.microscope.double_tip_offset) / self.pixel
        ground = np.percentile(self.image, 2)
        return float((self.at(offset).mean() - self.at(-offset).mean()) / (self.at().mean() - ground))

    def unevenness(self) -> float:
        """Scatter of the brightness at the places of the atoms, slow over the picture, against the mean."""
        values = self.at()
        return float(values.std() / (values.mean() - np.percentile(self.image, 2)))


def without(scene: Scene) -> Scene:
    """The same scene without what went wrong."""
    microscope = replace(scene.microscope, dose=max(scene.microscope.dose, 5e6), double_tip=0.0)
    return replace(scene, microscope=microscope, imperfections=Imperfections())


@pytest.mark.parametrize("level", [1, 2, 3])
def test_each_imperfection_is_there_to_be_seen_and_a_good_picture_has_none(level: int) -> None:
    strength = {
        "drift": (Signs.drift, 4.0 if level == 3 else 6.0),
        "vacancies": (Signs.dark, 0.015),
        "disorder": (Signs.off_place, 0.03),
        "low dose": (Signs.flicker, 0.05),
        "line jitter": (Signs.fraying, 1.1),
        "double tip": (Signs.ghost, 0.1),
        "second layer": (Signs.unevenness, 0.06),
    }
    seen = set()
    for index in range(16):
        question = question_of("imperfection", level, 17, index)
        scene = question.shown[0].scene
        kind = question.answer
        seen.add(kind)
        if kind == "none":
            assert scene.imperfections == Imperfections(layer_twist=scene.imperfections.layer_twist)
            assert measured_class(scene) == ("square" if scene.crystal.gamma < 91 else "hexagonal")
            continue
        measure, least = strength[kind]
        bad, good = measure(Signs(scene)), measure(Signs(without(scene)))
        assert bad > least, (question.id, kind, bad, good)
        assert bad > 1.25 * good, (question.id, kind, bad, good)
        # who has only the picture can tell it from drift: all else leaves the lattice as it is
        if kind in ("none", "vacancies", "double tip"):
            assert Signs(scene).drift() < 2.0, (question.id, kind)
    assert seen == set(IMPERFECTIONS)


def test_what_is_offered_beside_the_truth_can_be_meant() -> None:
    for index in range(32):
        question = question_of("imperfection", 1, 9, index)
        keys = [option.key for option in question.options]
        assert len(keys) == 6
        assert question.answer in keys
        if question.shown[0].scene.microscope.mode == "STEM":
            assert "double tip" not in keys
