"""The moire of two layers against layers that were drawn: its period, from place to place, and the errors of it."""

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets import Lattice, LatticeNotFound, map_moire
from tests.drawn_atoms import Move, draw_atoms

A = 11.0
SHAPE = (420, 600)


#: the atoms of graphene: two a cell, and none at its corner
HONEYCOMB = ((1 / 3, 2 / 3, 1.0), (2 / 3, 1 / 3, 1.0))
Basis = tuple[tuple[float, float, float], ...]


def layers(
    twist: float,
    *,
    move: Move | None = None,
    ratio: float = 1.0,
    noise: float = 0.15,
    seed: int = 0,
    basis: Basis = ((0.0, 0.0, 1.0),),
) -> NDArray:
    """Draw a hexagonal layer and a fainter one that is turned, and moved by `move`."""
    first = draw_atoms(Lattice.from_parameters(A, A, 120, 4), SHAPE, basis=basis)
    other = Lattice.from_parameters(ratio * A, ratio * A, 120, 4 + twist)
    second = draw_atoms(other, SHAPE, move=move, basis=basis)
    return first + 0.7 * second + noise * np.random.default_rng(seed).standard_normal(SHAPE)


def measured(maps: xr.Dataset) -> xr.Dataset:
    """Leave out the margin into which only the offset is carried on."""
    return maps.dropna("window_row", how="all", subset=["twist"]).dropna("window_col", how="all", subset=["twist"])


def points(lattice: Lattice, move: Move | None = None) -> NDArray:
    """Return where `draw_atoms` puts the corners of the cells, those within the picture and a little beyond (n, 2) [px]."""
    index = np.stack(np.meshgrid(*2 * [np.arange(-90, 91)], indexing="ij"), axis=-1).reshape(-1, 2)
    places = index @ lattice.reduced().vectors + [SHAPE[0] / 2 + 0.3, SHAPE[1] / 2 + 0.7]
    places = places[((places > -40) & (places < np.array(SHAPE) + 40)).all(axis=1)]
    return places if move is None else move(places)


def shifted(places: NDArray) -> NDArray:
    """Move a layer as a whole, and stretch it more and more to the right."""
    moved = places + np.array([2.7, -1.9])
    moved[:, 1] += 0.02 / SHAPE[1] * (places[:, 1] - SHAPE[1] / 2) ** 2
    return moved


@pytest.mark.parametrize(
    ("twist", "ratio", "move", "basis"),
    [
        (9.0, 1.0, None, ((0.0, 0.0, 1.0),)),
        (-9.0, 1.0, shifted, ((0.0, 0.0, 1.0),)),
        (0.0, 1.12, shifted, ((0.0, 0.0, 1.0),)),
        (8.0, 1.0, shifted, HONEYCOMB),
    ],
)
def test_the_offset_is_the_distance_of_atoms_that_were_drawn(
    twist: float, ratio: float, move: Move | None, basis: Basis
) -> None:
    maps = map_moire(layers(twist, ratio=ratio, move=move, basis=basis), pixel_size=0.02, step=2)
    one = points(Lattice.from_parameters(A, A, 120, 4))
    other = points(Lattice.from_parameters(ratio * A, ratio * A, 120, 4 + twist), move)
    row, col = (
        np.abs(maps[name].values[:, None] - one[:, axis]).argmin(axis=0) for axis, name in enumerate(("row", "col"))
    )
    near = np.hypot(maps.row.values[row] - one[:, 0], maps.col.values[col] - one[:, 1]) < 0.8
    assert near.sum() > 30
    # at a lattice point of the first layer the offset is how far the nearest one of the second layer is
    apart = np.array([np.hypot(*(other - point).T).min() for point in one[near]])
    off = maps.offset.values[row[near], col[near]] / 0.02 - apart
    assert np.sqrt((off**2).mean()) < 0.01 * A
    assert np.abs(off).max() < 0.03 * A, "0.8 px beside the atom two layers have moved by 0.13 px against each other"
    assert apart.max() > 0.45 * A, "a map of one number would not do"


def test_phases_count_periods_from_where_the_layers_lie_on_each_other() -> None:
    maps = map_moire(layers(9.0, basis=HONEYCOMB), step=4)
    on = maps.offset.values < 0.08 * A
    assert on.sum() > 20
    for name in ("phase_a", "phase_b"):
        to_corner = np.abs(maps[name].values - np.round(maps[name].values))
        assert to_corner[on].max() < 0.12, name
        assert 0.2 < to_corner.mean() < 0.3, name
    slopes = np.zeros((2, 2))
    for number, name in enumerate(("phase_a", "phase_b")):
        for axis, along in enumerate(("row", "col")):
            turns = (np.diff(maps[name].values, axis=axis) + 0.5) % 1 - 0.5
            slopes[number, axis] = turns.mean(axis=1 - axis).sum() / np.ptp(maps[along].values)
    cell = np.linalg.inv(slopes).T
    for vector, name in zip(cell, "ab", strict=True):
        assert np.hypot(*vector) == pytest.approx(float(maps[name].mean()), rel=0.01)
    assert Lattice(cell).gamma == pytest.approx(float(maps.gamma.mean()), abs=1)


def test_an_offset_that_the_places_cannot_follow_is_left_out() -> None:
    maps = map_moire(layers(9.0), step=30)
    assert np.isnan(maps.offset).all()
    assert np.isfinite(measured(maps).twist).all()


