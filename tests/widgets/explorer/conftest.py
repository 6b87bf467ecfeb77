"""A hexagonal picture, and the network before the first test that waits for its answer."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import Lattice
from tests.widgets.explorer.waves import waves


@pytest.fixture(scope="module", autouse=True)
def network() -> None:
    lw.load_classifier().load()


@pytest.fixture(scope="module")
def honeycomb() -> np.ndarray:
    return waves(Lattice.from_parameters(14, 14, 120, rotation=8))
