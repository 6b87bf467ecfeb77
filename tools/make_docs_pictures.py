"""Make the pictures of the documentation anew from the code that stands above them on its pages.

    python tools/make_docs_pictures.py [name ...]

Each picture `docs/failures/NAME.png` shows what the code blocks before it have left in `picture` and `pixel_size`: the
picture, its Fourier transform, and what network and geometry say. "drift" also makes the movie of the start page.
"""

import argparse
import io
import sys
from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import numpy as np
from docs_blocks import blocks_of
from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import lattice_widgets as lw  # noqa: E402
from lattice_widgets.views.saved.static_picture import png_of_image  # noqa: E402

PAGES = ("how_it_works", "where_it_fails")
FOLDER = "failures"
MOVIE = ROOT / "docs" / "static" / "drift.mp4"
SMALL = {"font.size": 9, "axes.titlesize": 9, "axes.spines.top": False, "axes.spines.right": False}


def draw_spectrum(axes: Any, image: Any, pixel_size: float | None) -> None:
    """Draw the Fourier transform of a picture up to some 10 of its strongest spot's spacing."""
    spectrum = lw.spectrum(image, pixel_size)
    reach = 12.0 if pixel_size and pixel_size < 0.1 else 0.5 / (pixel_size or 1.0)
    shown = spectrum.cropped(min(reach, 0.5 / (pixel_size or 1.0)))
    axes.imshow(np.log1p(shown.magnitude / np.median(shown.magnitude)), cmap="magma")
    axes.set_title(f"Fourier transform, to {reach:.3g} {'1/nm' if pixel_size else '1/px'}")
    axes.set_axis_off()


def draw_picture(axes: Any, image: Any, pixel_size: float | None) -> None:
    """Draw a picture; its title says how large it is."""
    axes.imshow(image, cmap="gray", vmin=np.min(image), vmax=np.percentile(image, 99.5))
    rows, cols = image.shape
    size = f"{cols * pixel_size:.3g} x {rows * pixel_size:.3g} nm" if pixel_size else f"{cols} x {rows} px"
    axes.set_title(f"picture, {size}")
    axes.set_axis_off()


def geometry_says(image: Any, pixel_size: float | None) -> str:
    """Put the second opinion into a line."""
    try:
        fit = lw.fit_lattice(image, pixel_size)
    except lw.LatticeNotFound as reason:
        return str(reason)
    return (
        f"{fit.bravais_type}, a = {fit.a:.4f} ± {fit.a_error:.4f} {fit.unit}, b = {fit.b:.4f} ± {fit.b_error:.4f} "
        f"{fit.unit}, γ = {fit.gamma:.1f} ± {fit.gamma_error:.1f}°; spots off the lattice: {fit.n_extra}"
    )


def draw_case(namespace: dict[str, Any], with_descriptor: bool) -> Figure:
    """Draw picture, Fourier transform and the answer of the network, with the answer of geometry above."""
    image, pixel_size, classifier = namespace["picture"], namespace["pixel_size"], namespace["classifier"]
    summary = lw.summarize(classifier.sample(image, 200, seed=1))
    verdict = classifier.judge(image, summary)[0].describe(classifier.classes)
    panels = 4 if with_descriptor else 3
    figure = Figure(figsize=(2.9 * panels + 0.8, 3.3), layout="constrained", dpi=100)
    figure.suptitle(f"Geometry: {geometry_says(image, pixel_size)}", fontsize=9)
    axes = figure.subplots(1, panels)
    draw_picture(axes[0], image, pixel_size)
    draw_spectrum(axes[1], image, pixel_size)
    if with_descriptor:
        axes[2].imshow(np.squeeze(classifier.describe(image).values), cmap="magma")
        axes[2].set_title("what the network sees")
        axes[2].set_axis_off()
    bars = axes[-1]
    places = np.arange(len(classifier.classes))
    styles = [lw.CLASS_STYLES[name] for name in classifier.classes]
    bars.barh(places, summary.mean[0], xerr=summary.std[0], color=[style.color for style in styles], ecolor="gray")
    bars.set_yticks(places, classifier.classes)
    bars.invert_yaxis()
    bars.set_xlim(0, 1.05)
    bars.set_title(f"Network: {verdict.replace(' (', chr(10) + '(')}")
    return figure


def png_of(figure: Figure, colors: int = 64) -> tuple[Image.Image, bytes]:
    """Return a figure as pixels, and as a small PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="white")
    pixels = Image.open(buffer).convert("RGB")
    return pixels, png_of_image(pixels, colors)


def make_movie() -> None:
    """Make the movie of the start page: graphene whose drift grows and shrinks again, so that it runs in a circle."""
    drifts = 0.3 * np.sin(np.linspace(0, np.pi, 40, endpoint=False)) ** 2
    frames = []
    for drift in drifts:
        taken = lw.simulate_micrograph(
            lw.CRYSTALS["graphene"],
            lw.Microscope(mode="STM", field_of_view=3.0),
            lw.Imperfections(drift=(0.0, float(drift))),
            rotation=10,
        )
        figure = Figure(figsize=(7.68, 3.0), layout="constrained", dpi=100)
        left, right = figure.subplots(1, 2)
        draw_picture(left, taken.image, taken.pixel_size)
        draw_spectrum(right, taken.image, taken.pixel_size)
        name = lw.fit_lattice(taken.image, taken.pixel_size).bravais_type
        figure.suptitle(f"drift {drift:.2f} nm/s: the picture is {name}", fontsize=12)
        frames.append(png_of(figure)[0])
    width, height = (side - side % 2 for side in frames[0].size)
    movie = np.stack([np.asarray(frame)[:height, :width] for frame in frames])
    imageio.imwrite(MOVIE, movie, fps=12, codec="libx264", macro_block_size=2, output_params=["-crf", "33"])
    MOVIE.with_suffix(".png").write_bytes(png_of_image(frames[0], 64))
    print(f"{MOVIE.relative_to(ROOT)}: {len(movie)} frames, {MOVIE.stat().st_size} bytes")


def main() -> None:
    """Make the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="of the pictures; all if none is named")
    names = parser.parse_args().names
    with rc_context(SMALL):
        for page in PAGES:
            namespace: dict[str, Any] = {}
            for block in blocks_of(ROOT / "docs" / f"{page}.md"):
                name = Path(block.file).stem
                if block.kind == "python":
                    exec(compile(block.text, f"docs/{page}.md", "exec"), namespace)
                elif block.kind == "picture" and block.file.startswith(FOLDER) and (not names or name in names):
                    _, png = png_of(draw_case(namespace, with_descriptor=name == "method"))
                    (ROOT / "docs" / block.file).write_bytes(png)
                    print(f"docs/{block.file}: {len(png)} bytes", flush=True)
        if not names or MOVIE.stem in names:
            make_movie()


if __name__ == "__main__":
    main()
