"""What the simulator is asked, and what it answers: the core called in the right order, away from the screen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.content.margins import content_of
from lattice_widgets.core.pictures.spectra import Spectrum, spectrum
from lattice_widgets.core.pictures.tapers import Taper
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.micrograph import Imperfections, Micrograph, Microscope, simulate_micrograph


@dataclass(frozen=True)
class Request:
    """What the simulator is asked to show."""

    crystal: Crystal
    rotation: float
    microscope: Microscope
    imperfections: Imperfections
    seed: int
    taper: Taper
    frequency_range: float
    classifier: Classifier | None
    #: how often a hand has moved the cell so far
    moves: int = 0


@dataclass(frozen=True)
class Pictures:
    """First answer: the micrograph, its spectrum up to the frequency range, the unit cell of the crystal [nm] and its atoms.

    It also says how many moves of the cell by hand it knows.
    """

    micrograph: Micrograph
    spectrum: Spectrum
    spots: NDArray[np.float64]
    cell: Lattice
    basis: tuple[Atom, ...]
    moves: int


@dataclass(frozen=True)
class Answer:
    """Second answer: the probability of each class, float32 of shape (6,), and what the network does not see of the picture."""

    probabilities: NDArray[np.float32]
    classifier: Classifier
    left_out: tuple[Sentence, ...]


def compute_answers(request: Request) -> Iterator[Pictures | Answer]:
    """Yield the pictures, then what the network says of them."""
    micrograph = simulate_micrograph(
        request.crystal, request.microscope, request.imperfections, rotation=request.rotation, seed=request.seed
    )
    shown = spectrum(micrograph.image, micrograph.pixel_size, request.taper).cropped(request.frequency_range)
    spots = micrograph.picture_lattice.reciprocal_points(request.frequency_range)
    crystal = request.crystal
    cell = Lattice.from_parameters(crystal.a, crystal.b, crystal.gamma, request.rotation)
    yield Pictures(micrograph, shown, shown.pixel_of(spots), cell, crystal.basis, request.moves)
    if request.classifier is not None:
        image, classifier = micrograph.image, request.classifier
        yield Answer(classifier.predict(image)[0], classifier, content_of(image).notes)
