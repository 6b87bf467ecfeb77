"""On a dashboard nobody writes into the folder that all share: files go to the browser, which saves them."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lattice_widgets as lw
from lattice_widgets.views.shared.widget_frame import WidgetFrame
from lattice_widgets.widgets.parts.dashboard import is_dashboard, keep_file
from tests.widget_parts import named, part, words


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The environment that Voila gives a kernel, in an empty folder."""
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_elsewhere_files_are_written(tmp_path: Path) -> None:
    assert not is_dashboard()

    def write(path: Path) -> Path:
        path.write_text("1,2")
        return path

    assert str(tmp_path / "a.csv") in keep_file(None, str(tmp_path / "a.csv"), write)
    assert (tmp_path / "a.csv").read_text() == "1,2"


def saved_by_browser(widget: lw.FFTExplorer, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Collect the files that a widget has the browser save from now on."""
    files: dict[str, bytes] = {}

    def send(content: dict[str, str], buffers: list[bytes]) -> None:
        files[content["save"]] = bytes(buffers[0])

    monkeypatch.setattr(part(widget, WidgetFrame), "send", send)
    return files


def test_buttons_that_write_have_the_browser_save(dashboard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], lw.Microscope(rows=96, cols=112)).image
    explorer = lw.FFTExplorer(np.asarray(image))
    explorer.pin("one")
    files = saved_by_browser(explorer, monkeypatch)
    named(explorer, "save as CSV").click()
    assert "Your browser saves windows.csv." in words(explorer)
    table = pd.read_csv(io.BytesIO(files["windows.csv"]), index_col="name")
    assert list(table.index) == ["one"]
    assert table.loc["one", "a"] == pytest.approx(explorer.fit.a)
    viewer = lw.EmbeddingViewer(features=np.random.default_rng(0).normal(size=(40, 5)), perplexity=5.0)
    files = saved_by_browser(viewer, monkeypatch)
    named(viewer, "CSV").click()
    assert len(pd.read_csv(io.BytesIO(files["embedding.csv"]))) == 40
    scrubber = lw.MovieScrubber(np.random.default_rng(0).normal(size=(3, 64, 72)))
    named(scrubber, "write").click()
    assert "There is no finished analysis yet" in words(scrubber)
    assert list(dashboard.iterdir()) == []
    # a script of the teacher, in a code cell, still can
    assert explorer.save_table("mine.csv").is_file()
