"""What belongs to a picture: margins, unscanned rows and scale bars are found, left out, and announced."""

import numpy as np
import pytest

from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.geometry.overlay import lattice_points
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.geometry.spots import find_spots
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.content.margins import content_of
from lattice_widgets.core.pictures.content.staircase import why_bare_surface
from lattice_widgets.core.pictures.descriptor import Recipe, descriptor, make_descriptor
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import Microscope, simulate_micrograph

ROWS, COLS = 200, 260


def picture(rows: int = ROWS, cols: int = COLS, a: float = 14.0, b: float = 19.0, turn: float = 0.3) -> np.ndarray:
    """A rectangular lattice in gray values from 20 to 230, with noise."""
    y, x = np.mgrid[:rows, :cols].astype(float)
    u, v = y * np.cos(turn) + x * np.sin(turn), x * np.cos(turn) - y * np.sin(turn)
    waves = 125 + 30 * np.cos(2 * np.pi * u / a) + 30 * np.cos(2 * np.pi * v / b)
    noise = np.random.default_rng(5).normal(size=(rows, cols))
    return np.clip(waves + 10 * noise, 20, 230).round().astype(np.uint8)


def framed(inner: np.ndarray, top: int, bottom: int, left: int, right: int, value: int) -> np.ndarray:
    return np.pad(inner, ((top, bottom), (left, right)), constant_values=value)


def as_jpeg(image: np.ndarray) -> np.ndarray:
    import io

    from PIL import Image

    stored = io.BytesIO()
    Image.fromarray(image).save(stored, "JPEG", quality=85)
    return np.asarray(Image.open(stored))


def with_scale_bar(image: np.ndarray, value: int = 255) -> tuple[np.ndarray, tuple[slice, slice]]:
    """Write a bar and some letters into a corner."""
    image = image.copy()
    image[-20:-14, 15:75] = value
    for letter in range(4):
        image[-34:-24, 20 + 12 * letter : 22 + 12 * letter] = value
        image[-34:-32, 20 + 12 * letter : 28 + 12 * letter] = value
    return image, (slice(-34, -14), slice(15, 75))


def test_a_picture_without_a_margin_is_used_as_it_is() -> None:
    image = picture()
    found = content_of(image)
    assert found.values is image
    assert (found.notes, found.nothing) == ((), None)


@pytest.mark.parametrize(
    ("value", "note"),
    [
        (255, "A white margin of 27 px was left out."),
        (0, "A black margin of 27 px was left out."),
        (128, "A margin of one single value, 27 px wide, was left out."),
    ],
)
def test_a_margin_is_left_out_and_announced(value: int, note: str) -> None:
    inner = picture()
    found = content_of(framed(inner, 27, 27, 27, 27, value))
    np.testing.assert_array_equal(found.values, inner)
    assert (found.top, found.left) == (27, 27)
    assert [str(said) for said in found.notes] == [note]


def test_margins_may_differ_from_side_to_side() -> None:
    found = content_of(framed(picture(), 5, 31, 80, 0, 255))
    assert found.values.shape == (ROWS, COLS)
    assert str(found.notes[0]) == (
        "A white margin was left out: 5 px at the top, 31 px at the bottom, 80 px on the left, 0 px on the right."
    )


def test_a_figure_with_axes_and_labels_is_cut_down_to_its_picture() -> None:
    inner = picture()
    figure = framed(framed(inner, 2, 2, 2, 2, 0), 40, 50, 60, 30, 255)
    figure[-30:-18, 120:180] = np.where(np.random.default_rng(1).random((12, 60)) < 0.5, 0, 255)  # name of an axis
    figure[100:160, 15:27] = np.where(np.random.default_rng(2).random((60, 12)) < 0.5, 0, 255)
    for tick in range(80, 300, 40):
        figure[-50:-46, tick] = 0
    np.testing.assert_array_equal(content_of(figure).values, inner)


def test_rows_that_were_never_scanned_are_left_out() -> None:
    inner = picture()
    image = inner.astype(float)
    image[150:] = image[:150].mean()
    found = content_of(image)
    assert found.values.shape == (150, COLS)
    assert str(found.notes[0]) == "50 rows of one single value at the bottom were left out."


def test_lossy_compression_does_not_hide_a_margin() -> None:
    found = content_of(as_jpeg(framed(picture(), 30, 30, 30, 30, 255)))
    rows, cols = found.values.shape
    assert ROWS - 4 <= rows <= ROWS + 4
    assert COLS - 4 <= cols <= COLS + 4


def test_gaps_between_atoms_are_no_margin() -> None:
    y, x = np.mgrid[:240, :300]
    atoms = np.exp(-(((y + 18) % 40 - 20) ** 2 + ((x + 15) % 40 - 20) ** 2) / 8.0)
    atoms[atoms < 1e-3] = 0
    found = content_of(atoms)
    assert found.values.shape == atoms.shape
    assert not found.notes


