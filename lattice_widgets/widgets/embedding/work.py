"""What the embedding viewer computes: pictures to features, features to a map, windows and walks on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier
from lattice_widgets.classifier.example_map import ExampleMap, load_example_map
from lattice_widgets.core.embedding.distances import neighborhood_quality
from lattice_widgets.core.embedding.tsne import Embedding, check_features, embed_steps
from lattice_widgets.core.lattices.lattice import CLASSES, Lattice
from lattice_widgets.core.lattices.walk import lattice_walk
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.pictures.content.scanned import scanned_box
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.core.pictures.windows import window_positions
from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.micrograph import Microscope, simulate_micrograph
from lattice_widgets.files.tables import write_frame
from lattice_widgets.language import _

#: neighbors by which the map is judged, and more points than this are judged by so many of them
K, _JUDGED = 10, 2000
#: pixels, and cells across, of the pictures along a walk
_WALK_SIZE, _WALK_CELLS = 128, 12


@dataclass(frozen=True, eq=False)
class Request:
    """What to map, and how."""

    features: Any
    images: Any
    labels: Any
    perplexity: float
    seed: int
    name: str
    classifier: Classifier | None


@dataclass(frozen=True, eq=False)
class Content:
    """The pictures of a map and what is known of them; arrays that are not known are None.

    ``labels`` int64 (n,), ``probabilities`` float32 (n, 6), ``mutual_information`` float32 (n,) [bit], ``parameters``: name
    -> float32 (n,); ``pictures`` gives the picture of a number.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.int64] | None = None
    probabilities: NDArray[np.float32] | None = None
    mutual_information: NDArray[np.float32] | None = None
    parameters: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    pictures: Any = None

    @property
    def answers(self) -> NDArray[np.int64] | None:
        """What the network says of each picture, int64 (n,)."""
        return None if self.probabilities is None else self.probabilities.argmax(axis=1)

    @property
    def classes(self) -> NDArray[np.int64]:
        """Class that each point is drawn as: the true one, else what the network says, else noise, which is gray."""
        if self.labels is not None:
            return self.labels
        return np.full(len(self.features), len(CLASSES) - 1) if self.answers is None else self.answers


@dataclass(frozen=True, eq=False)
class State:
    """A map on its way: its points so far, and its quality when it is finished."""

    content: Content
    embedding: Embedding
    quality: float | None


def compute(request: Request) -> Iterator[State]:
    """Yield the map as it forms."""
    ready, content = _content(request)
    if content is None:
        return
    if ready is not None and (ready.embedding.perplexity, ready.embedding.seed) == (request.perplexity, request.seed):
        yield State(content, ready.embedding, judge(ready.embedding))
        return
    embedding = None
    for embedding in embed_steps(content.features, request.perplexity, request.seed):
        yield State(content, embedding, None)
    if embedding is not None:
        yield State(content, embedding, judge(embedding))


def judge(embedding: Embedding) -> float:
    """Return the mean fraction of neighbors that a map keeps."""
    chosen = np.linspace(0, len(embedding.points) - 1, min(_JUDGED, len(embedding.points))).astype(int)
    return float(neighborhood_quality(embedding.features[chosen], embedding.points[chosen], K).mean())


def _content(request: Request) -> tuple[ExampleMap | None, Content | None]:
    if request.features is None and request.images is None:
        example = load_example_map(request.name)
        known = (example.labels, example.probabilities, example.mutual_information, example.parameters)
        return example, Content(example.features, *known, example.image)
    probabilities = None
    if request.features is None:
        if request.classifier is None:
            return None, None
        if not isinstance(request.images, Iterable):
            raise ValueError(_("Give a list of pictures, or an array (n, rows, columns)."))
        descriptors = [request.classifier.describe(image).values for image in request.images]
        probabilities, features = request.classifier.run(np.concatenate(descriptors))
    else:
        features = check_features(request.features)
    features = check_features(features)
    if request.images is not None and len(request.images) != len(features):
        words = _("There are {rows} rows of features but {pictures} pictures.")
        raise ValueError(words.format(rows=len(features), pictures=len(request.images)))
    pictures = None if request.images is None else request.images.__getitem__
    return None, Content(features, check_labels(request.labels, len(features)), probabilities, pictures=pictures)


def check_labels(labels: Any, count: int) -> NDArray[np.int64] | None:
    """Return classes as indices, or say in one sentence why they are none.

    Raises
    ------
    ValueError
        If there is not one for each picture, or one is no class.
    """
    if labels is None:
        return None
    try:
        numbers = np.array([CLASSES.index(label) if isinstance(label, str) else int(label) for label in labels])
    except (TypeError, ValueError) as error:
        words = _("A label is no class; the classes are: {names}.")
        raise ValueError(words.format(names=", ".join(CLASSES))) from error
    if numbers.shape != (count,):
        raise ValueError(
            _("There are {pictures} pictures but {labels} labels.").format(pictures=count, labels=len(numbers))
        )
    if not ((numbers >= 0) & (numbers < len(CLASSES))).all():
        words = _("Labels are the numbers 0 to {last} or the names of classes.")
        raise ValueError(words.format(last=len(CLASSES) - 1))
    return numbers


@dataclass(frozen=True, eq=False)
class Placed:
    """Windows of a picture, or pictures of a movie, on a map.

    ``boxes`` int (k, 4): row, col, height and width in the picture [px]; None where each is a picture of its own.
    ``pixel_size`` [nm], None where it is not known; ``calibration`` tells where it comes from, as `calibration_of` does;
    ``datasets`` and ``dataset`` are all names and the own name in a file that has several.
    """

    picture: NDArray
    boxes: NDArray[np.int64] | None
    points: NDArray[np.float32]
    far: NDArray[np.bool_]
    probabilities: NDArray[np.float32]
    pixel_size: float | None = None
    calibration: str = ""
    datasets: tuple[str, ...] = ()
    dataset: str = ""


