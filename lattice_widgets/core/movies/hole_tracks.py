"""Holes followed through a movie: which one of a frame is which one of the frame before."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: frames that a hole may be out of sight before it counts as healed
_MEMORY = 1
#: holes are the same when they share at least so much of the smaller one
_SHARED = 0.2

Kind = Literal["appears", "merges", "splits", "heals"]


class HoleEvent(NamedTuple):
    """Something that happens to a hole.

    Attributes
    ----------
    frame : int
        The first frame in which it is seen.
    hole : int
        Which hole, from 1.
    kind : {"appears", "merges", "splits", "heals"}
        It is new; it was swallowed by another; it broke off from another; it is gone.
    other : int
        The hole that it merged into or split from; 0 otherwise.
    """

    frame: int
    hole: int
    kind: Kind
    other: int = 0


@dataclass(eq=False)
class HoleTracks:
    """Holes of the frames seen so far; give it the frames one after the other.

    A hole keeps its number as long as it overlaps with what it was, shifted by the drift if that is known. Where two run
    together the larger one keeps its number, where one breaks up its largest part does.

    Attributes
    ----------
    areas : list of dict
        One a frame: number of the hole -> its area [px^2].
    centers : list of dict
        One a frame: number of the hole -> (row, col) [px].
    events : list of HoleEvent
        What happened, in the order of the frames. What the first frame shows has always been there.
    """

    areas: list[dict[int, float]] = field(default_factory=list)
    centers: list[dict[int, tuple[float, float]]] = field(default_factory=list)
    events: list[HoleEvent] = field(default_factory=list)
    _before: NDArray[np.int64] | None = field(default=None, repr=False)
    _missing: dict[int, list[int]] = field(default_factory=dict, repr=False)
    _last: int = 0

    def add(self, labels: NDArray, shift: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.int64]:
        """Follow the holes into the next frame.

        Parameters
        ----------
        labels : ndarray, integer, shape (rows, cols)
            0 outside, a number of its own inside each hole, as from `find_holes`.
        shift : tuple of float
            (row, col) by which the sample moved since the frame before [px].

        Returns
        -------
        ndarray, int64, shape (rows, cols)
            The same with the lasting numbers.

        Raises
        ------
        ValueError
            If the frame has another size than the one before.
        """
        frame = len(self.areas)
        count = int(labels.max(initial=0))
        numbers = np.zeros(count + 1, np.int64)
        if self._before is None:
            numbers[1:] = np.arange(1, count + 1)
            self._last = count
            merged: dict[int, int] = {}
            before: set[int] = set()
        else:
            if labels.shape != self._before.shape:
                raise ValueError("All frames of a movie must have the same size.")
            moved = _moved(self._before, shift)
            before = {int(n) for n in np.unique(self._before)} - {0}
            merged = self._continue(frame, labels, moved, numbers)
        lasting = numbers[labels]
        now = {int(n) for n in numbers[1:]}
        self._tell_endings(frame, before - now, merged)
        # what is out of sight for a moment is remembered where it was
        if self._before is not None:
            for hole in self._missing:
                lasting_place = _moved(self._before, shift) == hole
                lasting = np.where((lasting == 0) & lasting_place, -hole, lasting)
        seen = np.where(lasting > 0, lasting, 0)
        self._before = np.abs(lasting)
        sizes = np.bincount(seen.ravel().astype(np.intp), minlength=self._last + 1)
        self.areas.append({hole: float(sizes[hole]) for hole in sorted(now)})
        self.centers.append(_centers(seen, sorted(now)))
        return seen

    def skip(self) -> None:
        """Pass over a frame that was left out: it shows no hole, and no hole is missed in it.

        The shift of the next frame is that since the last one that was added.
        """
        self.areas.append({})
        self.centers.append({})

    def _continue(
        self, frame: int, labels: NDArray, moved: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> dict[int, int]:
        """Fill in the lasting numbers; return which hole ran into which."""
        count = len(numbers) - 1
        overlap = np.zeros((self._last + 1, count + 1), np.int64)
        np.add.at(overlap, (moved.ravel(), labels.ravel()), 1)
        old, new = overlap.sum(axis=1), overlap.sum(axis=0)
        smaller = np.minimum(old[:, None], new[None, :])
        same = overlap >= _SHARED * np.maximum(smaller, 1)
        same[0], same[:, 0] = False, False
        taken: set[int] = set()
        merged: dict[int, int] = {}
        # the largest first, so that it keeps its number
        for label in sorted(range(1, count + 1), key=lambda k: -new[k]):
            parents = sorted(np.flatnonzero(same[:, label]), key=lambda k: -old[k])
            free = [int(parent) for parent in parents if parent not in taken]
            if free:
                numbers[label] = free[0]
                taken.add(free[0])
                merged.update(dict.fromkeys(free[1:], free[0]))
                continue
            self._last += 1
            numbers[label] = self._last
            if parents:
                self.events.append(HoleEvent(frame, self._last, "splits", int(parents[0])))
            else:
                self.events.append(HoleEvent(frame, self._last, "appears"))
        # a hole that a smaller part of a broken one still continues has not merged
        return {hole: into for hole, into in merged.items() if hole not in taken}

    def _tell_endings(self, frame: int, gone: set[int], merged: dict[int, int]) -> None:
        for hole in list(self._missing):
            if hole not in gone:
                del self._missing[hole]
        for hole in sorted(gone):
            if hole in merged:
                self._missing.pop(hole, None)
                self.events.append(HoleEvent(frame, hole, "merges", merged[hole]))
                continue
            missed = self._missing.setdefault(hole, [])
            missed.append(frame)
            if len(missed) > _MEMORY:
                del self._missing[hole]
                self.events.append(HoleEvent(missed[0], hole, "heals"))

    def area_of(self, hole: int) -> NDArray[np.float64]:
        """Look up the area of a hole in each frame [px^2], float64, shape (frames,); NaN where it is not there."""
        return np.array([areas.get(hole, np.nan) for areas in self.areas])

    @property
    def holes(self) -> list[int]:
        """Numbers of all holes, those that last longest first."""
        lives: dict[int, int] = {}
        for areas in self.areas:
            for hole in areas:
                lives[hole] = lives.get(hole, 0) + 1
        return sorted(lives, key=lambda hole: (-lives[hole], hole))


def _moved(labels: NDArray[np.int64], shift: tuple[float, float]) -> NDArray[np.int64]:
    """Return labels moved by whole pixels; what comes in from outside is no hole."""
    down, right = (round(s) for s in shift)
    if down == 0 and right == 0:
        return labels
    rows, cols = labels.shape
    out = np.zeros_like(labels)
    if abs(down) < rows and abs(right) < cols:
        out[max(down, 0) : rows + min(down, 0), max(right, 0) : cols + min(right, 0)] = labels[
            max(-down, 0) : rows + min(-down, 0), max(-right, 0) : cols + min(-right, 0)
        ]
    return out


def _centers(labels: NDArray[np.int64], holes: list[int]) -> dict[int, tuple[float, float]]:
    import scipy.ndimage

    found = scipy.ndimage.center_of_mass(np.ones(labels.shape), labels, holes) if holes else []
    return {hole: (float(row), float(col)) for hole, (row, col) in zip(holes, found, strict=True)}
