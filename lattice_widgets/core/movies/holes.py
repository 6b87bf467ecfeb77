"""Holes by intensity threshold: the check of the network's answer that Fig. 6f of the paper shows as black dots.

A frame is smoothed just enough for its atoms to run together; what then lies below a threshold half way between vacuum and
the sheet *around the hole* is hole: dirt makes a sheet uneven, and one threshold for all of it would draw holes in bright
places too small. At a straight edge half way is exact, however wide the smoothing; a round hole comes out smaller by pi times
the square of its standard deviation, some 5 % of 1 nm^2 where the lines of the lattice are 0.28 nm apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from numpy.typing import ArrayLike, NDArray

#: standard deviation of the smoothing, in spacings of the lattice lines
SMOOTHING = 0.47
#: the sheet around a hole is what lies so far from its rim, with a Gaussian of this width around each place, in spacings
_RIM, _AROUND = 0.8, 1.5
#: holes smaller than this are not counted, in squares of that spacing
_SMALLEST = 2.0
#: how far a frame may be brighter or darker than the others, as a fraction of the contrast of holes
_FLICKER = 0.3
#: between sheet and vacuum there must be a valley so much lower than the lower peak
_VALLEY = 0.6


@dataclass(frozen=True)
class HoleLevels:
    """What tells holes from the sheet in a movie, in its own units.

    Attributes
    ----------
    sheet : float
        Usual smoothed intensity of the sheet.
    vacuum : float
        Smoothed intensity in holes; NaN where the movie shows none, or the threshold was set by hand.
    threshold : float
        Below it a pixel belongs to a hole; NaN where the movie shows no holes.
    smoothing : float
        Standard deviation of the Gaussian that frames are smoothed with [px].
    by_hand : bool
        Whether the threshold was given: then it holds for all frames alike.
    """

    sheet: float
    vacuum: float
    threshold: float
    smoothing: float
    by_hand: bool = False

    @property
    def found(self) -> bool:
        """Whether there is a threshold."""
        return bool(np.isfinite(self.threshold))

    def threshold_of(self, smoothed: NDArray[np.float32]) -> float:
        """Compute the threshold of one frame, smoothed, shape (rows, cols): it follows the brightness of the frame."""
        if self.by_hand or not self.found:
            return self.threshold
        room = _FLICKER * (self.sheet - self.vacuum)
        return self.threshold + float(np.clip(np.median(smoothed) - self.sheet, -room, room))


@dataclass(frozen=True, eq=False)
class Holes:
    """The holes of one frame.

    Attributes
    ----------
    labels : ndarray, uint16, shape (rows, cols)
        0 outside, the number of the hole from 1 inside.
    areas : ndarray, float64, shape (n,)
        Of each hole [px^2].
    centers : ndarray, float64, shape (n, 2)
        (row, col) of the middle of each [px].
    threshold : float
        What was used where the sheet is as bright as usual; NaN where no threshold could be found.
    """

    labels: NDArray[np.uint16]
    areas: NDArray[np.float64]
    centers: NDArray[np.float64]
    threshold: float

    @property
    def fraction(self) -> float:
        """Fraction of the frame that is hole."""
        return float(self.areas.sum() / self.labels.size)


def smooth(frame: ArrayLike, smoothing: float) -> NDArray[np.float32]:
    """Smooth a frame by a Gaussian.

    Parameters
    ----------
    frame : array_like, shape (rows, cols)
        The picture.
    smoothing : float
        Standard deviation [px].

    Returns
    -------
    ndarray, float32, shape (rows, cols)
        The smoothed frame.
    """
    return scipy.ndimage.gaussian_filter(np.asarray(frame, dtype=np.float32), smoothing, mode="nearest")


def hole_levels(frames: Iterable[ArrayLike], spacing: float, threshold: float | None = None) -> HoleLevels:
    """Find what tells holes from the sheet, from some frames of a movie taken together.

    The histogram of the smoothed frames must have two peaks with a valley between them; the threshold is half way between
    the peaks. Frames from the whole movie should be among them: early ones may show no hole yet.

    Parameters
    ----------
    frames : iterable of array_like, each of shape (rows, cols)
        Some frames; one is held at a time.
    spacing : float
        Distance between the lattice lines, which says how far to smooth [px].
    threshold : float, optional
        To set it by hand, in the unit of the frames.

    Returns
    -------
    HoleLevels
        Intensities of sheet and vacuum, and the threshold between them.

    Raises
    ------
    ValueError
        If there is no frame, or the spacing is not positive.
    """
    smoothing = SMOOTHING * spacing
    parts = [_some(smooth(frame, smoothing)) for frame in frames] if spacing > 0 else []
    if not parts:
        raise ValueError("Holes are found in at least one frame, with a positive spacing of the lattice lines.")
    values = np.concatenate(parts)
    sheet = float(np.median(values))
    if threshold is not None:
        return HoleLevels(sheet, np.nan, float(threshold), smoothing, by_hand=True)
    nothing = HoleLevels(sheet, np.nan, np.nan, smoothing)
    low = float(np.quantile(values, 2e-4))
    if not low < sheet:
        return nothing
    histogram, edges = np.histogram(values, bins=64, range=(low - 0.05 * (sheet - low), sheet))
    density = scipy.ndimage.gaussian_filter1d(histogram.astype(float), 1.5)
    # peaks of the dark half that stand out; the sheet's own is at the upper end
    peak = int(density[:32].argmax())
    valley = peak + int(density[peak:].argmin())
    if not (density[valley] < _VALLEY * density[peak] and valley > peak and histogram[:valley].sum() > 30):
        return nothing
    vacuum = float((edges[peak] + edges[peak + 1]) / 2)
    return HoleLevels(sheet, vacuum, (sheet + vacuum) / 2, smoothing)


def _some(smoothed: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return every third value, or fewer of a large frame, which tell its histogram as well as all do."""
    return smoothed.ravel()[:: max(3, smoothed.size // 500_000 // 2 * 2 + 1)].copy()


def find_holes(frame: ArrayLike, levels: HoleLevels) -> Holes:
    """Find the holes of a frame: connected pixels below the threshold, the smallest left out.

    Parameters
    ----------
    frame : array_like, shape (rows, cols)
        The picture.
    levels : HoleLevels
        From `hole_levels`.

    Returns
    -------
    Holes
        The largest first.

    Examples
    --------
    >>> rows, cols = np.mgrid[:96, :128]
    >>> sheet = 2 + np.cos(2 * np.pi * rows / 8) * np.cos(2 * np.pi * cols / 8)
    >>> frame = np.where(np.hypot(rows - 40, cols - 60) < 25, 0.2, sheet)
    >>> holes = find_holes(frame, hole_levels([frame], spacing=8))
    >>> len(holes.areas), holes.centers[0].round().tolist(), round(float(holes.areas[0] / (np.pi * 25**2)), 1)
    (1, [40.0, 60.0], 1.0)
    """
    smoothed = smooth(frame, levels.smoothing)
    threshold = levels.threshold_of(smoothed)
    if not levels.found:
        return Holes(np.zeros(smoothed.shape, np.uint16), np.zeros(0), np.zeros((0, 2)), threshold)
    labels, count = scipy.ndimage.label(smoothed < _local_threshold(smoothed, threshold, levels))
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    smallest = _SMALLEST * (levels.smoothing / SMOOTHING) ** 2
    kept = np.flatnonzero(areas[1:] >= smallest) + 1
    kept = kept[np.argsort(-areas[kept], kind="stable")][: np.iinfo(np.uint16).max]
    renumbered = np.zeros(count + 1, np.uint16)
    renumbered[kept] = np.arange(1, len(kept) + 1)
    labels = renumbered[labels]
    centers = scipy.ndimage.center_of_mass(np.ones(labels.shape), labels, np.arange(1, len(kept) + 1))
    return Holes(labels, areas[kept].astype(float), np.array(centers, dtype=float).reshape(-1, 2), threshold)


def _local_threshold(
    smoothed: NDArray[np.float32], threshold: float, levels: HoleLevels
) -> NDArray[np.float32] | float:
    """Return the threshold of each place, half way between vacuum and the sheet around it; one for all if set by hand."""
    if levels.by_hand:
        return threshold
    spacing = levels.smoothing / SMOOTHING
    # the sheet changes slowly: every so many pixels are enough to know it
    k = max(1, int(spacing / 3))
    some = smoothed[k // 2 :: k, k // 2 :: k]
    hole = some < threshold
    sheet = scipy.ndimage.distance_transform_edt(~hole) * k > _RIM * spacing if hole.any() else ~hole
    width = _AROUND * spacing / k
    weight = scipy.ndimage.gaussian_filter(sheet.astype(np.float32), width, mode="nearest")
    bright = scipy.ndimage.gaussian_filter(np.where(sheet, some, 0), width, mode="nearest")
    # a frame that is darker is so in its holes too
    vacuum = levels.vacuum + threshold - levels.threshold
    # in the middle of a large hole there is no sheet near, and the usual threshold will do
    around = np.where(weight > 0.02, bright / np.maximum(weight, 1e-3), 2 * threshold - vacuum)
    local = ((vacuum + around) / 2).astype(np.float32)
    nearest = [np.minimum(np.arange(n) // k, m - 1) for n, m in zip(smoothed.shape, local.shape, strict=True)]
    return local[np.ix_(*nearest)]
