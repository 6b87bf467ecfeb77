"""A picture and its lattice in, the mean of all its cells out, and the bright places of that cell: the basis of the crystal."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from lattice_widgets.core.geometry.overlay import lattice_points
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.checks import check_image, remove_plane

__all__ = ["BrightPlace", "MeanCell", "mean_cell"]

#: the middle of a picture is averaged, up to this side [px]: thousands of cells, in a time that nobody notices
_LARGEST = 768
#: fewest and most values along one vector of the cell
_VALUES = (12, 32)
#: standard deviation of the Gaussian that smooths the mean: at least so many px, and this fraction of the shorter vector
_SMOOTH, _SMOOTH_PART = 0.6, 0.06
#: a bright place stands so many standard errors above the saddle to the next one, and so much of all contrast
_CLEAR, _CONTRAST = 8.0, 0.06
#: width of a Gaussian, as a fraction of the shorter vector, where its fit begins, and how far a fit may move it [cells]
_WIDTH, _REACH = 0.15, 0.12
#: more places than this are no basis but noise, or a lattice that is too small
_MOST = 12
#: halves along both axes
_QUARTERS = [(down, right) for down in (0, 1) for right in (0, 1)]
#: the standard deviation of four numbers is so much too small, in half of all cases
_MEDIAN = 0.888
#: the eight neighbors of a value
_AROUND = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right]


@dataclass(frozen=True)
class BrightPlace:
    """A bright place of the mean cell.

    Attributes
    ----------
    u, v : float
        Where it is, from the corner of the cell, in fractions of both vectors, 0 to 1.
    shift, shift_error : tuple of float
        (u, v) of the way to it from the brightest place, -0.5 to 0.5, and one standard deviation of both.
    brightness : float
        Height of its peak, as a fraction of that of the brightest place.
    """

    u: float
    v: float
    shift: tuple[float, float]
    shift_error: tuple[float, float]
    brightness: float


@dataclass(frozen=True, eq=False)
class MeanCell:
    """The mean of the cells of a picture.

    Attributes
    ----------
    values : ndarray, float64, shape (m, n)
        Gray values at the fractions (k / m, l / n) of both vectors, from the corner.
    corner : tuple of float
        Corner of one cell, (row, col) [px].
    lattice : Lattice
        The vectors, in the unit that they were given in: nm, or px.
    cells : int
        How many cells were averaged.
    places : tuple of BrightPlace
        The bright places, the brightest first.
    """

    values: NDArray[np.float64]
    corner: tuple[float, float]
    lattice: Lattice
    cells: int
    places: tuple[BrightPlace, ...]

    def distance(self, place: BrightPlace) -> tuple[float, float]:
        """Return how far a place lies from the brightest one, in the unit of the lattice, and its standard deviation."""
        way = np.array(place.shift) @ self.lattice.vectors
        length = float(np.hypot(*way))
        if not length:
            return 0.0, 0.0
        along = self.lattice.vectors @ way / length
        return length, float(np.hypot(*(along * place.shift_error)))


def mean_cell(
    image: ArrayLike, lattice: Lattice, pixel_size: float | None = None, corner: tuple[float, float] | None = None
) -> MeanCell:
    """Average the cells of a picture, and find the bright places of the mean cell.

    Each pixel is laid into one cell by its place modulo the lattice. A bright place is a maximum that stands clear of the
    noise: eight standard errors above the saddle that leads to the next one. Errors come from the four quarters of the picture,
    each averaged by itself. In a dark-field picture bright places are columns of atoms; in a scan they need not be.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        The picture; of one larger than 768 px the middle is averaged.
    lattice : Lattice
        Its lattice, such as ``fit_lattice(image, pixel_size).lattice``: in nm with a pixel size, otherwise in px.
    pixel_size : float, optional
        [nm].
    corner : tuple of float, optional
        Corner of a cell (row, col) [px]; without it the point of `lattice_points` that is nearest to the middle.

    Returns
    -------
    MeanCell
        Without places, if none stands clear of the noise.

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`), or holds fewer than 16 cells.

    Examples
    --------
    >>> rows, cols = np.mgrid[:120, :160]
    >>> picture = np.cos(np.pi * rows / 6) + np.cos(np.pi * cols / 8)  # bright at rows 0, 12, ... and columns 0, 16, ...
    >>> cell = mean_cell(picture, Lattice([[12, 0], [0, 16]]), corner=(3, 4))
    >>> [(round(place.u, 2), round(place.v, 2)) for place in cell.places]
    [(0.75, 0.75)]
    """
    array = check_image(image)
    in_pixels = Lattice(lattice.vectors / (pixel_size or 1.0))
    cells = int(min(array.shape[0], _LARGEST) * min(array.shape[1], _LARGEST) / in_pixels.area)
    if cells < len(_QUARTERS) ** 2:
        raise ValueError(f"The picture holds about {cells} cells: too few for a mean with errors.")
    if corner is None:
        points = lattice_points(array, in_pixels)
        middle = (np.array(array.shape) - 1) / 2
        corner = tuple(points[np.hypot(*(points - middle).T).argmin()]) if len(points) else tuple(middle)
    starts = [max(0, (length - _LARGEST) // 2) for length in array.shape]
    part = array[starts[0] : starts[0] + _LARGEST, starts[1] : starts[1] + _LARGEST]
    flat = np.asarray(remove_plane(part.astype(np.float64)), np.float64)
    rows, cols = (int(np.clip(round(side), *_VALUES)) for side in np.hypot(*in_pixels.vectors.T))
    shape = rows, cols
    folded = [_fold(flat, in_pixels, np.subtract(corner, starts), shape, quarter) for quarter in _QUARTERS]
    blur = _blur(in_pixels, shape)
    quarters = [_smooth(total, blur) / _smooth(weight, blur) for total, weight in folded]
    total, weight = np.sum(folded, axis=0)
    values = _smooth(total, blur) / _smooth(weight, blur)
    spread = np.std(quarters, axis=0, ddof=1) / np.sqrt(len(quarters))
    return MeanCell(
        values=values,
        corner=(float(corner[0]), float(corner[1])),
        lattice=lattice,
        cells=cells,
        places=_bright_places(values, quarters, float(np.median(spread)) / _MEDIAN, in_pixels.vectors),
    )


def _fold(
    flat: NDArray[np.float64],
    lattice: Lattice,
    corner: NDArray[np.float64],
    shape: tuple[int, int],
    quarter: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lay the pixels of one quarter into a cell: sums of gray values, and of weights, shared out among four neighbors."""
    (rows, cols), (down, right) = flat.shape, quarter
    row = np.arange(rows)[down * (rows // 2) : rows // 2 if not down else rows]
    col = np.arange(cols)[right * (cols // 2) : cols // 2 if not right else cols]
    back = np.linalg.inv(lattice.vectors)
    index = (row[:, None] - corner[0])[..., None] * back[0] + (col[None] - corner[1])[..., None] * back[1]
    at = (index % 1.0) * shape
    low = np.floor(at).astype(np.intp)
    part, values = at - low, flat[np.ix_(row, col)]
    total, weight = np.zeros(shape), np.zeros(shape)
    for one in (0, 1):
        for two in (0, 1):
            share = np.abs(1 - one - part[..., 0]) * np.abs(1 - two - part[..., 1])
            place = ((low[..., 0] + one) % shape[0]) * shape[1] + (low[..., 1] + two) % shape[1]
            weight += np.bincount(place.ravel(), share.ravel(), shape[0] * shape[1]).reshape(shape)
            total += np.bincount(place.ravel(), (share * values).ravel(), shape[0] * shape[1]).reshape(shape)
    return total, weight


def _blur(lattice: Lattice, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return the transform of a Gaussian that is round in the picture, over the waves of a cell."""
    orders = np.stack(np.meshgrid(*(np.fft.fftfreq(n, 1 / n) for n in shape), indexing="ij"), axis=-1)
    frequency = orders @ lattice.reciprocal().vectors
    width = max(_SMOOTH, _SMOOTH_PART * float(np.hypot(*lattice.vectors.T).min()))
    return np.asarray(np.exp(-2 * (np.pi * width) ** 2 * (frequency**2).sum(axis=-1)))


def _smooth(values: NDArray[np.float64], blur: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.fft.ifft2(np.fft.fft2(values) * blur).real


def _bright_places(
    values: NDArray[np.float64], quarters: list[NDArray[np.float64]], noise: float, vectors: NDArray[np.float64]
) -> tuple[BrightPlace, ...]:
    contrast = float(np.ptp(values))
    tops = _summits(values, max(_CLEAR * noise, _CONTRAST * contrast))[:_MOST]
    if not tops:
        return ()
    start = np.array(tops, np.float64) / values.shape
    exact, heights = _fit_gaussians(values, start, vectors)
    order = np.argsort(-heights, kind="stable")
    exact, heights = exact[order], heights[order]
    # a quarter may lie off as a whole, as in a scan that creeps: what counts is the way from the brightest place
    found = np.array([_fit_gaussians(each, exact, vectors)[0] for each in quarters])
    ways = _shortest(exact - exact[:1])
    errors = np.std(_shortest(found - found[:, :1] - ways), axis=0, ddof=1) / np.sqrt(len(quarters))
    return tuple(
        BrightPlace(
            u=float(place[0]) % 1.0,
            v=float(place[1]) % 1.0,
            shift=(float(way[0]), float(way[1])),
            shift_error=(float(error[0]), float(error[1])),
            brightness=float(height / heights[0]),
        )
        for place, way, error, height in zip(exact, ways, errors, heights, strict=True)
    )


def _fit_gaussians(
    values: NDArray[np.float64], start: NDArray[np.float64], vectors: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a Gaussian at each place, all of one width, over one background: places (k, 2) in fractions, and heights (k,).

    The maximum of a sum of peaks will not do: each is drawn toward its neighbors.
    """
    grid = np.stack(np.meshgrid(*(np.arange(n) / n for n in values.shape), indexing="ij"), axis=-1)
    images = np.array([(u, v) for u in (-1, 0, 1) for v in (-1, 0, 1)])
    shorter, contrast = float(np.hypot(*vectors.T).min()), float(np.ptp(values))

    def shapes(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        ways = _shortest(grid[None] - parameters[1:].reshape(-1, 1, 1, 2))[..., None, :] + images
        peaks = np.exp(-((ways @ vectors) ** 2).sum(axis=-1) / (2 * (parameters[0] * shorter) ** 2)).sum(axis=-1)
        return np.concatenate([np.ones((1, values.size)), peaks.reshape(-1, values.size)])

    def heights(basis: NDArray[np.float64]) -> NDArray[np.float64]:  # linear, so that they need no search
        return np.asarray(np.linalg.lstsq(basis.T, values.ravel(), rcond=None)[0])

    def misfit(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        basis = shapes(parameters)
        return np.asarray((heights(basis) @ basis - values.ravel()) / contrast)

    first = np.concatenate([[_WIDTH], start.ravel()])
    reach = np.concatenate([[_WIDTH - 0.02], np.full(start.size, _REACH)])
    fitted = least_squares(misfit, first, bounds=(first - reach, first + reach), xtol=1e-5, ftol=1e-7, max_nfev=40).x
    return fitted[1:].reshape(-1, 2), heights(shapes(fitted))[1:]


def _summits(values: NDArray[np.float64], clear: float) -> list[tuple[int, int]]:
    """Return the maxima that stand so far above the saddle to a higher one, the highest first.

    The values are flooded from the top down; where two islands meet, the lower summit is given up unless it stands clear.
    """
    rows, cols = values.shape
    island: dict[tuple[int, int], tuple[int, int]] = {}

    def summit_of(place: tuple[int, int]) -> tuple[int, int]:
        while island[place] != place:
            island[place] = place = island[island[place]]
        return place

    clear_ones: set[tuple[int, int]] = set()
    for flat_index in np.argsort(values, axis=None, kind="stable")[::-1]:
        place = divmod(int(flat_index), cols)
        island[place] = place
        near = [((place[0] + down) % rows, (place[1] + right) % cols) for down, right in _AROUND]
        for other in near:
            if other not in island:
                continue
            low, high = sorted((summit_of(place), summit_of(other)), key=lambda top: (values[top], top))
            if low != high:
                if values[low] - values[place] >= clear:
                    clear_ones.add(low)
                island[low] = high
    highest = summit_of(divmod(int(values.argmax()), cols))
    if values[highest] - values.min() >= clear:
        clear_ones.add(highest)
    return sorted(clear_ones, key=lambda top: -values[top])


def _shortest(ways: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ways in fractions of a cell, each as near to zero as whole cells make it."""
    return ways - np.rint(ways)
