"""Values at places and along lines of a map, and crystals as its reference: known strain in, known numbers out."""

import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.core.maps.crystal_reference import CRYSTAL_REFERENCES, reference_for
from lattice_widgets.core.maps.reading import map_profile, place_at


def linear_maps() -> xr.Dataset:
    """Maps whose strain is a plane, on a grid whose last step is shorter."""
    rows, cols = np.array([20.0, 30.0, 40.0, 46.0]), np.array([25.0, 35.0, 45.0])
    plane = 0.1 * rows[:, None] + 0.01 * cols
    places = ("window_row", "window_col")
    maps = xr.Dataset(
        {
            "strain_xx": (places, plane),
            "strain_xx_error": (places, 0.02 + 0 * plane),
            "amplitude": (places, 1 + 0 * plane),
        },
        {"row": ("window_row", rows), "col": ("window_col", cols)},
        {"step": 10, "pixel_size": 0.05, "unit": "nm"},
    )
    maps["vectors"] = ((*places, "vector", "axis"), np.zeros((4, 3, 2, 2)))
    return maps


def test_a_profile_of_a_plane_is_a_line() -> None:
    profile = map_profile(linear_maps(), (22, 27), (45, 44))
    assert profile.strain_xx.values == pytest.approx(0.1 * profile.row.values + 0.01 * profile.col.values)
    assert profile.strain_xx_error.values == pytest.approx(0.02)
    assert (float(profile.row[0]), float(profile.col[-1])) == (22, 44)
    assert float(profile.distance[-1]) == pytest.approx(0.05 * np.hypot(23, 17))
    assert "vectors" not in profile


def test_a_profile_ends_where_the_map_ends_and_where_it_has_a_hole() -> None:
    maps = linear_maps()
    profile = map_profile(maps, (30, 5), (30, 65))
    inside = (profile.col >= 25) & (profile.col <= 45)
    assert (np.isfinite(profile.strain_xx) == inside).all()
    maps.strain_xx[1, 1] = np.nan
    profile = map_profile(maps, (20, 25), (20, 45))
    assert np.isfinite(profile.strain_xx).all(), "a hole spoils only what it takes part in"
    assert np.isnan(map_profile(maps, (25, 25), (25, 45)).strain_xx[1:-1]).all()


@pytest.mark.parametrize("ends", [((3, 3), (3, 3)), ((3, 3), (3, np.nan)), ((3, 3, 3), (4, 4, 4))])
def test_a_line_needs_two_points(ends: tuple) -> None:
    with pytest.raises(ValueError, match="from one point"):
        map_profile(linear_maps(), *ends)


def test_the_nearest_place_is_read_and_none_in_the_margin() -> None:
    place = place_at(linear_maps(), 33, 39)
    assert (float(place.row), float(place.col)) == (30, 35)
    assert float(place.strain_xx) == pytest.approx(3.35)
    with pytest.raises(ValueError, match="no place at row 33, column 60"):
        place_at(linear_maps(), 33, 60)


def test_one_place_alone_is_read_too() -> None:
    one = linear_maps().isel(window_row=[1], window_col=[1])
    assert float(place_at(one, 31, 36).strain_xx) == pytest.approx(3.35)
    profile = map_profile(one, (30, 30), (30, 40))
    assert np.nanmax(profile.strain_xx) == pytest.approx(3.35)


def test_crystals_are_references_by_their_names() -> None:
    graphene = reference_for("graphene", 0.01)
    assert isinstance(graphene, lw.Lattice)
    assert graphene.a == pytest.approx(0.2461)
    cells = {reference_for(f"Cu(110), {mode}", 0.01).bravais_type() for mode in ("STM", "STEM")}
    assert cells == {"rectangular", "centered rectangular"}, "STM sees one plane, STEM two"
    assert {name for name, _mode in CRYSTAL_REFERENCES.values()} == set(lw.CRYSTALS)
    assert reference_for("Au(111)", 0.01).a == pytest.approx(0.40782 / np.sqrt(2), abs=1e-5)
    assert reference_for("square", None) == "square"
    assert reference_for((1, 2, 3, 4), None) == (1, 2, 3, 4)
    with pytest.raises(ValueError, match="needs the pixel size"):
        reference_for("graphene", None)
    with pytest.raises(ValueError, match="'unobtainium' is no reference"):
        reference_for("unobtainium", 0.1)
