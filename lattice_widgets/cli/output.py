"""What all commands share: lines, last sentences, folders that can be written to."""

import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import typer

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


def check_writable(folder: Path) -> None:
    """Make a folder and try it, before the work whose result it should keep."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        fail(f"The folder {folder} cannot be written to: {error.strerror}.")


def fail(sentence: str) -> NoReturn:
    """Leave with one sentence that says why."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
