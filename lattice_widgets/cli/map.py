"""``lattice-widgets map``: where the lattice of each picture is strained and turned, and by how much."""

import json
from pathlib import Path
from typing import Annotated

import typer

from lattice_widgets.analysis.map_files import FOLDER_ENDING, MapSettings, map_files
from lattice_widgets.analysis.map_report import map_sentence
from lattice_widgets.cli.output import DATASET_HELP, PIXEL_SIZE_HELP, all_pictures, check_writable, fail, say

_REFERENCE_HELP = (
    "What strain is measured against: a region 'row,col,height,width' in px, a crystal such as graphene, or a Bravais type, "
    "which stands for the ideal lattice nearest to the mean. Without it: the mean of the picture."
)


def map(
    files: Annotated[list[Path], typer.Argument(help="Pictures, movies, or folders of them: png, tif, npy, dm3, ...")],
    out: Annotated[Path, typer.Option(help="Folder for the results; what is there already is not made again.")],
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Look into the folders of a folder, too.")
    ] = False,
    pixel_size: Annotated[str | None, typer.Option(help=PIXEL_SIZE_HELP)] = None,
    dataset: Annotated[str | None, typer.Option(help=DATASET_HELP)] = None,
    reference: Annotated[str | None, typer.Option(help=_REFERENCE_HELP)] = None,
    window_size: Annotated[
        int | None, typer.Option(min=1, help="Side of what one place averages over in px; chosen by the lattice.")
    ] = None,
    step: Annotated[int | None, typer.Option(min=1, help="From one place to the next in px.")] = None,
    method: Annotated[
        str, typer.Option(help="phases, windows (fits to spectra), or both, with a flag where they differ.")
    ] = "phases",
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a dask scheduler, e.g. tcp://host:8786; its workers must see the folder of the results."
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Make anew what is in the folder of the results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a picture, one a line.")] = False,
) -> None:
    """Map strain and rotation of the lattice in each picture, with errors: data, table, figures and a summary."""
    from rich.console import Console
    from rich.progress import Progress

    try:
        settings = MapSettings(pixel_size, dataset, reference, window_size, step, method)
    except ValueError as error:
        fail(str(error))
    check_writable(out)
    # figures of an earlier run are no pictures to be mapped
    found = [(path, name) for path, name in all_pictures(files, recursive) if path in files or not _is_result(path)]
    places: dict[Path, Path] = {}
    failed = False

    def refuse(path: Path, error: object) -> None:
        nonlocal failed
        failed = True
        if as_json:
            say(json.dumps({"file": str(path), "error": str(error)}))
        typer.echo(f"{path}: {error}", err=True)

    for path, name in found:
        if name in places:
            refuse(path, f"{places[name]} has the same name: map their folders apart, each with an --out of its own.")
        else:
            places[name] = path
    # beside the picture itself, if the results go where it is
    folders = {path: out / name.with_name(f"{name.name}{FOLDER_ENDING}") for name, path in places.items()}
    answered: set[Path] = set()
    with Progress(console=Console(stderr=True), disable=as_json or len(folders) < 2, transient=True) as progress:
        task = progress.add_task("files", total=len(folders))
        try:
            for path, answer in map_files(folders.items(), settings, again=again, scheduler=scheduler):
                answered.add(path)
                progress.update(task, completed=len(answered))
                if isinstance(answer, Exception):
                    refuse(path, answer)
                    continue
                frame = "" if answer["frame"] is None else f" frame {answer['frame']}"
                there = " (was there)" if answer["skipped"] else ""
                told = {**answer, "file": str(path), "out": str(folders[path])}
                say(json.dumps(told) if as_json else f"{path}{frame}: {map_sentence(answer)}{there}")
        except ValueError as error:
            fail(str(error))
    typer.echo(f"All of it is in {out}.", err=True)
    if failed:
        raise typer.Exit(1)


def _is_result(path: Path) -> bool:
    return any(part.endswith(FOLDER_ENDING) for part in path.absolute().parts[:-1])
