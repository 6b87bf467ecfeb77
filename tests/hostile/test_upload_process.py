"""The process that reads an upload: it gives what reading from disk gives, and it ends whatever happens in it."""

import importlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hostile_files as hostile
import numpy as np
import psutil
import pytest
import tifffile
from micrograph_checks import COLOR, GRAY8, GRAY16, MOVIE
from microscope_files import hyperspy_signal, write_dm3, write_sxm
from PIL import Image

from lattice_widgets.files import MicrographFileError, read_micrograph, read_micrograph_bytes
from lattice_widgets.files.uploads import UploadLimits, read_upload

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such limits")


def _animation(path: Path) -> None:
    frames = [Image.fromarray(GRAY8 // (k + 1)) for k in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)


def _calibrated_npz(path: Path) -> None:
    np.savez(path, image=MOVIE, pixel_size_nm=[0.5, 0.25], frame_interval_s=0.1)


def _hyperspy(path: Path) -> None:
    axes = [("t", 0.5, "s", True), ("y", 0.2, "Å", False), ("x", 0.2, "Å", False)]
    importlib.import_module(f"rsciio.{path.suffix[1:]}").file_writer(str(path), hyperspy_signal(MOVIE, axes))


MAKERS = {
    "gray.png": lambda path: Image.fromarray(GRAY16).save(path),
    "color.jpg": lambda path: Image.fromarray(COLOR).save(path),
    "color.bmp": lambda path: Image.fromarray(COLOR).save(path),
    "movie.gif": _animation,
    "imagej.tif": lambda path: tifffile.imwrite(path, MOVIE, imagej=True, resolution=(50, 50), metadata={"unit": "nm"}),
    "packed.ome.tif": lambda path: tifffile.imwrite(path, MOVIE, ome=True, compression="zlib"),
    "array.npy": lambda path: np.save(path, MOVIE.astype(">f4")),
    "calibrated.npz": _calibrated_npz,
    "scan.sxm": lambda path: write_sxm(path, {"Z": np.stack([GRAY8, GRAY8 + 1]).astype("f4")}, (3e-9, 4e-9), "up"),
    "haadf.dm3": lambda path: write_dm3(path, GRAY16.astype(np.int32), (0.5, 0.25), "nm"),
    "movie.hspy": _hyperspy,
    "movie.emd": _hyperspy,
}


@pytest.mark.parametrize("name", MAKERS)
def test_an_upload_gives_what_reading_from_disk_gives(tmp_path, name):
    """Values, type, axes, calibration, notes: all that makes two labeled arrays identical."""
    if name.endswith(("dm3", "hspy", "emd")):
        pytest.importorskip("rsciio")
    path = tmp_path / name
    MAKERS[name](path)
    disk, upload = read_micrograph(path), read_micrograph_bytes(name, path.read_bytes())
    assert disk.identical(upload)
    assert disk.dtype == upload.dtype
    assert [axis.dtype for axis in disk.coords.values()] == [axis.dtype for axis in upload.coords.values()]


def test_the_choice_of_frames_and_data_sets_is_kept(tmp_path):
    np.savez(tmp_path / "two.npz", a=MOVIE, b=MOVIE[:, :20])
    content = (tmp_path / "two.npz").read_bytes()
    for choice in ({"key": "b", "frames": slice(1, 4, 2)}, {"key": 0, "frames": np.int64(2)}, {"frames": -1}):
        disk = read_micrograph(tmp_path / "two.npz", **choice)
        assert disk.identical(read_micrograph_bytes("two.npz", content, **choice))


def greedy_npz(folder: Path) -> Path:
    """An npz of some megabytes that unpacks to one gigabyte of zeros."""
    frames = 1000
    with (
        zipfile.ZipFile(folder / "greedy.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("image.npy", "w", force_zip64=True) as member,
    ):
        header = {"descr": "|u1", "fortran_order": False, "shape": (frames, 1000, 1000)}
        np.lib.format.write_array_header_1_0(member, header)
        for _ in range(frames):
            member.write(bytes(1_000_000))
    return folder / "greedy.npz"


@pytest.fixture(scope="module")
def greedy(tmp_path_factory):
    """One gigabyte of zeros in a small file."""
    return greedy_npz(tmp_path_factory.mktemp("greedy"))


def left_behind() -> tuple[list, list]:
    """Processes and folders of uploads that are still there."""
    running = [each for each in psutil.Process().children(recursive=True) if "child.py" in " ".join(each.cmdline())]
    return running, list(Path(tempfile.gettempdir()).glob("lattice_widgets_*"))


def sentence(path: Path, limits: UploadLimits) -> str:
    with pytest.raises(MicrographFileError) as caught:
        read_upload(path.name, path.read_bytes(), frames=0, max_bytes=2**40, limits=limits)
    assert str(caught.value).startswith(f"{path.name} cannot be read: ")
    assert str(caught.value).endswith(".")
    return str(caught.value)


@pytest.fixture
def own_temporary_folder(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def test_a_reader_that_does_not_end_is_ended(greedy, own_temporary_folder):
    # No computer starts Python and unpacks a gigabyte in this time.
    assert "took longer than 0.3 s" in sentence(greedy, UploadLimits(seconds=0.3, memory=8 * 1024**3))
    assert left_behind() == ([], [])


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no limit of memory")
def test_a_reader_that_takes_too_much_memory_is_ended(greedy, own_temporary_folder):
    assert "more memory than the 0.9 GB" in sentence(greedy, UploadLimits(seconds=600, memory=900_000_000))
    assert left_behind() == ([], [])


@posix
@pytest.mark.parametrize(
    ("kill", "words"), [(signal.SIGSEGV, "its reader broke down"), (signal.SIGKILL, "more memory than")]
)
def test_a_process_that_dies_says_so(greedy, own_temporary_folder, monkeypatch, kill, words):
    """As it does where a C library breaks down, or where the system is out of memory; and it knows no secrets."""
    monkeypatch.setenv("SECRET_OF_THE_KERNEL", "yes")
    found: list[dict] = []

    def end_it() -> None:
        while not (running := left_behind()[0]):
            time.sleep(0.005)
        found.append(running[0].environ())
        running[0].send_signal(kill)

    thread = threading.Thread(target=end_it, daemon=True)
    thread.start()
    assert words in sentence(greedy, UploadLimits(seconds=600, memory=8 * 1024**3))
    thread.join()
    assert found[0]["TMPDIR"]
    assert "SECRET_OF_THE_KERNEL" not in found[0]
    assert left_behind() == ([], [])


def test_several_at_once_from_threads(tmp_path):
    """As in a kernel, where each widget has threads of its own."""
    contents = []
    for number in range(4):
        np.save(tmp_path / "a.npy", np.full((20, 30), number))
        contents.append((tmp_path / "a.npy").read_bytes())
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda content: read_micrograph_bytes("a.npy", content), contents))
    assert [int(picture.max()) for picture in pictures] == [0, 1, 2, 3]


CONFINED = """
import os, socket, subprocess, sys, urllib.request
from pathlib import Path
import h5py, numpy
from lattice_widgets.files.uploads import confinement, landlock
own, far, evil = map(Path, sys.argv[1:])
restricted = confinement.confine(own)
(own / "mine").write_text("fine")
assert (own / "mine").read_text() == "fine"
import wave  # a part of Python that is loaded late
tries = {
    "read": lambda: far.read_bytes(),
    "up": lambda: open(own / ".." / "far" / "passwd"),
    "descriptor": lambda: os.open(far, os.O_RDONLY),
    "mapped": lambda: numpy.memmap(far),
    "from file": lambda: numpy.fromfile(far),
    "write": lambda: far.with_name("new").write_text("x"),
    "overwrite code": lambda: open(confinement.__file__, "a"),
    "list": lambda: os.listdir(far.parent),
    "glob": lambda: list(os.scandir("/")),
    "remove": lambda: far.unlink(),
    "move": lambda: (own / "mine").rename(far.with_name("moved")),
    "link": lambda: os.symlink(far, far.with_name("link")),
    "start": lambda: subprocess.run(["true"]),
    "shell": lambda: os.system("true"),
    "copy": lambda: os.fork(),
    "reach": lambda: socket.create_connection(("127.0.0.1", 9)),
    "ask": lambda: urllib.request.urlopen("http://127.0.0.1:9"),
}
for name, attempt in tries.items():
    try:
        attempt()
    except PermissionError:
        continue
    sys.exit(f"{name} was possible")
if landlock.available():
    try:  # a C library, which the audit hook does not see
        values = h5py.File(evil)["entry/data/data"][...]
    except OSError:
        pass
    else:
        sys.exit("HDF5 opened another file")
    print("landlock")
print("confined")
"""


@posix
def test_what_the_process_may_not_do(tmp_path):
    pytest.importorskip("h5py")
    secret = hostile.secret_file(tmp_path / "far")
    (tmp_path / "own").mkdir()
    evil = hostile.raw_storage(tmp_path / "own", secret)
    paths = [str(tmp_path / "own"), str(secret), str(evil)]
    done = subprocess.run([sys.executable, "-c", CONFINED, *paths], capture_output=True, text=True, check=False)
    assert done.stdout.split()[-1:] == ["confined"], done.stdout + done.stderr
    assert secret.read_bytes() == hostile.SECRET
    assert [each.name for each in secret.parent.iterdir()] == ["passwd"]
