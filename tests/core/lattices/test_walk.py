import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.walk import lattice_walk


def test_a_walk_ends_where_it_should_and_changes_evenly():
    start, end = Lattice.from_parameters(0.25, 0.4, 100, 10), Lattice.from_parameters(0.3, 0.3, 120, 40)
    walk = lattice_walk(start, end, 9)
    assert walk[0].shape_parameter() == pytest.approx(start.shape_parameter())
    assert walk[-1].shape_parameter() == pytest.approx(end.shape_parameter())
    assert walk[0].area == pytest.approx(start.area)
    assert walk[-1].area == pytest.approx(end.area)
    strains = [lattice.strains()["hexagonal"] for lattice in walk]
    # to a hexagonal lattice every straight way leads down; logarithms of stretches add up along it
    steps = np.diff(np.log1p(np.array(strains) / 100))
    assert (steps < 0).all()
    np.testing.assert_allclose(steps, steps[0], rtol=0.05)


def test_a_walk_between_rectangular_lattices_stays_rectangular():
    walk = lattice_walk(Lattice.from_parameters(1, 1.2, 90), Lattice.from_parameters(1, 2.0, 90), 6)
    assert {lattice.bravais_type() for lattice in walk} == {"rectangular"}
    np.testing.assert_allclose(np.diff(np.log([w.b / w.a for w in walk])), np.log(2 / 1.2) / 5)


def test_a_walk_to_itself_stays():
    lattice = Lattice.from_parameters(1, 1.3, 100)
    for step in lattice_walk(lattice, lattice, 3):
        assert step.shape_parameter() == pytest.approx(lattice.shape_parameter())


def test_a_walk_of_one_is_none():
    with pytest.raises(ValueError, match="at least two"):
        lattice_walk(Lattice(np.eye(2)), Lattice(np.eye(2)), 1)
