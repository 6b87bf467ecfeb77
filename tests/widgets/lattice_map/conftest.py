"""A map of lattices with its simulator, and one alone."""

import pytest

from lattice_widgets.widgets.lattice_map.widget import LatticeMap
from lattice_widgets.widgets.simulator.widget import LatticeSimulator


@pytest.fixture
async def pair():
    """A simulator and the map that is linked to it."""
    simulator = LatticeSimulator(rows=64, cols=64, field_of_view=2.0)
    chart = LatticeMap(simulator)
    await simulator.settled()
    await chart.settled()
    yield simulator, chart
    chart.close()
    simulator.close()


@pytest.fixture
async def alone():
    made = LatticeMap(x=0.25, y=0.35)
    await made.settled()
    yield made
    made.close()
