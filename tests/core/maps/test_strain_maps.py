"""Maps of strain and rotation against displacements that are known, drawn by atoms moved."""

import numpy as np
import pytest
import scipy.special
import xarray as xr

from lattice_widgets import Lattice, LatticeNotFound, fit_lattice, map_lattice
from lattice_widgets.core.maps.deformation import COMPONENTS
from tests.drawn_atoms import draw_atoms

HEXAGONAL = Lattice.from_parameters(11.0, 11.0, 120, 4)


def noisy(image: np.ndarray, level: float = 0.15, seed: int = 1) -> np.ndarray:
    return image + level * np.random.default_rng(seed).standard_normal(image.shape)


@pytest.mark.parametrize(
    ("lattice", "basis"),
    [
        (Lattice.from_parameters(12, 12, 90, 11), ((0, 0, 1),)),
        (HEXAGONAL, ((0, 0, 1), (1 / 3, 2 / 3, 0.6))),
        (Lattice.from_parameters(11, 13, 101, 37), ((0, 0, 1), (0.4, 0.3, 0.5))),
    ],
    ids=["square", "hexagonal", "oblique"],
)
def test_a_perfect_lattice_is_not_strained_anywhere(lattice, basis):
    maps = map_lattice(noisy(draw_atoms(lattice, (720, 740), basis=basis)), reference=lattice)
    for name in ("strain_xx", "strain_yy", "strain_xy"):
        assert np.abs(maps[name]).max() <= 0.05, name
    assert np.abs(maps.rotation).max() <= 0.03


def test_uniform_strain_and_rotation_have_the_signs_of_the_screen():
    angle, shape = np.deg2rad(1.0), (420, 460)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])  # counter-clockwise: (row, col)
    stretch = np.array([[1 - 0.004, 0.005], [0.005, 1 + 0.01]])  # yy, xy; xy, xx
    middle = np.array(shape) / 2
    moved = draw_atoms(HEXAGONAL, shape, move=lambda p: (p - middle) @ (stretch @ turn).T + middle)
    maps = map_lattice(noisy(moved), reference=HEXAGONAL, method="both")
    truth = {"strain_xx": 1.0, "strain_yy": -0.4, "strain_xy": 0.5, "dilation": 0.6, "rotation": 1.0}
    for name, value in truth.items():
        for way in ("", "_windows"):
            assert np.sqrt(((maps[name + way] - value) ** 2).mean()) <= 0.05, name + way
    assert not maps.differs.any()
    # the local vectors are those of the moved lattice
    local = Lattice(maps.vectors.mean(("window_row", "window_col")).values)
    assert local.a == pytest.approx(HEXAGONAL.transformed(stretch @ turn).reduced().a, rel=5e-4)


def test_a_step_is_as_wide_as_the_mask_and_right_on_both_sides():
    def stretched_on_the_right(places):
        moved = places.copy()
        right = places[:, 1] > 340
        moved[right, 1] = 340 + 1.02 * (places[right, 1] - 340)
        return moved

    maps = map_lattice(noisy(draw_atoms(HEXAGONAL, (400, 680), move=stretched_on_the_right), 0.05), reference=HEXAGONAL)
    sigma, col = maps.attrs["mask_sigma"], maps.col.values
    assert np.abs(maps.strain_xx.values[:, col < 340 - 3 * sigma]).max() <= 0.05
    assert np.abs(maps.strain_xx.values[:, col > 340 + 3 * sigma] - 2).max() <= 0.05
    profile = maps.strain_xx.mean("window_row").values
    edges = np.interp(2 * scipy.special.ndtr([-1, 1]), profile, col)  # of an error function: one sigma to each side
    assert (edges[1] - edges[0]) / 2 == pytest.approx(sigma, rel=0.1)


