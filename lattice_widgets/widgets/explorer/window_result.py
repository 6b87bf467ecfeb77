"""What the explorer knows of a window: what its spots say, what the network says, and both together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier
from lattice_widgets.classifier.joint import Verdict, ask_network
from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.geometry.mean_cell import MeanCell, mean_cell
from lattice_widgets.core.geometry.overlay import lattice_points
from lattice_widgets.core.geometry.several.find import Geometry, ask_geometry
from lattice_widgets.core.geometry.spots import Spots, find_spots
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.drift_corrected import correction_matrix, original_positions
from lattice_widgets.core.pictures.fringes import fringes
from lattice_widgets.core.pictures.profiles import radial_profile
from lattice_widgets.widgets.explorer.work import Opened, WindowSpectrum


@dataclass(frozen=True, eq=False)
class WindowResult:
    """What geometry and network say of a window.

    Attributes
    ----------
    spectrum : WindowSpectrum
    geometry : Geometry
        What its spots say.
    uncorrected : Lattice or None
        Its lattice before the correction of drift.
    spots : Spots
    points : ndarray, float64, shape (n, 2)
        Lattice points (row, col) [px of the picture], of each lattice where it is.
    window_points : ndarray, float64, shape (n, 2)
        The same (row, col) in the window as it is transformed [px].
    owners : ndarray, int64, shape (n,)
        Of which of `lattices` each point is.
    cells, window_cells : tuple of tuple of float
        The primitive unit cell, and the conventional one where it is another: (row, col, a row, a col, b row, b col) [px], in
        the picture and in the window as it is transformed. () where there are no lattice points.
    profile : tuple of ndarray
        Frequency and radial mean of the spectrum.
    fringes : ndarray or None
        What the chosen spot stands for in the window.
    classifier : Classifier or None
        The network that was asked; None while it is being loaded.
    probabilities, before : ndarray or None
        What it answers, float32, and what it answers with the spot that is switched off.
    verdict : Verdict or None
        What both say together; None without a network, or if no rule was learned for it.
    averaged : bool
        Whether the mean of the cells was asked for.
    mean_cell : MeanCell or None
        The mean of the cells of the window as it is transformed, from the corner of ``window_cells``; None if it was not
        asked for, or there are too few cells.
    """

    spectrum: WindowSpectrum
    geometry: Geometry
    uncorrected: Lattice | None
    spots: Spots
    points: NDArray[np.float64]
    window_points: NDArray[np.float64]
    owners: NDArray[np.int64]
    cells: tuple[tuple[float, ...], ...]
    window_cells: tuple[tuple[float, ...], ...]
    profile: tuple[NDArray[np.float64], NDArray[np.float64]]
    fringes: NDArray[np.float32] | None = None
    classifier: Classifier | None = None
    probabilities: NDArray[np.float32] | None = None
    before: NDArray[np.float32] | None = None
    verdict: Verdict | None = None
    averaged: bool = False
    mean_cell: MeanCell | None = None

    @property
    def fit(self) -> LatticeFit | None:
        """Its lattice, the strongest if there are several; None if there is none."""
        return self.geometry.fit

    @property
    def lattices(self) -> tuple[LatticeFit, ...]:
        """All of its lattices, the strongest first: several, or the one that is `fit`, or none."""
        return _lattices_of(self.geometry)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes of the network; () without one."""
        return self.classifier.classes if self.classifier is not None else ()

    @property
    def answer(self) -> tuple[float, ...]:
        """The probabilities as plain numbers; () without a network."""
        return tuple(map(float, self.probabilities)) if self.probabilities is not None else ()

    @property
    def unit(self) -> str:
        """Unit of lengths: nm, or px where no pixel size is known."""
        return "nm" if self.spectrum.opened.pixel_size else "px"


