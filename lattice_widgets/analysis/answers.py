"""What network and geometry say about the pictures of a file, as JSON, a table and a sentence can hold it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier
from lattice_widgets.classifier.joint import ask_network
from lattice_widgets.core.geometry.several.find import Geometry, ask_geometry
from lattice_widgets.core.geometry.several.words import describe_lattices
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.core.pictures.square_pixels import square_pixels
from lattice_widgets.core.uncertainty.summary import summarize
from lattice_widgets.files import read_micrograph
from lattice_widgets.files.calibration import PixelSizeGiven

__all__ = ["Answer", "answer_file", "header_of", "problem_of", "row_of", "sentence_of"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What is said about one picture.

    Attributes
    ----------
    said : dict
        As JSON can hold it; "error" instead of an answer where a frame of a movie is no picture.
    values : ndarray, shape (rows, cols)
        The picture, its pixels square; a frame that is no picture as it was stored.
    frames : int
        Pictures in the file.
    """

    said: dict[str, Any]
    values: NDArray
    frames: int


def header_of(classes: Sequence[str], samples: bool = False) -> list[str]:
    """Return the names of the columns of a table of answers."""
    passes = [*(f"spread {name}" for name in classes), "entropy", "mutual_information", "verdict"] if samples else []
    numbers = ["a", "a_error", "b", "b_error", "gamma", "gamma_error"]
    return [
        "file", "frame", "dataset", "joint", "joint confidence", "class",
        *(f"probability {name}" for name in classes), *passes, "geometry", *numbers,
        "unit", "pixel_size", "calibration", "classifier", "error",
    ]  # fmt: skip


def row_of(said: dict[str, Any], header: Sequence[str]) -> list[Any]:
    """Return an answer, or what was wrong with a file, as a line of a table."""
    known: dict[str, Any] = {name: said.get(name) for name in ("file", "frame", "dataset", "classifier", "error")}
    if said.get("joint"):
        known |= {"joint": said["joint"]["text"], "joint confidence": said["joint"]["confidence"]}
    if "probability" in said:
        classes, fit = said["classes"], said["lattice_fit"] or {}
        known["class"] = classes[int(np.argmax(said["probability"]))]
        known |= {f"probability {name}": value for name, value in zip(classes, said["probability"], strict=True)}
        known |= {f"spread {name}": value for name, value in zip(classes, said.get("spread", ()), strict=False)}
        known |= {name: said.get(name) for name in ("entropy", "mutual_information", "verdict")}
        known |= {name: said.get(name) for name in ("pixel_size", "calibration")}
        known |= {"geometry": fit.get("type", "no lattice"), **{name: fit.get(name) for name in header if name in fit}}
    return ["" if known.get(name) is None else known[name] for name in header]


def answer_file(
    path: Path,
    network: Classifier,
    samples: int = 0,
    seed: int = 0,
    pixel_size: PixelSizeGiven | None = None,
    dataset: str | int | None = None,
    *,
    first_only: bool = False,
) -> Iterator[Answer]:
    """Yield what network and geometry say about each picture of a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    network : Classifier
        Who is asked.
    samples, seed : int
        Passes with dropout, 0 for none; of the dropout.
    pixel_size, dataset
        As for `read_micrograph`.
    first_only : bool
        Whether only the first picture of a movie is asked about.

    Yields
    ------
    Answer
        As numbers and words that JSON can hold, and the picture. A frame of a movie that is none has its error there.

    Raises
    ------
    ValueError, OSError
        If the file cannot be read, or is no picture, in one sentence.
    """
    picture = read_micrograph(path, dataset=dataset, pixel_size=pixel_size)
    known = {"file": str(path), "dataset": picture.attrs["dataset"], "classifier": network.name}
    if picture.ndim == 2:
        said, values = _answer(picture, network, samples, seed)
        yield Answer({**known, **said}, values, 1)
        return
    for number, frame in enumerate(picture[:1] if first_only else picture):
        known["frame"] = number
        try:
            said, values = _answer(frame, network, samples, seed)
        except ValueError as error:
            if first_only:
                raise
            # one frame that was lost stops no other
            said, values = {"error": str(error)}, frame.values
        yield Answer({**known, **said}, values, len(picture))


