"""png, jpg, bmp and gif through Pillow; png files of Gwyddion with their lengths."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.units import length_in_nm, not_a_length, told_pixel_size
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import StoredImage

if TYPE_CHECKING:
    from PIL import Image

SPECIFICATION = ReaderSpecification(
    title="png, jpg, bmp, gif (Pillow)",
    kinds=(
        Kind("png", (".png",), (b"\x89PNG\r\n\x1a\n",)),
        Kind("jpg", (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
        Kind("bmp", (".bmp",), (b"BM",)),
        Kind("gif", (".gif",), (b"GIF87a", b"GIF89a")),
    ),
    uploads=True,
    companions=False,
)

_GRAY = {"1": "?", "L": "u1", "I;16": "<u2", "I;16L": "<u2", "I;16B": ">u2", "I": "<i4", "F": "<f4"}
#: bytes of all frames
_MOST_TO_TIME = 2 * 1024**3
_EXIF_ORIENTATION = 0x0112


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the one picture or movie of a png, jpg, bmp or gif file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Closes the file when the caller is done.
    kind : str
        Not needed here, as the next; every reader is given both.
    upload_name : str or None
        The name that an upload had in the browser.

    Returns
    -------
    images : list of StoredImage
        One entry; (rows, cols), or (frames, rows, cols) for an animated gif or png with the times at which the frames
        are shown, in s. Only png files of Gwyddion carry a length: dots per inch are a matter of printing and are ignored.
    """
    from PIL import Image

    picture = stack.enter_context(Image.open(path))
    frames = int(getattr(picture, "n_frames", 1))
    # A palette says nothing about gray or color before it is applied.
    mode = picture.mode if picture.mode in (*_GRAY, "LA", "RGB", "RGBA") else "RGB"
    if "transparency" in picture.info and picture.mode == "P" and picture.format == "PNG":
        mode = "RGBA"
    if frames > 1:
        mode = "RGB"  # Pillow changes an animation's mode after the first frame
    channels = {"LA": 2, "RGB": 3, "RGBA": 4}.get(mode, 1)
    notes = _notes(path, picture)
    pixel_size = _gwyddion_size(picture, notes)
    times = None
    # Pillow unpacks each frame to tell its time: not where they are too many to be read
    if frames > 1 and frames * picture.width * picture.height * channels <= _MOST_TO_TIME:
        shown = [_duration(picture, index) for index in range(frames)]
        if all(shown):
            times = np.concatenate([[0.0], np.cumsum(shown[:-1])])
            notes.append("frame times are those at which the file is played")

    def load(selected: slice) -> NDArray:
        if frames == 1:
            return np.array(picture if picture.mode == mode else picture.convert(mode))
        return np.stack([_frame(picture, index, mode) for index in range(frames)[selected]])

    return [
        StoredImage(
            name="",
            shape=(picture.height, picture.width) if frames == 1 else (frames, picture.height, picture.width),
            dtype=np.dtype(_GRAY.get(mode, "u1")),
            load=load,
            channels=channels,
            pixel_size=pixel_size,
            frame_times=times,
            notes=tuple(notes),
        )
    ]


def _gwyddion_size(picture: Image.Image, notes: list[str]) -> tuple[float, float] | None:
    """Pixel size that Gwyddion writes into the texts of its png files: the lengths of the whole picture and their unit."""
    said = picture.info
    if picture.format != "PNG" or "Gwy::XReal" not in said:
        return None
    unit = str(said.get("Gwy::XYUnit", "m"))
    factor = length_in_nm(unit)
    if factor is None:
        notes.append(not_a_length(unit))
        return None
    try:
        width, height = (float(said[name]) * factor for name in ("Gwy::XReal", "Gwy::YReal"))
    except (KeyError, ValueError):
        return None
    return told_pixel_size(height / picture.height, width / picture.width, notes)


def _frame(picture: Image.Image, index: int, mode: str) -> NDArray:
    picture.seek(index)
    return np.array(picture.convert(mode))


def _duration(picture: Image.Image, index: int) -> float:
    """Seconds for which frame `index` is shown, 0 where the file does not say."""
    picture.seek(index)
    return float(picture.info.get("duration", 0)) / 1000


def _notes(path: Path, picture: Image.Image) -> list[str]:
    """What Pillow does without a word, said."""
    notes = []
    with path.open("rb") as stream:
        head = stream.read(26)
        stream.seek(-1, 2)
        last = stream.read(1)
    # IHDR: bit depth 16 with color type 2 (RGB) or 6 (RGBA); Pillow keeps the upper 8 bits of these.
    if picture.format == "PNG" and len(head) == 26 and head[24] == 16 and head[25] in (2, 6):
        notes.append("16-bit color: only the upper 8 bits of each channel were kept")
    if picture.format == "GIF" and last != b";":
        notes.append("the file has no end mark: it may be cut off between two frames")
    orientation = picture.getexif().get(_EXIF_ORIENTATION, 1) if picture.format == "JPEG" else 1
    if orientation != 1:
        notes.append(f"the camera's orientation mark ({orientation}) was not applied")
    return notes
