"""Strain, rotation and grains of each frame of a movie: known ones in, the same out; stopped and taken up; on a cluster."""

import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.analysis import MovieMap
from tests.drawn_atoms import draw_atoms

SHAPE, CELL = (180, 220), 9.0


def lattice(rotation: float = 0.0) -> lw.Lattice:
    return lw.Lattice.from_parameters(CELL, CELL, 120, rotation=rotation)


@pytest.fixture(scope="module")
def movie() -> np.ndarray:
    """Perfect; 1 % longer along x; no lattice at all; turned by 1 degree counter-clockwise; two grains."""
    perfect, turned = draw_atoms(lattice(), SHAPE), draw_atoms(lattice(20), SHAPE)
    frames = [
        perfect,
        draw_atoms(lattice(), SHAPE, move=lambda p: p * [1, 1.01]),
        np.zeros(SHAPE),
        draw_atoms(lattice(1), SHAPE),
        np.where(np.arange(SHAPE[1]) < 120, perfect, turned),
    ]
    return np.stack(frames) + 0.05 * np.random.default_rng(0).standard_normal((5, *SHAPE))


@pytest.fixture(scope="module")
def found(movie: np.ndarray) -> xr.Dataset:
    return lw.map_movie(movie, frame_interval=2.0, pixel_size=0.03)


def test_each_frame_has_its_numbers_with_errors(found: xr.Dataset) -> None:
    assert found.time.values.tolist() == [0, 2, 4, 6, 8]
    assert (found.strain_xx.units, found.rotation.units, found.time.units) == ("%", "degrees", "s")
    for frame, name, truth in (
        (0, "strain_xx", 0), (0, "rotation", 0), (1, "strain_xx", 1), (1, "strain_yy", 0), (1, "dilation", 1),
        (3, "rotation", 1), (3, "strain_xx", 0),
    ):  # fmt: skip
        value, error = (float(found[each][frame]) for each in (name, f"{name}_error"))
        assert 0 < error < 0.05
        assert abs(value - truth) < 4 * error, (frame, name)
    assert found.grains.values[[0, 1, 3, 4]].tolist() == [1, 1, 1, 2]
    assert np.isnan(found.strain_xx.values[2])
    assert np.isnan(found.grains.values[2])
    assert "lattice" in str(found.note.values[2])
    assert found.note.values[[0, 1, 3, 4]].tolist() == [""] * 4
    assert found.attrs["reference"] == "the lattice of the first frame that shows one"


def test_a_named_reference_and_one_sentence_for_what_cannot_be(movie: np.ndarray) -> None:
    size = lw.known_cells()["graphene"].a / CELL
    against = lw.map_movie(movie[:2], pixel_size=size, reference="graphene")
    assert against.strain_xx.values == pytest.approx([0, 1], abs=0.05)
    assert (against.attrs["reference"], against.time.units) == ("graphene", "1")
    with pytest.raises(ValueError, match="needs the pixel size"):
        lw.map_movie(movie[:2], reference="graphene")
    with pytest.raises(ValueError, match="No frame shows a lattice"):
        lw.map_movie(movie[2:3])


def test_what_was_stopped_goes_on(movie: np.ndarray, found: xr.Dataset, tmp_path: Path) -> None:
    how = {"frame_interval": 2.0, "pixel_size": 0.03, "store": tmp_path / "maps"}
    first = MovieMap(movie, **how)
    rows = first.run()
    assert [next(rows), next(rows)] == [0, 1]
    rows.close()
    assert np.isnan(first.dataset().strain_xx.values).tolist() == [False, False, True, True, True]
    stamp = os.stat(tmp_path / "maps" / "frame 00001.json").st_mtime_ns
    (tmp_path / "maps" / "frame 00000.json").write_text('{"strain')  # as a full disk leaves it
    again = MovieMap(movie, **how)
    assert again.todo() == [0, 2, 3, 4]
    assert sorted(again.run()) == [0, 2, 3, 4]
    xr.testing.assert_allclose(again.dataset(), found)
    assert os.stat(tmp_path / "maps" / "frame 00001.json").st_mtime_ns == stamp
    with pytest.raises(ValueError, match="of another movie or of other settings"):
        MovieMap(movie, **how, step=20)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("")
    with pytest.raises(ValueError, match="holds something else"):
        MovieMap(movie, **{**how, "store": tmp_path / "mine"})


def test_on_a_cluster_the_numbers_are_the_same(movie: np.ndarray, found: xr.Dataset) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        done: list[tuple[int, int]] = []
        there = lw.map_movie(
            movie,
            frame_interval=2.0,
            pixel_size=0.03,
            scheduler=cluster.scheduler_address,
            progress=lambda n, of: done.append((n, of)),
        )
    # another process may add up in another order: the last digits differ
    xr.testing.assert_allclose(there, found, rtol=0, atol=1e-4)
    assert done == [(number, 5) for number in range(1, 6)]


def test_frames_of_one_crystal_whose_lines_tremble_scatter_within_their_own_errors() -> None:
    """What the reference adds is the same in all frames: it does not count between them."""
    rng = np.random.default_rng(4)
    jitter = 0.4 * rng.standard_normal((12, SHAPE[0]))
    frames = np.stack([draw_atoms(lattice(7), SHAPE, jitter=each) for each in jitter])
    found = lw.map_movie(frames + 0.05 * rng.standard_normal(frames.shape))
    scatter = {}
    for name in ("strain_xx", "strain_yy", "strain_xy", "rotation"):
        own = np.sqrt(found[f"{name}_error"] ** 2 - found[f"{name}_reference_error"] ** 2)
        scatter[name] = float(((found[name] - found[name].mean()) / own).std())
    assert max(scatter.values()) < 1.1
    # lines that are shifted along themselves shear and turn the lattice, and do nothing else
    assert min(scatter["strain_xy"], scatter["rotation"]) > 0.35