def measure(found: WindowSpectrum, classifier: Classifier | None) -> WindowResult:
    """Measure the lattice of a window by its spots, and ask the network, if there is one already."""
    image, plain, request = found.image, found.plain, found.request
    assert image is not None and plain is not None and found.cropped is not None  # noqa: PT018
    size = found.opened.pixel_size
    uncorrected = None
    cells: tuple[tuple[float, ...], ...] = ()
    window_cells: tuple[tuple[float, ...], ...] = ()
    geometry = ask_geometry(image, size, scanned=found.scanned)
    fit = geometry.fit

    def scanned(places: NDArray[np.float64]) -> NDArray[np.float64]:
        back = original_positions(places, found.window[2:], image.shape, request.scale, request.shear)
        return back + found.window[:2]

    in_window, owners = _points_of_each(image, _lattices_of(geometry), size or 1.0)
    if fit is not None:
        spots = fit.spots
        several = len(geometry.lattices) > 1
        own = lattice_points(image, Lattice(fit.vectors / (size or 1.0))) if several else in_window
        corners = _cell_corners(fit, own, size or 1.0, image.shape)
        window_cells = tuple(map(_cell, corners))
        cells = tuple(_cell(scanned(three)) for three in corners)
        uncorrected = fit.lattice.transformed(np.linalg.inv(correction_matrix(request.scale, request.shear)))
    else:
        spots = find_spots(image, size)
    asked = fringes(plain, (request.spot[0], request.spot[1]), request.spot_width) if request.spot else None
    profile = radial_profile(found.cropped)
    points = scanned(in_window)
    result = WindowResult(
        found, geometry, uncorrected, spots, points, in_window, owners, cells, window_cells, profile, asked
    )
    return result if classifier is None else ask(result, classifier)


def _lattices_of(geometry: Geometry) -> tuple[LatticeFit, ...]:
    if len(geometry.lattices) > 1:
        return geometry.lattices
    return () if geometry.fit is None else (geometry.fit,)


def _points_of_each(
    image: NDArray, lattices: Sequence[LatticeFit], pixel_size: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the points (n, 2) [px] of each lattice where it is, and of which each is."""
    points, owners = [np.zeros((0, 2))], [np.zeros(0, np.int64)]
    for number, fit in enumerate(lattices):
        there = fit.mask if fit.mask is not None and len(lattices) > 1 else np.ones(image.shape, dtype=np.bool_)
        if not there.any():
            continue
        # nothing of another grain is to move its waves
        alone = np.where(there, image, np.nanmean(image[there])) if not there.all() else image
        own = lattice_points(alone, Lattice(fit.vectors / pixel_size))
        row, col = np.clip(np.rint(own).astype(int), 0, np.array(image.shape) - 1).T
        own = own[there[row, col]]
        points.append(own)
        owners.append(np.full(len(own), number))
    return np.concatenate(points), np.concatenate(owners)


def _cell_corners(
    fit: LatticeFit, points: NDArray[np.float64], pixel_size: float, shape: tuple[int, int]
) -> list[NDArray[np.float64]]:
    """Return corner, end of a and end of b (3, 2) [px] of each cell, from the lattice point nearest to the middle."""
    if not len(points):
        return []
    middle = (np.array(shape) - 1) / 2
    corner = points[np.hypot(*(points - middle).T).argmin()]
    sides = [fit.vectors]
    if fit.bravais_type == "centered rectangular":
        sides.append(fit.conventional_vectors)
    return [np.stack([corner, *(corner + vectors / pixel_size)]) for vectors in sides]


def _cell(three: NDArray[np.float64]) -> tuple[float, ...]:
    """Return a cell as `PictureCanvas` takes it."""
    corner, a, b = three
    return tuple(map(float, (*corner, *(a - corner), *(b - corner))))


def ask(result: WindowResult, classifier: Classifier) -> WindowResult:
    """Return a result with the answers of a network; nothing is measured again."""
    image, plain = result.spectrum.image, result.spectrum.plain
    assert image is not None and plain is not None  # noqa: PT018
    before = classifier.predict(plain)[0] if image is not plain else None
    probabilities, verdict = ask_network(image, classifier, result.geometry)
    return replace(result, classifier=classifier, probabilities=probabilities, before=before, verdict=verdict)


def average(result: WindowResult) -> WindowResult:
    """Return a result with the mean of the cells of its window."""
    image, fit, found = result.spectrum.image, result.fit, None
    if fit is not None and result.window_cells and image is not None:
        row, col = result.window_cells[0][:2]
        try:
            found = mean_cell(image, fit.lattice, result.spectrum.opened.pixel_size, (row, col))
        except ValueError:  # too few cells
            found = None
    return replace(result, averaged=True, mean_cell=found)


@dataclass(eq=False)
class Shown:
    """What the explorer shows now; None where there is nothing yet."""

    opened: Opened | None = None
    spectrum: WindowSpectrum | None = None
    result: WindowResult | None = None

    @property
    def pixel_size(self) -> float:
        """Length of a pixel [nm]; 1 where it is not known."""
        return (self.opened.pixel_size if self.opened is not None else None) or 1.0
