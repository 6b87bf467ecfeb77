"""Make the pictures of the lessons anew, which the first page of the dashboards shows: each from the kit's own functions.

    python tools/make_lesson_pictures.py [lesson ...]

The picture of `notebooks/10_what_is_a_lattice.ipynb` is `notebooks/10_what_is_a_lattice.png`, 480 x 240 px.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import lattice_widgets as lw  # noqa: E402
from lattice_widgets.views.saved.static_painters import color_table, font  # noqa: E402
from lattice_widgets.views.saved.static_picture import png_of_image  # noqa: E402

NOTEBOOKS = ROOT / "notebooks"
WIDTH, HEIGHT = 480, 240


def colored(
    values: Any, size: tuple[int, int], name: str = "gray", percentiles: tuple[float, float] = (1, 99.5)
) -> Image.Image:
    """Return an array in the colors of a map, filling the size (width, height); its middle is kept."""
    array = np.asarray(values, float)
    low, high = np.percentile(array, percentiles)
    places = np.clip((array - low) / max(high - low, 1e-12) * 255, 0, 255).astype(int)
    rows, cols = array.shape
    width = min(cols, rows * size[0] // size[1])
    height = min(rows, cols * size[1] // size[0])
    top, left = (rows - height) // 2, (cols - width) // 2
    pixels = color_table(name)[places].astype(np.uint8)[top : top + height, left : left + width]
    return Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)


def transform(picture: Any, pixel_size: float, reach: float, size: tuple[int, int]) -> Image.Image:
    """Return the Fourier transform of a picture up to a frequency [1/nm]."""
    shown = lw.spectrum(picture, pixel_size).cropped(reach)
    return colored(np.log1p(shown.magnitude / np.median(shown.magnitude)), size, "inferno", (40, 99.9))


def beside(*parts: Image.Image) -> Image.Image:
    """Return pictures beside each other, with a thin line between."""
    whole = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    for number, part in enumerate(parts):
        whole.paste(part, (round(number * (WIDTH + 4) / len(parts)), 0))
    return whole


def shares(count: int) -> tuple[int, int]:
    """Return the size of each of so many pictures beside each other."""
    return round((WIDTH - 4 * (count - 1)) / count), HEIGHT


def crystal_picture(crystal: Any, field: float, rotation: float = 8.0, cols: int = 480, **flaws: Any) -> Any:
    """Return a simulated micrograph of the shape of the picture."""
    dose = flaws.pop("dose", crystal.dose_like_foil(3e7))
    microscope = lw.Microscope(rows=240, cols=cols, field_of_view=field, probe_size=0.08, dose=dose)
    return lw.simulate_micrograph(crystal, microscope, lw.Imperfections(**flaws), rotation=rotation)


def what_is_a_lattice() -> Image.Image:
    """Return graphene with its cell."""
    made = crystal_picture(lw.CRYSTALS["graphene"], 2.4, rotation=0.0)
    picture = colored(made.image, (WIDTH, HEIGHT))
    pen, scale = ImageDraw.Draw(picture), WIDTH / 2.4
    a, b = made.picture_lattice.vectors[:, ::-1] * scale  # (x, y)
    corner = np.array([WIDTH / 2, HEIGHT / 2]) - (a + b) / 2
    path = [tuple(corner + step) for step in (0 * a, a, a + b, b, 0 * a)]
    pen.line(path, fill="#000000", width=7, joint="curve")
    pen.line(path, fill="#ffd24a", width=3, joint="curve")
    return picture


def two_spaces() -> Image.Image:
    """Return a rectangular crystal and its transform."""
    made = crystal_picture(lw.Crystal("one atom a cell", 0.3, 0.42, 90), 3.0, rotation=15.0, cols=240)
    return beside(colored(made.image, shares(2)), transform(made.image, 3.0 / 240, 9.0, shares(2)))


def what_spoils_the_spots() -> Image.Image:
    """Return disorder, noise and drift."""
    crystal = lw.Crystal("one atom a cell", 0.3, 0.3, 90)
    flaws: tuple[dict[str, Any], ...] = ({"disorder": 0.2}, {"dose": 2e4}, {"drift": (0.0, 0.25)})
    return beside(*(colored(crystal_picture(crystal, 2.0, 0.0, 160, **each).image, shares(3)) for each in flaws))


def how_sure_is_the_network() -> Image.Image:
    """Return the map of a thousand pictures, as the network finds them alike."""
    examples = lw.load_example_map()
    points, classes = np.asarray(examples.embedding.points, float), np.asarray(examples.labels, int)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = min((WIDTH - 30) / (high - low)[0], (HEIGHT - 30) / (high - low)[1])
    places = (points - (low + high) / 2) * scale + np.array([WIDTH / 2, HEIGHT / 2])
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    pen, styles = ImageDraw.Draw(picture), list(lw.CLASS_STYLES.values())
    for (x, y), kind in zip(places, classes, strict=True):
        pen.text((x, HEIGHT - y), styles[kind].glyph, styles[kind].color, font(8), anchor="mm")
    return picture


def how_fast_it_grows() -> Image.Image:
    """Return three frames of a movie."""
    movie = lw.simulate_beam_damage(
        24, (256, 256), field_of_view=7.35, frame_interval=5.0, growth=(0.03, 0.002, 0.03), seed=1
    )
    return beside(*(colored(movie.frames[number], shares(3)) for number in (0, 12, 23)))


def a_real_micrograph() -> Image.Image:
    """Return graphene by STM, simulated with drift, and its transform: the real one is not ours to ship."""
    picture = lw.load_sample("simulated_graphene_stm")
    size = float(np.mean(picture.attrs["pixel_size"]))
    return beside(colored(picture.values, shares(2)), transform(picture.values, size, 9.0, shares(2)))


def where_is_it_strained() -> Image.Image:
    """Return a lattice that is pushed apart in one place, and over its right part the map that shows it."""
    row, col = np.mgrid[:400.0, :800.0] - np.array([[[190.0]], [[470.0]]])
    apart = (row**2 + col**2) / 80**2 + 1e-9
    before = 1 - 0.02 * (1 - np.exp(-apart / 2)) / apart
    waves = 2 * np.pi / 9 * before * np.array([row, row / 2 + 0.75**0.5 * col, row / 2 - 0.75**0.5 * col])
    picture = np.cos(waves).sum(axis=0)
    known = lw.Lattice.from_parameters(9 * 2 / 3**0.5, 9 * 2 / 3**0.5, 120)
    maps = lw.map_lattice(picture, None, 121, 4, reference=known)
    drawn = colored(picture, (WIDTH, HEIGHT))
    values = np.clip(maps.dilation.values / 2.2, -1, 1)
    strength = np.abs(values)[..., None]
    ends = np.where(values[..., None] > 0, np.array([178, 24, 43]), np.array([33, 102, 172]))
    over = Image.fromarray((255 + strength * (ends - 255)).astype(np.uint8))
    scale = WIDTH / 800
    top, left = (round(float(at[0]) * scale) for at in (maps.row.values, maps.col.values))
    size = tuple(round(float(np.ptp(at)) * scale) for at in (maps.col.values, maps.row.values))
    over = over.resize((size[0], size[1]), Image.Resampling.BICUBIC)
    drawn.paste(over, (left, top), Image.new("L", over.size, 165))
    return drawn


MAKERS: dict[str, Callable[[], Image.Image]] = {
    maker.__name__: maker
    for maker in (
        what_is_a_lattice,
        two_spaces,
        what_spoils_the_spots,
        how_sure_is_the_network,
        how_fast_it_grows,
        a_real_micrograph,
        where_is_it_strained,
    )
}


def main(wanted: list[str]) -> None:
    """Make the pictures of the lessons that are named, or of all."""
    for row in json.loads((NOTEBOOKS / "lessons.json").read_text(encoding="utf-8")):
        place = NOTEBOOKS / Path(row["file"]).with_suffix(".png")
        name = place.stem.partition("_")[2]
        if not wanted or name in wanted:
            place.write_bytes(png_of_image(MAKERS[name]()))
            print(f"{place.relative_to(ROOT)}: {place.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
