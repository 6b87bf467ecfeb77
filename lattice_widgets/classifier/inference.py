"""A trained classifier: pictures in, probabilities and features out."""

import inspect
import threading
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.classifier.card import ModelCard, find_card, read_weights
from lattice_widgets.classifier.dropout_methods import UncertainAnswers
from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.keras_network.architecture import ARCHITECTURES
from lattice_widgets.classifier.runtime.architectures import LAYERS
from lattice_widgets.classifier.runtime.network import RuntimeNetwork
from lattice_widgets.classifier.sampling.passes import Passes
from lattice_widgets.classifier.sampling.sampler import Sampler
from lattice_widgets.core.pictures.checks import MIN_SIZE, check_image
from lattice_widgets.core.pictures.descriptor import Descriptor, Recipe, make_descriptor
from lattice_widgets.core.pictures.pixel_size import is_labeled
from lattice_widgets.core.pictures.square_pixels import square_pixels

#: who runs a network
Backend = Literal["runtime", "keras"]


class Network(Protocol):
    """What runs the layers: `RuntimeNetwork` or `KerasNetwork`."""

    def run(self, descriptors: NDArray[np.float32], /) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return probabilities and features without dropout."""
        ...

    def passes(self) -> Passes:
        """Return the network in pieces."""
        ...


class Classifier(UncertainAnswers):
    """Names the Bravais lattice of pictures.

    The network is built when it is first needed: at once by the runtime, after some seconds by Keras. `load` does it at a
    time of your choice, and `ready` tells whether it is done. Methods may be called from any thread.

    Attributes
    ----------
    card : ModelCard
        What it is, how it was trained and how good it is.
    classes : tuple of str
        What it can answer, in the order of the columns of `predict`.
    recipe : Recipe
        How it sees a picture.
    backend : {"runtime", "keras"}
        Who runs the network: NumPy and SciPy, or Keras, where that was asked for or the runtime does not know the
        architecture.
    """

    def __init__(self, card_path: Path, backend: Backend = "runtime") -> None:
        self.card = ModelCard.read(card_path)
        self.classes = self.card.classes
        self.recipe = Recipe(**self.card.recipe)
        known = self.card.architecture in LAYERS or self.card.architecture not in ARCHITECTURES
        self.backend: Backend = backend if known else "keras"
        self._unknown = not known and backend == "runtime"
        self._card_path = card_path
        self._lock = threading.RLock()
        self._network: Network | None = None
        self._sampler: Sampler | ClassifierError | None = None

    def __repr__(self) -> str:
        by = ", run by Keras" if self.backend == "keras" else ""
        return f"<Classifier {self.name!r}{by}: {self.card.title}>"

    @property
    def name(self) -> str:
        """What the classifier is called."""
        return self.card.name

    @property
    def card_path(self) -> Path:
        """Where its model card lies."""
        return self._card_path

    @property
    def ready(self) -> bool:
        """Whether the network is loaded."""
        return self._network is not None

    def load(self) -> "Classifier":
        """Build the network now, unless it is there.

        Warns
        -----
        UserWarning
            If Keras runs it because the runtime does not know the architecture.

        Raises
        ------
        ClassifierError
            If Keras shall run it and is not installed, or the network answers at random although its dropout is off. (A
            network that is not random with dropout on loads and predicts; `sample` refuses.)
        ValueError
            If the weights do not belong to the card, or the card describes no network of this version.
        """
        with self._lock:
            if self._network is None:
                weights = read_weights(self.card, self._card_path)
                try:
                    network = self._build(weights)
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(
                        f"The model card {self._card_path.name} describes no network that this version can build: "
                        f"the architecture {self.card.architecture!r} with {self.card.arguments} and these weights."
                    ) from error
                try:
                    self._sampler = Sampler(network.passes())
                except ClassifierError as error:
                    # it can still predict
                    self._sampler = error
                self._network = network
        return self

    def _build(self, weights: list[NDArray[np.float32]]) -> Network:
        given = inspect.signature(ARCHITECTURES[self.card.architecture]).bind(**self.card.arguments)
        given.apply_defaults()
        if self.backend == "runtime":
            layers = LAYERS[self.card.architecture](given.arguments, weights)
            return RuntimeNetwork(self.name, layers, given.arguments["size"])
        if self._unknown:
            warnings.warn(
                f"The runtime does not know the architecture {self.card.architecture!r} of the classifier {self.name!r}: "
                "Keras runs it, which takes some seconds to begin.",
                stacklevel=3,
            )
        from lattice_widgets.classifier.keras_network.network import KerasNetwork

        return KerasNetwork(self.card, weights)

    def describe(self, images: ArrayLike | Sequence[ArrayLike]) -> Descriptor:
        """Return what the network sees of pictures.

        Parameters
        ----------
        images : array_like, shape (rows, cols) or (n, rows, cols), any real dtype
            Raw micrographs of one size, at least 16 px.

        Raises
        ------
        ValueError
            If a picture is none: other axes, sizes that differ, NaN, constant, complex, too small.
        """
        return make_descriptor(check_images(images), self.recipe)

    def predict(self, images: ArrayLike | Sequence[ArrayLike]) -> NDArray[np.float32]:
        """Return the probability of each class, without dropout.

        Parameters
        ----------
        images : array_like, shape (rows, cols) or (n, rows, cols), any real dtype
            Raw micrographs. Square pixels, unless it is a DataArray whose coordinates say otherwise.

        Returns
        -------
        ndarray, float32, shape (n, len(classes))
            Rows sum to 1; n is 1 for a single picture.

        Raises
        ------
        ValueError
            As for `describe`.
        ClassifierError
            As for `load`.

        Examples
        --------
        >>> import lattice_widgets as lw
        >>> picture = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], rotation=20)
        >>> classifier = lw.load_classifier("paper")
        >>> classifier.classes[classifier.predict(picture.image)[0].argmax()]
        'square'
        """
        return self.run(self.describe(images).values)[0]

    def features(self, images: ArrayLike | Sequence[ArrayLike]) -> NDArray[np.float32]:
        """Return the output of the last hidden layer, float32 of shape (n, 128): what the embedding is made of.

        Takes and raises the same as `predict`.
        """
        return self.run(self.describe(images).values)[1]

    @property
    def sampler(self) -> Sampler:
        """What makes passes with dropout; loads the network if need be.

        Raises
        ------
        ClassifierError
            As for `load`; if the network is not stochastic with its dropout on, or not deterministic with it off.
        """
        self.load()
        if not isinstance(self._sampler, Sampler):
            raise ClassifierError(str(self._sampler))
        return self._sampler

    def run(self, descriptors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return probabilities (n, len(classes)) and features (n, 128) for descriptors (n, size, size)."""
        self.load()
        assert self._network is not None
        if self.backend == "keras":
            with self._lock:
                return self._network.run(descriptors)
        return self._network.run(descriptors)