def place(
    embedding: Embedding, classifier: Classifier, picture: xr.DataArray, window_size: int | None, step: int | None
) -> Placed:
    """Find where the windows of a picture (rows, cols), or the pictures of a stack (n, rows, cols), lie on a map.

    Raises
    ------
    ValueError
        If there is no such picture, or the window does not fit.
    """
    source, about = picture.values, picture.attrs
    known: dict[str, Any] = {
        "pixel_size": about.get("pixel_size"), "calibration": calibration_of(picture),
        "datasets": tuple(about.get("datasets", ())), "dataset": about.get("dataset", ""),
    }  # fmt: skip
    if source.ndim == 3 and len(source) > 1:
        probabilities, features = classifier.run(classifier.describe(source).values)
        return Placed(source[0], None, *embedding.place(features), probabilities, **known)
    image = check_image(np.squeeze(source), gaps=True)
    top, left, *scanned = scanned_box(image) or (0, 0, *image.shape)
    size = window_size or max(32, min(scanned) // 3)
    rows, cols = (window_positions(length, size, step or max(1, size // 2)) for length in scanned)
    corners = [(top + row, left + col) for row in rows for col in cols]
    windows = np.stack([image[row : row + size, col : col + size] for row, col in corners])
    # a blank window has no spectrum to speak of; a hint of grain makes it what it is, noise
    blank = np.ptp(windows, axis=(1, 2)) == 0
    if blank.any():
        grain = np.random.default_rng(0).standard_normal(windows.shape[1:])
        windows = np.where(blank[:, None, None], grain, windows)
    probabilities, features = classifier.run(classifier.describe(windows).values)
    boxes = np.array([(row, col, size, size) for row, col in corners])
    return Placed(image, boxes, *embedding.place(features), probabilities, **known)


@dataclass(frozen=True, eq=False)
class Walk:
    """Pictures along a walk, where they lie on the map, and what the network says of them."""

    lattices: list[Lattice]
    images: NDArray[np.float32]
    points: NDArray[np.float32]
    probabilities: NDArray[np.float32]


def walk(embedding: Embedding, classifier: Classifier, start: Lattice, end: Lattice, count: int) -> Walk:
    """Draw the lattices between two, and find them on a map."""
    images = []
    lattices = lattice_walk(start, end, count)
    for lattice in lattices:
        spacing = float(np.sqrt(lattice.area))
        crystal = Crystal("walk", lattice.a, lattice.b, lattice.gamma, (Atom("C", 6, 0, 0),))
        microscope = Microscope(
            rows=_WALK_SIZE,
            cols=_WALK_SIZE,
            field_of_view=_WALK_CELLS * spacing,
            probe_size=0.45 * spacing,
            dose=None,
            background=0.0,
        )
        images.append(simulate_micrograph(crystal, microscope, rotation=lattice.rotation).image)
    stack = np.stack(images)
    probabilities, features = classifier.run(classifier.describe(stack).values)
    return Walk(lattices, stack, embedding.place(features)[0], probabilities)


def lattice_of_point(content: Content, number: int) -> Lattice:
    """Return the lattice of a simulated picture, from its parameters.

    Raises
    ------
    ValueError
        If they are not known.
    """
    try:
        spacing, gamma, ratio = (
            float(content.parameters[name][number]) for name in ("spacing [px]", "cell angle [°]", "axis ratio b/a")
        )
    except KeyError:
        raise ValueError(
            _("A walk between two points needs pictures of the simulator; give two lattices instead.")
        ) from None
    a = spacing / np.sqrt(ratio * np.sin(np.deg2rad(gamma)))
    return Lattice.from_parameters(a, a * ratio, gamma)


def montage(pictures: list[NDArray], tile: int = 72, columns: int = 6) -> NDArray[np.float32]:
    """Return pictures beside each other, each stretched to 0-1 and cut to a square tile; NaN where there is none."""
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * (tile + 2) - 2, columns * (tile + 2) - 2), np.nan, np.float32)
    for number, picture in enumerate(pictures):
        side = min(picture.shape)
        index = (np.arange(tile) * side / tile).astype(int)
        cut = picture[np.ix_(index, index)].astype(np.float32)
        low, high = np.percentile(cut, [1, 99])
        top, left = number // columns * (tile + 2), number % columns * (tile + 2)
        sheet[top : top + tile, left : left + tile] = np.clip((cut - low) / max(high - low, 1e-12), 0, 1)
    return sheet


def write_map(path: str | Path, content: Content, points: NDArray[np.float32], selection: Sequence[int]) -> Path:
    """Write places, classes, answers and parameters as CSV, one line a picture; return the path.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    import pandas as pd

    columns: dict[str, Any] = {"x": points[:, 0], "y": points[:, 1]}
    if content.labels is not None:
        columns["class"] = [CLASSES[label] for label in content.labels]
    if content.probabilities is not None:
        columns["answer"] = [CLASSES[label] for label in content.probabilities.argmax(axis=1)]
        columns |= {f"p({name})": content.probabilities[:, n] for n, name in enumerate(CLASSES)}
    if content.mutual_information is not None:
        columns["mutual information [bit]"] = content.mutual_information
    columns |= content.parameters
    columns["selected"] = np.isin(np.arange(len(content.features)), selection)
    write_frame(pd.DataFrame(columns), path, "picture")
    return Path(path)
