"""The command line: parses, calls the same public functions as everybody, prints."""

import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from lattice_widgets import __version__
from lattice_widgets.classifier import Classifier, ClassifierError, load_classifier
from lattice_widgets.core.lattice_fit import LatticeNotFound, fit_lattice
from lattice_widgets.core.uncertainty import summarize
from lattice_widgets.files import read_micrograph

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Name the two-dimensional Bravais lattice of STM and STEM pictures.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Name the two-dimensional Bravais lattice of STM and STEM pictures."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know no γ and no name of a file: show what it knows
            stream.reconfigure(errors="backslashreplace")


@app.command()
def classify(
    files: Annotated[list[Path], typer.Argument(help="Pictures or movies: png, jpg, tif, gif, npy, npz, dm3, ...")],
    classifier: Annotated[str, typer.Option(help="Name of a bundled classifier, or path of a model card.")] = "default",
    samples: Annotated[
        int, typer.Option(min=0, help="Passes with dropout: adds spread, entropy and a verdict. 0: none.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the dropout: the same seed, the same numbers.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a picture, one a line.")] = False,
) -> None:
    """Say which lattice each picture shows, and how probable each class is."""
    try:
        network = load_classifier(classifier).load()
    except (ValueError, ClassifierError) as error:
        _fail(str(error))
    failed = False
    for path in files:
        try:
            for answer in _classify(path, network, samples, seed):
                _say(json.dumps(answer) if as_json else _sentence(answer))
        except (ValueError, OSError, ClassifierError) as error:
            failed = True
            if as_json:
                _say(json.dumps({"file": str(path), "error": str(error)}))
            typer.echo(f"{path}: {error}", err=True)
    if failed:
        raise typer.Exit(1)


