"""No name of a file, person or data set becomes markup on the page: one function escapes all text."""

import ast
import re
from contextlib import suppress
from pathlib import Path

import ipywidgets as ipw
import numpy as np
import pytest
import xarray as xr
from PIL import Image

import lattice_widgets as lw
from lattice_widgets.views.shared.escaping import in_html
from tests.widget_parts import parts

ROOT = Path(__file__).parents[2]
#: as a name of a file may be
EVIL = "\"'><img src=x onerror=alert(1)>&amp;"
#: what the page would take for a tag or for the end of an attribute
RAW = re.compile(r"<img|\"'>", re.IGNORECASE)
PICTURE = np.add.outer(np.arange(64.0), np.arange(64.0) % 7)


def picture(folder: Path) -> Path:
    Image.fromarray((PICTURE * 2).astype(np.uint8)).save(folder / f"{EVIL}.png")
    return folder / f"{EVIL}.png"


def labeled() -> xr.DataArray:
    attributes = {"title": EVIL, "notes": EVIL, "file": EVIL, "format": EVIL, "dataset": EVIL, "unit": EVIL}
    return xr.DataArray(PICTURE, dims=("row", "col"), attrs=attributes, name=EVIL)


def markup(widget: ipw.Widget) -> list[str]:
    """Give the values of all that the page takes for HTML and in which a tag of the evil text stands."""
    values = [line.value for line in parts(widget, ipw.HTML | ipw.HTMLMath)]
    return [value for value in values if RAW.search(value)]


@pytest.mark.parametrize("kind", ["file", "no file", "labeled", "no picture"])
@pytest.mark.parametrize("name", ["FFTExplorer", "MicrographReader", "EmbeddingViewer", "MovieScrubber", "StrainMap"])
async def test_names_in_sources(name: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / f"{EVIL}.txt").write_text(EVIL)
    source = {
        "file": lambda: picture(tmp_path),
        "no file": lambda: tmp_path / f"{EVIL}.tif",
        "labeled": labeled,
        "no picture": lambda: tmp_path / f"{EVIL}.txt",
    }[kind]()
    text = source if isinstance(source, xr.DataArray) else str(source)
    widget = getattr(lw, name)()
    if name == "EmbeddingViewer":
        await widget.settled()
        with suppress(ValueError, OSError):
            widget.place(text)
    else:
        widget.source = text
    await widget.settled()
    shown = "".join(line.value for line in parts(widget, ipw.HTML))
    assert markup(widget) == []
    if name in ("FFTExplorer", "MicrographReader", "StrainMap"):
        assert "onerror" in shown, "the name is nowhere: this test tests nothing"
    widget.close()


async def test_names_of_people_and_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quiz = lw.Quiz("lattice", seed=1, student=EVIL)
    await quiz.settled()
    assert markup(quiz) == []
    quiz.close()
    explorer = lw.FFTExplorer(labeled())
    await explorer.settled()
    explorer.pin(EVIL)
    await explorer.settled()
    shown = "".join(line.value for line in parts(explorer, ipw.HTML))
    assert "onerror" in shown
    assert markup(explorer) == []
    explorer.close()


async def test_a_sentence_of_a_callback_is_text() -> None:
    simulator = lw.LatticeSimulator()
    await simulator.settled()

    def fail(change: object) -> None:
        raise ValueError(EVIL)

    simulator.observe(fail, "seed")
    simulator.seed = simulator.seed + 1
    assert EVIL in simulator.error
    assert markup(simulator) == []
    simulator.close()


def test_half_a_character_can_be_sent() -> None:
    assert in_html("a\ud800\x00b").encode("utf-8") == "a\ufffd\ufffdb".encode()


def test_there_is_one_function() -> None:
    """Nothing else escapes; and whatever stands between tags is escaped, formatted as a number, or named here."""
    others = []
    for path in sorted((ROOT / "lattice_widgets").rglob("*.py")):
        if path.name == "escaping.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("html.escape", "escape", "html_escape"):
                others.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert others == []


#: expressions between tags that hold no text of others: marks and markup made beside them, numbers, colors
HARMLESS = {
    "".join(words.split())
    for words in (
        "about", "color", "copied", "corner", "cells", "head", "look", "most", "parts", "style", "sign", "frame", "hidden",
        "why", "words", "role", "rows", "text", "''.join(rows)", "''.join(cells)", "''.join(tables)", "prompt", "name", "line",
        "_YOU", "_NETWORK", "shade", "weight", "countor'·'", "style.color", "titles", "lines",
        "_(truth)", "_(texts.HINT)", "_(PRESUMES)",
    )
}  # fmt: skip
_TAG = re.compile(r"<[a-z/]")


def test_what_stands_between_tags_is_escaped() -> None:
    found = []
    for folder in ("views", "widgets"):
        for path in sorted((ROOT / "lattice_widgets" / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(source)):
                if not isinstance(node, ast.JoinedStr) or not _TAG.search(ast.unparse(node)):
                    continue
                for part in node.values:
                    if not isinstance(part, ast.FormattedValue) or part.format_spec is not None:
                        continue
                    words = "".join(ast.unparse(part.value).split())
                    if "in_html(" not in words and words not in HARMLESS:
                        found.append(f"{path.relative_to(ROOT)}:{part.lineno}: {words}")
    assert found == []
