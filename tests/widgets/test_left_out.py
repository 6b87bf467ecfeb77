"""What the network does not see of a picture is said in every widget that asks it, and is gone with the picture."""

import numpy as np
import pytest

import lattice_widgets as lw
from tests.widget_parts import words

PICTURE = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], lw.Microscope(field_of_view=5), seed=1).image
FRAMED = np.pad(PICTURE, 27, constant_values=PICTURE.max())
SENTENCE = "A white margin of 27 px was left out."


@pytest.mark.parametrize("kind", [lw.MicrographReader, lw.FFTExplorer])
async def test_a_margin_is_said_beside_the_picture_that_has_it(kind: type) -> None:
    widget = kind(source=FRAMED)
    await widget.settled()
    assert SENTENCE in words(widget)
    widget.source = PICTURE
    await widget.settled()
    assert SENTENCE not in words(widget)
    widget.close()


async def test_a_margin_is_said_beside_the_verdict() -> None:
    panel = lw.ProbabilityPanel(FRAMED, n_passes=100)
    await panel.settled()
    assert SENTENCE in words(panel)
    panel.image = PICTURE
    await panel.settled()
    assert SENTENCE not in words(panel)
    panel.close()


async def test_black_rows_of_a_simulated_slope_are_said() -> None:
    simulator = lw.LatticeSimulator(crystal="one atom a cell", a=0.3, b=0.3, gamma=90.0, rows=192, cols=192, tilt=3.0)
    await simulator.settled()
    assert "left out" in words(simulator)
    simulator.tilt = 0.0
    await simulator.settled()
    assert "left out" not in words(simulator)
    simulator.close()
