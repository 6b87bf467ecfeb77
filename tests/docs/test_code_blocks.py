"""Every code block of the documentation runs, in a real kernel, and says what the page claims that it says."""

import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
import tifffile
import typer.main
from nbclient import NotebookClient

import lattice_widgets as lw
from lattice_widgets.cli import app
from tests.patience import LONG_PATIENCE, PATIENCE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(ROOT / "tools"))

from docs_blocks import Block, blocks_of  # noqa: E402

PAGES = sorted(DOCS.glob("*.md"))
#: shows the faults of other libraries, which are not ours to have: tests/test_kernel.py and others do what it says
OF_OTHERS = "upstream"
WITH_CODE = [
    path for path in PAGES if path.stem != OF_OTHERS and any(b.kind in ("python", "pycon") for b in blocks_of(path))
]
#: runs a ``>>>`` block where the page's names are, and raises where it says something else
CHECK = """\
import doctest as _doctest
_runner = _doctest.DocTestRunner(optionflags=_doctest.ELLIPSIS)
_test = _doctest.DocTestParser().get_doctest({text!r}, globals(), {name!r}, {name!r}, 0)
_test.globs = globals()
if _runner.run(_test, clear_globs=False).failed:
    raise AssertionError({name!r})
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the pages open: pictures and a movie of a reader's own."""
    folder = tmp_path_factory.mktemp("docs")
    microscope = lw.Microscope(field_of_view=5.12)
    for name, crystal in (("my_picture", "SrTiO3 [001]"), ("other_picture", "WS2")):
        taken = lw.simulate_micrograph(lw.CRYSTALS[crystal], microscope, rotation=20, seed=1)
        per_cm = 1e7 / taken.pixel_size
        tifffile.imwrite(folder / f"{name}.tif", taken.image, resolution=(per_cm, per_cm), resolutionunit="CENTIMETER")
    movie = lw.simulate_beam_damage(6, (192, 192), field_of_view=5.5, seed=4)
    np.save(folder / "my_movie.npy", movie.frames)
    (folder / "answers").mkdir()
    return folder


def cell_of(block: Block, page: Path) -> nbformat.NotebookNode:
    name = f"docs/{page.name}:{block.line}"
    code = block.text if block.kind == "python" else CHECK.format(text=block.text, name=name)
    return nbformat.v4.new_code_cell(code)


@pytest.fixture(scope="module")
def kernel(folder: Path, tmp_path_factory: pytest.TempPathFactory, data_mirror: str | None) -> Iterator[NotebookClient]:
    """One kernel for all pages, whose Jupyter shares nothing with the user's; each page begins with no names."""
    settings = tmp_path_factory.mktemp("jupyter")
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(variable, str(settings / variable.lower()))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
        if data_mirror:
            patch.setenv("LATTICE_WIDGETS_DATA_URL", data_mirror)
        client = NotebookClient(
            nbformat.v4.new_notebook(),
            timeout=int(LONG_PATIENCE),
            startup_timeout=int(PATIENCE),
            iopub_timeout=int(PATIENCE),
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
        )
        with client.setup_kernel():
            yield client


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.stem)
def test_blocks_run_and_say_what_the_page_says(page: Path, kernel: NotebookClient) -> None:
    cells = [cell_of(block, page) for block in blocks_of(page) if block.kind in ("python", "pycon")]
    for cell in [nbformat.v4.new_code_cell("%reset -f"), *cells]:
        kernel.nb.cells.append(cell)
        kernel.execute_cell(cell, len(kernel.nb.cells) - 1)
    printed = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    assert "Traceback (most recent call last)" not in printed, printed


def test_a_block_that_says_something_else_is_found() -> None:
    with pytest.raises(AssertionError, match="page"):
        exec(CHECK.format(text=">>> 1 + 1\n3\n", name="page"), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_have_the_options_that_the_page_gives_them(page: Path) -> None:
    group = typer.main.get_command(app)
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"^(?:lattice-widgets) .*$|`(lattice-widgets [^`]*)`", text, re.MULTILINE):
        words = shlex.split(line, comments=True)
        if len(words) < 2 or words[1] == "...":
            continue
        command = group.get_command(None, words[1])
        assert command, line
        known = {option for parameter in command.params for option in parameter.opts}
        unknown = {word for word in words[2:] if word.startswith("-") and not word.startswith("--V")} - known
        assert unknown == set(), line


def test_the_gallery_shows_every_widget_with_the_code_that_its_picture_is_made_by() -> None:
    import make_readme_pictures

    blocks = blocks_of(DOCS / "gallery.md")
    code = "\n".join(block.text for block in blocks if block.kind == "python")
    pictures = {Path(block.file).stem for block in blocks if block.kind == "picture"}
    assert pictures == set(make_readme_pictures.SCENES)
    for name, (cell, _then) in make_readme_pictures.SCENES.items():
        for call in re.findall(r"lw\.\w+\([^)]*\)", cell):
            assert call.replace("'", '"') in code, f"{name}: {call}"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_pictures_are_there_and_are_described(page: Path) -> None:
    for block in blocks_of(page):
        if block.kind == "picture":
            assert len(block.text) > 15, f"{block.file} has no alternative text"
            assert (page.parent / block.file).stat().st_size < 300_000


def test_every_picture_is_shown() -> None:
    shown = {(DOCS / block.file).name for page in PAGES for block in blocks_of(page) if block.kind == "picture"}
    assert {path.name for path in (DOCS / "failures").glob("*.png")} <= shown
