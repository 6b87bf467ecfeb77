"""What there is no memory for is refused in a sentence before memory is asked for; pipes and devices are not waited for."""

import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import psutil
import pytest
import tifffile
from numpy.lib import format as npy_format
from PIL import Image

import lattice_widgets as lw
from lattice_widgets import memory
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import Microscope, simulate_micrograph
from lattice_widgets.files import read_micrograph
from lattice_widgets.files.movies import open_movie
from lattice_widgets.files.readers.stored import MicrographFileError
from lattice_widgets.memory import VARIABLE, available_memory, refuse_beyond_memory, say_bytes
from tests.hostile.campaign import record

_MB = 1_000_000


def allow_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the budget of a user among many: 200 MB more than the process has already."""
    monkeypatch.setenv(VARIABLE, str(psutil.Process().memory_info().rss + 200 * _MB))


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_little(monkeypatch)


def npz_bomb(path: Path, shape: tuple[int, ...]) -> Path:
    """Zeros: a thousandth of their size in the file; written in parts, so that the maker needs no memory either."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("image.npy", "w") as stream:
        npy_format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": shape})
        left = 8 * int(np.prod(shape))
        while left:
            stream.write(bytes(min(left, _MB)))
            left -= min(left, _MB)
    return path


def gif_bomb(path: Path, frames: int) -> Path:
    """Many frames of which each but the first is a few bytes that say: as before."""
    first = Image.new("L", (2000, 2000))
    dot = [Image.new("L", (2000, 2000), 0) for _ in range(3)]
    for number, frame in enumerate(dot):
        frame.putpixel((number, 0), 200)
    first.save(path, save_all=True, append_images=dot, duration=20)
    content = path.read_bytes()
    start = content.rindex(b"!\xf9\x04")  # the last frame, with its time
    path.write_bytes(content[:start] + content[start:-1] * frames + b";")
    return path


def peak_of(act) -> int:
    tracemalloc.start()
    try:
        act()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def refusal(act) -> str:
    """What is said; NumPy, Pillow and Python ask for no more than a tenth of the budget before it is."""
    said: list[str] = []

    def attempt() -> None:
        with pytest.raises(ValueError) as refused:  # noqa: PT011
            act()
        said.append(str(refused.value))

    peak = peak_of(attempt)
    record("memory asked for before a refusal", peak / _MB, 20, unit="MB")
    assert peak < 20 * _MB
    assert said[0].endswith(".")
    assert "\n" not in said[0]
    return said[0]


def test_the_budget_is_the_least_of_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    free = available_memory()
    assert 0 < free < 2**50
    monkeypatch.setenv("MEM_LIMIT", "1")
    assert available_memory() == 0
    monkeypatch.setenv("MEM_LIMIT", "no number")
    assert available_memory() > 0
    (tmp_path / "memory.max").write_text("9000000\n")
    (tmp_path / "memory.current").write_text("5000000\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 1000000\n")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    assert available_memory() == 5_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert available_memory() > 5_000_000


def test_a_refusal_says_both_numbers(little: None) -> None:
    with pytest.raises(ValueError, match=r"^This needs 22 TB of memory, and .* MB are free: take less\.$"):
        refuse_beyond_memory("This", 22e12, "take less")
    refuse_beyond_memory("This", 1000, "take less")
    assert say_bytes(2.5e15) == "2.5 PB"


@pytest.mark.parametrize("shape", [(5000, 5000), (40, 1000, 1000)])
def test_a_compressed_archive(little: None, tmp_path: Path, shape: tuple[int, ...]) -> None:
    bomb = npz_bomb(tmp_path / "bomb.npz", shape)
    assert bomb.stat().st_size < _MB
    said = refusal(lambda: read_micrograph(bomb))
    assert "memory" in said
    assert "bomb.npz" in said
    # one frame of it must be unpacked with all the others
    if len(shape) == 3:
        assert "memory" in refusal(lambda: read_micrograph(bomb, frames=0))
        assert "memory" in refusal(lambda: open_movie(bomb))


def test_an_archive_that_fits_takes_what_is_counted(tmp_path: Path) -> None:
    bomb = npz_bomb(tmp_path / "fits.npz", (10, 1000, 1000))
    assert peak_of(lambda: read_micrograph(bomb)) < 1.3 * 80 * _MB


def test_frames_of_a_gif_are_counted_before_they_are_unpacked(little: None, tmp_path: Path) -> None:
    bomb = gif_bomb(tmp_path / "bomb.gif", 600)
    assert bomb.stat().st_size < 20 * _MB
    with pytest.raises(MicrographFileError, match=r"limit|memory"):
        read_micrograph(bomb)


def test_a_picture_of_few_bytes_and_huge_size(little: None, tmp_path: Path) -> None:
    # the strips are zlib's, a thousandth of what they hold, and all the same one
    path = tmp_path / "huge.tif"
    tifffile.imwrite(path, np.zeros((1000, 30000), np.uint8), compression="zlib", rowsperstrip=1000)
    assert path.stat().st_size < _MB
    assert "memory" in refusal(lambda: read_micrograph(path))


def test_one_frame_of_a_movie(little: None, tmp_path: Path) -> None:
    path = tmp_path / "movie.npy"
    stored = np.lib.format.open_memmap(path, "w+", np.float32, (30, 4000, 4000))
    del stored
    assert "memory" in refusal(lambda: open_movie(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.tif").symlink_to(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", tmp_path / "link.tif", Path("/dev/zero"), Path("/dev/tty")):
        for read in (read_micrograph, open_movie):
            with pytest.raises(MicrographFileError, match="no ordinary file"):
                read(path)


def test_pictures_of_terabytes_are_not_simulated(little: None) -> None:
    crystal = CRYSTALS["graphene"]
    for rows, cols in ((2**21, 2**21), (8, 2**40), (2**31 - 1, 2**31 - 1)):
        microscope = Microscope(rows=rows, cols=cols)
        assert "fewer rows" in refusal(lambda m=microscope: simulate_micrograph(crystal, m))


@pytest.mark.parametrize(
    ("microscope", "imperfections"),
    [
        (lw.Microscope(probe_size=50, field_of_view=0.05), lw.Imperfections()),
        (lw.Microscope(probe_size=1e300, field_of_view=1e-300), lw.Imperfections()),
        (lw.Microscope(mode="STM", tip_size=1e6), lw.Imperfections()),
        (lw.Microscope(mode="STM", double_tip=0.5, double_tip_offset=(0.0, -1e9)), lw.Imperfections()),
        (lw.Microscope(), lw.Imperfections(jitter=1e7)),
    ],
)
def test_nothing_reaches_so_far_beyond_a_picture_that_memory_ends(
    microscope: lw.Microscope, imperfections: lw.Imperfections, little: None
) -> None:
    said = refusal(lambda: simulate_micrograph(CRYSTALS["graphene"], microscope, imperfections))
    assert "make them smaller, or the field of view larger" in said


def test_passes_by_the_billion(monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = lw.load_classifier().load()
    picture = np.random.default_rng(0).normal(size=(64, 64))
    classifier.sample(picture, 2)
    allow_little(monkeypatch)
    for sample in (classifier.sample, classifier.sample_fast):
        for number in (2**31 - 1, 10**12):
            assert "ask for fewer" in refusal(lambda s=sample, n=number: s(picture, n))


async def test_a_quiz_of_two_thousand_million_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quizzes = []
    assert peak_of(lambda: quizzes.append(lw.Quiz("lattice", n_questions=2**31 - 1))) < 100 * _MB
    await quizzes[0].settled()
    assert quizzes[0].error == ""
    quizzes[0].close()
