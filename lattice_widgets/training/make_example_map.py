"""Write the maps of example pictures that are bundled: `python -m lattice_widgets.training.make_example_map`."""

import io
from pathlib import Path

import numpy as np

from lattice_widgets.classifier.card import WEIGHTS
from lattice_widgets.classifier.example_map import make_example_map, map_path
from lattice_widgets.classifier.inference import Classifier, load_classifier


def write_example_map(classifier: Classifier, folder: Path = WEIGHTS) -> Path:
    """Make the map of a classifier and write it beside the weights."""
    made = make_example_map(classifier)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        weights=np.array(classifier.card.weights_sha256),
        labels=made.labels.astype(np.int8),
        features=made.features.astype(np.float16),
        probabilities=made.probabilities.astype(np.float16),
        mutual_information=made.mutual_information.astype(np.float16),
        parameters=np.stack(list(made.parameters.values())),
        points=made.embedding.points,
    )
    path = map_path(folder / f"{classifier.name}.json")
    path.write_bytes(buffer.getvalue())
    return path


if __name__ == "__main__":
    for card in sorted(WEIGHTS.glob("*.json")):
        print(write_example_map(load_classifier(card.stem)))
