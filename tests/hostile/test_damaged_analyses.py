"""Damaged stores: an analysis that is taken up again equals the unbroken one in every number, or says in a sentence why not."""

import random
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.analysis.movie_analysis import MovieAnalysis, open_analysis
from lattice_widgets.analysis.opening import DamagedAnalysisError
from lattice_widgets.core.simulation.beam_damage import BeamDamageMovie
from tests.hostile.campaign import many, record
from tests.patience import PATIENCE

_HOW = {"window_size": 64, "step": 32, "n_passes": 0, "align": True}


@pytest.fixture(scope="module")
def movie() -> BeamDamageMovie:
    return lw.simulate_beam_damage(4, (96, 96), field_of_view=3.2, growth=(0.0, 0.05, 0.1), seed=1)


@pytest.fixture(scope="module")
def whole(movie: BeamDamageMovie, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "analysis.zarr"
    lw.analyze_movie(movie, store=folder, **_HOW)
    return folder


def same(found: xr.Dataset, other: xr.Dataset) -> bool:
    return found.drop_attrs().identical(other.drop_attrs())


def chunk(name: str, number: int = 1) -> Callable[[Path], None]:
    def path(folder: Path) -> Path:
        return next(one for one in sorted((folder / name).iterdir()) if one.name.startswith(f"{number}"))

    return lambda folder: path(folder).unlink()


def flip(name: str) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        path = next(one for one in sorted((folder / name).iterdir()) if one.name.startswith("2"))
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)

    return act


def swap(folder: Path) -> None:
    one, other = folder / "fraction" / "1.0.0", folder / "fraction" / "2.0.0"
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "a missing chunk": chunk("probability"),
    "a missing chunk of one number": chunk("hole_fraction"),
    "a missing map of holes": chunk("hole_labels", 3),
    "a changed bit": flip("probability"),
    "a changed bit of one number": flip("hole_fraction"),
    "a cut-off chunk": lambda folder: (folder / "fraction" / "1.0.0").write_bytes(b"\x02"),
    "an empty chunk": lambda folder: (folder / "entropy" / "1.0.0").write_bytes(b""),
    "two chunks that changed places": swap,
    "a lost variable": lambda folder: shutil.rmtree(folder / "coverage"),
    "a lost record of a variable": lambda folder: (folder / "spread" / ".zarray").unlink(),
    "another shape": lambda folder: (folder / "hole_count" / ".zarray").write_text(
        (folder / "hole_count" / ".zarray").read_text().replace("4", "3")
    ),
    "lost coordinates": lambda folder: shutil.rmtree(folder / "window_row") if (folder / "window_row").exists()
    else shutil.rmtree(folder / "row"),
    "lost numbers of holes": lambda folder: shutil.rmtree(folder / "hole_number"),
    "lost checksums": lambda folder: shutil.rmtree(folder / "sha256" ),
    "a checksum that is another": flip("sha256"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_what_is_damaged_is_computed_again(movie: BeamDamageMovie, whole: Path, kind: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "copy.zarr"))
    DAMAGE[kind](folder)
    again = MovieAnalysis(movie, store=folder, **_HOW)
    if kind not in ("lost coordinates", "lost numbers of holes", "lost checksums"):
        assert again.store.damaged, "it was not noticed"
        assert "computed again" in again.note
    for _ in again.run():
        pass
    assert same(again.finish().load(), open_analysis(whole).load())
    assert same(open_analysis(folder).load(), open_analysis(whole).load())


@pytest.mark.parametrize("kind", sorted(set(DAMAGE) - {"lost checksums", "lost coordinates", "lost numbers of holes"}))
def test_a_damaged_analysis_is_not_opened_as_if_whole(whole: Path, kind: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "copy.zarr"))
    DAMAGE[kind](folder)
    with pytest.raises(ValueError, match="damaged") as refused:
        open_analysis(folder)
    assert "\n" not in str(refused.value)
    if isinstance(refused.value, DamagedAnalysisError):
        assert "computed again" in str(refused.value)


def test_an_analysis_without_checksums_goes_on(movie: BeamDamageMovie, whole: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "old.zarr"))
    shutil.rmtree(folder / "sha256")
    again = MovieAnalysis(movie, store=folder, **_HOW)
    assert again.todo() == []
    assert again.note == ""
    chunk("probability")(folder)
    assert MovieAnalysis(movie, store=folder, **_HOW).todo() == [1]


