"""A pixel size that a user gives: numbers, words, a crystal and a spot; and where it comes from is said."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.core.movies.frames import as_frames
from lattice_widgets.files.calibration import parse_pixel_size, sides_by_spot
from lattice_widgets.files.movies import take_movie

PIXEL = 6 / 256


def micrograph(crystal: str, mode: str = "STEM") -> np.ndarray:
    taken = lw.CRYSTALS[crystal]
    microscope = lw.Microscope(rows=256, cols=256, field_of_view=6, mode=mode, dose=taken.dose_like_foil(1e5))
    return lw.simulate_micrograph(taken, microscope, rotation=13).image


@pytest.fixture(scope="module")
def graphene() -> np.ndarray:
    return micrograph("graphene")


@pytest.fixture
def unknown(graphene: np.ndarray, tmp_path: Path) -> Path:
    """A file that says nothing of its pixels."""
    path = tmp_path / "unknown.npy"
    np.save(path, graphene)
    return path


@pytest.mark.parametrize(
    ("given", "size"),
    [
        (0.02, (0.02, 0.02)),
        (np.float64(0.02), (0.02, 0.02)),
        ((0.02, 0.04), (0.02, 0.04)),
        (("20 pm", 0.04), (0.02, 0.04)),
        ("0.02", (0.02, 0.02)),
        ("20 pm", (0.02, 0.02)),
        ("0.2 Å/px", (0.02, 0.02)),
        ("2e-5µm", (0.02, 0.02)),
        ("0,02 nm", (0.02, 0.02)),
        ("0.02 x 0.04", (0.02, 0.04)),
        ("20 pm × 40 pm", (0.02, 0.04)),
        ("20 x 40 pm", (0.02, 0.04)),
        ("0.02, 0.04 nm", (0.02, 0.04)),
        ("20 pm; 0.04 nm", (0.02, 0.04)),
    ],
    ids=str,
)
def test_a_pixel_size_is_understood(given: object, size: tuple[float, float]) -> None:
    assert parse_pixel_size(given) == pytest.approx(size)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [0, -0.02, np.nan, np.inf, True, (1, 2, 3), (), "", "wide", "20 kg", "10 px", "1 2 3", "20,40 pm", "-20 pm",
     "graphene", "gold 10", ("a", "b"), "5 nm over 0 px", "5 kg over 210 px", "over 210 px", "5 nm over -3 px"],
    ids=str,
)  # fmt: skip
def test_what_is_no_pixel_size_gets_one_sentence(given: object) -> None:
    with pytest.raises(ValueError, match=r"^The pixel size .* is not understood: give .*\.$"):
        parse_pixel_size(given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("crystal", "spot"),
    [("graphene", "10"), ("graphene", "11"), ("graphene", "1-1"), ("SrTiO3 [001]", "10"), ("Si [110]", "11"),
     ("WS2", "10"), ("black phosphorus", "20"), ("ZrO2 [010], monoclinic", "10")],
)  # fmt: skip
def test_a_known_crystal_tells_the_pixel_size(crystal: str, spot: str) -> None:
    known = parse_pixel_size(f"{crystal} {spot}")
    assert not isinstance(known, tuple)
    assert str(known) == f"{crystal} {spot}"
    assert sides_by_spot(micrograph(crystal), (1.0, 1.0), known) == pytest.approx((PIXEL, PIXEL), rel=2e-3)


def test_a_spot_of_a_picture_with_unequal_pixels_keeps_their_ratio(graphene: np.ndarray) -> None:
    known = parse_pixel_size("Graphene (10)")
    assert not isinstance(known, tuple)
    assert sides_by_spot(graphene[::2], (2.0, 1.0), known) == pytest.approx((2 * PIXEL, PIXEL), rel=2e-3)


@pytest.mark.parametrize(
    ("spot", "sentence"),
    [("SrTiO3 [001] 10", r"The picture does not show SrTiO3 \[001\]: its cell has b/a = 1.00 and γ = 120°"),
     ("graphene 00", "The spot 00 lies in the middle")],
)  # fmt: skip
def test_another_crystal_is_not_believed(unknown: Path, spot: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        lw.read_micrograph(unknown, pixel_size=spot)


def test_a_length_over_pixels_calibrates_and_is_told_as_given(graphene: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "unknown.npy", graphene)
    for given in ("5 nm over 200 px", "5 over 200px", "50 Å over 200 px"):
        picture = lw.read_micrograph(tmp_path / "unknown.npy", pixel_size=given)
        assert picture.attrs["pixel_size"] == pytest.approx(0.025)
    assert picture.attrs["calibration"] == "by hand: 50 Å over 200 px"
    # it is read off the picture with square pixels; the ratio of the sides stays
    flat = xr.DataArray(graphene[::2], dims=("row", "col"), coords={
        "row": xr.Variable("row", 2.0 * np.arange(len(graphene[::2])), {"units": "px"}),
        "col": xr.Variable("col", 1.0 * np.arange(graphene.shape[1]), {"units": "px"}),
    })  # fmt: skip
    sides = lw.calibrate(flat, "5 nm over 200 px").attrs
    assert (sides["pixel_size_row"], sides["pixel_size_col"]) == pytest.approx((0.05, 0.025))
    frames = take_movie(np.stack([graphene] * 2), "5 nm over 200 px")
    assert frames.pixel_size == pytest.approx(0.025)
    assert frames.calibration == "by hand: 5 nm over 200 px"


def test_what_tells_nothing_is_said(tmp_path: Path) -> None:
    np.save(tmp_path / "noise.npy", np.random.default_rng(0).normal(size=(64, 64)))
    with pytest.raises(ValueError, match=r"cannot be found from graphene 10: No spot stands out"):
        lw.read_micrograph(tmp_path / "noise.npy", pixel_size="graphene 10")
    np.save(tmp_path / "copper.npy", micrograph("Cu(110)"))
    with pytest.raises(ValueError, match=r"A picture of Cu\(110\) has no spot 10"):
        lw.read_micrograph(tmp_path / "copper.npy", pixel_size="Cu(110) 10")


@pytest.mark.parametrize(
    ("given", "origin"), [(PIXEL, "by hand"), (f"{1000 * PIXEL} pm", "by hand"), ("graphene 10", "graphene 10")]
)
def test_a_picture_is_calibrated_and_says_by_what(unknown: Path, given: float | str, origin: str) -> None:
    assert "calibration" not in lw.read_micrograph(unknown).attrs
    picture = lw.read_micrograph(unknown, pixel_size=given)
    assert picture.attrs["calibration"] == origin
    assert picture.attrs["pixel_size"] == pytest.approx(PIXEL, rel=2e-3)
    assert picture.row.attrs["units"] == "nm"
    assert lw.fit_lattice(picture).a == pytest.approx(0.246, rel=3e-3)


def test_what_is_given_wins_over_the_file(graphene: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "said.tif"
    tifffile.imwrite(path, graphene, imagej=True, resolution=(1 / 0.5, 1 / 0.5), metadata={"unit": "nm"})
    assert lw.read_micrograph(path).attrs["calibration"] == "file"
    picture = lw.read_micrograph(path, pixel_size=(PIXEL, 2 * PIXEL))
    assert (picture.attrs["pixel_size_row"], picture.attrs["pixel_size_col"]) == (PIXEL, 2 * PIXEL)
    assert picture.attrs["calibration"] == "by hand"
    assert "pixel_size" not in picture.attrs


def test_movies_are_calibrated_too(graphene: np.ndarray) -> None:
    stack = np.stack([np.zeros_like(graphene), graphene])
    assert take_movie(stack).calibration == ""
    by_hand, by_spot = take_movie(stack, "20 pm"), take_movie(stack, "graphene 10")
    assert (by_hand.pixel_size, by_hand.calibration) == (pytest.approx(0.02), "by hand")
    assert by_spot.pixel_size == pytest.approx(PIXEL, rel=2e-3)
    assert by_spot.calibration == "graphene 10"
    flat = as_frames(stack[:, ::2], pixel_size=(2.0, 1.0))
    again = take_movie(flat, "graphene 10")
    assert again.shape == (2, 256, 256)
    assert again.pixel_size == pytest.approx(PIXEL, rel=3e-3)
    unequal = take_movie(flat, (0.02, 0.04))  # what was said before is forgotten, with its sentence
    assert (unequal.shape, unequal.pixel_size) == ((2, 128, 512), 0.02)
    assert len(unequal.notes) == 1
    with pytest.raises(ValueError, match="no frame can be used"):
        take_movie(stack[:1], "graphene 10")
    found = lw.analyze_movie(stack[1:], window_size=128, step=128, n_passes=0, pixel_size="graphene 10")
    assert found.attrs["calibration"] == "graphene 10"
    assert '"calibration": "graphene 10"' in found.attrs["recipe"]
    assert found.attrs["pixel_size"] == pytest.approx(PIXEL, rel=2e-3)
