"""What a beam electron can hand to an atom, against the published numbers."""

import math

import pytest

from lattice_widgets.core.kinetics.beam import (
    ELECTRON_REST_ENERGY,
    THRESHOLDS,
    maximum_energy_transfer,
    threshold_voltage,
)


@pytest.mark.parametrize(("element", "energy"), [("W", 1.31), ("S", 7.51), ("Mo", 2.51)])
def test_energies_at_100_kv(element: str, energy: float) -> None:
    assert maximum_energy_transfer(100, element) == pytest.approx(energy, abs=0.005)


def test_slow_electrons_are_those_of_school() -> None:
    # 4 m / M of the energy, where the mass of the electron counts for nothing against its speed
    ratio = ELECTRON_REST_ENERGY / (12.011 * 931.494e6)
    assert maximum_energy_transfer(0.001, "C") == pytest.approx(4 * ratio, rel=1e-3)


def test_the_threshold_is_the_way_back() -> None:
    for threshold in THRESHOLDS:
        voltage = threshold_voltage(threshold.energy, threshold.element)
        assert maximum_energy_transfer(voltage, threshold.element) == pytest.approx(threshold.energy, rel=1e-9)
        assert 60 < voltage < 140
        assert threshold.source


@pytest.mark.parametrize("voltage", [0, -80, math.nan, math.inf])
def test_no_voltage(voltage: float) -> None:
    with pytest.raises(ValueError, match="positive number of kV"):
        maximum_energy_transfer(voltage, "W")


@pytest.mark.parametrize("element", ["Xx", "", "n", "tungsten"])
def test_no_element(element: str) -> None:
    with pytest.raises(ValueError, match="no element"):
        maximum_energy_transfer(100, element)
