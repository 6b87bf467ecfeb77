"""``lattice-widgets analyze``: where in a movie, and how fast, a crystal becomes something else."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from lattice_widgets.analysis import MovieAnalysis, write_report
from lattice_widgets.classifier import ClassifierError
from lattice_widgets.cli.output import DATASET_HELP, PIXEL_SIZE_HELP, check_writable, fail, passes_of, say
from lattice_widgets.core.measured import with_error

#: why a frame was left out, for the screen
_REASONS = {
    "blank": "all its pixels are the same",
    "not finite": "some pixels are not finite (NaN or infinity)",
    "other size": "its size is not that of the others",
    "not real": "it does not hold real numbers",
}


def analyze(
    movie: Annotated[Path, typer.Argument(help="Movie: npy, tif, gif, dm4, ..., or a folder with a zarr array.")],
    out: Annotated[Path, typer.Option(help="Folder for the results; goes on with what is there.")],
    window_size: Annotated[int, typer.Option(min=16, help="Side of the windows in px.")] = 128,
    step: Annotated[int, typer.Option(min=1, help="From one window to the next in px.")] = 16,
    frame_interval: Annotated[float | None, typer.Option(help="From one frame to the next in s.")] = None,
    pixel_size: Annotated[str | None, typer.Option(help=PIXEL_SIZE_HELP)] = None,
    dataset: Annotated[str | None, typer.Option(help=DATASET_HELP)] = None,
    classifier: Annotated[str, typer.Option(help="Name of a bundled classifier, or path of a model card.")] = "default",
    passes: Annotated[int, typer.Option(min=0, help="Passes with dropout for each window. 0: none.")] = 200,
    samples: Annotated[int | None, typer.Option(min=0, hidden=True, help="Old name of --passes.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the dropout: the same seed, the same numbers.")] = 0,
    hole_threshold: Annotated[
        float | None, typer.Option(help="Darker is hole; found by itself when not given.")
    ] = None,
    onset: Annotated[
        float | None, typer.Option(help="End of the span without growth in s, for the two-step fit.")
    ] = None,
    align: Annotated[bool, typer.Option("--align", help="Follow the drift of the sample.")] = False,
    equal_weights: Annotated[
        bool, typer.Option("--equal-weights", help="Count all windows alike, as in the paper, not by their area.")
    ] = False,
    scheduler: Annotated[str | None, typer.Option(help="Address of a dask scheduler, e.g. tcp://host:8786.")] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw away what is in the folder of the results.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the kinetics as one JSON object.")] = False,
) -> None:
    """Follow the phases of a movie: maps, fractions and holes of every frame, and what grows how fast."""
    passes = passes_of(passes, samples)
    check_writable(out)
    try:
        analysis = MovieAnalysis(
            movie,
            classifier=classifier,
            window_size=window_size,
            step=step,
            frame_interval=frame_interval,
            pixel_size=pixel_size,
            dataset=dataset,
            n_passes=passes,
            seed=seed,
            hole_threshold=hole_threshold,
            by_area=not equal_weights,
            align=align,
            store=out / "analysis.zarr",
            restart=restart,
        )
        analysis.classify.classifier.load()
        _run(analysis, scheduler, quiet=as_json)
        report = write_report(analysis.finish(), analysis.frames, out, onset)
    except (ValueError, OSError, ClassifierError) as error:
        fail(str(error))
    if as_json:
        say(json.dumps({"movie": str(movie), "out": str(out), "frames": len(analysis.frames), **report}))
        return
    for line in _summary(analysis, report, out):
        say(line)


def _run(analysis: MovieAnalysis, scheduler: str | None, quiet: bool) -> None:
    """Analyze what is left, with a bar on the terminal."""
    from rich.console import Console
    from rich.progress import Progress

    total, left = len(analysis.frames), len(analysis.todo())
    if analysis.note:
        typer.echo(analysis.note, err=True)
    if left < total:
        typer.echo(f"{total - left} of {total} frames are there already.", err=True)
    with Progress(console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("frames", total=left)
        for _ in analysis.run(scheduler):
            progress.advance(task)


def _summary(analysis: MovieAnalysis, report: dict[str, Any], out: Path) -> list[str]:
    frames = analysis.frames
    _, rows, cols = frames.shape
    noun = "frame" if len(frames) == 1 else "frames"
    unit = report["time_unit"]
    length = f", {frames.time[-1] - frames.time[0]:g} s" if frames.timed and len(frames) > 1 else ""
    lines = [
        f"{frames.name}: {len(frames)} {noun} of {rows} x {cols} px{length}, {analysis.plan.grid[0]} x "
        f"{analysis.plan.grid[1]} windows each.",
        *([f"A pixel is {frames.pixel_size:.4g} nm ({frames.calibration})."] if frames.pixel_size else []),
        report["sentence"],
    ]
    two = report["two_step"]
    if two and two["began_before_onset"]:
        lines.append(
            f"Growth began before the onset at {two['onset']:.0f} {unit}: no fit in two steps, C is fitted too."
        )
    elif two and two["rate"]:
        lines.append(
            f"In two steps (C before {two['onset']:.0f} {unit}): "
            f"rate {with_error(two['rate'], two['rate_error'], f'1/{unit}')}, C = {two['offset']:.3g}."
        )
    if report["ok"] and report["area_rate"] and frames.timed:
        lines.append(f"At {report['area_rate_time']:.0f} s the holes grow by {report['area_rate']:.2g} nm²/s.")
    lines += [f"Frame {bad['frame']} was left out: {_REASONS[bad['reason']]}." for bad in report["left_out"]]
    lines += [line for line in (report["note"], *frames.notes) if line]
    lines.append(f"All of it is in {out}.")
    return lines
