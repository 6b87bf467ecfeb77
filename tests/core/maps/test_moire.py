"""The moire of two layers against layers that were drawn: its period, from place to place, and the errors of it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lattice_widgets import Lattice, LatticeNotFound, map_moire
from tests.drawn_atoms import Move, draw_atoms

A = 11.0
SHAPE = (420, 600)


def layers(
    twist: float, *, move: Move | None = None, ratio: float = 1.0, noise: float = 0.15, seed: int = 0
) -> NDArray:
    """Draw a hexagonal layer and a fainter one that is turned, and moved by `move`."""
    first = draw_atoms(Lattice.from_parameters(A, A, 120, 4), SHAPE)
    second = draw_atoms(Lattice.from_parameters(ratio * A, ratio * A, 120, 4 + twist), SHAPE, move=move)
    return first + 0.7 * second + noise * np.random.default_rng(seed).standard_normal(SHAPE)


@pytest.mark.parametrize(("twist", "ratio"), [(9.0, 1.0), (-13.2, 1.0), (0.0, 1.12), (6.0, 1.06)])
def test_period_and_twist_are_those_of_the_layers(twist: float, ratio: float) -> None:
    maps = map_moire(layers(twist, ratio=ratio), pixel_size=0.02)
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
    for seed in range(6):
        maps = map_moire(layers(10.0, noise=0.4, seed=seed), step=60)
        for name in off:
            off[name] += ((maps[name] - truth[name]) / maps[f"{name}_error"]).values.ravel().tolist()
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

    maps = map_moire(layers(9.0, move=stretched))
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