def _answer(stored: xr.DataArray, network: Classifier, samples: int, seed: int) -> tuple[dict[str, Any], NDArray]:
    """Return what is said of one picture, and the picture with square pixels."""
    start = time.perf_counter()
    frame = square_pixels(stored)
    values = np.asarray(frame)
    geometry = ask_geometry(values, frame.attrs.get("pixel_size"), scanned=stored.shape)
    probability, verdict = ask_network(values, network, geometry)
    uncertainty = _uncertainty(values, network, samples, seed) if samples else {}
    seconds = time.perf_counter() - start
    said = {
        "joint": verdict.to_dict() if verdict is not None else None,
        "classes": list(network.classes),
        "probability": _rounded(probability),
        **uncertainty,
        **_geometry(geometry),
        "pixel_size": frame.attrs.get("pixel_size"),
        "calibration": calibration_of(frame),
        "seconds": round(seconds, 4),
    }
    return said, values


def _geometry(geometry: Geometry) -> dict[str, Any]:
    """Return what the spots say as plain numbers: ``lattice_fit``, or None and why; ``lattices``, None if there is only one."""
    fit, found = geometry.fit, geometry.lattices
    said: dict[str, Any] = {"lattice_fit": fit.to_dict() if fit is not None else None}
    if fit is None:
        said |= {"lattice_fit_reason": str(geometry.refusal), "left_out": [str(note) for note in geometry.left_out]}
    words = describe_lattices(found)
    if words is None:
        return {**said, "lattices": None}
    lattices = [{"share": one.share, **one.to_dict()} for one in found]
    return {**said, "lattices": lattices, "lattices_sentence": str(words)}


def _uncertainty(values: NDArray, network: Classifier, samples: int, seed: int) -> dict[str, Any]:
    """Return what the passes with dropout say; ``probability`` is then their mean."""
    summary = summarize(network.sample(values, samples, seed))
    judged = network.judge(values, summary)[0].describe(network.classes) if network.card.calibration else None
    return {
        "probability": _rounded(summary.mean[0]),
        "spread": _rounded(summary.std[0]),
        "entropy": round(float(summary.entropy[0]), 6),
        "mutual_information": round(float(summary.mutual_information[0]), 6),
        "verdict": judged,
        "samples": samples,
        "seed": seed,
    }


def _rounded(values: NDArray) -> list[float]:
    return [round(float(value), 6) for value in values]


def problem_of(said: dict[str, Any]) -> str:
    """Return what was wrong with a file, or with a frame of it, in one line."""
    frame = f" frame {said['frame']}" if "frame" in said else ""
    return f"{said['file']}{frame}: {said['error']}"


def sentence_of(answer: dict[str, Any]) -> str:
    """Return an answer in one line."""
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
        if fit["type"] == "centered rectangular":
            sides = fit["conventional_cell"]
            said += f" (conventional: {sides['a']:.4g} x {sides['b']:.4g} {fit['unit']})"
        said += f" (calibration: {answer['calibration']})" if answer["calibration"] else ""
    else:
        said += "; geometry: no lattice"
    if answer.get("lattices"):
        said += f". {answer['lattices_sentence'].removesuffix('.')}"
    elif fit and fit["picture_type"] != fit["type"]:
        said += f". {fit['type_sentence'].removesuffix('.')}"
    left_out = (fit or answer)["left_out"]
    if left_out:
        said += ". " + " ".join(left_out)
    return f"{answer['file']}{frame}: {said}  ({answer['classifier']}, {answer['seconds']:.3f} s)"
