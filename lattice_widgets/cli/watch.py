"""``lattice-widgets watch``: answer every picture that a microscope writes into a folder, as soon as it is whole."""

import json
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from filelock import FileLock, Timeout

from lattice_widgets.analysis.answers import answer_file, problem_of, sentence_of
from lattice_widgets.classifier import Classifier, ClassifierError, load_classifier
from lattice_widgets.cli.output import DATASET_HELP, PIXEL_SIZE_HELP, fail, say
from lattice_widgets.files.folders.pictures import FolderWatch, Stamp


def watch(
    folder: Annotated[Path, typer.Argument(help="Folder that is watched; nothing is written into it.")],
    log: Annotated[Path, typer.Option(help="File for the answers, a JSON object a line; goes on with what is there.")],
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="Watch the folders in it, too.")] = False,
    classifier: Annotated[str, typer.Option(help="Name of a bundled classifier, or path of a model card.")] = "default",
    passes: Annotated[int, typer.Option(min=0, help="Passes with dropout: adds spread and a verdict. 0: none.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the dropout: the same seed, the same numbers.")] = 0,
    dataset: Annotated[str | None, typer.Option(help=DATASET_HELP)] = None,
    pixel_size: Annotated[str | None, typer.Option(help=PIXEL_SIZE_HELP)] = None,
    interval: Annotated[float, typer.Option(min=0.05, help="From one look into the folder to the next in s.")] = 0.25,
    once: Annotated[bool, typer.Option("--once", help="Answer what is there, and leave.")] = False,
) -> None:
    """Say which lattice each new picture of a folder shows, until Ctrl+C; the same command goes on later."""
    if not folder.is_dir():
        fail(f"There is no folder {folder}: check its name.")
    if log.resolve().is_relative_to(folder.resolve()):
        fail(
            f"The log {log.name} would lie in the watched folder, into which nothing is written: choose another place."
        )
    try:
        network = load_classifier(classifier).load()
    except (ValueError, ClassifierError) as error:
        fail(str(error))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lock = FileLock(f"{log}.lock", timeout=0)
    try:
        log.absolute().parent.mkdir(parents=True, exist_ok=True)
        with lock:
            _Watching(FolderWatch(folder, recursive, _known(log)), log, interval, once).go(
                network, passes, seed, pixel_size, dataset
            )
    except Timeout:
        fail(f"Another watch writes to {log}: choose another log.")
    except OSError as error:
        fail(f"The log {log} cannot be written: {error.strerror or error}.")


class _Watching:
    """Answers what comes, until it is stopped."""

    def __init__(self, seen: FolderWatch, log: Path, interval: float, once: bool) -> None:
        self._seen, self._log, self._interval, self._once = seen, log, interval, once
        self._count, self._away = 0, False

    def go(self, network: Classifier, *how: Any) -> None:
        """Look, answer, wait."""
        typer.echo(f"Watching {self._seen.folder}. Ctrl+C ends it; the same command goes on.", err=True)
        try:
            while True:
                for path in self._look():
                    self._answer(path, network, *how)
                if self._once and not self._seen.waiting:
                    break
                time.sleep(self._interval)
        except KeyboardInterrupt:
            pass
        noun = "file" if self._count == 1 else "files"
        typer.echo(f"Stopped: {self._count} {noun} answered, all in {self._log}.", err=True)

    def _look(self) -> list[Path]:
        try:
            found = self._seen.look()
        except OSError as error:
            if not self._away:
                typer.echo(f"The folder cannot be looked into ({error.strerror or error}): waiting for it.", err=True)
            self._away = True
            return []
        if self._away:
            typer.echo("The folder is there again.", err=True)
        self._away = False
        return found

    def _answer(self, path: Path, network: Classifier, *how: Any) -> None:
        stamp = self._seen.stamp_of(path)
        lines = []
        try:
            for answer in answer_file(path, network, *how):
                lines.append(answer.said)
        except (ValueError, OSError, ClassifierError) as error:
            if self._seen.failed(path):
                return
            lines = [{"file": str(path), "error": str(error)}]
        else:
            self._seen.answered(path)
        self._count += 1  # before: who stops it when the line is there must not be told of one less
        self._write(self._seen.name_of(path), stamp, lines)
        for line in lines:
            if "error" in line:
                typer.echo(problem_of(line), err=True)
            else:
                say(sentence_of(line))

    def _write(self, name: str, stamp: Stamp | None, lines: list[dict[str, Any]]) -> None:
        """Append the answers to a file in one go, so that all of them are there or none."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        size, modified = (stamp.size, stamp.modified) if stamp is not None else (0, 0)
        known = {"time": at, "name": name, "size": size, "modified_ns": modified}
        text = "".join(json.dumps({**known, "last": line is lines[-1], **line}) + "\n" for line in lines)
        with self._log.open("a+b") as file:
            if file.tell() and not _ends_with_a_line(file):
                file.write(b"\n")  # the last one was cut off when its watch was killed
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())


def _ends_with_a_line(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")


def _known(log: Path) -> dict[str, Stamp]:
    """Return the files that a log has complete answers to; lines that were cut off are passed over."""
    known = {}
    if log.exists():
        with log.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    said = json.loads(line)
                    if said["last"] is True:
                        known[str(said["name"])] = Stamp(int(said["size"]), int(said["modified_ns"]))
                except (ValueError, KeyError, TypeError):
                    continue
    return known