@pytest.mark.parametrize(("twist", "ratio"), [(9.0, 1.0), (-13.2, 1.0), (0.0, 1.12), (6.0, 1.06)])
def test_period_and_twist_are_those_of_the_layers(twist: float, ratio: float) -> None:
    maps = measured(map_moire(layers(twist, ratio=ratio), pixel_size=0.02))
    angle = np.deg2rad(twist)
    period = 0.02 * ratio * A / np.sqrt(1 + ratio**2 - 2 * ratio * np.cos(angle))
    for name, truth in {"a": period, "b": period, "gamma": 120.0, "twist": twist}.items():
        apart = maps[name].values - truth
        error = maps[f"{name}_error"].values
        assert np.abs(apart).max() < max(5 * error.max(), 1e-9), name
        assert np.abs(apart).max() < (0.02 * period if name in "ab" else 1.2), name
        assert 0.5 * np.sqrt((apart**2).mean()) < error.mean(), name
    assert maps.a.units == "nm"
    assert maps.attrs["unit"] == "nm"


def test_stated_errors_are_those_that_are_made() -> None:
    off: dict[str, list[float]] = {"a": [], "b": [], "gamma": [], "twist": []}
    truth = {"a": A / (2 * np.sin(np.deg2rad(5))), "gamma": 120.0, "twist": 10.0}
    truth["b"] = truth["a"]
    offset: list[float] = []
    first, second = (Lattice.from_parameters(A, A, 120, 4 + angle) for angle in (0, 10))
    for seed in range(6):
        picture = layers(10.0, noise=0.4, seed=seed)
        maps = measured(map_moire(picture, step=60))
        for name in off:
            off[name] += ((maps[name] - truth[name]) / maps[f"{name}_error"]).values.ravel().tolist()
        fine = map_moire(picture, step=20)
        places = np.stack(np.meshgrid(fine.row, fine.col, indexing="ij"), axis=-1) - [
            SHAPE[0] / 2 + 0.3,
            SHAPE[1] / 2 + 0.7,
        ]
        parts = places @ (np.linalg.inv(first.vectors) - np.linalg.inv(second.vectors))
        around = [(parts - np.round(parts) + [m, n]) @ second.vectors for m in (-1, 0, 1) for n in (-1, 0, 1)]
        apart = np.min([np.hypot(*np.moveaxis(each, -1, 0)) for each in around], axis=0)
        # where it is neither smallest nor largest, and so has a slope
        sloping = (apart > 0.15 * A) & (apart < 0.45 * A)
        offset += ((fine.offset.values - apart) / fine.offset_error.values)[sloping].tolist()
    assert 0.5 < np.mean(np.abs(offset) < 1) < 0.85
    for name, values in off.items():
        inside = np.mean(np.abs(values) < 1)
        assert 0.45 < inside < 0.9, (name, inside)


def test_the_period_follows_the_strain_from_place_to_place() -> None:
    slope = 0.03 / SHAPE[1]  # the second layer is stretched to the right, by 3 % from the left to the right edge

    def stretched(places: NDArray) -> NDArray:
        moved = places.copy()
        x = places[:, 1] - SHAPE[1] / 2
        moved[:, 1] = places[:, 1] + 0.5 * slope * x**2
        return moved

    maps = measured(map_moire(layers(9.0, move=stretched)))
    one = Lattice.from_parameters(A, A, 120, 4).vectors
    other = Lattice.from_parameters(A, A, 120, 13).vectors
    for col in range(len(maps.col)):
        x = float(maps.col[col]) - SHAPE[1] / 2
        strained = other @ np.diag([1.0, 1 + slope * x])
        moire = Lattice(np.linalg.inv(np.linalg.inv(one).T - np.linalg.inv(strained).T).T).reduced()
        found = sorted([float(maps.a[:, col].mean()), float(maps.b[:, col].mean())])
        # of three short vectors of a nearly hexagonal moire any two may be the map's
        third = float(np.hypot(*(moire.vectors[0] + moire.vectors[1])))
        assert min(abs(found[0] - each) for each in (moire.a, moire.b, third)) < 0.006 * moire.a
        assert min(abs(found[1] - each) for each in (moire.a, moire.b, third)) < 0.006 * moire.a
    # a flat map would not do
    changes = [np.ptp(maps[name].mean("window_row").values) for name in ("a", "b")]
    assert max(changes) > 2 * 0.006 * float(maps.a.mean())


def test_what_has_no_moire_is_refused_in_one_sentence() -> None:
    one = draw_atoms(Lattice.from_parameters(A, A, 120, 4), SHAPE)
    noise = 0.15 * np.random.default_rng(0).standard_normal(SHAPE)
    with pytest.raises(ValueError, match="two lattices laid over each other"):
        map_moire(one + noise)
    other = draw_atoms(Lattice.from_parameters(A, A, 120, 18), SHAPE, keep=lambda p: p[:, 1] > 300)
    grain = draw_atoms(Lattice.from_parameters(A, A, 120, 4), SHAPE, keep=lambda p: p[:, 1] < 300)
    with pytest.raises(ValueError, match="two lattices laid over each other"):
        map_moire(grain + other + noise)
    with pytest.raises(ValueError, match="no moire that is longer"):
        map_moire(layers(29.0))
    with pytest.raises(ValueError, match="too small for a map of its moire"):
        map_moire(layers(6.5)[:230, :240])
    with pytest.raises(LatticeNotFound):
        map_moire(np.random.default_rng(1).normal(size=(200, 200)))
