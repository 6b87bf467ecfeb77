"""Small files of every kind that once were misread, made by programs beside the checkout: each read and named right.

The programs lie where the real pictures do; without them this file is skipped.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

import lattice_widgets as lw
from lattice_widgets.cli import app
from tests.patience import PATIENCE

INPUTS = Path(__file__).parents[3] / "shared" / "inputs"
MAKERS = ("make_inputs", "make_inputs2", "make_movies", "make_movies2", "make_more")
pytestmark = pytest.mark.skipif(
    not INPUTS.is_dir(), reason=f"{INPUTS.name}: the programs that make the files are not here"
)

#: the lattice of every file: graphene, of 6 nm in 256 or in 128 px
SPACING = 0.246
FINE, COARSE = 6 / 256, 6 / 128
NM = None
#: pattern of names -> pixel that makes lengths in px into nm; NM where the file knows it
EXPECTED = {
    "*.sxm": NM, "berkeley_*": NM, "nearly_square_*": NM, "mixed_units.hspy": NM, "imagej_*": NM, "ome_*": NM, "ij_unit_*": NM,
    "ome.zarr": NM, "plain.h5": NM, "movie_ij.tif": NM, "movie_2to1.tif": NM,
    "tif_*": FINE, "rgb*": FINE, "cm_*": FINE, "scale_bar.png": FINE, "data_bar.png": FINE, "plain*": FINE, "movie.hdf5": FINE,
    "one_*": FINE, "fortran.npy": FINE, "float16.npy": FINE, "longdouble.npy": FINE, "int64.npy": FINE, "bool.npy": FINE,
    "frames_last.npy": FINE, "hex.npy": FINE,
    "movie*": COARSE, "frames": COARSE, "pages_unequal.tif": COARSE,
}  # fmt: skip
MOVIES = {
    "movie_ij.tif": 12, "movie_2to1.tif": 12, "movie_rgb.tif": 12, "movie.gif": 12, "movie.mp4": 12, "movie.avi": 12,
    "frames": 12, "movie.zarr": 6, "ome.zarr": 6, "movie.hdf5": 3, "imagej_TC.tif": 3, "ome_TCZ.ome.tif": 3,
    "frames_last.npy": 5, "movie_blank_frame.npy": 5, "movie_nan5.npy": 5, "movie_nan_rows.npy": 12, "movie_nan_late.npy": 30,
    "one_frame.npy": 1, "pages_unequal.tif": 4,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for needed in ("h5py", "rsciio", "zarr", "imageio_ffmpeg"):
        pytest.importorskip(needed)
    folder = tmp_path_factory.mktemp("made")
    for maker in MAKERS:
        done = subprocess.run(
            [sys.executable, "-B", maker + ".py", folder], cwd=INPUTS, capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    return folder


def expected_of(name: str) -> float | None:
    return next(value for pattern, value in EXPECTED.items() if Path(name).match(pattern))


def classify(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["classify", *map(str, arguments), "--json"])


def test_each_file_is_read_with_its_lengths_and_shows_graphene(made: Path) -> None:
    wrong = []
    for path in sorted(made.iterdir()):
        if path.name in ("complex_fft.npy", "figure_with_axes.png"):
            continue
        picture = lw.read_micrograph(path)
        frames = len(picture) if picture.ndim == 3 else None
        assert frames == MOVIES.get(path.name), path.name
        fit = lw.fit_lattice(picture if frames is None else picture[0])
        expected = expected_of(path.name)
        mean = float(np.sqrt(fit.lattice.area / np.sin(np.deg2rad(60)))) * (expected or 1.0)
        right = fit.unit == ("px" if expected else "nm") and fit.bravais_type == "hexagonal"
        if not right or abs(mean / SPACING - 1) > 2e-3:
            wrong.append((path.name, fit.bravais_type, fit.unit, mean))
    assert not wrong


def test_a_figure_with_axes_shows_the_lattice_inside_them(made: Path) -> None:
    fit = lw.fit_lattice(lw.read_micrograph(made / "figure_with_axes.png"))
    assert fit.bravais_type == "hexagonal"
    # 256 px drawn over 0.8 of 400 px
    assert fit.a * 256 / 320 * FINE == pytest.approx(SPACING, rel=5e-3)
    assert fit.left_out


def test_numbers_that_are_complex_are_refused_in_a_sentence(made: Path) -> None:
    with pytest.raises(ValueError, match="complex numbers: save their magnitude or phase"):
        lw.read_micrograph(made / "complex_fft.npy")


def test_frame_times_are_told(made: Path) -> None:
    for name, step in (("movie_ij.tif", 0.5), ("movie_2to1.tif", 0.5), ("imagej_TC.tif", 0.5), ("movie.gif", 0.2)):
        times = lw.read_micrograph(made / name).frame
        assert times.units == "s"
        np.testing.assert_allclose(np.diff(times.values), step, err_msg=name)


def test_one_bad_frame_stops_no_other(made: Path) -> None:
    names = ("movie_blank_frame.npy", "movie_nan5.npy", "pages_unequal.tif")
    answer = classify(*(made / name for name in names))
    lines = [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]
    said = {(Path(line["file"]).name, line["frame"]): line for line in lines}
    assert len(said) == 14
    assert [key for key, line in said.items() if "error" in line] == [(names[0], 2), (names[2], 3)]
    assert "page 3 has 100 x 128 px" in lw.read_micrograph(made / names[2]).attrs["notes"]
    assert "was not scanned" in " ".join(said[names[1], 2]["lattice_fit"]["left_out"])
    assert {line["lattice_fit"]["type"] for line in lines if "error" not in line} == {"hexagonal"}


def test_an_unfinished_scan_says_so(made: Path) -> None:
    for name, words in (("unfinished_nan.sxm", "was not scanned"), ("unfinished_zero.sxm", "rows of one single value")):
        assert words in " ".join(map(str, lw.fit_lattice(lw.read_micrograph(made / name)).left_out))


def maker(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a program beside the checkout as a module, without a trace in its folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    found = importlib.util.spec_from_file_location(f"made_{name}", INPUTS / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_a_camera_without_a_beam_shows_no_lattice_and_never_a_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = maker("singular", monkeypatch).frame
    for how in (
        {},
        {"size": 128},
        {"size": 200, "steps": 4},
        {"row": 1.0},
        {"noise": 0.1},
        {"noise": 0.05, "steps": 4},
    ):
        for seed in range(3):
            with pytest.raises(lw.LatticeNotFound) as refused:
                lw.fit_lattice(frame(seed, **how))
            assert "atrix" not in str(refused.value)


@pytest.mark.parametrize(("correlated", "sigma"), [(0, 2.0), (3, 0.8), (10, 0.3)])
def test_lines_that_tremble_show_the_cell_that_is_there(
    correlated: int, sigma: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    trembling = maker("jitter", monkeypatch).trembling
    for seed in range(2):
        fit = lw.fit_lattice(trembling(512, 20.0, sigma=sigma, corr=correlated, seed=seed))
        assert fit.bravais_type == "square"
        assert (fit.a, fit.b) == pytest.approx((20, 20), rel=5e-3)
