"""``lattice-widgets classify``: which lattice each picture shows."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier, ClassifierError, load_classifier
from lattice_widgets.classifier.joint import JointRule, add_network, find_rule, judge
from lattice_widgets.cli.output import DATASET_HELP, PIXEL_SIZE_HELP, fail, say
from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.core.pictures.square_pixels import square_pixels
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.uncertainty.summary import summarize
from lattice_widgets.files import read_micrograph


def classify(
    files: Annotated[list[Path], typer.Argument(help="Pictures or movies: png, jpg, tif, gif, npy, npz, dm3, ...")],
    classifier: Annotated[str, typer.Option(help="Name of a bundled classifier, or path of a model card.")] = "default",
    samples: Annotated[
        int, typer.Option(min=0, help="Passes with dropout: adds spread, entropy and a verdict. 0: none.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the dropout: the same seed, the same numbers.")] = 0,
    dataset: Annotated[str | None, typer.Option(help=DATASET_HELP)] = None,
    pixel_size: Annotated[str | None, typer.Option(help=PIXEL_SIZE_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a picture, one a line.")] = False,
) -> None:
    """Say which lattice each picture shows, and how probable each class is."""
    try:
        network = load_classifier(classifier).load()
    except (ValueError, ClassifierError) as error:
        fail(str(error))
    rule = _rule(network)
    failed = False
    for path in files:
        try:
            for answer in _classify(path, network, rule, samples, seed, pixel_size, dataset):
                say(json.dumps(answer) if as_json else _sentence(answer))
        except (ValueError, OSError, ClassifierError) as error:
            failed = True
            if as_json:
                say(json.dumps({"file": str(path), "error": str(error)}))
            typer.echo(f"{path}: {error}", err=True)
    if failed:
        raise typer.Exit(1)


def _rule(network: Classifier) -> JointRule | None:
    """Return the rule for the joint verdict; None for a network that has none, which then answers alone."""
    try:
        return find_rule(network)
    except ClassifierError:
        return None


def _classify(
    path: Path,
    network: Classifier,
    rule: JointRule | None,
    samples: int,
    seed: int,
    pixel_size: str | None,
    dataset: str | None,
) -> Iterator[dict[str, Any]]:
    """Yield what there is to say about each picture of a file."""
    picture = read_micrograph(path, dataset=dataset, pixel_size=pixel_size)
    frames = [(None, picture)] if picture.ndim == 2 else list(enumerate(picture))
    for number, stored in frames:
        start = time.perf_counter()
        frame = square_pixels(stored)
        values = np.asarray(frame)
        probability = network.predict(values)[0]
        uncertainty = _uncertainty(values, network, samples, seed) if samples else {}
        fit, refusal = _measure(values, frame.attrs.get("pixel_size"))
        verdict = judge(add_network(values, network, fit, refusal[0]), rule) if rule is not None else None
        seconds = time.perf_counter() - start
        yield {
            "file": str(path),
            **({} if number is None else {"frame": number}),
            "dataset": picture.attrs["dataset"],
            "classifier": network.name,
            "joint": verdict.to_dict() if verdict is not None else None,
            "classes": list(network.classes),
            "probability": _rounded(probability),
            **uncertainty,
            **_geometry(fit, *refusal),
            "pixel_size": frame.attrs.get("pixel_size"),
            "calibration": calibration_of(frame),
            "seconds": round(seconds, 4),
        }


def _measure(
    values: NDArray, pixel_size: float | None
) -> tuple[LatticeFit | None, tuple[Sentence | None, tuple[Sentence, ...]]]:
    """Return what the spots say: the lattice, or None; why there is none, and what was left out before."""
    try:
        return fit_lattice(values, pixel_size), (None, ())
    except LatticeNotFound as error:
        return None, (error.sentence, error.left_out)


def _geometry(fit: LatticeFit | None, reason: Sentence | None, left_out: tuple[Sentence, ...]) -> dict[str, Any]:
    """Return the lattice as plain numbers: ``lattice_fit``, or None and why."""
    if fit is not None:
        return {"lattice_fit": fit.to_dict()}
    notes = [str(note) for note in left_out]
    return {"lattice_fit": None, "lattice_fit_reason": str(reason), "left_out": notes}


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
    joint = answer["joint"]
    if joint is not None:
        # first what the kit says, then why, then who said what
        sure = f" ({100 * joint['confidence']:.0f} %)" if joint["classes"] else ""
        said = f"{joint['text']}{sure}. {' '.join(joint['reasons'])} Network: {said}"
    frame = f" frame {answer['frame']}" if "frame" in answer else ""
    fit = answer["lattice_fit"]
    if fit:
        said += f"; geometry: {fit['type']}, a = {fit['a']:.4g} {fit['unit']}, b = {fit['b']:.4g} {fit['unit']}"
        said += f", γ = {fit['gamma']:.1f}°"
        said += f" (calibration: {answer['calibration']})" if answer["calibration"] else ""
    else:
        said += "; geometry: no lattice"
    left_out = (fit or answer)["left_out"]
    if left_out:
        said += ". " + " ".join(left_out)
    return f"{answer['file']}{frame}: {said}  ({answer['classifier']}, {answer['seconds']:.3f} s)"
