"""Figures for print: what is shown, in the colors and markers of the classes, with units and errors; the same bytes twice."""

import io
import re
import sys
from typing import Any

import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.widgets.parts.figure_button import FigureButton


@pytest.fixture(scope="module")
def square() -> xr.DataArray:
    rows, cols = np.mgrid[:128, :160]
    picture = np.cos(2 * np.pi * rows / 10) + np.cos(2 * np.pi * cols / 10)
    picture += 0.3 * np.random.default_rng(2).normal(size=picture.shape)
    return xr.DataArray(picture, dims=("row", "col"), attrs={"pixel_size": 0.02})


def svg_of(figure: Any) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")
    return buffer.getvalue()


def words_of(svg: str) -> str:
    """All texts of an SVG."""
    return "\n".join(re.sub(r"<[^>]*>", "", text) for text in re.findall(r"<text.*?</text>", svg, re.DOTALL))


def button_of(widget: Any) -> FigureButton:
    return next(part for part in widget.children if isinstance(part, FigureButton))


async def test_the_figure_of_the_explorer_says_the_cell_with_errors_and_who_names_it(
    square: xr.DataArray, tmp_path
) -> None:
    lw.load_classifier().load()
    explorer = lw.FFTExplorer(square)
    with pytest.raises(ValueError, match="No window has been measured yet"):
        explorer.figure()
    await explorer.settled()
    svg = svg_of(explorer.figure())
    words = words_of(svg)
    assert re.search(r"a = 0\.(19|20)\d+ ± 0\.000\d+ nm", words)
    assert re.search(r"^0\.5 nm$", words, re.MULTILINE), "no scale bar"
    assert re.search(r"^\d+ nm⁻¹$", words, re.MULTILINE)
    assert "both: square" in words
    for style in lw.CLASS_STYLES.values():
        assert style.label in words
        assert style.color.lower() in svg
    for name in ("window.svg", "window.pdf"):
        first, second = tmp_path / name, tmp_path / f"again-{name}"
        explorer.figure().savefig(first)
        explorer.figure().savefig(second)
        assert first.read_bytes() == second.read_bytes()
    assert (tmp_path / "window.pdf").read_bytes().startswith(b"%PDF")
    explorer.close()


async def test_the_figure_of_the_panel_has_errors_and_passes(square: xr.DataArray) -> None:
    panel = lw.ProbabilityPanel(None, n_passes=50)
    with pytest.raises(ValueError, match="No pass with dropout is done yet"):
        panel.figure()
    panel.image = square
    await panel.settled()
    words = words_of(svg_of(panel.figure()))
    assert "50 passes with dropout of the network default" in words
    assert "square (tp)" in words
    assert panel.verdict in words
    bars = panel.figure().axes[1]
    widths = [patch.get_width() for patch in bars.patches]
    assert widths == pytest.approx(panel.summary.mean[0], abs=1e-6)
    panel.close()


async def test_the_figure_of_the_viewer_counts_each_class() -> None:
    features = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    labels = np.arange(60) % 3
    features += 20 * labels[:, None]
    viewer = lw.EmbeddingViewer(features=features, labels=labels)
    with pytest.raises(ValueError, match="map"):
        viewer.figure()
    await viewer.settled()
    svg = svg_of(viewer.figure())
    for style in list(lw.CLASS_STYLES.values())[:3]:
        assert f"{style.label}, 20" in words_of(svg)
    assert "hexagonal" not in words_of(svg)
    assert "<b>" not in words_of(svg).replace("&lt;", "<")
    viewer.close()


async def test_the_figure_of_a_movie_that_is_not_analyzed_is_told() -> None:
    scrubber = lw.MovieScrubber(np.random.default_rng(0).normal(size=(3, 64, 64)))
    await scrubber.settled()
    button = button_of(scrubber)
    button.draw_button.click()
    assert "There is no figure: There is no finished analysis yet" in button.says.value
    assert len(button.children) == 2
    scrubber.close()


async def test_the_button_opens_a_live_figure_and_takes_it_away(square: xr.DataArray) -> None:
    explorer = lw.FFTExplorer(square)
    await explorer.settled()
    button = button_of(explorer)
    button.draw_button.click()
    (canvas,) = button.children[-1].children
    assert type(canvas).__module__ == "ipympl.backend_nbagg"
    assert canvas.figure.axes[0].get_title() == "Micrograph"
    button.draw_button.click()
    assert button.children[-1].children != (canvas,)
    assert len(button.children) == 3
    button.close_button.click()
    assert len(button.children) == 2
    explorer.close()


async def test_without_ipympl_the_button_says_so(square: xr.DataArray, monkeypatch: pytest.MonkeyPatch) -> None:
    explorer = lw.FFTExplorer(square)
    await explorer.settled()
    monkeypatch.setitem(sys.modules, "ipympl.backend_nbagg", None)
    button = button_of(explorer)
    button.draw_button.click()
    assert "A live figure needs ipympl" in button.says.value
    explorer.close()
