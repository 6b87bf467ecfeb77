"""How sure the geometry is that there is no lattice: only what it recognizes as something else is certain."""

import numpy as np
import pytest

from lattice_widgets.core.geometry.several.find import ask_geometry
from lattice_widgets.core.lattices.lattice import CLASSES

ROW, COL = np.mgrid[:160, :200].astype(float)
GRAIN = np.random.default_rng(5).standard_normal(ROW.shape)


def waves(fold: int, period: float) -> np.ndarray:
    """Plane waves in directions that are evenly spread over half a turn."""
    turns = np.pi * np.arange(fold // 2) * 2 / fold + 0.3
    return sum(np.cos(2 * np.pi * (ROW * np.sin(turn) + COL * np.cos(turn)) / period) for turn in turns)


@pytest.mark.parametrize("fold", [8, 10, 12])
def test_a_quasi_crystal_is_certainly_no_lattice(fold: int) -> None:
    geometry = ask_geometry(waves(fold, 14.0) + 0.2 * GRAIN)
    assert geometry.refusal is not None
    assert geometry.weights[CLASSES.index("noise")] == 1


def test_where_too_little_stands_out_a_lattice_may_be_hidden() -> None:
    geometry = ask_geometry(GRAIN)
    assert geometry.refusal is not None
    assert CLASSES[int(geometry.weights.argmax())] == "noise"
    assert 0.8 < geometry.weights.max() < 0.95
    assert geometry.weights.sum() == pytest.approx(1)
    assert (geometry.weights > 0).all()


def test_a_lattice_that_is_found_has_the_weights_of_its_fit() -> None:
    geometry = ask_geometry(np.cos(ROW / 2) + np.cos(COL / 2) + 0.3 * GRAIN)
    assert geometry.fit is not None
    assert dict(zip(CLASSES, geometry.weights, strict=True)) == {"noise": 0.0, **geometry.fit.weights}
