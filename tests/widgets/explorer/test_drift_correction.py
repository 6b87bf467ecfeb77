"""The drift of a known lattice in the explorer: found, applied, told, and taken back."""

import re

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.drift_corrected import correct_image
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from tests.widget_parts import part
from tests.widgets.explorer.waves import COLS, waves


async def test_the_drift_of_a_known_shear_is_found_applied_and_told() -> None:
    true = np.array([[1.12, 0.0], [0.05, 1.0]])  # what corrects it
    drifted = Lattice.from_parameters(15, 15, 120, rotation=12).transformed(np.linalg.inv(true))
    explorer = lw.FFTExplorer(waves(drifted))
    await explorer.settled()
    assert explorer.fit.bravais_type != "hexagonal"
    told = re.search(r"stretch of (\S+) % .* shear of (\S+) % make it <b>hexagonal", explorer.drift_message)
    assert told
    assert [float(number) for number in told.groups()] == pytest.approx([12, 5], abs=0.3)
    assert "presumes the answer" in explorer.drift_message
    explorer.correct()
    await explorer.settled()
    assert explorer.scale == pytest.approx(12, abs=0.3)
    assert explorer.shear == pytest.approx(5, abs=0.3)
    assert explorer.fit.a == pytest.approx(15, rel=0.01)
    assert explorer.fit.b == pytest.approx(15, rel=0.01)
    assert explorer.fit.gamma == pytest.approx(120, abs=0.6)
    assert explorer.fit.bravais_type == "hexagonal"
    # the points still lie in the picture as it was scanned
    points = np.frombuffer(part(explorer, PictureCanvas).points, np.float32).reshape(-1, 2)
    row, col = np.rint(points).astype(int).T
    assert waves(drifted, noise=0.0)[row, col].mean() > 2.3
    explorer.close()


async def test_a_shear_that_leaves_nothing_is_told_and_can_be_taken_back(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, window=(0, 0, 180, 60))
    explorer.shear = 50.0
    await explorer.settled()
    assert "take a wider window" in explorer.error
    explorer.shear = 0.0
    await explorer.settled()
    assert explorer.error == ""
    explorer.close()


async def test_the_drifted_graphene_is_oblique_and_a_stretch_makes_it_hexagonal(shared_picture) -> None:
    explorer = lw.FFTExplorer(shared_picture("graphene_stm.tif"))
    await explorer.settled()
    assert explorer.fit.bravais_type == "oblique"
    correction = explorer.fit.correction("hexagonal")
    assert f"{correction.scale:+.1f} %" in explorer.drift_message
    assert f"{correction.length_ratio:.3f} times the uncorrected lattice constant" in explorer.drift_message
    explorer.correct()
    await explorer.settled()
    assert explorer.fit.bravais_type == "hexagonal"
    explorer.close()


def test_correcting_undoes_a_known_drift() -> None:
    crystal = Lattice.from_parameters(12, 12, 90, rotation=20)
    drifted = crystal.transformed(np.linalg.inv([[0.9, 0.0], [-0.08, 1.0]]))
    corrected = correct_image(waves(drifted, noise=0.0), scale=-10, shear=-8)
    assert corrected.shape == (162, COLS - 15)
    fit = lw.fit_lattice(corrected)
    assert (fit.a, fit.b, fit.gamma) == pytest.approx((12, 12, 90), rel=0.002)
