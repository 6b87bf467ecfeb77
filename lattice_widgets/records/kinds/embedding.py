"""Records of a map of pictures by the features of a network."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lattice_widgets.classifier.example_map import load_example_map
from lattice_widgets.core.embedding.distances import neighborhood_quality
from lattice_widgets.core.embedding.tsne import check_features, embed_steps
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.language import _
from lattice_widgets.records.outcome import Drawing, Outcome
from lattice_widgets.views.figures.map_figure import plot_map

__all__ = ["FEATURES", "LABELS", "Settings", "code", "compute"]

#: names of the arrays in the file that a record keeps
FEATURES, LABELS = "features", "labels"
#: neighbors by which the map is judged, and more points than this are judged by so many of them
_K, _JUDGED = 10, 2000


@dataclass(frozen=True)
class Settings:
    """How a map is made.

    A record without a source is one of the thousand examples of the network, ``lw.load_example_map(classifier)``.

    Attributes
    ----------
    perplexity : float
        About how many neighbors hold each point.
    seed : int
        Another number: another map.
    classifier : str
        Name of a bundled classifier, or the path of a model card: whose features these are.
    """

    perplexity: float = 10.0
    seed: int = 0
    classifier: str = "default"


def compute(source: Any, settings: Settings) -> Outcome:
    """Make a map.

    Parameters
    ----------
    source : None or pathlib.Path
        An npz file with ``features`` (n, m) and, if they are known, ``labels`` (n,).
    settings : Settings
        How.

    Raises
    ------
    ValueError
        If the file holds no features, in one sentence.
    """
    points, features, classes, answers = _map_of(source, settings)
    chosen = np.linspace(0, len(points) - 1, min(_JUDGED, len(points))).astype(int)
    quality = float(neighborhood_quality(features[chosen], points[chosen], _K).mean())
    words = _("A map of {count} pictures keeps {percent:.0f} % of the {k} nearest neighbors of each.")
    sentence = words.format(count=len(points), percent=100 * quality, k=_K)
    columns: dict[str, Any] = {"x": points[:, 0], "y": points[:, 1]}
    if classes is not None:
        columns["class"] = [CLASSES[number] for number in classes]
    if answers is not None:
        columns["answer"] = [CLASSES[number] for number in answers]
    shown = classes if classes is not None else answers
    if shown is None:
        shown = np.full(len(points), len(CLASSES) - 1)

    def draw() -> Mapping[str, Drawing]:
        nothing = np.zeros((0, 2))
        figure = plot_map(points, np.asarray(shown), nothing, nothing, sentence)
        return {"map": Drawing(figure, _("The map: each point is a picture, its marker is the class."))}

    table = pd.DataFrame(columns, index=pd.RangeIndex(len(points), name="number"))
    quality_table = pd.DataFrame({"value": [quality]}, index=pd.Index(["kept neighbors"], name="quantity"))
    return Outcome(sentence, {"map": table, "numbers": quality_table}, draw, {"size": list(features.shape)})


def _map_of(source: Any, settings: Settings) -> tuple[Any, Any, Any, Any]:
    """Return points, features, classes and answers; None for what is not known."""
    if source is None:
        example = load_example_map(settings.classifier)
        made, answers = example.embedding, example.probabilities.argmax(axis=1)
        if (made.perplexity, made.seed) == (settings.perplexity, settings.seed):
            return made.points, example.features, example.labels, answers
        return _points(example.features, settings), example.features, example.labels, answers
    with np.load(Path(source), allow_pickle=False) as stored:
        if FEATURES not in stored:
            raise ValueError(_("{name} holds no features: a record of a map is damaged.").format(name=source.name))
        features = check_features(stored[FEATURES])
        labels = np.asarray(stored[LABELS], int) if LABELS in stored else None
    if labels is not None and (labels.shape != (len(features),) or not np.isin(labels, range(len(CLASSES))).all()):
        raise ValueError(
            _("{name} holds other classes than features: a record of a map is damaged.").format(name=source.name)
        )
    return _points(features, settings), features, labels, None


def _points(features: Any, settings: Settings) -> Any:
    return deque(embed_steps(features, settings.perplexity, settings.seed), maxlen=1)[0].points


def code(reads: str, settings: Settings, picture: Mapping[str, Any]) -> str:
    """Return the lines that repeat it; ``reads`` is the expression that gives the features."""
    lines = [
        "import lattice_widgets as lw",
        *(["import numpy as np"] if reads else []),
        "",
        f"features = {reads or f'lw.load_example_map({settings.classifier!r}).features'}",
        f"embedding = lw.embed(features, perplexity={settings.perplexity!r}, seed={settings.seed!r})",
        "print(embedding.points)",
    ]
    return "\n".join(lines)
