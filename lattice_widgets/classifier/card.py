"""What a trained classifier says about itself, and where it keeps its weights.

A classifier is two files side by side: ``NAME.json``, the model card, and ``NAME.npz``, its weights as plain arrays. The
network itself is code (`architecture`), so that no upgrade of a file format can make it unreadable.
"""

import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.descriptor import Recipe

#: where the bundled classifiers lie
WEIGHTS = Path(__file__).parent / "weights"
#: streams of pictures as cards named them before, by modules that have moved since -> the words that cards use now
_OLD_STREAMS = {
    "classifier.paper_stream": "paper",
    "classifier.varied_stream": "varied",
    "training.pictures.paper": "paper",
    "training.pictures.varied": "varied",
}


@dataclass(frozen=True)
class ModelCard:
    """All that is needed to build a classifier again and to judge it.

    Attributes
    ----------
    name, title : str
        What it is called, in one word and in one line.
    architecture : str
        Key of `architecture.ARCHITECTURES`.
    arguments : dict
        What that function is called with.
    recipe : dict
        How its descriptor is made (`core.pictures.descriptor.Recipe`).
    classes : tuple of str
        What it can answer, in the order of its outputs.
    data : dict
        What it was trained on: the stream of pictures ("paper" or "varied"), seeds, counts.
    training : dict
        Optimizer, epochs, batch size, ...
    results : dict
        Accuracy, top-2 accuracy, confusion matrix (rows: truth, columns: answer), on what.
    history : dict
        Loss and accuracy of each epoch, for training and validation.
    calibration : dict
        What its confidence is worth, as from `calibration.calibrate`; empty if that was not done.
    versions : dict
        Of Python and the packages that took part.
    tried : list of dict
        What was tried on the way and what it brought, so that the next person starts from knowledge.
    weights_sha256 : str
        Of the weights file.
    """

    name: str
    title: str
    architecture: str
    arguments: dict[str, Any]
    recipe: dict[str, Any]
    classes: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    history: dict[str, list[float]] = field(default_factory=dict)
    calibration: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    tried: list[dict[str, Any]] = field(default_factory=list)
    weights_sha256: str = ""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a card.

        Raises
        ------
        ValueError
            If the file is no model card.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            card = cls(**{**content, "classes": tuple(content["classes"])})
            for part in (card.data, card.calibration):
                if "stream" in part:
                    part["stream"] = _OLD_STREAMS.get(part["stream"], part["stream"])
            Recipe(**card.recipe)
            if card.calibration:
                [card.calibration[key] for key in ("threshold", "temperature", "familiarity", "test")]
            return card
        # bytes that are no text and text that is no JSON are ValueErrors, and so is a recipe that cannot be
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path.name} is not a model card that this version can read ({error}).") from error

    def write(self, folder: Path, weights: list[NDArray]) -> Path:
        """Write card and weights into a folder; return the path of the card.

        The weights are rounded to float16, which halves the file; `results` should be measured after that.
        """
        buffer = io.BytesIO()
        arrays = {f"{number:02d}": array.astype(np.float16) for number, array in enumerate(weights)}
        np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.npz").write_bytes(buffer.getvalue())
        path = folder / f"{self.name}.json"
        replace(self, weights_sha256=hashlib.sha256(buffer.getvalue()).hexdigest()).write_text(path)
        return path

    def write_text(self, path: Path) -> None:
        """Write the card alone, for weights that stay as they are."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def read_weights(card: ModelCard, card_path: Path) -> list[NDArray[np.float32]]:
    """Return the weights that belong to a card, float32, in the order of ``keras.Model.get_weights()``.

    Raises
    ------
    ValueError
        If the file is missing or is not the one that the card names.
    """
    path = card_path.with_suffix(".npz")
    if not path.exists():
        raise ValueError(f"The weights {path.name} are missing beside the model card {card_path.name}.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != card.weights_sha256:
        raise ValueError(
            f"The weights {path.name} are not those of the model card {card_path.name}: the file was changed."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return [arrays[key].astype(np.float32) for key in sorted(arrays.files)]


def list_classifiers() -> list[str]:
    """Return the names of the bundled classifiers, "default" first."""
    return ["default", *sorted({path.stem for path in WEIGHTS.glob("*.json")} - {"default"})]


def find_card(name: str | Path) -> Path:
    """Return the path of the model card of a bundled classifier, or of one that you trained.

    Parameters
    ----------
    name : str or Path
        A bundled name ("default", "paper"), or the path of a model card.

    Raises
    ------
    ValueError
        If there is none.
    """
    if isinstance(name, str | Path):
        bundled = WEIGHTS / f"{name}.json"
        # os.path and not pathlib: a name that is too long for a file system is no file, and no error
        if bundled.parent == WEIGHTS and os.path.isfile(bundled):
            return bundled
        if Path(name).suffix == ".json" and os.path.isfile(name):
            return Path(name)
    names = ", ".join(list_classifiers())
    raise ValueError(
        f"There is no classifier {str(name)!r}: choose one of {names}, or give the path of a model card (.json)."
    )
