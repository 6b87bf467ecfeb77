"""mp4, mov and avi through FFmpeg, which imageio brings along."""

from __future__ import annotations

from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage

#: lengths of the first part of such files, which says the kind
_FIRST_BOXES = range(0x10, 0x34, 4)

SPECIFICATION = ReaderSpecification(
    title="mp4, mov, avi (FFmpeg of imageio)",
    kinds=(
        Kind("mp4", (".mp4", ".m4v", ".mov"), tuple(b"\0\0\0" + bytes([size]) + b"ftyp" for size in _FIRST_BOXES)),
        Kind("avi", (".avi",), (b"RIFF????AVI ",)),
    ),
    # FFmpeg is a program of its own, which the process of an upload may not start
    uploads=False,
    companions=False,
)


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the one movie of a video; frames are unpacked when they are asked for.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Not needed: nothing stays open.
    kind, upload_name
        Not needed here; every reader is given them.

    Returns
    -------
    images : list of StoredImage
        One: (frames, rows, cols) in three colors, with the times at which it is played, in s.

    Raises
    ------
    MicrographFileError
        If FFmpeg is not there, or finds no frames.
    """
    try:
        import imageio_ffmpeg
    except ImportError:
        raise MicrographFileError('reading videos needs FFmpeg: pip install "imageio[ffmpeg]"') from None
    # what a name begins with is no option of the program, and the file names no other one
    place = str(path.resolve())
    with closing(imageio_ffmpeg.read_frames(place)) as reader:
        known = next(reader)
    cols, rows = known["size"]
    rate = float(known["fps"])
    count, _ = imageio_ffmpeg.count_frames_and_secs(place)
    if not (count and rows and cols and rate > 0):
        raise MicrographFileError("FFmpeg finds no frames in it")

    def load(selected: slice) -> NDArray:
        start, stop, step = selected.indices(count)
        # half a frame before the first one that is wanted: FFmpeg then begins with exactly that
        before = ["-ss", f"{(start - 0.5) / rate:.6f}"] if start else []
        with closing(imageio_ffmpeg.read_frames(place, pix_fmt="rgb24", input_params=before)) as frames:
            next(frames)
            taken = [
                np.frombuffer(frame, np.uint8).reshape(rows, cols, 3) for frame in islice(frames, 0, stop - start, step)
            ]
        if len(taken) < len(range(start, stop, step)):
            raise MicrographFileError("it is cut off: it holds fewer frames than it says")
        return np.stack(taken)

    codec = str(known.get("codec", "")) or "a codec"
    return [
        StoredImage(
            name="",
            shape=(count, rows, cols),
            dtype=np.dtype(np.uint8),
            load=load,
            channels=3,
            frame_times=np.arange(count) / rate,
            notes=(
                "frame times are those at which the file is played",
                f"a video ({codec}) is compressed: what is fine or faint in it may be lost",
            ),
        )
    ]
