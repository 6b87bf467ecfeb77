"""The reader in a real JupyterLab: a sample, a file through the browser, and a file that is none."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

import lattice_widgets as lw

from .gestures import canvas_digest, canvas_pixels, wait_until, wait_until_changed
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import lattice_widgets as lw
reader = lw.MicrographReader(source="simulated_srtio3_stem")
reader
"""


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(reader.probabilities)") == 6, "the first answer of the network")
    return page


def choose_file(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="open a file").click()
    chooser.value.set_files(path)


def test_samples_and_files_are_read_and_named(lab: Lab, page: Page, tmp_path: Path) -> None:
    picture = page.locator("canvas.lw-pixels").first
    says = page.locator(".lattice-widgets-says").last
    wait_until(page, lambda: "says square" in says.inner_text(), "the word square")

    before = canvas_digest(picture)
    page.get_by_label("picture", exact=True).select_option("simulated_graphene_stm")
    before = wait_until_changed(page, lambda: canvas_digest(picture), before)
    wait_until(page, lambda: "3.2 nm" in page.locator(".lattice-widgets-says").first.inner_text(), "the size in nm")

    microscope = lw.Microscope(rows=120, cols=160, field_of_view=4, dose=1e6)
    image = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [110]"], microscope, rotation=30).image
    Image.fromarray((250 * image / image.max()).astype(np.uint8)).save(tmp_path / "titanate.png")
    choose_file(page, tmp_path / "titanate.png")
    wait_until_changed(page, lambda: canvas_digest(picture), before)
    wait_until(page, lambda: "says rectangular" in says.inner_text(), "the word rectangular")
    assert lab.python("reader.image.shape") == [120, 160]

    (tmp_path / "notes.png").write_text("not a picture at all")
    choose_file(page, tmp_path / "notes.png")
    wait_until(page, lambda: page.locator(".lattice-widgets-error").count() == 1, "a sentence that says what is wrong")
    assert "notes.png" in page.locator(".lattice-widgets-error").inner_text()
    assert lab.python("reader.image.shape") == [120, 160], "the last picture is lost"


def test_a_real_picture_is_fetched_and_named(lab: Lab, page: Page, data_mirror: str | None) -> None:
    if data_mirror is None:
        pytest.skip("the real pictures are not beside this repository (../shared/data)")
    page.get_by_label("picture", exact=True).select_option("graphene_stm")
    says = page.locator(".lattice-widgets-says").last
    wait_until(page, lambda: "says oblique" in says.inner_text(), "the word oblique")


def test_a_view_that_comes_later_shows_the_same_picture(lab: Lab) -> None:
    """The pixels are no part of the widget's state: a new view asks for them."""
    page = lab.open([CELL, "await reader.settled()", "reader"])
    lab.run_all()
    canvases = page.locator("canvas.lw-pixels")
    wait_until(page, lambda: canvases.count() == 6, "two views of three pictures")
    wait_until(page, lambda: canvas_digest(canvases.nth(0)) == canvas_digest(canvases.nth(3)), "the same picture twice")
    assert len(np.unique(canvas_pixels(canvases.nth(3)))) > 50, "the second view is blank"
