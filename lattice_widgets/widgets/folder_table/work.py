"""What the table of a folder asks of the core: an answer for each file that is whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lattice_widgets.analysis.answers import answer_file
from lattice_widgets.classifier import Classifier, ClassifierError
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.files.folders.pictures import FolderWatch, Stamp
from lattice_widgets.views.table.thumbnail import thumbnail_of

__all__ = ["FileAnswer", "Request", "compute"]


@dataclass(frozen=True, eq=False)
class Request:
    """Which files are to be answered, and how. ``watch`` says how each was when it was looked at."""

    watch: FolderWatch | None
    todo: tuple[Path, ...]
    pixel_size: PixelSizeGiven | None
    dataset: str | int | None
    classifier: Classifier | None


@dataclass(frozen=True, eq=False)
class FileAnswer:
    """What is known of a file.

    Attributes
    ----------
    watch : FolderWatch
        In whose folder it lies.
    path, stamp
        The file, and how it was when it was read.
    said : dict
        As from `answer_file`; of a movie that of its first picture. Empty if it cannot be read.
    problem : str
        Why it cannot be read; empty if it can.
    frames : int
        Pictures in it.
    shape : tuple of int
        (rows, cols) of a picture with square pixels.
    small : bytes
        A small picture as PNG.
    """

    watch: FolderWatch
    path: Path
    stamp: Stamp
    said: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    frames: int = 0
    shape: tuple[int, ...] = ()
    small: bytes = b""


def compute(request: Request) -> Iterator[FileAnswer]:
    """Yield the answer of each file; one that cannot be read stops no other."""
    if request.watch is None or request.classifier is None:
        return
    for path in request.todo:
        stamp = request.watch.stamp_of(path)
        if stamp is None:  # it has gone in the meantime
            continue
        try:
            answers = answer_file(
                path, request.classifier, pixel_size=request.pixel_size, dataset=request.dataset, first_only=True
            )
            answer = next(iter(answers))
            small = thumbnail_of(np.asarray(answer.values))
        except (ValueError, OSError, ClassifierError) as error:
            yield FileAnswer(request.watch, path, stamp, problem=str(error))
        else:
            yield FileAnswer(request.watch, path, stamp, answer.said, "", answer.frames, answer.values.shape, small)