def test_low_doses_have_no_margins() -> None:
    counts = np.random.default_rng(3).poisson(0.02, size=(128, 128))
    assert content_of(counts).values.shape[0] >= 125


def test_a_scale_bar_is_painted_over() -> None:
    marked, box = with_scale_bar(picture())
    found = content_of(marked)
    assert str(found.notes[0]) == "A scale bar with its writing (24 x 64 px) was left out."
    assert found.values[box].max() < 230
    untouched = np.ones(marked.shape, bool)
    untouched[-36:-12, 13:77] = False
    np.testing.assert_array_equal(found.values[untouched], marked[untouched])


def test_stripes_are_no_scale_bars() -> None:
    stripes = np.where(np.mgrid[:200, :256][0] % 20 < 4, 255, 80).astype(np.uint8)
    stripes[:, 200:] = np.random.default_rng(6).integers(60, 100, size=(200, 56))
    assert not content_of(stripes).notes


def test_all_of_it_is_used_when_asked_for() -> None:
    image = with_scale_bar(framed(picture(), 27, 27, 27, 27, 255))[0]
    found = content_of(image, keep_all=True)
    assert found.values is image
    assert not found.notes


def test_fit_spots_and_descriptor_of_a_framed_picture_are_those_of_the_picture() -> None:
    inner = picture()
    figure = framed(inner, 27, 27, 40, 80, 255)
    plain, fitted = fit_lattice(inner), fit_lattice(figure)
    assert plain.left_out == ()
    assert "white margin" in str(fitted.left_out[0])
    np.testing.assert_array_equal(plain.vectors, fitted.vectors)
    np.testing.assert_array_equal(find_spots(figure).frequency, plain.spots.frequency)
    for recipe in (Recipe(), Recipe(destreaked=True, aligned=True)):
        alone = descriptor(inner, recipe)
        together = make_descriptor(np.stack([figure, figure[::-1]]), recipe)
        np.testing.assert_array_equal(alone.values[0], together.values[0])
        assert together.frequency_step[0] == alone.frequency_step[0]
    assert fitted.to_dict()["left_out"] == [str(fitted.left_out[0])]
    assert not fit_lattice(figure, keep_all=True).left_out
    assert (descriptor(figure, keep_all=True).values != descriptor(figure).values).any()


def test_lattice_points_lie_where_they_lay() -> None:
    inner = picture()
    lattice = Lattice(fit_lattice(inner).vectors)
    np.testing.assert_allclose(
        lattice_points(framed(inner, 30, 30, 50, 20, 255), lattice), lattice_points(inner, lattice) + np.array([30, 50])
    )


@pytest.mark.parametrize("slopes", [(1 / 5, 1 / 9), (0.1234, 0.0789), (0.02, -0.31)])
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_a_staircase_is_nothing(slopes: tuple[float, float], noise: float) -> None:
    down, right = slopes
    heights = np.add.outer(np.arange(192) * down, np.arange(230) * right)
    heights += noise * np.random.default_rng(4).normal(size=heights.shape)
    with pytest.raises(LatticeNotFound, match="stored in few levels"):
        fit_lattice(np.floor(heights))
    assert not len(find_spots(np.floor(heights)))
    assert not descriptor(np.floor(heights)).values.any()


def test_a_bowl_in_steps_is_nothing() -> None:
    y, x = np.mgrid[-1:1:180j, -1:1:200j]
    with pytest.raises(LatticeNotFound, match="stored in few levels"):
        fit_lattice(np.round(9 * y + 5 * x + 6 * y**2 - 4 * x * y))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_bare_ramp_is_nothing(dtype: type) -> None:
    ramp = np.add.outer(np.arange(192) / 5, np.arange(230) / 9).astype(dtype)
    with pytest.raises(LatticeNotFound, match="bare ramp"):
        fit_lattice(ramp)


def test_few_levels_alone_hide_no_lattice() -> None:
    y, x = np.mgrid[:192, :230].astype(float)
    waves = np.cos(2 * np.pi * y / 12) + np.cos(2 * np.pi * x / 9) + 0.3 * np.random.default_rng(7).normal(size=y.shape)
    for image in (waves > 0, waves > 1.2, np.round(4 * waves + 0.02 * y + 0.03 * x)):
        fit = fit_lattice(image)
        assert (round(fit.a), round(fit.b), fit.bravais_type) == (9, 12, "rectangular")
    assert why_bare_surface(np.round(0.4 * waves + 0.05 * y)) is None


def test_simulated_pictures_have_no_margins() -> None:
    for number, crystal in enumerate(CRYSTALS.values()):
        for dose in (2000.0, None):
            image = simulate_micrograph(crystal, Microscope(rows=120, cols=160, dose=dose), seed=number).image
            assert content_of(image).values is image
