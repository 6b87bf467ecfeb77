"""Old names still work, and warn with the new one."""

import importlib

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.old_names import RENAMED, keywords


@pytest.mark.parametrize(("module", "old"), [(module, old) for module, names in RENAMED.items() for old in names])
def test_an_old_name_is_the_new_thing_and_warns(module: str, old: str) -> None:
    home = importlib.import_module(module)
    new = RENAMED[module][old]
    assert old not in vars(home)
    with pytest.warns(DeprecationWarning, match=f"now called `{new}`"):
        found = getattr(home, old)
    assert found is getattr(home, new)


@pytest.mark.parametrize("module", sorted(RENAMED))
def test_what_never_was_is_not_there(module: str) -> None:
    home = importlib.import_module(module)
    with pytest.raises(AttributeError, match="has no attribute 'never_was'"):
        getattr(home, "never_was")  # noqa: B009


def test_an_attribute_is_found_by_its_old_name() -> None:
    row, col = np.mgrid[:96, :96]
    fit = lw.fit_lattice(np.cos(row / 2) + np.cos(col / 2))
    with pytest.warns(DeprecationWarning, match="`LatticeFit.lattice_type` is now called `bravais_type`") as told:
        assert fit.lattice_type == fit.bravais_type == "square"
    assert told[0].filename == __file__
    summary = lw.summarize(np.full((4, 1, 2), 0.5))
    with pytest.warns(DeprecationWarning, match="now called `std`"):
        assert summary.spread is summary.std
    with pytest.warns(DeprecationWarning, match="now called `n_passes`"):
        assert summary.n_samples == 4


def test_a_widget_takes_and_gives_a_setting_by_its_old_name() -> None:
    with pytest.warns(DeprecationWarning, match="now called `bravais_type`"):
        simulator = lw.LatticeSimulator(lattice_type="square")
    assert simulator.bravais_type == "square"
    with pytest.warns(DeprecationWarning, match="now called `bravais_type`"):
        simulator.lattice_type = "rectangular"
    assert simulator.bravais_type == "rectangular"
    simulator.close()


def test_the_old_and_the_new_name_together_are_refused() -> None:
    @keywords(px="pixel_size")
    def side(pixel_size: float) -> float:
        return 2 * pixel_size

    with pytest.raises(TypeError, match="give one of them"):
        side(px=1, pixel_size=2)  # type: ignore[call-arg]
