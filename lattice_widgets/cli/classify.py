"""``lattice-widgets classify``: which lattice each picture shows."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from lattice_widgets.analysis.answers import answer_file, header_of, problem_of, row_of, sentence_of
from lattice_widgets.classifier import ClassifierError, load_classifier
from lattice_widgets.cli.output import DATASET_HELP, PIXEL_SIZE_HELP, all_pictures, fail, passes_of, say
from lattice_widgets.files.tables import write_table


def classify(
    files: Annotated[list[Path], typer.Argument(help="Pictures, movies, or folders of them: png, tif, npy, dm3, ...")],
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Look into the folders of a folder, too.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="CSV file for all answers, one line a picture.")] = None,
    classifier: Annotated[str, typer.Option(help="Name of a bundled classifier, or path of a model card.")] = "default",
    passes: Annotated[
        int, typer.Option(min=0, help="Passes with dropout: adds spread, entropy and a verdict. 0: none.")
    ] = 0,
    samples: Annotated[int | None, typer.Option(min=0, hidden=True, help="Old name of --passes.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the dropout: the same seed, the same numbers.")] = 0,
    dataset: Annotated[str | None, typer.Option(help=DATASET_HELP)] = None,
    pixel_size: Annotated[str | None, typer.Option(help=PIXEL_SIZE_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a picture, one a line.")] = False,
) -> None:
    """Say which lattice each picture shows, and how probable each class is."""
    passes = passes_of(passes, samples)
    try:
        network = load_classifier(classifier).load()
    except (ValueError, ClassifierError) as error:
        fail(str(error))
    header, rows, failed = header_of(network.classes, passes > 0), [], False
    if out is not None:
        _check_place(out)
    try:
        for path, _ in all_pictures(files, recursive):
            try:
                for answer in answer_file(path, network, passes, seed, pixel_size, dataset):
                    rows.append(row_of(answer.said, header))
                    failed |= not _tell(answer.said, as_json)
            except (ValueError, OSError, ClassifierError) as error:
                failed = True
                wrong = {"file": str(path), "error": str(error)}
                rows.append(row_of(wrong, header))
                _tell(wrong, as_json)
    finally:  # what was answered is kept, whatever ends the work
        if out is not None and rows:
            _write(out, header, rows)
    if failed:
        raise typer.Exit(1)


def _tell(said: dict[str, Any], as_json: bool) -> bool:
    """Print an answer, or what was wrong; return whether it is an answer."""
    right = "error" not in said
    if as_json:
        say(json.dumps(said))
    elif right:
        say(sentence_of(said))
    if not right:
        typer.echo(problem_of(said), err=True)
    return right


def _check_place(out: Path) -> None:
    if not out.absolute().parent.is_dir():
        fail(f"There is no folder {out.parent} for {out.name}: make it first.")


def _write(out: Path, header: list[str], rows: list[list[Any]]) -> None:
    try:
        write_table(out, header, rows)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror or error}.")
    typer.echo(f"All of it is in {out}.", err=True)
