"""What all commands share: lines, last sentences, folders that can be written to."""

import os
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from lattice_widgets.files.folders.pictures import is_one_picture, pictures_in

#: of the option of every command that takes pictures
PIXEL_SIZE_HELP = "If the file does not say: 0.02 (nm), '0.02 x 0.04 nm' (down, across), '20 pm', or 'graphene 10'."

DATASET_HELP = "Of a file with several: channel, detector, direction; a name, a part of it, or a number."


def say(line: str) -> None:
    """Print a line; that the output cannot take it is the end, and no fault of the picture."""
    try:
        typer.echo(line)
    except BrokenPipeError:  # ``| head``: whoever was listening has left
        # Python would complain once more when it flushes at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        fail(f"The output cannot be written: {error.strerror}.")


def passes_of(passes: int, samples: int | None) -> int:
    """Return the number of passes, which ``--samples`` gave before there was ``--passes``, with a DeprecationWarning."""
    if samples is None:
        return passes
    warnings.warn("--samples is called --passes now.", DeprecationWarning, stacklevel=2)
    return samples


def check_writable(folder: Path) -> None:
    """Make a folder and try it, before the work whose result it should keep."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        fail(f"The folder {folder} cannot be written to: {error.strerror}.")


def all_pictures(files: Sequence[Path], recursive: bool) -> list[tuple[Path, Path]]:
    """Return the files that are meant, each with its name as told from its folder: those of a folder are the pictures in it."""
    found: list[tuple[Path, Path]] = []
    for path in files:
        # a folder that is one picture or movie itself is read as such
        if path.is_dir() and not is_one_picture(path):
            inside = pictures_in(path, recursive)
            if not inside:
                more = "" if recursive else "; with -r the folders in it are looked into, too"
                fail(f"The folder {path} holds no picture{more}.")
            found += [(one, one.relative_to(path)) for one in inside]
        else:
            found.append((path, Path(path.absolute().name)))
    return found


def fail(sentence: str) -> NoReturn:
    """Leave with one sentence that says why."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
