"""``lattice-widgets evaluate``: the joint verdict, classifiers and the plain lattice fit side by side."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from lattice_widgets.classifier import ClassifierError, load_classifier
from lattice_widgets.cli.output import check_writable, fail
from lattice_widgets.files import read_micrograph


def evaluate(
    classifier: Annotated[
        list[str] | None, typer.Option(help="Name of a bundled classifier, or path of a model card [default, paper].")
    ] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option(
            help="A classifier of your own, module:function with classify(image, pixel_size) -> probabilities. It answers "
            "alone unless --classifier names others."
        ),
    ] = None,
    scale: Annotated[
        float, typer.Option(min=0.01, max=10, help="1: the whole examination, some 4000 pictures; less: a part of it.")
    ] = 1.0,
    pictures: Annotated[
        Path | None,
        typer.Option(help='A JSON list of real pictures, {"file": ..., "lattice_as_measured": ...}, beside the files.'),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A JSON file for all figures; without it only the table is printed.")
    ] = None,
) -> None:
    """Examine joint verdict, classifiers and geometry on pictures that no training has seen; print a table, and write all
    figures if asked.
    """
    from rich.progress import track

    from lattice_widgets.training.adapters import AdapterError, load_adapter
    from lattice_widgets.training.evaluation import evaluate as examine
    from lattice_widgets.training.evaluation import real_questions, table
    from lattice_widgets.training.exam import EXAM_SEED, iter_questions
    from lattice_widgets.training.examination import iter_second

    try:
        chosen = classifier or ([] if adapter else ["default", "paper"])
        networks = {name: load_classifier(name).load() for name in chosen}
        others = {name: load_adapter(name) for name in adapter or []}
        real = list(real_questions(_pictures(pictures))) if pictures else []
    except (ValueError, OSError, ClassifierError) as error:
        fail(str(error))
    if out is not None:
        check_writable(out.parent)
    drawn = chain(iter_questions(scale), iter_second(scale))
    questions = track(chain(drawn, real), "examining", total=count_questions(scale) + len(real))
    try:
        results = examine({**networks, **others}, iter(questions), geometry=bool(networks))
    except AdapterError as error:
        fail(str(error))
    typer.echo(table(results))
    if out is not None:
        weights = {name: network.card.weights_sha256 for name, network in networks.items()}
        written = {"seed": EXAM_SEED, "scale": scale, "weights_sha256": weights, "suites": results}
        out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        typer.echo(f"Written: {out}")


def count_questions(scale: float) -> int:
    """Return how many pictures an examination of this scale has."""
    from lattice_widgets.training.exam import plan_questions
    from lattice_widgets.training.examination import plan_second

    return len(plan_questions(scale)) + len(plan_second(scale))


def _pictures(manifest: Path) -> Iterator[tuple[str, str, NDArray]]:
    """Yield name, class and pixels of the pictures of a list; of a movie the first frame."""
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))
        listed = [(str(entry["file"]), str(entry["lattice_as_measured"])) for entry in entries]
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{manifest} is not a list of pictures with 'file' and 'lattice_as_measured'.") from error
    for name, truth in listed:
        values = np.asarray(read_micrograph(manifest.parent / name))
        yield name, truth, values if values.ndim == 2 else values[0]
