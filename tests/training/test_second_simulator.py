"""The second simulator: it draws the lattices that it says, as the troubles leave them."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.training.examination import SECOND_SUITES, plan_second
from lattice_widgets.training.examination.published_cells import COLUMNS, SURFACES
from lattice_widgets.training.examination.second_simulator import Scan, draw
from lattice_widgets.training.examination.second_suites import SECOND_TROUBLES, ask_second

KINDS = {
    "WTe2, one layer": "rectangular",
    "TiS3, one layer": "rectangular",
    "CrI3, one layer": "hexagonal",
    "SnSe [100]": "centered rectangular",
    "TiO2 rutile [001]": "square",
    "Ga2O3 [010], monoclinic": "oblique",
    "La2CuO4 [100], tetragonal": "centered rectangular",
}


def test_the_published_cells_have_the_types_of_their_structures() -> None:
    assert {name: COLUMNS[name].bravais_type() for name in KINDS} == KINDS
    assert not {*COLUMNS, *SURFACES} & set(CRYSTALS), "what the first simulator draws is examined already"
    assert all(one.source for one in (*COLUMNS.values(), *SURFACES.values()))


@pytest.mark.parametrize("name", ["W [110]", "MoSe2, one layer"])
@pytest.mark.parametrize("drift", [(0.0, 0.0), (0.06, -0.04)])
def test_the_picture_has_the_lattice_that_is_told(name: str, drift: tuple[float, float]) -> None:
    scan = Scan(192, 224, 11, turn=0.4, drift=drift)
    image, vectors = draw(COLUMNS[name], scan, np.random.default_rng(3))
    # with the noise that every question has: nothing else is as faint as what sharp pixels alias
    image = image + 0.03 * np.random.default_rng(4).standard_normal(image.shape)
    told, fit = lw.Lattice(vectors).reduced(), lw.fit_lattice(image)
    assert [fit.a, fit.b] == pytest.approx([told.a, told.b], rel=0.004)
    assert fit.gamma == pytest.approx(told.gamma, abs=0.4)


def test_lines_tremble_together() -> None:
    still, moved = (
        draw(COLUMNS["W [110]"], Scan(160, 160, 8, tremble=tremble, tremble_lines=10), np.random.default_rng(1))[0]
        for tremble in (0.0, 2.0)
    )
    assert np.abs(still - moved).mean() > 0.02


def test_questions_depend_on_their_number_and_figures_have_margins() -> None:
    question, again = (ask_second(SECOND_SUITES[2], "W [111]", np.random.default_rng([1, 2])) for _ in range(2))
    np.testing.assert_array_equal(question.image, again.image)
    assert question.truth == "hexagonal"
    assert question.image[0].min() == question.image[:, -1].min() == 255
    assert {detail for suite, detail in plan_second(1) if suite == SECOND_SUITES[1]} == set(SECOND_TROUBLES)
    assert len(plan_second(0.01)) < 10


@pytest.mark.parametrize("trouble", SECOND_TROUBLES)
def test_every_trouble_is_a_picture_with_a_truth(trouble: str) -> None:
    question = ask_second(SECOND_SUITES[1], trouble, np.random.default_rng([4, len(trouble)]))
    assert question.truth in lw.BRAVAIS_TYPES
    assert np.isfinite(question.image).all()
    assert np.ptp(question.image) > 0
