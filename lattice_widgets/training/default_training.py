"""Training of the default classifier: fresh pictures every epoch, made while the network learns; it can be interrupted."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.card import ModelCard, read_weights
from lattice_widgets.classifier.keras_network.architecture import build_aligned_network
from lattice_widgets.classifier.keras_network.backend import import_keras
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.pictures.descriptor import Recipe, make_descriptor
from lattice_widgets.core.uncertainty.reliability import fit_temperature
from lattice_widgets.training.checkpoint import claim, keep, resume
from lattice_widgets.training.exam import draw_question
from lattice_widgets.training.paper_training import Progress, measure
from lattice_widgets.training.picture_store import BLOCK, mirrored_at_random, open_store, whole

#: epochs of the cycles of a training that begins at random, and of one that goes on with broader pictures
CYCLES, FURTHER_CYCLES = (18, 10), (16,)
RECIPE = Recipe(destreaked=True, aligned=True)
#: what the trained weights count for in their mean with those that a training began with
SHARE = 0.75
#: What was tried, and how often it was right: random / well-separated / one trouble each / named crystals / nothing there.
#: Rows of 20,480 pictures: 6 epochs, every answer to three tenths of the examination; the others: half of it, an earlier
#: state of the stream in the second.
TRIED: list[dict[str, Any]] = [
    {"what": "descriptor not aligned, this network, 20,480 pictures", "right": [0.710, 0.760, 0.712, 0.917, 0.981]},
    {"what": "descriptor aligned, this network, 20,480 pictures", "right": [0.883, 0.993, 0.929, 0.952, 0.954]},
    {"what": "descriptor aligned, the paper's network, 20,480 pictures", "right": [0.880, 0.993, 0.936, 0.964, 0.972]},
    {
        "what": "streaks left in, 49,152 pictures, 8 epochs (line noise: 0.55)",
        "right": [0.928, 0.988, 0.892, 0.972, 1.0],
    },
    {"what": "221,184 pictures, one cycle of 18 epochs", "right": [0.938, 1.0, 0.938, 1.0, 1.0]},
    {"what": "303,104 pictures, a second cycle of 10 epochs", "right": [0.938, 1.0, 0.942, 1.0, 0.994]},
    {"what": "the mean of two alignments, with the two strongest spots", "right": [0.928, 1.0, 0.950, 1.0, 1.0]},
    {
        "what": "65,536 pictures of the broad stream, five more epochs, to four tenths of it (before: 0.930, 1, 0.964, 1, 1)",
        "right": [0.943, 1.0, 0.962, 1.0, 0.993],
    },
    {
        "what": "303,104 of it, uneven scans among them, ten more epochs (published crystals, clean / trouble / figures: 0.904 "
        "/ 0.825 / 0.846 -> 0.949 / 0.849 / 0.910, of answers above 0.95 wrong: 16 of 323 -> 2 of 312; 288 windows of real "
        "pictures: 220 -> 214 right, above 0.95 wrong 3 of 95 -> 11 of 95)",
        "right": [0.938, 1.0, 0.966, 1.0, 0.993],
    },
    {
        "what": "the mean of the weights of the last row, 3/4, and of those it began with, 1/4 (the same pictures: 0.917 / "
        "0.849 / 0.891, wrong above 0.95 1 of 320; windows of real pictures: 215, wrong 7 of 93)",
        "right": [0.937, 0.993, 0.955, 1.0, 1.0],
    },
]
#: another stream validates
VALIDATION_SEED_OFFSET = 1
#: and another one tells what confidence is worth
FITTING_SEED_OFFSET = 2


def train_default(
    folder: Path,
    *,
    cycles: Sequence[int] = CYCLES,
    pool: int = 20,
    fresh: int | None = None,
    block: int = BLOCK,
    batch_size: int = 128,
    learning_rate: float | None = None,
    stream: str = "varied",
    begin_with: Path | None = None,
    share: float = SHARE,
    seed: int = 7003,
    workers: int = 0,
    precision: str = "float32",
    fitting: int = 3600,
    progress: Progress = lambda *_: None,
) -> ModelCard:
    """Train the default classifier, and write card and weights.

    The first epoch learns from ``pool`` blocks of pictures; each further one drops the ``fresh`` oldest and takes as many new
    ones, which other processes make meanwhile. Half of the pictures are mirrored, anew in each epoch. What was reached is
    kept after each epoch in ``folder/default.checkpoint``; the same call goes on from there. When done, that folder can be
    thrown away.

    Parameters
    ----------
    folder : Path
        Where ``default.json`` and ``default.npz`` go.
    cycles : sequence of int
        Epochs of each cycle: in each the rate falls as a cosine, from half of what the one before began with.
    pool, fresh : int
        Blocks of pictures for one epoch, and how many of them are new [2; 6 with ``begin_with``: the rare must be seen too].
    block : int
        Pictures in a block.
    batch_size : int
        Pictures in a step.
    learning_rate : float
        Of AdamW at its highest; it rises over the first 300 steps [2e-3; a quarter of that with ``begin_with``].
    stream : {"varied", "broad"}
        What the pictures show: see `pictures.varied` and `pictures.broad`.
    begin_with : Path, optional
        Model card of a network of this kind that goes on learning. Without it, weights begin at random.
    share : float
        With ``begin_with``: the trained weights count for so much, those it began with for the rest, 0-1. Such a mean keeps
        more of what was known before than the trained weights alone (Wortsman et al., CVPR 2022, 7959).
    seed : int
        Decides pictures, first weights, order and dropout.
    workers : int
        Processes that make pictures; 0 for one less than there are processors.
    precision : {"float32", "mixed_bfloat16", "mixed_float16"}
        Of the arithmetic; the mixed ones are quicker where the processor knows them.
    fitting : int
        Pictures that fit the temperature, which becomes part of the last layer.
    progress : callable, optional
        Told about every step.

    Returns
    -------
    ModelCard
        As written, not yet calibrated.

    Raises
    ------
    ClassifierError
        If Keras has no backend.
    ValueError
        If the folder holds the beginning of a training with other settings.
    """
    before = None if begin_with is None else ModelCard.read(begin_with)
    if learning_rate is None:
        learning_rate = 2e-3 if before is None else 5e-4
    if fresh is None:
        fresh = 2 if before is None else 6
    settings: dict[str, Any] = {
        "cycles": list(cycles),
        "pool": pool,
        "fresh": fresh,
        "block": block,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    if before is not None or stream != "varied":
        settings |= {"stream": stream, "begun_with": None if before is None else before.weights_sha256}
    kept = folder / "default.checkpoint"
    claim(kept, settings)
    keras = import_keras()
    keras.utils.set_random_seed(seed)
    arguments: dict[str, Any] = {"size": RECIPE.size, "n_classes": len(CLASSES)}
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        network = build_aligned_network(**arguments)
    finally:
        keras.config.set_dtype_policy(policy)
    if before is not None and begin_with is not None:
        network.set_weights(read_weights(before, begin_with))
    epochs = sum(cycles)
    # Keras makes a last, smaller step of what is left
    schedule = _falling_rates(learning_rate, [-(-pool * block // batch_size) * length for length in cycles])
    network.compile(
        optimizer=keras.optimizers.AdamW(schedule, weight_decay=1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    network.optimizer.build(network.trainable_variables)
    first, history = resume(kept, network)

    workers = workers or max(1, (os.cpu_count() or 2) - 1)
    pictures = kept / "pictures"
    with (
        open_store(pictures, RECIPE, seed, block, workers, stream) as store,
        open_store(pictures, RECIPE, seed + VALIDATION_SEED_OFFSET, block, workers, stream) as validation_store,
    ):
        if first < epochs:
            store.order(range(first * fresh, first * fresh + pool))
        validation, truth = validation_store.take([0])
        for epoch in range(first, epochs):
            numbers = range(epoch * fresh, epoch * fresh + pool)
            halves, labels = store.take(numbers, lambda done, count: progress("simulating", done, count, {}))
            store.order(range(numbers.stop, numbers.stop + fresh))
            progress("training", epoch, epochs, {key: values[-1] for key, values in history.items()})
            rng = np.random.default_rng([seed, epoch])
            _seed_epoch(network, seed, epoch)
            figures = network.fit(
                whole(mirrored_at_random(halves, rng)),
                labels,
                validation_data=(whole(validation), truth),
                batch_size=batch_size,
                verbose=0,
            ).history
            for key, values in figures.items():
                history.setdefault(key, []).append(round(float(values[0]), 5))
            keep(kept, network, epoch + 1, history)
    progress("training", epochs, epochs, {key: values[-1] for key, values in history.items()})

    plain = build_aligned_network(**arguments)
    weights = [np.asarray(array, np.float32) for array in network.get_weights()]
    if before is not None and begin_with is not None:
        known = read_weights(before, begin_with)
        weights = [share * new + (1 - share) * old for new, old in zip(weights, known, strict=True)]
        settings |= {"share": share}
    plain.set_weights(weights)
    temperature = _temper(plain, seed + FITTING_SEED_OFFSET, fitting, progress)
    # as it will be read back and used: rounded to float16, computed in float32
    plain.set_weights([array.astype(np.float16).astype(np.float32) for array in plain.get_weights()])
    card = ModelCard(
        name="default",
        title="trained on varied simulated pictures: all lattices, several atoms a cell, all troubles, and nothing at all",
        architecture="aligned",
        arguments=arguments,
        recipe=asdict(RECIPE),
        classes=CLASSES,
        data={
            "stream": stream,
            "seed": seed,
            "training": (pool + (epochs - 1) * fresh) * block,
            "validation": block,
            "test_seed": seed + VALIDATION_SEED_OFFSET,
        },
        training={
            "optimizer": "AdamW, cosine",
            "precision": precision,
            **settings,
            "temperature": round(temperature, 4),
            "temperature_seed": seed + FITTING_SEED_OFFSET,
        },
        results={"validation": measure(plain.predict(whole(validation), verbose=0), truth.astype(np.int64))},
        history=history,
        tried=TRIED,
        versions={
            "python": platform.python_version(),
            "backend": keras.backend.backend(),
            **{name: version(name) for name in ("keras", "numpy", "scipy", "lattice-widgets")},
        },
    )
    return ModelCard.read(card.write(folder, plain.get_weights()))


def _falling_rates(highest: float, cycles: Sequence[int]) -> Any:
    """Return a schedule of the rate: cosines over so many steps each, after a short rise."""
    import keras
    from keras import ops

    class FallingRates(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            now = ops.cast(step, "float32")
            rise = ops.minimum(1.0, (now + 1) / min(300, max(1, cycles[0] // 10)))
            rate, begin, peak = 0.0 * now, 0, highest
            for length in cycles:
                done = ops.clip((now - begin) / length, 0.0, 1.0)
                falling = peak * (0.005 + 0.995 * 0.5 * (1 + ops.cos(np.pi * done)))
                rate = ops.where(now >= begin, falling, rate)
                begin, peak = begin + length, peak / 2
            return rate * rise

    return FallingRates()


def _temper(network: Any, seed: int, count: int, progress: Progress) -> float:
    """Fit a temperature to pictures of lattices as the examination has them, and make it part of the last layer; return it.

    Pictures of nothing are left out: the network is less sure of them than it could be, which would hide that it is too
    sure of lattices near the borders between types.
    """
    values: list[NDArray[np.float32]] = []
    labels: list[int] = []
    number = 0
    while len(labels) < count:
        question = draw_question(np.random.default_rng([seed, number]))
        number += 1
        if question.truth == "noise":
            continue
        values.append(make_descriptor(question.image[None], RECIPE).values[0])
        labels.append(CLASSES.index(question.truth))
        if len(labels) % 50 == 0 or len(labels) == count:
            progress("tempering", len(labels), count, {})
    temperature = fit_temperature(network.predict(np.array(values)[..., None], verbose=0), np.array(labels))
    last = network.get_layer("probabilities")
    last.set_weights([array / temperature for array in last.get_weights()])
    return temperature


def _seed_epoch(network: Any, seed: int, epoch: int) -> None:
    """Begin dropout's and the shuffle's random numbers anew: a training that was killed ends with the same weights."""
    import keras

    drawn = np.random.SeedSequence([seed, epoch]).generate_state(1 + len(network.layers))
    keras.utils.set_random_seed(int(drawn[0]))
    for layer, own in zip(network.layers, drawn[1:], strict=True):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(np.array([own, 0]).astype(generator.state.dtype))
