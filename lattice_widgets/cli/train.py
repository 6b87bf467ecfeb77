"""``lattice-widgets train``: networks from simulated pictures."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from lattice_widgets.classifier import ClassifierError, load_classifier
from lattice_widgets.cli.output import check_writable, fail


def train(
    name: Annotated[str, typer.Argument(help='Which network: "default" or "paper".')],
    out: Annotated[Path | None, typer.Option(help="Folder for the weights and the model card [runs/NAME].")] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes through the training pictures [default: 18 and 10, paper: 30].")
    ] = None,
    count: Annotated[
        int, typer.Option(min=60, help="paper: pictures for training and validation together; others: to calibrate.")
    ] = 24_000,
    begin_with: Annotated[
        Path | None,
        typer.Option(
            help="default: model card of a network that goes on learning, on broader pictures, from its weights."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Decides pictures, first weights, order and dropout [7003, 2018].")
    ] = None,
    block: Annotated[int, typer.Option(min=64, help="default: pictures in a block; an epoch has 20 blocks.")] = 4096,
    workers: Annotated[int, typer.Option(min=0, help="default: processes that make pictures [processors - 1].")] = 0,
    precision: Annotated[
        str, typer.Option(help="default: float32, or mixed_bfloat16 where the processor knows it.")
    ] = "float32",
) -> None:
    """Train a network on simulated pictures; write its weights, history, confusion matrix and model card.

    The training of "default" takes hours; it keeps what it reached, and the same command goes on from there.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from lattice_widgets.training.calibration import calibrate, rewrite_card
    from lattice_widgets.training.default_training import CYCLES, FURTHER_CYCLES, train_default
    from lattice_widgets.training.paper_training import train_paper

    if name not in ("default", "paper"):
        fail(f'There is no recipe to train {name!r}; there are "default" and "paper".')
    if precision not in ("float32", "mixed_bfloat16", "mixed_float16"):
        fail(f"Unknown precision {precision!r}: choose float32, mixed_bfloat16 or mixed_float16.")
    folder = out or Path("runs") / name
    check_writable(folder)
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
                bar.update(tasks[stage], completed=done, total=total, figures=text)
                if not console.is_terminal and stage == "training":  # a log file gets a line an epoch
                    console.print(f"{stage} {done}/{total}  {text}")

            pictures = min(3600, max(180, count))  # no more to judge a trial than to train it
            if name == "paper":
                card = train_paper(
                    folder, count=count, epochs=epochs or 30, seed=2018 if seed is None else seed, progress=show
                )
            else:
                card = train_default(
                    folder,
                    cycles=(epochs,) if epochs else CYCLES if begin_with is None else FURTHER_CYCLES,
                    stream="varied" if begin_with is None else "broad",
                    begin_with=begin_with,
                    block=block,
                    seed=7003 if seed is None else seed,
                    workers=workers,
                    precision=precision,
                    fitting=pictures,
                    progress=show,
                )
            path = folder / f"{card.name}.json"
            try:
                network = load_classifier(path)
                told = calibrate(network, count=pictures, progress=lambda done, of: show("calibrating", done, of, {}))
                rewrite_card(path, told)
            except ValueError as error:  # too little trained to ever be sure: it still answers, without verdicts
                typer.echo(f"Not calibrated: {error}", err=True)
    except (ValueError, ClassifierError, OSError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        kept = " What was reached is kept: the same command goes on from there." if name == "default" else ""
        fail(f"Interrupted.{kept}")
    for what, result in card.results.items():
        shares = f"{result['accuracy']:.1%} right, {result['top2']:.1%} among the first two"
        typer.echo(f"{what}: {shares}, of {result['count']}")
    typer.echo("confusion (rows: truth, columns: answer; classes in this order: " + ", ".join(card.classes) + ")")
    for row in card.results["test" if "test" in card.results else "validation"]["confusion"]:
        typer.echo("  " + " ".join(f"{number:5d}" for number in row))
    typer.echo(f"Written: {path} and its weights. Use them: lattice-widgets classify FILE --classifier {path}")
