"""The panel: passes come in, the verdict stands in words, a new picture cancels the old passes, bad input is told."""

import asyncio

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.uncertainty.summary import summarize
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.widgets.probability.widget import ProbabilityPanel
from tests.patience import PATIENCE, until
from tests.widget_parts import part, words


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    lw.load_classifier().load()
    microscope = lw.Microscope(rows=96, cols=120, field_of_view=3)
    return lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], microscope, rotation=20).image


async def test_it_shows_what_the_engine_computes(picture: np.ndarray) -> None:
    panel = ProbabilityPanel(picture, n_passes=600, seed=3)
    await panel.settled()
    assert panel.error == ""
    assert panel.done == 600
    samples = lw.load_classifier().sample(picture, 600, seed=3)
    assert np.allclose(panel.samples, samples[:, 0], atol=1e-5)
    summary = summarize(samples)
    assert part(panel, ProbabilityBars).mean == pytest.approx(tuple(summary.mean[0]), abs=1e-5)
    assert part(panel, ProbabilityBars).std == pytest.approx(tuple(summary.std[0]), abs=1e-5)
    assert panel.verdict == lw.load_classifier().judge(picture, summary)[0].describe(lw.CLASSES)
    assert "600/600, ±" in words(panel)
    assert "square" in words(panel)
    assert "bit" in words(panel)
    assert "were named right" in words(panel)
    panel.close()


async def test_it_fills_in_while_the_passes_run(picture: np.ndarray) -> None:
    seen: list[int] = []
    panel = ProbabilityPanel(n_passes=5000)
    panel.observe(lambda change: seen.append(change.new), "done")
    panel.image = picture
    await panel.settled()
    assert seen[-1] == 5000
    assert len(seen) >= 5
    assert seen == sorted(seen)
    panel.close()


async def test_stop_keeps_what_is_known(picture: np.ndarray) -> None:
    panel = ProbabilityPanel(picture, n_passes=20_000)
    await until(lambda: panel.done, "the first passes")
    panel.stop()
    await panel.settled()
    assert 0 < panel.done < 20_000
    assert not panel.busy
    assert panel.verdict
    panel.close()


async def test_a_new_picture_cancels_the_running_passes(picture: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(size=(64, 80))
    panel = ProbabilityPanel(picture, n_passes=20_000)
    await until(lambda: panel.done, "the first passes")
    panel.n_passes = 300
    panel.image = noise
    await panel.settled()
    assert panel.done == 300
    assert np.allclose(panel.samples, lw.load_classifier().sample(noise, 300)[:, 0], atol=1e-5)
    panel.close()


async def test_it_follows_another_widget(picture: np.ndarray) -> None:
    simulator = lw.LatticeSimulator(rows=80, cols=100)
    await simulator.settled()
    panel = ProbabilityPanel(simulator, n_passes=100)
    simulator.gamma = 90.0
    await simulator.settled()
    await panel.settled()
    assert np.array_equal(panel.image, simulator.image)
    panel.close()
    simulator.gamma = 95.0  # the link is gone: nothing follows any more
    await simulator.settled()
    assert not np.array_equal(panel.image, simulator.image)
    simulator.close()


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.full((40, 50), np.nan), "NaN"),
        (np.zeros((40, 50)), "constant"),
        (np.ones((3, 3)), "too small"),
        (np.ones((40, 50), complex), "real numbers"),
        ([np.eye(40), np.eye(50)], "one size"),
        ("nowhere.png", "nowhere.png"),
    ],
    ids=["nan", "constant", "tiny", "complex", "sizes", "missing"],
)
async def test_bad_input_gets_one_sentence_and_leaves_the_panel_usable(picture, image, sentence: str) -> None:
    panel = ProbabilityPanel(picture, n_passes=50)
    await panel.settled()
    panel.image = image
    await panel.settled()
    assert sentence in panel.error
    assert "should not have happened" not in panel.error
    panel.image = picture[::-1]
    await panel.settled()
    assert panel.error == ""
    assert panel.done == 50
    panel.close()


async def test_it_can_be_closed_twice_and_while_it_is_busy(picture: np.ndarray) -> None:
    simulator = lw.LatticeSimulator(rows=80, cols=100)
    await simulator.settled()
    panel = ProbabilityPanel(simulator, n_passes=20_000)
    await until(lambda: panel.done, "the first passes")
    done = panel.done
    assert panel.busy
    for _ in range(2):
        panel.close()
    assert not panel.busy
    await asyncio.wait_for(panel.settled(), PATIENCE)
    panel.seed = 5
    await asyncio.wait_for(panel.settled(), PATIENCE)
    assert (panel.done, panel.error) == (done, "")
    simulator.close()


def test_a_widget_without_a_picture_is_refused() -> None:
    import ipywidgets

    with pytest.raises(TypeError, match="IntSlider shows no picture"):
        ProbabilityPanel(ipywidgets.IntSlider())


async def test_taking_the_picture_away_takes_the_error_away() -> None:
    panel = ProbabilityPanel("no such picture.tif")
    await panel.settled()
    assert "no such picture.tif" in panel.error
    panel.image = None
    await panel.settled()
    assert panel.error == ""
    assert "Give a picture" in words(panel)
    panel.close()