def test_smooth_strain_is_followed():
    width = 150.0  # px; 1 % within some 20 nm at 0.06 nm

    def bulged(places):
        further = 0.01 * width * np.sqrt(np.pi / 2) * scipy.special.erf((places[:, 1] - 340) / width / np.sqrt(2))
        return np.column_stack([places[:, 0], places[:, 1] + further])

    maps = map_lattice(noisy(draw_atoms(HEXAGONAL, (400, 680), move=bulged)), reference=HEXAGONAL)
    unmoved = np.arange(-50.0, 750.0)
    before = np.interp(maps.col, bulged(np.column_stack([0 * unmoved, unmoved]))[:, 1], unmoved)
    truth = 100 * 0.01 * np.exp(-((before - 340) ** 2) / (2 * width**2))
    assert np.sqrt(((maps.strain_xx - truth) ** 2).mean()) <= 0.05
    assert np.sqrt((maps.strain_yy**2).mean()) <= 0.05


@pytest.mark.parametrize("kind", ["white", "counting", "jitter"])
def test_errors_cover_the_truth_as_often_as_they_say(kind):
    shape, inside = (260, 290), []
    for seed in range(10):
        rng = np.random.default_rng(1000 + seed)
        lattice = Lattice.from_parameters(
            rng.uniform(9, 10), rng.uniform(10.5, 12), rng.uniform(92, 110), rng.uniform(0, 180)
        )
        jitter = 0.6 * rng.standard_normal(shape[0]) if kind == "jitter" else None
        image = draw_atoms(lattice, shape, jitter=jitter, origin=tuple(rng.uniform(0, 5, 2)))
        if kind == "counting":
            image = rng.poisson(10 * image + 1).astype(float)
        else:
            image = image + (0.4 if kind == "white" else 0.12) * rng.standard_normal(shape)
        maps = map_lattice(image, reference=lattice, window_size=151, step=100)
        inside.append([np.abs(maps[name]) < maps[f"{name}_error"] for name in COMPONENTS])
    # ten pictures of some nine independent numbers each: three standard deviations of the share; benchmarks/strain_maps.py
    # asks more of more pictures
    share = np.mean(inside)
    assert 0.68 - 0.14 < share < 0.68 + 0.14


def test_where_there_is_no_lattice_there_is_no_value():
    image = noisy(draw_atoms(HEXAGONAL, (420, 460), keep=lambda p: p[:, 1] < 230))
    maps = map_lattice(image)
    right = maps.col > 230 + 2 * maps.attrs["mask_sigma"]
    assert np.isnan(maps.strain_xx.values[:, right]).all()
    assert np.isnan(maps.rotation_error.values[:, right]).all()
    assert (maps.amplitude.values[:, right] < 0.3).all()
    assert np.isfinite(maps.strain_xx.values[:, maps.col < 230]).all()


def test_places_are_those_of_the_picture_with_its_margin_and_in_nm():
    image = np.pad(draw_atoms(HEXAGONAL, (300, 340)), ((30, 0), (50, 0)), constant_values=2.0)
    maps = map_lattice(image, pixel_size=0.02)
    assert maps.row[0] >= 30 + (maps.attrs["window_size"] - 1) / 2
    assert maps.col[-1] <= 390 - (maps.attrs["window_size"] - 1) / 2
    np.testing.assert_allclose(maps.x, maps.col * 0.02)
    assert maps.attrs["mask_sigma_nm"] == pytest.approx(0.02 * maps.attrs["mask_sigma"])
    assert "margin" in maps.attrs["left_out"][0]
    assert maps.vectors.units == "nm"
    a = np.hypot(*maps.vectors.sel(vector="a").transpose("axis", ...).values)
    assert np.median(a) == pytest.approx(0.22, rel=1e-3)
    assert maps.strain_xx.dims == ("window_row", "window_col")


@pytest.fixture(scope="module")
def image():
    def stretched_on_the_right(places):
        moved = places.copy()
        right = places[:, 1] > 240
        moved[right, 1] = 240 + 1.01 * (places[right, 1] - 240)
        return moved

    return noisy(draw_atoms(HEXAGONAL, (300, 480), move=stretched_on_the_right), 0.05)


