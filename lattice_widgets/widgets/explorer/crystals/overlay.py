"""A crystal laid over the picture and over its transform, turned as the lattice of the picture is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.known.candidates import Candidate
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.drift_corrected import original_positions
from lattice_widgets.widgets.explorer.window_result import WindowResult
from lattice_widgets.widgets.explorer.work import WindowSpectrum

__all__ = ["cell_in_picture", "cell_in_window", "spot_boxes"]

#: side of the box around a spot, as a share of the longer side of the spectrum
_SIDE = 0.028
#: so many spots are boxed at most, those of the smallest frequencies
_MOST = 60
_COLOR = "#E69F00"


def spot_boxes(found: WindowSpectrum, candidate: Candidate | None) -> list[dict[str, Any]]:
    """Return boxes where the spots of a crystal would lie in a spectrum on the screen."""
    if candidate is None:
        return []
    lattice = Lattice(_in_unit(candidate, found.opened.pixel_size))
    rows, cols = found.shown.magnitude.shape
    steps = np.array(found.shown.steps)
    points = lattice.reciprocal_points(float(np.hypot(*(steps * (rows, cols)))) / 2)
    places = found.shown.pixel_of(points[np.argsort(np.hypot(*points.T), kind="stable")])
    places = places[np.all((places >= 0) & (places < (rows, cols)), axis=1)][:_MOST]
    # square in frequencies, as the spectrum is on the screen
    height, width = (_SIDE * (steps * (rows, cols)).max() / steps).tolist()
    corner = places + 0.5 - np.array([height, width]) / 2
    return [
        {"row": float(row), "col": float(col), "height": height, "width": width, "color": _COLOR} for row, col in corner
    ]


def cell_in_window(result: WindowResult, candidate: Candidate | None) -> tuple[tuple[float, ...], ...]:
    """Return the cell of a crystal in the window as it is transformed, from the corner of the measured one."""
    return tuple(_cell(three) for three in _corners(result, candidate))


def cell_in_picture(result: WindowResult, candidate: Candidate | None) -> tuple[tuple[float, ...], ...]:
    """Return the cell of a crystal in the picture as it was scanned."""
    found, image = result.spectrum, result.spectrum.image
    if image is None:
        return ()
    rows, cols = image.shape
    asked = found.request

    def scanned(places: NDArray[np.float64]) -> NDArray[np.float64]:
        back = original_positions(places, found.window[2:], (rows, cols), asked.scale, asked.shear)
        return back + found.window[:2]

    return tuple(_cell(scanned(three)) for three in _corners(result, candidate))


def _in_unit(candidate: Candidate, pixel_size: float | None) -> NDArray[np.float64]:
    """Return the vectors in the unit of the picture: nm, or px where no pixel size is known."""
    return candidate.vectors if pixel_size else candidate.vectors / candidate.scale


def _corners(result: WindowResult, candidate: Candidate | None) -> list[NDArray[np.float64]]:
    if candidate is None or not result.window_cells:
        return []
    size = result.spectrum.opened.pixel_size
    corner = np.array(result.window_cells[0][:2])
    return [np.stack([corner, *(corner + _in_unit(candidate, size) / (size or 1.0))])]


def _cell(three: NDArray[np.float64]) -> tuple[float, ...]:
    corner, a, b = three
    return tuple(map(float, (*corner, *(a - corner), *(b - corner))))
