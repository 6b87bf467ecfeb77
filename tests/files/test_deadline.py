"""A file that would be read for ever, or would take all memory, ends in one sentence, and the thread that read it lives on."""

import bz2
import mmap
import struct
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from micrograph_checks import assert_refused

from lattice_widgets.files import MicrographFileError, read_micrograph
from lattice_widgets.files import deadline as deadlines
from lattice_widgets.files.deadline import VARIABLE, read_within, seconds_for
from lattice_widgets.files.readers import nanonis
from lattice_widgets.files.selection import names_of_pictures
from lattice_widgets.memory import VARIABLE as MEMORY
from tests.patience import PATIENCE


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "0.3")


def endless_wdf(path: Path) -> Path:
    """A block that says that the next one is itself."""
    head = struct.pack("<4sIQ", b"WDF1", 1, 512).ljust(512, b"\0")
    path.write_bytes(head + struct.pack("<4sIQ", b"TEXT", 0, 0) + bytes(100))
    return path


def endless_elid(path: Path) -> Path:
    """Compressed, and cut off: its reader waits for more."""
    path.write_bytes(bz2.compress(b"EID2" + bytes(range(256)) * 40)[:-20])
    return path


@pytest.mark.parametrize("make", [endless_wdf, endless_elid], ids=["wdf", "elid"])
def test_a_reader_that_goes_round_is_ended(make, soon: None, tmp_path: Path) -> None:
    pytest.importorskip("rsciio")
    path = make(tmp_path / f"a.{make.__name__[8:]}")
    assert_refused(path, "took longer than 0.3", VARIABLE)
    # in the thread of a widget, as here: what comes after is not ended
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(MicrographFileError, match="took longer"):
            pool.submit(read_micrograph, path).result(PATIENCE)
        assert pool.submit(lambda: sum(range(2_000_000))).result(PATIENCE) == 1_999_999_000_000
    assert not [thread for thread in threading.enumerate() if thread.name == "lattice_widgets_reading"]


def spin(seconds: float) -> str:
    """Work in Python, as readers do."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(100))
    return "done"


def test_a_reader_that_catches_everything_is_ended_as_well() -> None:
    caught = []

    def read() -> str:
        try:
            return spin(PATIENCE)
        except BaseException as error:
            caught.append(type(error).__name__)
            return spin(PATIENCE)

    with pytest.raises(MicrographFileError, match="took longer"):
        read_within(0.2, read)
    assert caught == ["ReadingEnded"]


def test_the_inner_of_two_does_not_answer_for_the_outer() -> None:
    def outer() -> str:
        try:
            return read_within(PATIENCE, lambda: spin(PATIENCE))
        except MicrographFileError:
            return "the inner one"

    with pytest.raises(MicrographFileError, match=r"longer than 0\.2 s"):
        read_within(0.2, outer)
    with pytest.raises(MicrographFileError, match=r"longer than 0\.1 s"):
        read_within(PATIENCE, lambda: read_within(0.1, lambda: spin(PATIENCE)))


def test_what_ends_in_time_is_not_touched() -> None:
    """Also where it ends in the same moment as its time; what is traced afterwards, as by a debugger, goes on."""
    ends = []
    for number in range(200):
        try:
            ends.append(read_within(0.002, lambda seconds=number * 2e-5: spin(seconds)))
        except MicrographFileError:
            ends.append("ended")
    assert set(ends) <= {"done", "ended"}
    sys.setprofile(lambda *_: None)
    assert spin(0.01) == "done"
    sys.setprofile(None)
    with pytest.raises(KeyError):
        read_within(PATIENCE, lambda: {}["a"])


def test_memory_that_is_up_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY, str(psutil.Process().memory_info().rss + 100_000_000))
    kept = []

    def read() -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if len(kept) < 30:  # a reader that never stops; this one stops before the machine feels it
                kept.append(mmap.mmap(-1, 8_000_000))  # an array may lie where another one was, and take nothing anew
                kept[-1].write(bytes([1]) * 8_000_000)
            time.sleep(0.001)

    with pytest.raises(MicrographFileError, match="all the memory that is free"):
        read_within(PATIENCE, read)


def test_a_larger_file_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seconds_for(2 * 1024**3) > 10 * seconds_for(0)
    monkeypatch.setenv(VARIABLE, "5")
    assert seconds_for(0) == 5
    monkeypatch.setenv(VARIABLE, "soon")
    assert seconds_for(0) == 60


def test_many_data_sets_take_no_square_of_their_number(tmp_path: Path) -> None:
    from contextlib import ExitStack

    class Counted(str):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    table = "".join(f"\t{number}\tchannel{number}\tm\tboth\n" for number in range(2000))
    head = (
        ":NANONIS_VERSION:\n2\n:SCAN_PIXELS:\n1 1\n:SCAN_RANGE:\n1E-9 1E-9\n:DATA_INFO:\n\tChannel\tName\tUnit\tDirection\n"
        f"{table}\n:SCANIT_END:\n\n\n"
    )
    path = tmp_path / "many.sxm"
    path.write_bytes(head.encode() + b"\x1a\x04" + bytes(4 * 2 * 2000))
    images = nanonis.stored_images(path, ExitStack(), "sxm", None)
    assert len(images) == 4000
    for image in images:
        object.__setattr__(image, "name", Counted(image.name))
    assert len(names_of_pictures(images)) == 4000
    assert Counted.compared < 100_000
    assert read_micrograph(path).attrs["datasets"][-1] == "channel1999 backward"


def test_where_there_are_no_threads_nothing_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines.sys, "platform", "emscripten")
    assert read_within(0.0, lambda: spin(0.3)) == "done"
