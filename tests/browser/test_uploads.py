"""Files that come through the browser: a good one is shown, an evil one is refused in words and shows nothing."""

import sys
from pathlib import Path

import pytest

from .gestures import canvas_digest, wait_until, wait_until_changed
from .lab import Lab

sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))
import hostile_files as hostile

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
