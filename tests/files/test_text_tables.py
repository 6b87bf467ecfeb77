"""Tables of numbers as text: with the header of Gwyddion, without one, and what is no such text."""

from pathlib import Path

import numpy as np
import pytest

from lattice_widgets.files import MicrographFileError, read_micrograph, read_micrograph_bytes

VALUES = np.random.default_rng(0).normal(size=(20, 30)).astype(np.float32)
HEADER = "# Channel: Topography\n# Width: {width}\n# Height: {height}\n# Value units: m\n"


def write(path: Path, width: str = "3 nm", height: str = "2 nm", values: np.ndarray = VALUES) -> Path:
    lines = "\n".join("\t".join(f"{value:.6e}" for value in row) for row in values)
    path.write_text(HEADER.format(width=width, height=height) + lines + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("width", "height", "pixel_size"),
    [
        ("3 nm", "2 nm", 0.1),
        ("0.003 µm", "2000 pm", 0.1),
        ("30 Å", "2e-9 m", 0.1),
        ("3 V", "2 V", None),
        ("", "", None),
    ],
)
def test_values_and_lengths_come_back(tmp_path: Path, width: str, height: str, pixel_size: float | None) -> None:
    image = read_micrograph(write(tmp_path / "a.txt", width, height))
    np.testing.assert_allclose(image.values, VALUES, rtol=1e-5)
    assert image.attrs.get("pixel_size") == (pixel_size and pytest.approx(pixel_size, rel=1e-6))
    assert image.attrs["format"] == "txt"
    assert image.attrs["notes"] == "values in m"


def test_pixels_that_are_not_square_keep_both_lengths(tmp_path: Path) -> None:
    image = read_micrograph(write(tmp_path / "a.txt", "3 nm", "4 nm"))
    assert (image.attrs["pixel_size_row"], image.attrs["pixel_size_col"]) == pytest.approx((0.2, 0.1))


def test_a_line_that_is_cut_off_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    path.write_text(path.read_text(encoding="utf-8")[:-50], encoding="utf-8")
    with pytest.raises(MicrographFileError, match="as many in each line"):
        read_micrograph(path)


@pytest.mark.parametrize(
    ("name", "apart", "change"),
    [
        ("imagej.txt", "\t", str),
        ("numpy.txt", " ", str),
        ("numpy.asc", "  ", str),
        ("table.csv", ",", str),
        ("table.csv", ", ", str),
        ("german.csv", ";", lambda text: text.replace(".", ",")),
        ("german.txt", "\t", lambda text: text.replace(".", ",")),
    ],
)
def test_tables_without_a_header(tmp_path: Path, name: str, apart: str, change) -> None:
    lines = "\n".join(apart.join(change(f"{value:.6f}") for value in row) for row in VALUES)
    for before in ("", "# saved by hand\n", "\ufeff"):
        (tmp_path / name).write_text(before + lines + "\n", encoding="utf-8")
        image = read_micrograph(tmp_path / name)
        np.testing.assert_allclose(image.values, VALUES, atol=1e-5)
        assert image.col.units == "px"
        assert read_micrograph_bytes(name, (tmp_path / name).read_bytes()).shape == VALUES.shape


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.1 3\n" * 40, "it is a list of 40 x 2 numbers, not a picture"),
        ("dear diary\n" * 40, "its lines are not numbers"),
        ("x,y\n1,2\n", "its lines are not numbers"),
        ("# only a comment\n", "not a picture"),
    ],
)
def test_a_text_that_is_no_picture_is_named_as_what_it_is(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with pytest.raises(MicrographFileError, match=said):
        read_micrograph(tmp_path / "a.txt")