def _classify(path: Path, network: Classifier, samples: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield what there is to say about each picture of a file."""
    picture = read_micrograph(path)
    frames = [(None, picture)] if picture.ndim == 2 else list(enumerate(picture))
    for number, frame in frames:
        start = time.perf_counter()
        values = np.asarray(frame)
        probability = network.predict(values)[0]
        uncertainty = _uncertainty(values, network, samples, seed) if samples else {}
        seconds = time.perf_counter() - start
        yield {
            "file": str(path),
            **({} if number is None else {"frame": number}),
            "classifier": network.name,
            "classes": list(network.classes),
            "probability": _rounded(probability),
            **uncertainty,
            **_geometry(values, frame.attrs.get("pixel_size")),
            "seconds": round(seconds, 4),
        }


def _geometry(values: NDArray, pixel_size: float | None) -> dict[str, Any]:
    """Return what the spots say, without the network: ``lattice_fit``, or None and why."""
    try:
        return {"lattice_fit": fit_lattice(values, pixel_size).to_dict()}
    except LatticeNotFound as reason:
        return {"lattice_fit": None, "lattice_fit_reason": str(reason)}


def _uncertainty(values: NDArray, network: Classifier, samples: int, seed: int) -> dict[str, Any]:
    """Return what the passes with dropout say; ``probability`` is then their mean."""
    summary = summarize(network.sample(values, samples, seed))
    judged = network.judge(values, summary)[0].describe(network.classes) if network.card.calibration else None
    return {
        "probability": _rounded(summary.mean[0]),
        "spread": _rounded(summary.spread[0]),
        "entropy": round(float(summary.entropy[0]), 6),
        "mutual_information": round(float(summary.mutual_information[0]), 6),
        "verdict": judged,
        "samples": samples,
        "seed": seed,
    }


def _rounded(values: NDArray) -> list[float]:
    return [round(float(value), 6) for value in values]


def _sentence(answer: dict[str, Any]) -> str:
    spreads = answer.get("spread", [None] * len(answer["classes"]))
    order = sorted(zip(answer["probability"], spreads, answer["classes"], strict=True), reverse=True)
    said = ", ".join(
        f"{name} {100 * p:.1f} %" if spread is None else f"{name} {100 * p:.1f} ± {100 * spread:.1f} %"
        for p, spread, name in order
        if p >= 0.0005
    )
    if answer.get("verdict"):
        said = f"{answer['verdict']} ({said})"
    frame = f" frame {answer['frame']}" if "frame" in answer else ""
    fit = answer["lattice_fit"]
    if fit:
        said += f"; geometry: {fit['type']}, a = {fit['a']:.4g} {fit['unit']}, b = {fit['b']:.4g} {fit['unit']}"
        said += f", γ = {fit['gamma']:.1f}°"
    else:
        said += "; geometry: no lattice"
    return f"{answer['file']}{frame}: {said}  ({answer['classifier']}, {answer['seconds']:.3f} s)"


@app.command()
def train(
    name: Annotated[str, typer.Argument(help='Which network: "paper".')],
    out: Annotated[Path | None, typer.Option(help="Folder for the weights and the model card [runs/NAME].")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes through the training pictures.")] = 30,
    count: Annotated[int, typer.Option(min=60, help="Pictures for training and validation together.")] = 24_000,
    seed: Annotated[int, typer.Option(min=0, help="Decides pictures, first weights, order and dropout.")] = 2018,
) -> None:
    """Train a network on simulated pictures; write its weights, history, confusion matrix and model card."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from lattice_widgets.classifier.calibration import calibrate, rewrite_card
    from lattice_widgets.classifier.training import train_paper

    if name != "paper":
        _fail(f'There is no recipe to train {name!r}; there is "paper".')
    folder = out or Path("runs") / name
    _check_writable(folder)
    console = Console(stderr=not sys.stdout.isatty())
    columns = (
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    try:
        with Progress(*columns, console=console) as bar:
            tasks: dict[str, Any] = {}

            def show(stage: str, done: int, total: int, figures: dict[str, float]) -> None:
                text = "  ".join(f"{key} {value:.3f}" for key, value in figures.items())
                if stage not in tasks:
                    tasks[stage] = bar.add_task(stage, total=total, figures="")
                bar.update(tasks[stage], completed=done, figures=text)
                if not console.is_terminal and stage == "training":  # a log file gets a line an epoch
                    console.print(f"{stage} {done}/{total}  {text}")

            card = train_paper(folder, count=count, epochs=epochs, seed=seed, progress=show)
            path = folder / f"{card.name}.json"
            try:
                network = load_classifier(path)
                pictures = min(3600, max(180, count))  # no more to judge a trial than to train it
                told = calibrate(network, count=pictures, progress=lambda done, of: show("calibrating", done, of, {}))
                rewrite_card(path, told)
            except ValueError as error:  # too little trained to ever be sure: it still answers, without verdicts
                typer.echo(f"Not calibrated: {error}", err=True)
    except (ClassifierError, OSError) as error:
        _fail(str(error))
    for what, result in card.results.items():
        shares = f"{result['accuracy']:.1%} right, {result['top2']:.1%} among the first two"
        typer.echo(f"{what}: {shares}, of {result['count']}")
    typer.echo("confusion (rows: truth, columns: answer; classes in this order: " + ", ".join(card.classes) + ")")
    for row in card.results["test"]["confusion"]:
        typer.echo("  " + " ".join(f"{number:5d}" for number in row))
    typer.echo(f"Written: {path} and its weights. Use them: lattice-widgets classify FILE --classifier {path}")


def _say(line: str) -> None:
    """Print a line; that the output cannot take it is the end, and no fault of the picture."""
    try:
        typer.echo(line)
    except BrokenPipeError:  # ``| head``: whoever was listening has left
        # Python would complain once more when it flushes at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _fail(f"The output cannot be written: {error.strerror}.")


def _check_writable(folder: Path) -> None:
    """Make a folder and try it, before the work whose result it should keep."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        _fail(f"The folder {folder} cannot be written to: {error.strerror}.")


def _fail(sentence: str) -> Any:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