def check_images(images: ArrayLike | Sequence[ArrayLike]) -> NDArray:
    """Return pictures as one array of shape (n, rows, cols), or say in one sentence why they are none.

    Raises
    ------
    ValueError
        As for `core.pictures.checks.check_image`; also for no picture at all and for sizes that differ.
    """
    if isinstance(images, list | tuple):
        shapes = {np.shape(image) for image in images}
        if len(shapes) > 1 and all(len(shape) == 2 for shape in shapes):
            sizes = ", ".join(f"{rows} x {cols}" for rows, cols in sorted(shapes))
            raise ValueError(
                f"All pictures of one call must have one size; these have {sizes} px. Call once for each size."
            )
        if not images:
            raise ValueError("There is no picture to classify: the list is empty.")
    if np.ma.is_masked(images) or (isinstance(images, list | tuple) and any(map(np.ma.is_masked, images))):
        raise ValueError("The picture has masked pixels: fill them first, each from its neighbors.")
    try:
        array = np.asarray(square_pixels(images) if is_labeled(images) else images)  # type: ignore[arg-type]
    except ValueError as error:
        if is_labeled(images):
            raise
        raise ValueError("The picture is not a regular array of numbers.") from error
    if array.ndim == 2:
        return check_image(array, gaps=True)[None]
    if array.ndim != 3:
        raise ValueError(
            f"Give a picture (rows, columns) or pictures (n, rows, columns), not an array with {array.ndim} axes."
        )
    if array.shape[2] in (3, 4) and array.shape[1] >= MIN_SIZE:
        rows, cols, channels = array.shape
        raise ValueError(
            f"This looks like a color picture of {rows} x {cols} px with {channels} channels: give one of them, "
            "or their mean."
        )
    if len(array) == 0:
        raise ValueError("There is no picture to classify: the array is empty.")
    for number, image in enumerate(array):
        check_image(image, "picture" if len(array) == 1 else f"picture number {number}", gaps=True)
    return array


@lru_cache(maxsize=8)
def _load(path: Path, modified: int, backend: Backend) -> Classifier:
    return Classifier(path, backend)


def load_classifier(name: str | Path = "default", backend: Backend = "runtime") -> Classifier:
    """Return a classifier. Its network is built when it is first used, or by its method `load`.

    Parameters
    ----------
    name : str or Path
        "default", "paper" (the network of Vasudevan et al. 2018), or the path of a model card that you trained.
    backend : {"runtime", "keras"}
        Who runs the network. The runtime answers at once. Keras gives the same probabilities within 1e-5, needs TensorFlow
        and takes seconds to begin; it also runs every network that the runtime does not know.

    Raises
    ------
    ValueError
        If there is no such classifier, or no such backend.
    """
    if backend not in get_args(Backend):
        raise ValueError(f"There is no backend {backend!r}: choose one of {', '.join(get_args(Backend))}.")
    path = find_card(name).resolve()
    return _load(path, path.stat().st_mtime_ns, backend)
