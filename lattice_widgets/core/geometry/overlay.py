"""A picture and its lattice in, where the lattice points lie in the picture out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.checks import check_image, remove_plane
from lattice_widgets.core.pictures.content.margins import content_of
from lattice_widgets.core.pictures.tapers import taper_window

#: more points than this hide the picture
MAX_POINTS = 4000


def lattice_points(image: ArrayLike, lattice: Lattice) -> NDArray[np.float64]:
    """Find where the points of a lattice lie in a picture: where its two shortest waves have their crests.

    Any point of a cell may serve as the origin of a lattice. This one lies on an atom where there is one a cell, and on the
    brightest feature in most other pictures.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        The picture.
    lattice : Lattice
        Its lattice [px].

    Returns
    -------
    ndarray, float64, shape (n, 2)
        (row, col) [px], integers in the middle of a pixel. None, shape (0, 2), where there would be more than 4000.

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`).
    """
    content = content_of(check_image(image, gaps=True))
    array = content.values
    rows, cols = array.shape
    if rows * cols / lattice.area > MAX_POINTS:
        return np.zeros((0, 2))
    array = array.astype(np.result_type(array.dtype, np.float32))
    flat = remove_plane(array) * taper_window(rows)[:, None] * taper_window(cols)
    reduced = lattice.reduced()
    phases = []
    for row, col in reduced.reciprocal().vectors:
        down, right = (np.exp(-2j * np.pi * f * np.arange(n)) for f, n in ((row, rows), (col, cols)))
        phases.append(-np.angle(down @ flat @ right) / (2 * np.pi))
    origin = np.array(phases) @ reduced.vectors
    corners = np.array([[0, 0], [0, cols], [rows, 0], [rows, cols]]) - origin
    index = corners @ np.linalg.inv(reduced.vectors)
    ranges = [np.arange(np.floor(low), np.ceil(high) + 1) for low, high in zip(index.min(0), index.max(0), strict=True)]
    counts = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, 2)
    points = origin + counts @ reduced.vectors
    inside = ((points >= -0.5) & (points < np.array([rows, cols]) - 0.5)).all(axis=1)
    return points[inside] + np.array([content.top, content.left])
