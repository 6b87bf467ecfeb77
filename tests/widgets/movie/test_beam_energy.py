"""The beam widget: what energy a beam gives to an atom, and whether that is enough."""

import pytest

from lattice_widgets.widgets.beam.widget import BeamEnergy
from tests.widget_parts import words


async def test_the_beam() -> None:
    beam = BeamEnergy()
    await beam.settled()
    assert beam.energies["W"] == pytest.approx(1.31, abs=0.005)
    assert "7.51 eV" in words(beam)
    assert "7 eV in WS2: reached" in words(beam)
    beam.voltage = 60.0
    await beam.settled()
    assert "7 eV in WS2: not reached" in words(beam)
    beam.element = "Unobtainium"
    await beam.settled()
    assert "no element" in beam.error
    beam.close()
