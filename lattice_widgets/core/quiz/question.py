"""What a question is: what it shows, how it is answered, what is right, and why each other answer is not."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.spectra import spectrum
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.simulation.crystal import Crystal
from lattice_widgets.core.simulation.micrograph import Micrograph, simulate_micrograph
from lattice_widgets.core.simulation.microscope import Imperfections, Microscope

__all__ = ["NOT_SURE", "Option", "Question", "Scene", "Sentence", "Shown", "Slip", "draw_cells", "question_id"]

#: What the network may also say of a picture.
NOT_SURE = "not sure"


@dataclass(frozen=True)
class Scene:
    """All that a simulated micrograph is made from; the same scene gives the same picture."""

    crystal: Crystal
    microscope: Microscope
    imperfections: Imperfections = field(default_factory=Imperfections)
    rotation: float = 0.0
    seed: int = 0

    def micrograph(self) -> Micrograph:
        """Return the picture and the truth about it."""
        return _take(self)


@lru_cache(maxsize=64)
def _take(scene: Scene) -> Micrograph:
    return simulate_micrograph(
        scene.crystal, scene.microscope, scene.imperfections, rotation=scene.rotation, seed=scene.seed
    )


@dataclass(frozen=True, eq=False)
class Shown:
    """Something to look at: the picture of a scene, or its Fourier transform. Pixels are computed when asked for.

    Attributes
    ----------
    title : Sentence
        What it is.
    scene : Scene
        What it is made from.
    frequency_range : float or None
        None: the picture. Otherwise its Fourier magnitude up to this frequency [1/nm].
    marks : ndarray, float64, shape (n, 2)
        Points to mark: (row, col) px in the picture, (row, col) 1/nm in a transform.
    labels : tuple of str
        One for each mark, or none.
    cells : tuple of ndarray
        Parallelograms drawn over the picture, each (4, 2): corners (row, col) [px].
    readout : bool
        Whether the value, the frequency and the spacing under the mouse are told.
    """

    title: Sentence
    scene: Scene
    frequency_range: float | None = None
    marks: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    labels: tuple[str, ...] = ()
    cells: tuple[NDArray[np.float64], ...] = ()
    readout: bool = True

    @property
    def is_spectrum(self) -> bool:
        """Whether it is a Fourier transform."""
        return self.frequency_range is not None

    def pixels(self) -> tuple[NDArray[np.float32], tuple[float, float], NDArray[np.float64]]:
        """Return image (rows, cols), size of a pixel (row, col) [nm or 1/nm], and the marks (n, 2) [px]."""
        picture = self.scene.micrograph()
        if self.frequency_range is None:
            image = picture.image if not self.cells else draw_cells(picture.image, self.cells)
            return image, (picture.pixel_size, picture.pixel_size), self.marks
        shown = spectrum(picture.image, picture.pixel_size).cropped(self.frequency_range)
        return shown.magnitude, shown.steps, shown.pixel_of(self.marks)


def draw_cells(image: NDArray[np.float32], cells: tuple[NDArray[np.float64], ...]) -> NDArray[np.float32]:
    """Return an image, scaled to 0-0.7, with the outlines of parallelograms as lines 2 px wide of brightness 1."""
    low, high = float(image.min()), float(image.max())
    drawn = 0.7 * (image - low) / max(high - low, 1e-12)
    rows, cols = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float64)
    for corners in cells:
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            way = end - start
            along = np.clip(((rows - start[0]) * way[0] + (cols - start[1]) * way[1]) / (way @ way), 0, 1)
            distance = np.hypot(rows - start[0] - along * way[0], cols - start[1] - along * way[1])
            ink = np.clip(1.8 - distance, 0, 1)
            drawn = drawn * (1 - ink) + ink
    return drawn.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Option:
    """One answer to choose.

    Attributes
    ----------
    key : str
        What is stored and what a script gives: the name of a class or a kind, or a letter.
    label : Sentence
        What stands beside it.
    why : Sentence
        Why it is right or wrong.
    shown : Shown or None
        The picture that it stands for, if it is one.
    """

    key: str
    label: Sentence
    why: Sentence
    shown: Shown | None = None


@dataclass(frozen=True, eq=False)
class Slip:
    """A wrong number that a common mistake leads to, and the sentence that names the mistake."""

    value: float
    why: Sentence


@dataclass(frozen=True, eq=False)
class Question:
    """A question, with its answer. `Question.id` gives all of it again, by `question_of`.

    Attributes
    ----------
    topic, level, seed, index
        What it is made from; nothing else goes into it.
    prompt : Sentence
        What is asked.
    shown : tuple of Shown
        What there is to look at.
    options : tuple of Option
        What can be chosen; empty where a number is asked for.
    answer : str, float or None
        Key of the right option or the right number; None where the network decides.
    explanation : tuple of Sentence
        Why that is so, and how one sees it.
    unit : str
        Of the number.
    tolerance : float
        How far a number may be off, as a fraction.
    slips : tuple of Slip
        Numbers of common mistakes, further off than that.
    lattice_class : str
        The class of what the first picture shows, where that is asked or told; empty otherwise.
    """

    topic: str
    level: int
    seed: int
    index: int
    prompt: Sentence
    shown: tuple[Shown, ...]
    options: tuple[Option, ...] = ()
    answer: str | float | None = None
    explanation: tuple[Sentence, ...] = ()
    unit: str = ""
    tolerance: float = 0.0
    slips: tuple[Slip, ...] = ()
    lattice_class: str = ""

    @property
    def id(self) -> str:
        """Topic, level, seed and index: ``"lattice-1-7-0"``."""
        return question_id(self.topic, self.level, self.seed, self.index)

    @property
    def is_choice(self) -> bool:
        """Whether one of the options is chosen."""
        return bool(self.options)

    def option(self, key: str) -> Option:
        """Return the option of a key."""
        return next(option for option in self.options if option.key == key)


def question_id(topic: str, level: int, seed: int, index: int) -> str:
    """Return the name of a question."""
    return f"{topic}-{level}-{seed}-{index}"
