"""Frames as they are drawn: one byte a pixel, not larger than a browser can hold; and the movie with its phases as a file."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.movies.phases import cell_edges, covered_probability
from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.needed import needed
from lattice_widgets.views.movie.movie_figure import phase_colors

#: bytes of frames that a browser is given at most, and frames
LARGEST, MOST_FRAMES = 64 * 1024**2, 4000


def gray_limits(frames: Frames) -> tuple[float, float]:
    """Find the values that are drawn black and white: all but the outermost of some frames lie between them."""
    some = [frame[1].ravel()[::7] for frame in frames.usable(frames.sampled())]
    return gray_limits_of(some or [frame for _, frame in itertools.islice(frames.usable(range(len(frames))), 1)])


def gray_limits_of(pictures: Sequence[NDArray[Any]]) -> tuple[float, float]:
    """Find the values that are drawn black and white in some pictures: all but the outermost lie between them."""
    values = np.concatenate([np.asarray(one, float).ravel() for one in pictures]) if pictures else np.zeros(1)
    low, high = np.percentile(values, [0.3, 99.8])
    return float(low), float(high) if high > low else float(low) + 1.0


def reduction(frames: Frames, largest: int = LARGEST) -> int:
    """Find by which whole number rows and columns are divided so that all frames fit into so many bytes."""
    return max(1, int(np.ceil(np.sqrt(np.prod(frames.shape, dtype=float) / largest))))


def draw_frames(frames: Frames, largest: int = LARGEST) -> NDArray[np.uint8]:
    """Draw all frames as gray values, uint8, shape (frames, rows // k, cols // k); means of k x k px where they are many.

    Raises
    ------
    ValueError
        If there are more frames than a browser should be given.
    """
    out = blank_frames(frames, largest)
    for _number in fill_frames(frames, out, largest=largest):
        pass
    return out


def blank_frames(frames: Frames, largest: int = LARGEST) -> NDArray[np.uint8]:
    """Return room for what `fill_frames` draws, black, uint8, shape (frames, rows // k, cols // k). Raises as `draw_frames`."""
    count, rows, cols = frames.shape
    if count > MOST_FRAMES:
        raise ValueError(
            f"This movie has {count} frames, and the scrubber shows up to {MOST_FRAMES}: give it a part of them. "
            "analyze_movie takes them all."
        )
    k = _step(frames, largest)
    return np.zeros((count, rows // k, cols // k), np.uint8)


def _step(frames: Frames, largest: int) -> int:
    return min(reduction(frames, largest), *frames.shape[1:])


def fill_frames(frames: Frames, out: NDArray[np.uint8], start: int = 0, largest: int = LARGEST) -> Iterator[int]:
    """Draw frames into their places, in the order of their times, and yield how many are there.

    The gray values of a movie need a look at many frames, which takes a while. Therefore the first frame comes twice: at
    once, by its own gray values, and then by those of the movie. A frame that cannot be read stays black.
    """
    count, k = len(frames), _step(frames, largest)

    def draw(number: int, values: Any, low: float, high: float) -> None:
        frame = reduce_picture(np.asarray(values, np.float32), k)
        out[number] = np.clip((frame - low) * (255 / (high - low)), 0, 255)

    if start == 0:
        for number, values in frames.usable([0]):
            draw(number, values, *gray_limits_of([values]))
        yield 1
    low, high = gray_limits(frames)
    done = start
    for number, values in frames.usable(range(start, count)):
        draw(number, values, low, high)
        done = number + 1
        yield done
    if done < count:  # the last ones cannot be read
        yield count


def paint_movie(analysis: xr.Dataset, drawn: NDArray[np.uint8], opacity: float = 0.3) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames in color, uint8, shape (rows, cols, 3), with the phases over them and the holes outlined.

    Parameters
    ----------
    analysis : xarray.Dataset
        From `analyze_movie`.
    drawn : ndarray, uint8, shape (frames, rows, cols)
        From `draw_frames`.
    opacity : float
        How strong the phases are, 0 to 1.
    """
    shape = analysis.attrs["frame_rows"], analysis.attrs["frame_cols"]
    cells = []
    for length, shown, axis in zip(shape, drawn.shape[1:], ("row", "col"), strict=True):
        edges = cell_edges(length, analysis[axis].values)
        places = (np.arange(shown) + 0.5) * length / shown - 0.5
        cells.append(np.clip(np.searchsorted(edges, places) - 1, 0, len(edges) - 2))
    pixels = [((np.arange(m) + 0.5) * n / m).astype(int) for n, m in zip(shape, drawn.shape[1:], strict=True)]
    for number, gray in enumerate(drawn):
        frame = analysis.isel(frame=number)
        mixed = covered_probability(*(frame[name].values for name in ("probability", "coverage", "window_coverage")))
        color = phase_colors(mixed)[np.ix_(*cells)] * 255
        strength = np.where(np.isfinite(mixed[..., 0])[np.ix_(*cells)], opacity, 0)[..., None]
        painted = gray[..., None] * (1 - strength) + color * strength
        holes = frame["hole_labels"].values[np.ix_(*pixels)] > 0
        inner = holes.copy()
        inner[1:-1, 1:-1] = holes[:-2, 1:-1] & holes[2:, 1:-1] & holes[1:-1, :-2] & holes[1:-1, 2:]
        painted[holes & ~inner] = (255, 210, 74)
        yield np.clip(painted, 0, 255).astype(np.uint8)


def write_video(path: str | Path, pictures: Iterator[NDArray[np.uint8]], frames_per_second: float = 10.0) -> Path:
    """Write pictures as MP4 or GIF, by the ending of the name.

    Raises
    ------
    ValueError
        If the name ends otherwise.
    OSError
        If the file cannot be written.
    """
    with needed("imageio", "Writing a movie"):
        import imageio.v2 as imageio

    path = Path(path)
    kind = path.suffix.lower()
    if kind not in {".mp4", ".gif"}:
        raise ValueError(f"A movie is written as .mp4 or .gif, not as {path.name}.")
    if kind == ".mp4":
        with needed("imageio-ffmpeg", "Writing a movie as .mp4, not as .gif,"):
            import imageio_ffmpeg  # noqa: F401  # what imageio writes it with
    how: dict[str, Any] = (
        {"fps": frames_per_second, "macro_block_size": 2}
        if kind == ".mp4"
        else {"duration": 1000 / frames_per_second, "loop": 0}
    )
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent}.")
    with imageio.get_writer(path, **how) as writer:
        for picture in pictures:
            writer.append_data(picture)  # type: ignore[attr-defined]
    return path
