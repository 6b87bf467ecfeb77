"""The paper's network, trained before an audience: ``python -m lattice_widgets.training.watched --count 2000``.

It says what happens on its standard output, one JSON object a line, each with a ``stage``:

``starting``
    Python runs; Keras is being loaded.
``simulating``
    ``done`` of ``total`` pictures are made.
``learning``
    ``epoch`` of ``epochs`` is over: ``accuracy``, ``loss``, ``val_accuracy``, ``val_loss``, and ``confusion``, the counts of
    the validation pictures (rows: truth, columns: answer, in the order of ``CLASSES``).
``done``
    That was all.
``missing``, ``failed``
    Keras or its backend is not installed, or something else is wrong; ``says`` tells what.

It listens on its standard input: the line ``stop`` halts it between two batches, ``go`` has it go on. It ends where that
input ends: whoever watched it is gone.
"""

import argparse
import json
import os
import sys
import threading
from contextlib import suppress
from typing import Any, TextIO

from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.core.pictures.descriptor import Recipe

BATCH_SIZE = 64


class Audience:
    """Who watches: told what happens, may halt it.

    Parameters
    ----------
    words, ears : text files
        Where to write, and from where orders come.
    """

    def __init__(self, words: TextIO, ears: TextIO) -> None:
        self._words, self._ears = words, ears
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, stage: str, **figures: Any) -> None:
        """Write a line."""
        self._words.write(json.dumps({"stage": stage, **figures}) + "\n")
        self._words.flush()

    def wait(self) -> None:
        """Return when it may go on: at once, or after somebody who halted it says so."""
        self._may_go_on.wait()

    def _listen(self) -> None:
        with suppress(OSError, ValueError):
            for line in self._ears:
                if line.strip() == "stop":
                    self._may_go_on.clear()
                elif line.strip() == "go":
                    self._may_go_on.set()
        os._exit(0)  # nobody is left; Keras may be anywhere


def train(audience: Audience, count: int, epochs: int, seed: int) -> None:
    """Train the network of the paper, and tell all that happens.

    Parameters
    ----------
    audience : Audience
        Who is told.
    count : int
        Pictures for training and validation together.
    epochs : int
        How often the pictures are learned from.
    seed : int
        Decides pictures, first weights, order and dropout.
    """
    from lattice_widgets.classifier.keras_network.backend import import_keras
    from lattice_widgets.training.paper_training import learn_paper, measure, new_paper_network, simulate_set

    keras = import_keras()
    keras.utils.set_random_seed(seed)
    recipe = Recipe()

    def made(done: int) -> None:
        audience.wait()
        audience.tell("simulating", done=done, total=count)

    made(0)
    images, labels = simulate_set(count, seed, recipe, made)
    network = new_paper_network(recipe)
    halt = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: audience.wait())
    learned = learn_paper(network, images, labels, epochs=epochs, batch_size=BATCH_SIZE, seed=seed, callbacks=[halt])
    n_train = count * 4 // 5
    for epoch, figures in enumerate(learned, 1):
        answers = network.predict(images[n_train:], verbose=0)
        confusion = measure(answers, labels[n_train:])["confusion"]
        audience.tell("learning", epoch=epoch, epochs=epochs, **figures, confusion=confusion)
    audience.tell("done")


def main() -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="pictures for training and validation together")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    words = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no line of ours
    audience = Audience(words, sys.stdin)
    audience.tell("starting")
    if hasattr(os, "nice"):
        os.nice(10)  # the page that shows it comes first
    try:
        train(audience, asked.count, asked.epochs, asked.seed)
    except ClassifierError as error:
        audience.tell("missing", says=str(error))
    except Exception as error:  # whoever watches sees no traceback
        audience.tell("failed", says=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
