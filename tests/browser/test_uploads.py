"""Files that come through the browser: a good one is shown, an evil one is refused in words and shows nothing."""

import base64
import io
import sys
from pathlib import Path

import numpy as np
import pytest

from .gestures import canvas_digest, wait_until, wait_until_changed
from .lab import Lab

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import hostile_files as hostile

pytestmark = pytest.mark.one_kernel

CELL = """
import lattice_widgets as lw
reader = lw.MicrographReader(source="simulated_graphene_stm")
reader
"""


def test_a_good_nexus_file_is_shown_and_an_evil_one_is_not(lab: Lab, tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    pytest.importorskip("rsciio")
    page = lab.open([CELL])
    lab.run_all()
    picture = page.locator("canvas.lw-pixels").first
    wait_until(page, lambda: int(picture.get_attribute("data-drawn") or 0) > 0, "a picture")

    def send(path: Path) -> None:
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="open a file").click()
        chooser.value.set_files(path)

    before = canvas_digest(picture)
    (tmp_path / "own").mkdir()
    send(hostile.good_nexus(tmp_path / "own"))
    values = "reader.image is not None and reader.image.values.tolist()"
    wait_until(page, lambda: lab.python(values) == hostile.OWN_PICTURE.tolist(), "the values of the file")
    wait_until_changed(page, lambda: canvas_digest(picture), before)

    send(hostile.raw_storage(tmp_path / "own", hostile.secret_file(tmp_path / "far")))
    error = page.locator(".lattice-widgets-error")
    wait_until(page, lambda: error.count() == 1, "a sentence")
    assert "raw.nxs cannot be read: it names another file ('passwd'), and an upload is one file." in error.inner_text()
    assert lab.python("reader.image is None"), "something stands beside the sentence"


DROP_CELLS = """
import numpy as np
import ipywidgets as ipw
import lattice_widgets as lw
rows, cols = np.mgrid[:96, :96]
noise = np.random.default_rng(0).normal(size=(40, 96, 96))
pictures = np.concatenate([noise[:20], np.cos(2 * np.pi * rows / 12) + np.cos(2 * np.pi * cols / 12) + 0.2 * noise[20:]])
viewer = lw.EmbeddingViewer(images=pictures.astype(np.float32))
scrubber = lw.MovieScrubber(pictures[:3])
explorer = lw.FFTExplorer(pictures[30])
ipw.VBox([viewer, scrubber, explorer])
"""
#: what a hand does that drags a file over a part of the page, and lets go of it
_DROP = """([part, name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(text), each => each.charCodeAt(0))], name));
    const { left, top } = part.getBoundingClientRect();
    const tell = type => part.dispatchEvent(new DragEvent(
        type, { dataTransfer: data, bubbles: true, cancelable: true, clientX: left + 9, clientY: top + 9 }));
    tell("dragenter"); tell("dragover");
    const marked = document.querySelectorAll(".lw-upload-over").length;
    return [tell("drop"), marked, document.querySelectorAll(".lw-upload-over").length] }"""


def test_a_file_is_dropped_on_any_part_of_a_widget(lab: Lab) -> None:
    page = lab.open([DROP_CELLS])
    lab.run_all()
    wait_until(
        page, lambda: lab.python("explorer.image is not None and viewer.points is not None"), "the first pictures"
    )
    wait_until(page, lambda: not lab.python("viewer.busy"), "the map")

    def drop(on: str, name: str, values: np.ndarray) -> None:
        file = io.BytesIO()
        np.save(file, values)
        text = base64.b64encode(file.getvalue()).decode()
        part = page.locator(on).first
        part.scroll_into_view_if_needed()
        went_on, marked, left = page.evaluate(_DROP, [part.element_handle(), name, text])
        assert not went_on, "the browser would open the file in the place of the page"
        assert marked == 1, "one widget shows that it takes the file, and only one"
        assert left == 0

    rows, cols = np.mgrid[:140, :180]
    picture = np.cos(2 * np.pi * rows / 10) + np.cos(2 * np.pi * cols / 14)
    drop(".lw-cloud canvas", "mine.npy", picture)
    wait_until(page, lambda: lab.python("viewer.placed is not None"), "windows on the map")
    assert lab.python("viewer.placed.picture.shape") == [140, 180]
    drop(".lw-movie canvas", "movie.npy", np.stack([picture] * 5))
    wait_until(page, lambda: lab.python("scrubber.progress") == [0, 5], "five frames")
    drop(".lattice-widgets:has(.lattice-widgets-opinions) canvas.lw-pixels", "other.npy", picture.T)
    wait_until(page, lambda: lab.python("explorer.image is not None and explorer.image.shape") == [180, 140], "it")
    lab.screenshot("dropped")
