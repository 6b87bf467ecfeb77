"""The pictures of the README are in true colors: a class has the same one in each, that of `CLASS_STYLES`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lattice_widgets as lw

DOCS = Path(__file__).parents[1] / "docs"
#: pictures with a legend, or bars, of all classes
WITH_LEGEND = (
    "embedding_viewer",
    "fft_explorer",
    "lattice_map",
    "lattice_simulator",
    "micrograph_reader",
    "movie_scrubber",
    "probability_panel",
    "quiz",
)


@pytest.mark.parametrize("name", WITH_LEGEND)
def test_classes_have_their_colors(name: str) -> None:
    pixels = np.asarray(Image.open(DOCS / f"{name}.png").convert("RGB")).astype(int)
    for style in lw.CLASS_STYLES.values():
        color = [int(style.color[k : k + 2], 16) for k in (1, 3, 5)]
        count = int((np.abs(pixels - color).max(axis=2) <= 2).sum())
        assert count >= 8, f"docs/{name}.png: {style.name} is not {style.color} ({count} pixels are)"


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.png")), ids=lambda path: path.stem)
def test_pictures_are_small_and_shown(path: Path) -> None:
    assert path.stat().st_size < 300_000
    shown = f"docs/{path.name}" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert shown or f"({path.name})" in (DOCS / "gallery.md").read_text(encoding="utf-8")
