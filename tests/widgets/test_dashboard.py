"""On a dashboard nobody writes into the folder that all share."""

from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.widgets.parts.dashboard import is_dashboard, refuse_to_write
from tests.widget_parts import named, words


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The environment that Voila gives a kernel, in an empty folder."""
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_elsewhere_files_are_written() -> None:
    assert not is_dashboard()
    refuse_to_write()


def test_buttons_that_write_say_why_they_do_not(dashboard: Path) -> None:
    image = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], lw.Microscope(rows=96, cols=112)).image
    explorer = lw.FFTExplorer(np.asarray(image))
    explorer.pin("one")
    named(explorer, "save as CSV").click()
    assert "A dashboard writes no files." in words(explorer)
    viewer = lw.EmbeddingViewer(features=np.random.default_rng(0).normal(size=(40, 5)), perplexity=5.0)
    named(viewer, "CSV").click()
    assert "A dashboard writes no files." in viewer.error
    scrubber = lw.MovieScrubber(np.random.default_rng(0).normal(size=(3, 64, 72)))
    named(scrubber, "write").click()
    assert "A dashboard writes no files." in words(scrubber)
    assert list(dashboard.iterdir()) == []
    # a script of the teacher, in a code cell, still can
    assert explorer.save_table("mine.csv").is_file()
