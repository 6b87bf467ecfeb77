"""A movie of beam damage, its analysis, and a scrubber that shows both."""

import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.core.simulation.beam_damage import BeamDamageMovie
from lattice_widgets.widgets.movie.widget import MovieScrubber
from tests.widgets.movie.how_to_analyze import HOW


@pytest.fixture(scope="module")
def movie() -> BeamDamageMovie:
    return lw.simulate_beam_damage(10, (192, 224), field_of_view=6.4, growth=(0.0, 0.05, 0.06), seed=4)


@pytest.fixture(scope="module")
def found(movie: BeamDamageMovie) -> xr.Dataset:
    return lw.analyze_movie(movie, **HOW).load()


@pytest.fixture
async def scrubber(movie: BeamDamageMovie, found: xr.Dataset):
    made = MovieScrubber(movie, analysis=found, **HOW)
    await made.settled()
    yield made
    made.close()