def test_random_damage(movie: BeamDamageMovie, whole: Path, tmp_path: Path) -> None:
    """No number changes without a word, and every end is one sentence."""
    random_numbers = random.Random(21)
    expected = open_analysis(whole).load()
    silent = []
    for number in range(many(30, 150)):
        folder = Path(shutil.copytree(whole, tmp_path / f"{number}.zarr"))
        told = _damage(folder, random_numbers)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                again = MovieAnalysis(movie, store=folder, **_HOW)
                for _ in again.run():
                    pass
                found = again.finish().load()
        except ValueError as error:
            if not str(error).endswith(".") or "\n" in str(error):
                silent.append(f"{told}: {error}")
        except Exception as error:
            silent.append(f"{told}: {type(error).__name__}: {error}"[:300])
        else:
            if not same(found, expected):
                silent.append(told)
        shutil.rmtree(folder)
    record("silent numbers and wrong ends: damaged analyses", len(silent), 0, number + 1)
    assert silent == []


def _damage(folder: Path, numbers: random.Random) -> str:
    path = numbers.choice(sorted(one for one in folder.rglob("*") if one.is_file()))
    content = bytearray(path.read_bytes())
    kind = numbers.choice(["lose", "cut", "flip", "zeros", "garbage"])
    if kind == "lose":
        path.unlink()
    elif kind == "cut":
        path.write_bytes(content[: numbers.randrange(len(content) + 1)])
    elif kind == "flip" and content:
        content[numbers.randrange(len(content))] ^= 1 << numbers.randrange(8)
        path.write_bytes(content)
    elif kind == "zeros":
        path.write_bytes(bytes(len(content)))
    else:
        path.write_bytes(np.random.default_rng(numbers.randrange(2**32)).bytes(max(1, len(content))))
    return f"{path.relative_to(folder)}: {kind}"


_OTHER = """
import sys, time
from pathlib import Path
import lattice_widgets as lw
from lattice_widgets.analysis.movie_analysis import MovieAnalysis
movie = lw.simulate_beam_damage(4, (96, 96), field_of_view=3.2, growth=(0.0, 0.05, 0.1), seed=1)
analysis = MovieAnalysis(movie, store=sys.argv[1], window_size=64, step=32, n_passes=0, align=True)
rows = analysis.run()
next(rows)
print("writing", flush=True)
sys.stdin.read()
"""


def test_two_programs_at_one_store(movie: BeamDamageMovie, whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shared.zarr"
    command = [sys.executable, "-c", _OTHER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "writing\n"
            for restart in (False, True):
                with pytest.raises(ValueError, match=r"Another program is writing .*\.$"):
                    MovieAnalysis(movie, store=folder, restart=restart, **_HOW)
        finally:
            other.kill()
    # one that was killed holds nobody up, and what it did is kept
    again = MovieAnalysis(movie, store=folder, **_HOW)
    assert len(again.todo()) == 3
    for _ in again.run():
        pass
    # the first frame is another process's, whose BLAS may round its last digit otherwise
    xr.testing.assert_allclose(again.finish().load(), open_analysis(whole).load(), rtol=1e-4, atol=1e-5)


_FULL = """
import resource, signal, sys
import lattice_widgets as lw
from lattice_widgets.analysis.movie_analysis import MovieAnalysis
movie = lw.simulate_beam_damage(4, (96, 96), field_of_view=3.2, growth=(0.0, 0.05, 0.1), seed=1)
analysis = MovieAnalysis(movie, store=sys.argv[1], window_size=64, step=32, n_passes=0, align=True)
analysis.classify.classifier.load()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40, resource.RLIM_INFINITY))
try:
    list(analysis.run())
except ValueError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_disk_that_takes_no_more(movie: BeamDamageMovie, whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "full.zarr"
    done = subprocess.run([sys.executable, "-c", _FULL, str(folder)], capture_output=True, text=True, timeout=PATIENCE)
    assert "cannot be written" in done.stdout, done.stdout + done.stderr
    assert done.stdout.count("\n") == 1
    again = MovieAnalysis(movie, store=folder, **_HOW)
    for _ in again.run():
        pass
    assert same(again.finish().load(), open_analysis(whole).load())
