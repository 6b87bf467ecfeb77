"""A picture and a place in, what a classifier says of ever smaller windows there out (the paper's Fig. 3d, e)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets import old_names
from lattice_widgets.core.pictures.checks import MIN_SIZE
from lattice_widgets.core.pictures.windows import take_window

#: widths of the windows, as fractions of the picture's: four to a halving, from the whole to an eighth
FRACTIONS: tuple[float, ...] = tuple(2.0 ** (-k / 4) for k in range(13))


@dataclass(frozen=True, eq=False)
class StudiedWindow:
    """What a classifier says of one window.

    Attributes
    ----------
    window : tuple of int
        (row, col, height, width) [px].
    fraction : float
        Its width as a fraction of the picture's.
    mean, std : ndarray, float64, shape (n_classes,)
        Mean probability of each class and its standard deviation over the passes.
    """

    window: tuple[int, int, int, int]
    fraction: float
    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    spread = old_names.Renamed("std")


def window_around(shape: tuple[int, int], place: tuple[float, float], fraction: float) -> tuple[int, int, int, int]:
    """Find the window of a given size that is nearest to a place.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the picture.
    place : tuple of float
        (row, col) of its middle [px]; near an edge the window is moved inside.
    fraction : float
        Of the height and width of the picture.

    Returns
    -------
    row, col, height, width : int
        The window [px], inside the picture.

    Examples
    --------
    >>> window_around((100, 200), (50, 10), 0.5)
    (25, 0, 50, 100)
    """
    sizes = [max(min(MIN_SIZE, length), round(length * fraction)) for length in shape]
    starts = [
        int(np.clip(round(middle - size / 2), 0, length - size))
        for middle, size, length in zip(place, sizes, shape, strict=True)
    ]
    return starts[0], starts[1], sizes[0], sizes[1]


def study_windows(
    image: NDArray,
    place: tuple[float, float],
    ask: Callable[[NDArray], tuple[NDArray[np.float64], NDArray[np.float64]]],
    fractions: tuple[float, ...] = FRACTIONS,
) -> Iterator[StudiedWindow]:
    """Ask a classifier about ever smaller windows around one place.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture.
    place : tuple of float
        (row, col) of the middle of the windows [px].
    ask : callable
        ``ask(window)`` gives mean and standard deviation of the probabilities, each of shape (n_classes,).
    fractions : tuple of float
        Sizes of the windows as fractions of the picture. Sizes that would be below 16 px come once, as 16 px.

    Yields
    ------
    StudiedWindow
        The largest first.
    """
    seen = set()
    for fraction in fractions:
        rows, cols = image.shape
        window = window_around((rows, cols), place, fraction)
        if window[2:] in seen:
            continue
        seen.add(window[2:])
        mean, std = ask(take_window(image, *window))
        yield StudiedWindow(window, window[3] / cols, mean, std)


def smallest_steady(studied: list[StudiedWindow], least: float = 0.5) -> StudiedWindow | None:
    """Find the smallest window that still gets the answer of the largest, as do all between.

    Parameters
    ----------
    studied : list of StudiedWindow
        Largest first.
    least : float
        Mean probability that the answer must reach.

    Returns
    -------
    StudiedWindow or None
        None if even the largest does not reach the probability.
    """
    if not studied:
        return None
    answer = int(studied[0].mean.argmax())
    found = None
    for one in studied:
        if int(one.mean.argmax()) != answer or one.mean[answer] < least:
            break
        found = one
    return found
