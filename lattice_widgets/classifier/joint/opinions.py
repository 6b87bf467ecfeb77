"""A picture in, the two opinions about it out: what the passes of the network say, and what the spots say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.classifier.familiarity import distances
from lattice_widgets.classifier.inference import Classifier
from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.geometry.several.find import Geometry, ask_geometry
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.uncertainty.summary import summarize

#: passes with dropout, always the same ones: the same picture has the same verdict
PASSES, SEED = 60, 0


@dataclass(frozen=True, eq=False)
class Opinions:
    """What network and geometry say of one picture.

    Attributes
    ----------
    plain : ndarray, float32, shape (6,)
        Probability of each class without dropout, as from `Classifier.predict`.
    network : ndarray, float64, shape (6,)
        Mean probability of each class over the passes, in the order of `CLASSES`.
    std : ndarray, float64, shape (6,)
        Its standard deviation.
    contradiction : float
        By how much the passes contradict each other (mutual information) [bit].
    unfamiliarity : float
        Distance to the pictures that the network was trained for (see `familiarity`) [standard deviations].
    geometry : ndarray, float64, shape (6,)
        Weight of each class for the crystal, most of it, or all, on "noise" if the geometry finds no lattice. Scans are
        distorted, so a picture that is off by a percent speaks for the higher symmetry.
    picture : ndarray, float64, shape (6,)
        Weight of each class for the lattice of the picture as it is, within the errors of the fit alone.
    fit, refusal : LatticeFit, Sentence
        The lattice, or None and why there is none.
    shape : tuple of int
        Rows and columns of the picture [px].
    lattices : tuple of LatticeFit
        All lattices of the picture, as from `find_lattices`.
    """

    plain: NDArray[np.float32]
    network: NDArray[np.float64]
    std: NDArray[np.float64]
    contradiction: float
    unfamiliarity: float
    geometry: NDArray[np.float64]
    picture: NDArray[np.float64]
    fit: LatticeFit | None
    refusal: Sentence | None
    shape: tuple[int, int]
    lattices: tuple[LatticeFit, ...]

    @property
    def n_lattices(self) -> int:
        """How many lattices the picture shows."""
        return len(self.lattices)


def ask_opinions(
    picture: ArrayLike, classifier: Classifier, pixel_size: float | tuple[float, float] | None = None
) -> Opinions:
    """Ask network and geometry about a picture.

    Takes and raises what `verdict.name_lattice` does.
    """
    values, side, _ = square_values(picture, pixel_size)
    return add_network(values, classifier, ask_geometry(values, side, scanned=np.shape(picture)))


def add_network(values: NDArray, classifier: Classifier, geometry: Geometry) -> Opinions:
    """Return both opinions of a picture whose geometry is known already.

    Parameters
    ----------
    values : ndarray, shape (rows, cols)
        The picture, with square pixels.
    classifier : Classifier
        The network, with calibration.
    geometry : Geometry
        What `ask_geometry` returned.

    Raises
    ------
    ClassifierError
        If the network cannot make passes, or has no calibration.
    """
    descriptors = classifier.describe(values).values
    plain, features = classifier.run(descriptors)
    unfamiliarity = float(distances(classifier.familiarity_statistics, plain, features)[0])
    for samples in classifier.sampler.iter_samples(descriptors, PASSES, SEED, every=PASSES):  # noqa: B007
        pass
    summary = summarize(samples)
    rows, cols = values.shape
    return Opinions(
        plain[0],
        summary.mean[0],
        summary.std[0],
        float(summary.mutual_information[0]),
        unfamiliarity,
        geometry.weights,
        geometry.picture_weights,
        geometry.fit,
        geometry.refusal.sentence if geometry.refusal is not None else None,
        (rows, cols),
        geometry.lattices,
    )