class TestReference:
    def test_a_region_is_zero_against_itself(self, image):
        maps = map_lattice(image, reference=(60, 60, 180, 60))
        near = maps.strain_xx.values[:, maps.col < 120]
        assert np.abs(near).max() < 0.1
        assert maps.strain_xx.values[:, -1].mean() == pytest.approx(1, abs=0.1)
        assert "region" in maps.attrs["reference"]

    def test_the_mean_is_zero_on_average(self, image):
        assert abs(float(map_lattice(image).strain_xx.mean())) < 0.01

    def test_a_measured_lattice_brings_its_own_error(self, image):
        fit = fit_lattice(image[:, :200])
        maps = map_lattice(image, reference=fit)
        known = map_lattice(image, reference=fit.lattice)
        np.testing.assert_allclose(maps.strain_xx, known.strain_xx)
        assert (maps.strain_xx_error > known.strain_xx_error).all()
        assert np.abs(maps.strain_xx.values[:, 0]).max() < 0.1

    def test_a_bravais_type_is_the_ideal_lattice_nearest_to_the_mean(self, image):
        maps = map_lattice(image, reference="hexagonal")
        mean = maps.mean()
        # a stretch along x alone is half dilation, which the ideal lattice takes over, and half shear
        assert float(mean.dilation) == pytest.approx(0, abs=0.02)
        assert float(mean.strain_xx) == pytest.approx(-float(mean.strain_yy), abs=0.02)
        assert float(mean.strain_xx) > 0.15

    def test_a_turned_basis_is_the_same_lattice(self, image):
        turned = Lattice([HEXAGONAL.vectors[1], -HEXAGONAL.vectors[0] - HEXAGONAL.vectors[1]])
        np.testing.assert_allclose(
            map_lattice(image, reference=turned).rotation, map_lattice(image, reference=HEXAGONAL).rotation, atol=1e-9
        )

    @pytest.mark.parametrize(
        ("reference", "words"),
        [
            ((1000, 1000, 10, 10), "region shows no lattice"),
            ((1, 2, 3), "A reference is a region"),
            ((0, 0, -5, 5), "A reference is a region"),
            ("cubic", "is no reference"),
        ],
    )
    def test_what_is_no_reference_is_said(self, image, reference, words):
        with pytest.raises(ValueError, match=words):
            map_lattice(image, reference=reference)

    def test_a_reference_in_nm_needs_a_picture_in_nm(self, image):
        with pytest.raises(ValueError, match="give both a pixel size"):
            map_lattice(image, reference=fit_lattice(image, pixel_size=0.02))


def test_settings_that_do_not_fit_are_said():
    image = draw_atoms(HEXAGONAL, (300, 340))
    with pytest.raises(ValueError, match="A window of 20 px does not fit"):
        map_lattice(image, window_size=20)
    with pytest.raises(ValueError, match="step is a whole number"):
        map_lattice(image, step=0)
    with pytest.raises(ValueError, match="Unknown method"):
        map_lattice(image, method="pca")
    with pytest.raises(ValueError, match="too small for a map"):
        map_lattice(draw_atoms(Lattice.from_parameters(14, 14, 90), (90, 400)))
    with pytest.raises(LatticeNotFound):
        map_lattice(np.random.default_rng(0).standard_normal((128, 160)))


def test_a_map_is_written_and_read(tmp_path):
    maps = map_lattice(draw_atoms(HEXAGONAL, (300, 340)), pixel_size=0.02)
    maps.to_zarr(tmp_path / "maps.zarr", consolidated=False)
    again = xr.open_zarr(tmp_path / "maps.zarr", consolidated=False)
    xr.testing.assert_equal(again.load(), maps)
    assert again.attrs["reference"] == maps.attrs["reference"]


def test_of_two_layers_that_no_single_lattice_explains_the_stronger_one_is_mapped() -> None:
    rows, cols = np.mgrid[:280, :280]

    def waves(degrees: float) -> np.ndarray:
        turn = np.deg2rad(degrees)
        down, right = rows * np.cos(turn) + cols * np.sin(turn), cols * np.cos(turn) - rows * np.sin(turn)
        return np.cos(2 * np.pi * down / 8) + np.cos(2 * np.pi * right / 8)

    picture = waves(0) + 0.7 * waves(10) + 0.1 * np.random.default_rng(0).standard_normal(rows.shape)
    with pytest.raises(LatticeNotFound):
        fit_lattice(picture)
    maps = map_lattice(picture, reference=Lattice([[8, 0], [0, 8]]))
    for name in ("strain_xx", "strain_yy", "rotation"):
        assert np.abs(maps[name]).max() < 0.3, f"{name}: not more than the ripples that the other layer leaves"
