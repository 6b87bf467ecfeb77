"""A thousand simulated pictures as a network sees them, with a finished map of them: what the embedding viewer begins with.

The pictures are those of `core.simulation.examples`, so that the maps of two networks show the same pictures (Vasudevan et
al. 2018, Fig. 4). They are drawn again from their seed when somebody looks at one. `training.make_example_map` writes the
maps that are bundled.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.card import find_card
from lattice_widgets.classifier.inference import Classifier, load_classifier
from lattice_widgets.core.embedding.tsne import Embedding, embed_steps
from lattice_widgets.core.pictures.descriptor import make_descriptor
from lattice_widgets.core.simulation.examples import simulate_example
from lattice_widgets.core.uncertainty.summary import summarize

COUNT, SEED = 1000, 20_180_321
PERPLEXITY = 10.0
#: what is known of each simulated picture, with its unit
PARAMETERS = ("spacing [px]", "disorder", "cell angle [°]", "axis ratio b/a")


@dataclass(frozen=True, eq=False)
class ExampleMap:
    """Simulated pictures, what a network says of them, and where they lie on a map.

    Attributes
    ----------
    labels : ndarray, int64, shape (n,)
        True classes, as indices into `CLASSES`.
    features : ndarray, float32, shape (n, 128)
        Last hidden layer of the network.
    probabilities : ndarray, float32, shape (n, 6)
        What the network answers.
    mutual_information : ndarray, float32, shape (n,)
        By which the passes with dropout contradict each other [bit].
    parameters : dict of str to ndarray, float32, shape (n,)
        Of the simulation; see `PARAMETERS`.
    embedding : Embedding
        The finished map.
    """

    labels: NDArray[np.int64]
    features: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    mutual_information: NDArray[np.float32]
    parameters: dict[str, NDArray[np.float32]]
    embedding: Embedding

    def image(self, number: int) -> NDArray[np.float32]:
        """Return a picture, drawn anew: float32 (rows, cols)."""
        return simulate_example(SEED, number).image


def make_example_map(classifier: Classifier, count: int = COUNT) -> ExampleMap:
    """Draw the pictures, ask the network, and make the map.

    Parameters
    ----------
    classifier : Classifier
        Whose features are mapped.
    count : int
        Pictures, the six classes in turn.
    """
    examples = [simulate_example(SEED, number) for number in range(count)]
    descriptors = np.concatenate(
        [make_descriptor(example.image[None], classifier.recipe).values for example in examples]
    )
    probabilities, features = classifier.run(descriptors)
    # as they are kept: the map and what is placed on it later must come from the same numbers
    features = features.astype(np.float16).astype(np.float32)
    summary = summarize(classifier.sampler.sample_fast(descriptors, 200, 0))
    columns = np.array(
        [
            (
                np.sqrt(example.lattice.area),
                example.disorder,
                example.lattice.gamma,
                example.lattice.b / example.lattice.a,
            )
            for example in examples
        ],
        np.float32,
    )
    *_, embedding = embed_steps(features, PERPLEXITY, 0)
    return ExampleMap(
        np.array([example.label for example in examples]),
        features,
        probabilities,
        summary.mutual_information.astype(np.float32),
        dict(zip(PARAMETERS, columns.T, strict=True)),
        embedding,
    )


def map_path(card: Path) -> Path:
    """Return where the map of a classifier lies: beside its card."""
    return card.with_name(f"{card.stem}.map.npz")


@lru_cache(maxsize=4)
def load_example_map(name: str | Path = "default") -> ExampleMap:
    """Return the map of a classifier: at once where it is bundled, made anew (a minute) where it is not.

    Parameters
    ----------
    name : str or Path
        As for `load_classifier`.

    Raises
    ------
    ValueError
        If there is no such classifier.
    ClassifierError
        If the map has to be made and the classifier cannot: see `Classifier.sampler`.
    """
    classifier = load_classifier(name)
    path = map_path(find_card(name))
    if path.exists():
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["weights"]) == classifier.card.weights_sha256:
                features = kept["features"].astype(np.float32)
                return ExampleMap(
                    kept["labels"].astype(np.int64),
                    features,
                    kept["probabilities"].astype(np.float32),
                    kept["mutual_information"].astype(np.float32),
                    dict(zip(PARAMETERS, kept["parameters"], strict=True)),
                    Embedding(features, kept["points"], PERPLEXITY, 0),
                )
    return make_example_map(classifier)
