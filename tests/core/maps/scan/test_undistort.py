"""The distortion of a scan against displacements that are known, drawn by atoms moved and lines shifted."""

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets import Lattice, LatticeNotFound, fit_lattice, map_lattice, undistort
from tests.drawn_atoms import draw_atoms

HEXAGONAL = Lattice.from_parameters(11.0, 11.0, 120, 4)
SHAPE = (480, 520)
COMPONENTS = ("strain_xx", "strain_yy", "strain_xy", "rotation")

Moved = Callable[[NDArray], NDArray]


def slow(row: NDArray) -> NDArray:
    """Move rows; no straight line in it, as the mean lattice would take that."""
    return np.stack([0.8 * np.cos(2 * np.pi * row / 160), 1.5 * np.cos(2 * np.pi * row / 240)], axis=1)


def fast(col: NDArray) -> NDArray:
    return np.stack([0.4 * np.cos(2 * np.pi * col / 260), 1.2 * np.cos(2 * np.pi * col / 520)], axis=1)


def scanned(matrix: NDArray | None = None, bent: bool = True) -> Callable[[NDArray], NDArray]:
    """Give where the scan shows atoms: moved by a linear map, and by the row and column at which they are seen."""
    middle, linear = (np.array(SHAPE) - 1) / 2, np.eye(2) if matrix is None else matrix

    def move(places: NDArray) -> NDArray:
        straight = (places - middle) @ linear.T + middle
        seen = straight
        for _ in range(10 if bent else 0):
            seen = straight + slow(seen[:, 0]) + fast(seen[:, 1])
        return seen

    return move


def noisy(image: NDArray, level: float = 0.15, seed: int = 1) -> NDArray:
    return image + level * np.random.default_rng(seed).standard_normal(image.shape)


def centered(values: NDArray) -> NDArray:
    return values - values.mean(axis=0)


def test_rows_and_columns_are_moved_back_by_what_they_were_moved():
    picture = noisy(draw_atoms(HEXAGONAL, SHAPE, move=scanned()))
    found = undistort(picture)
    for name, moved, length in (("slow", slow, SHAPE[0]), ("fast", fast, SHAPE[1])):
        truth = centered(moved(np.arange(length, dtype=float)))
        for number, component in enumerate(("row", "col")):
            apart = found.distortion[f"{name}_{component}"].values - truth[:, number]
            assert np.sqrt((apart[20:-20] ** 2).mean()) < 0.05, (name, component)
            stated = found.distortion[f"{name}_{component}_error"].values
            assert 0.003 < stated[0] < 0.03
    assert found.distortion.attrs["jitter"] == 0.0
    assert found.note is None
    before, after = map_lattice(picture), map_lattice(found.picture)
    for name in COMPONENTS:
        assert float(before[name].std()) > 0.3, name
        # noise alone is left
        assert float(after[name].std()) < 1.3 * float(after[f"{name}_error"].mean()), name


def test_single_lines_that_jitter_are_put_back():
    jitter = np.random.default_rng(3).normal(0, 0.3, SHAPE[0])
    picture = noisy(draw_atoms(HEXAGONAL, SHAPE, move=scanned(), jitter=jitter))
    found = undistort(picture)
    assert found.distortion.attrs["jitter"] == pytest.approx(0.3, rel=0.15)
    apart = found.distortion.line_shift.values + found.distortion.slow_col.values
    truth = jitter + centered(slow(np.arange(SHAPE[0], dtype=float)))[:, 1]
    apart = centered(apart - truth)
    assert np.sqrt((apart[20:-20] ** 2).mean()) < 0.1
    assert undistort(found.picture).distortion.attrs["jitter"] < 0.08


@pytest.mark.parametrize("size", [0.0, 0.3])
def test_what_the_mean_lattice_takes_of_a_bent_scan_is_no_jitter(size: float):
    def tilted(row: NDArray) -> NDArray:  # most of it is a straight line
        return np.stack([0.6 * np.sin(row / 150), 2.0 * np.sin(row / 200)], axis=1)

    def move(places: NDArray) -> NDArray:
        seen = places
        for _ in range(10):
            seen = places + tilted(seen[:, 0] - SHAPE[0] / 2)
        return seen

    jitter = np.random.default_rng(3).normal(0, 1, SHAPE[0]) * size
    found = undistort(noisy(draw_atoms(HEXAGONAL, SHAPE, move=move, jitter=jitter)))
    assert found.distortion.attrs["jitter"] == pytest.approx(size, abs=0.03)
    rows = np.arange(SHAPE[0], dtype=float)
    truth = tilted(rows - SHAPE[0] / 2)[:, 1] + jitter
    apart = found.distortion.line_shift.values + found.distortion.slow_col.values - truth
    apart -= np.polyval(np.polyfit(rows, apart, 1), rows)
    assert np.sqrt((apart[20:-20] ** 2).mean()) < 0.1


def test_a_perfect_scan_stays_as_it_is():
    found = undistort(noisy(draw_atoms(HEXAGONAL, SHAPE)))
    for name in ("slow_row", "slow_col", "fast_row", "fast_col"):
        assert np.abs(found.distortion[name]).max() < 5 * float(found.distortion[f"{name}_error"][0]), name
    assert found.distortion.attrs["jitter"] == 0.0
    assert found.note is None
    assert min(found.picture.shape) >= min(SHAPE) - 2


