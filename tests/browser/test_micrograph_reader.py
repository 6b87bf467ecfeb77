"""The reader in a real JupyterLab: a sample, a file through the browser, and a file that is none."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

import lattice_widgets as lw

from .gestures import canvas_digest, canvas_pixels, wait_until, wait_until_changed
from .lab import RESULTS, Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import lattice_widgets as lw
reader = lw.MicrographReader(source="simulated_srtio3_stem")
reader
"""

#: while a picture is read there is none
SHAPE = "getattr(reader.image, 'shape', None)"


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
    wait_until(
        page,
        lambda: "3.2 nm" in page.locator(".lattice-widgets-heading .lattice-widgets-says").first.inner_text(),
        "the size in nm",
    )

    microscope = lw.Microscope(rows=120, cols=160, field_of_view=4, dose=1e6)
    image = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [110]"], microscope, rotation=30).image
    Image.fromarray((250 * image / image.max()).astype(np.uint8)).save(tmp_path / "titanate.png")
    choose_file(page, tmp_path / "titanate.png")
    wait_until_changed(page, lambda: canvas_digest(picture), before)
    wait_until(page, lambda: "says rectangular" in says.inner_text(), "the word rectangular")
    assert lab.python(SHAPE) == [120, 160]

    (tmp_path / "notes.png").write_text("not a picture at all")
    choose_file(page, tmp_path / "notes.png")
    wait_until(page, lambda: page.locator(".lattice-widgets-error").count() == 1, "a sentence that says what is wrong")
    assert "notes.png" in page.locator(".lattice-widgets-error").inner_text()
    assert lab.python("reader.image is None"), "the picture before stands beside the sentence"


def test_a_file_above_the_limit_of_the_connection_is_opened(lab: Lab, page: Page, tmp_path: Path) -> None:
    """26 MB, through a server that ends the connection over a message of more than 10 MiB."""
    y, x = np.mgrid[:3600, :3600].astype(np.float32)
    waves = sum(
        np.cos((x * np.cos(turn) + y * np.sin(turn)) / 8) for turn in (0.2, 0.2 + np.pi / 3, 0.2 + 2 * np.pi / 3)
    )
    Image.fromarray((6000 * (waves + 4)).astype(np.uint16)).save(tmp_path / "large.tif")
    (tmp_path / "notes.png").write_text("not a picture at all")
    Image.fromarray((6000 * (waves[:1000, :1000] + 4)).astype(np.uint16)).save(tmp_path / "small.tif")
    assert (tmp_path / "large.tif").stat().st_size > 25e6
    says = page.locator(".lattice-widgets-says").last
    error = page.locator(".lattice-widgets-error")

    choose_file(page, tmp_path / "large.tif")
    bar = page.get_by_role("progressbar", name="Opening large.tif")
    wait_until(page, lambda: bar.count() == 1 or lab.python(SHAPE) == [3600, 3600], "the progress")
    wait_until(page, lambda: lab.python(SHAPE) == [3600, 3600], "the picture")
    wait_until(page, lambda: "says hexagonal" in says.inner_text(), "the word hexagonal")
    assert error.count() == 0
    chosen = page.get_by_label("picture", exact=True).evaluate("element => element.selectedOptions[0].textContent")
    assert chosen == "large.tif"
    assert lab.python("(reader.source.name, len(reader.source.content) > 25e6)") == ["large.tif", True]
    assert lab.python("reader._choice.upload.waiting_bytes") == 0

    choose_file(page, tmp_path / "notes.png")
    wait_until(page, lambda: error.count() == 1, "a sentence that says what is wrong")
    assert "notes.png" in error.inner_text()
    choose_file(page, tmp_path / "small.tif")
    wait_until(page, lambda: lab.python(SHAPE) == [1000, 1000], "the next picture")
    assert error.count() == 0, "the sentence about another file stays"


def test_a_file_that_cannot_come_is_told_and_the_next_one_comes(lab: Lab, page: Page, tmp_path: Path) -> None:
    np.save(tmp_path / "own.npy", np.random.default_rng(3).normal(size=(600, 800)))
    (tmp_path / "notes.png").write_text("not a picture at all")
    error, said = page.locator(".lattice-widgets-error"), page.locator(".lw-upload-said")
    choose_file(page, tmp_path / "notes.png")
    wait_until(page, lambda: error.count() == 1, "a sentence that says what is wrong")

    lab.execute("reader._choice.upload.limit = 10**6")
    choose_file(page, tmp_path / "own.npy")
    wait_until(page, said.is_visible, "a sentence")
    assert said.inner_text() == "own.npy is too large: it has 3.8 MB, and at most 1.0 MB can be opened."
    wait_until(page, lambda: error.count() == 0, "the end of the sentence about another file")
    said.screenshot(path=RESULTS / "upload-too-large.png")

    # so small that it can be canceled in time: no kernel takes a million messages at once
    lab.execute("reader._choice.upload.limit = 10**9; reader._choice.upload.part_size = 4")
    choose_file(page, tmp_path / "own.npy")
    cancel = page.get_by_role("button", name="Cancel")
    wait_until(page, cancel.is_visible, "a way to cancel")
    wait_until(page, lambda: "of 3.8 MB" in page.locator(".lw-upload-amount").inner_text(), "how far it is")
    page.locator(".lattice-widgets").first.screenshot(path=RESULTS / "upload-progress.png")
    cancel.focus()
    page.keyboard.press("Enter")
    wait_until(page, said.is_visible, "a sentence")
    assert said.inner_text() == "own.npy was not opened: you canceled it."
    wait_until(page, lambda: lab.python("reader._choice.upload.waiting_bytes") == 0, "nothing left behind")

    lab.execute("reader._choice.upload.part_size = 2**20")
    drop_file(page, tmp_path / "own.npy")
    wait_until(page, lambda: lab.python(SHAPE) == [600, 800], "the picture")
    wait_until(page, lambda: not said.is_visible(), "the end of the sentence")


def drop_file(page: Page, path: Path) -> None:
    """Drop a file on the button, as from a file manager."""
    data = page.evaluate_handle(
        """([name, content]) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name));
            return data }""",
        [path.name, base64.b64encode(path.read_bytes()).decode()],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.locator(".lw-upload").dispatch_event(event, {"dataTransfer": data})


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