def test_a_strained_crystal_stays_strained_and_it_says_so():
    middle = np.array(SHAPE) / 2

    def bulge(places: NDArray) -> NDArray:
        away = places - middle
        return places + away * 0.03 * np.exp(-((away**2).sum(axis=1) / 80**2))[:, None]

    picture = noisy(draw_atoms(HEXAGONAL, SHAPE, move=bulge))
    found = undistort(picture)
    assert found.note is not None
    assert "neither the row nor the column" in str(found.note)
    before, after = map_lattice(picture).dilation, map_lattice(found.picture).dilation
    assert float(after.max() - after.min()) > 0.6 * float(before.max() - before.min())


@pytest.mark.parametrize("kind", ["hexagonal", "given", "fit"])
def test_a_lattice_that_is_presumed_tells_stretch_and_shear(kind: str):
    matrix = np.array([[1.02, 0.0], [-0.013, 1.0]]) if kind == "hexagonal" else np.array([[1.02, 0], [-0.013, 0.99]])
    picture = noisy(draw_atoms(HEXAGONAL, SHAPE, move=scanned(matrix)))
    # turned any way
    given = Lattice.from_parameters(11.0, 11.0, 120, 50)
    assume = {"hexagonal": "hexagonal", "given": given, "fit": fit_lattice(noisy(draw_atoms(given, SHAPE)))}[kind]
    found = undistort(picture, assume=assume)
    told = found.distortion.attrs
    assert told["slow_stretch"] == pytest.approx(2.0, abs=0.06)
    assert told["shear"] == pytest.approx(-1.3, abs=0.06)
    assert told["fast_stretch"] == pytest.approx(100 * (matrix[1, 1] - 1), abs=0.06)
    lattice = fit_lattice(found.picture)
    assert (lattice.a, lattice.b, lattice.gamma) == pytest.approx((11.0, 11.0, 120.0), rel=8e-4)
    assert "resumed" in str(found.presumed)
    assert ("hexagonal" in str(found.presumed)) == (kind == "hexagonal")


def test_a_known_crystal_is_presumed_by_its_name():
    size = 0.2461 / 11
    picture = noisy(draw_atoms(HEXAGONAL, SHAPE, move=scanned(np.array([[1.01, 0], [0.02, 1.015]]))))
    found = undistort(picture, pixel_size=size, assume="graphene")
    assert fit_lattice(found.picture).a == pytest.approx(0.2461, rel=8e-4)  # brings its pixel size along
    assert "graphene" in str(found.presumed)
    with pytest.raises(ValueError, match="pixel size"):
        undistort(picture, assume="graphene")


def test_two_scans_at_right_angles_tell_an_oblique_lattice():
    sample = Lattice.from_parameters(10.0, 12.5, 101, 33)
    first = np.array([[1.03, 0.0], [0.02, 1.0]])
    second = np.array([[0.98, 0.0], [-0.015, 1.0]])
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    one = noisy(draw_atoms(sample.transformed(first), SHAPE), seed=1)
    other = noisy(draw_atoms(sample.transformed(quarter).transformed(second), SHAPE, origin=(3.1, 2.2)), seed=2)
    found = undistort(one, turned=other)
    assert found.distortion.attrs["slow_stretch"] == pytest.approx(3.0, abs=0.06)
    assert found.distortion.attrs["shear"] == pytest.approx(2.0, abs=0.06)
    lattice = fit_lattice(found.picture)
    assert (lattice.a, lattice.b, lattice.gamma) == pytest.approx((10.0, 12.5, 101.0), rel=8e-4)
    assert "both scans" in str(found.presumed)


def test_the_mean_of_a_movie_is_taken_out_of_all_frames():
    movie = np.stack(
        [noisy(draw_atoms(HEXAGONAL, SHAPE, move=scanned(), origin=(2.0 * n, -1.3 * n)), 0.3, seed=n) for n in range(3)]
    )
    found = undistort(xr.DataArray(movie, dims=("frame", "row", "col")))
    assert found.picture.dims == ("frame", "row", "col")
    assert "frames alike" in str(found.presumed)
    truth = centered(slow(np.arange(SHAPE[0], dtype=float)))
    assert np.sqrt(((found.distortion.slow_col.values - truth[:, 1])[20:-20] ** 2).mean()) < 0.05
    assert "line_shift" not in found.distortion
    for frame in found.picture:
        assert float(map_lattice(frame).strain_xy.std()) < 0.1


def test_what_cannot_be_presumed_is_refused_in_one_sentence():
    picture = noisy(draw_atoms(HEXAGONAL, (300, 320)))
    with pytest.raises(ValueError, match="cannot be presumed"):
        undistort(picture, assume="round")
    with pytest.raises(ValueError, match="does not show the presumed lattice"):
        undistort(picture, assume=Lattice.from_parameters(20, 31, 90))
    with pytest.raises(ValueError, match="not both"):
        undistort(picture, assume="square", turned=picture)
    with pytest.raises(ValueError, match="do not show one lattice"):
        undistort(picture, turned=noisy(draw_atoms(Lattice.from_parameters(17, 23, 95), (300, 320))))
    with pytest.raises(LatticeNotFound):
        undistort(np.random.default_rng(0).normal(size=(200, 200)))
    noise = np.random.default_rng(0).normal(size=picture.shape)
    with pytest.raises(LatticeNotFound, match=r"^Frame 1: "):
        undistort(np.stack([picture, noise]))
    framed = np.pad(picture, ((30, 0), (0, 0)), constant_values=picture.max())[: len(picture)]
    with pytest.raises(ValueError, match="Frame 1 has other margins"):
        undistort(np.stack([picture, framed]))
