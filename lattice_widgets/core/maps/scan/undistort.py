"""A picture and what may be presumed of its lattice in, the picture without the distortion of its scan out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice, fit_power_map
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.lattices.known.table import known_cells
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.maps.local_lattice import local_lattice
from lattice_widgets.core.maps.resolution import Plan, plan_map
from lattice_widgets.core.maps.scan.axes import Axes, separate_axes
from lattice_widgets.core.maps.scan.lines import Lines, line_shifts
from lattice_widgets.core.maps.scan.mean import MeanDistortion, from_lattice, from_turned, from_type
from lattice_widgets.core.maps.scan.straighten import straighten
from lattice_widgets.core.pictures.pixel_size import set_pixel_size
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.one_thread import one_thread

__all__ = ["Undistorted", "undistort"]

#: what is left counts if it is more than so many times the noise, and than this [px]
_LEFT, _LEAST_LEFT = 3.0, 0.1
#: a frame whose lattice differs more than this from that of the first, as a strain, shows another one
_OTHER = 0.1


@dataclass(frozen=True, eq=False)
class Undistorted:
    """A picture without the distortion of its scan, and what was presumed to find it.

    Attributes
    ----------
    picture : xarray.DataArray
        Dimensions "row", "col" (of a movie "frame" too), with coordinates in nm if the pixel size is known. The upright
        rectangle that was scanned; ``attrs["corner"]`` tells where its first pixel lies in the picture, (row, col) [px].
    distortion : xarray.Dataset
        ``slow_row``, ``slow_col`` along ``row`` and ``fast_row``, ``fast_col`` along ``col``: how far the scan has moved each
        row and each column, against the mean lattice [px]; ``line_shift`` along ``row``: how far each line jitters along itself
        besides [px]; each with ``*_error``. Attributes: ``slow_stretch``, ``shear``, ``fast_stretch`` [%], what the scan did on
        the whole; ``jitter`` [px]; ``left`` and ``left_noise``, root mean square of the displacements that are a function of
        neither row nor column, and what noise alone leaves [px].
    presumed : Sentence
        What was presumed; the result is worth as much as that.
    note : Sentence or None
        What remains that no scan of this kind explains, if anything.
    """

    picture: xr.DataArray
    distortion: xr.Dataset
    presumed: Sentence
    note: Sentence | None


@one_thread
def undistort(
    picture: ArrayLike,
    pixel_size: float | tuple[float, float] | None = None,
    *,
    assume: str | Lattice | LatticeFit = "even",
    turned: ArrayLike | None = None,
) -> Undistorted:
    """Take the distortion of the scan out of a picture, presuming that its lattice is perfect.

    The slow and the fast axis are told apart: what happens in the course of time moves whole lines, what happens in each line
    again moves columns. Single lines that jitter are put back too. Whatever is neither stays: strain of the crystal.

    Parameters
    ----------
    picture : array_like or xarray.DataArray, shape (rows, cols) or (frames, rows, cols)
        As scanned: rows are the lines. Of a movie the mean distortion of all frames is taken out of each of them.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    assume : str, Lattice or LatticeFit
        What the lattice is presumed to be. "even": the same everywhere, whatever it is; only uneven distortion goes. A Bravais
        type: of that type besides, the lines being as long as they should be. A lattice [nm, or px without a pixel size], or
        the name of a known cell such as "graphene": exactly that, turned any way.
    turned : array_like, shape (rows, cols), optional
        A second scan of the same place with its lines at right angles to those of the first, with the same pixel size. Both are
        presumed to be true along their lines, and tell the lattice; `assume` must be left out.

    Returns
    -------
    Undistorted
        The picture, the distortion with its errors, and what was presumed.

    Raises
    ------
    LatticeNotFound
        If the picture holds no lattice.
    ValueError
        If it is too small for a map, or what is presumed cannot be.

    Examples
    --------
    >>> rows, cols = np.mgrid[:200, :220].astype(float)
    >>> bent = 0.8 * np.cos(2 * np.pi * rows / 200)  # px to the right
    >>> scanned = np.cos(2 * np.pi * rows / 9) + np.cos(2 * np.pi * (cols - bent) / 9)
    >>> found = undistort(scanned)
    >>> apart = found.distortion.slow_col - (bent[:, 0] - bent[:, 0].mean())
    >>> bool(np.abs(apart).max() < 0.1), str(found.presumed)
    (True, 'Presumed: the lattice is the same everywhere in the picture.')
    """
    values = np.asarray(picture)
    if turned is not None and not (isinstance(assume, str) and assume == "even"):
        raise ValueError(Sentence("Give either a second scan, which tells the lattice, or what to assume, not both."))
    frames = [picture] if values.ndim == 2 else [picture[number] for number in range(len(values))]  # type: ignore[index]
    squares = [square_values(frame, pixel_size) for frame in frames]
    side = squares[0][1]
    measured = _measured_all([frame for frame, _, _ in squares], side)
    fit = measured[0].fit
    scale = side or 1.0
    lattice = Lattice(np.mean([_like(each, fit) for each in measured], axis=0) / scale)
    mean, told = _mean_distortion(lattice, scale, assume, turned, pixel_size)
    first = measured[0]
    axes = first.axes if len(measured) == 1 else _of_all([each.axes for each in measured])
    # lines of a movie jitter in each frame otherwise
    lines = line_shifts(first.image, first.carriers, axes.slow, axes.fast) if len(measured) == 1 else None
    if len(measured) > 1:
        told = Sentence("{told} The scan is presumed to distort all frames alike: their mean is taken out.", told=told)
    shift = lines.shift if lines is not None else np.zeros(len(axes.slow))
    straight = [straighten(each.content, axes.slow, axes.fast, shift, mean.matrix) for each in measured]
    image = xr.DataArray(
        straight[0][0] if values.ndim == 2 else np.stack([each[0] for each in straight]),
        dims=("row", "col") if values.ndim == 2 else ("frame", "row", "col"),
        attrs=dict(getattr(picture, "attrs", {})),
    )
    if side:
        image = set_pixel_size(image, side, str(image.attrs.get("calibration", "array")))
    top, left = straight[0][1]
    image.attrs["corner"] = (top + first.corner[0], left + first.corner[1])
    return Undistorted(image, _dataset(axes, lines, mean, fit.unit), told, _note(axes))


@dataclass(frozen=True, eq=False)
class _Frame:
    """A picture, measured; without its margins."""

    fit: LatticeFit
    plan: Plan
    image: NDArray
    content: NDArray
    corner: tuple[int, int]
    axes: Axes

    @property
    def mean(self) -> Lattice:
        """The mean lattice of the picture, the straight lines of the displacement in it."""
        return self.fit.lattice.transformed(np.linalg.inv(np.eye(2) - self.axes.trend))

    @property
    def carriers(self) -> NDArray[np.float64]:
        """The frequencies of the spots that are followed, of that lattice [1/px]."""
        carriers: NDArray[np.float64] = self.plan.carriers @ (np.eye(2) - self.axes.trend)
        return carriers


def _measured_all(frames: Sequence[NDArray], side: float | None) -> list[_Frame]:
    measured = []
    for number, frame in enumerate(frames):
        try:
            measured.append(_measured(frame, side))
        except LatticeNotFound as error:
            words = Sentence("Frame {number}: {problem}", number=number, problem=error.sentence)
            raise (LatticeNotFound(words, error.left_out, error.weight) if len(frames) > 1 else error) from None
        if measured[-1].image.shape != measured[0].image.shape:
            words = Sentence(
                "Frame {number} has other margins than the first: undistort them one by one.", number=number
            )
            raise ValueError(words)
    return measured


def _measured(values: NDArray, side: float | None) -> _Frame:
    power = PowerMap(values)
    fit = fit_power_map(power, side)
    plan = plan_map(fit, power.shape)
    image = power.flattened - power.flattened.mean()
    axes = separate_axes(image, local_lattice(image, plan), plan)
    return _Frame(fit, plan, image, power.content.values, (power.content.top, power.content.left), axes)


def _like(frame: _Frame, first: LatticeFit) -> NDArray[np.float64]:
    """Return the mean vectors of a frame in the basis of the first one."""
    own = frame.mean.vectors
    vectors: NDArray[np.float64] = np.rint(first.vectors @ np.linalg.inv(own)) @ own
    if abs(np.linalg.det(vectors)) < 1e-9 or np.abs(np.linalg.solve(first.vectors, vectors) - np.eye(2)).max() > _OTHER:
        raise ValueError(Sentence("The frames do not show one lattice: undistort them one by one."))
    return vectors


def _mean_distortion(
    lattice: Lattice, scale: float, assume: str | Lattice | LatticeFit, turned: ArrayLike | None, pixel_size: object
) -> tuple[MeanDistortion, Sentence]:
    """Return what the scan did on the whole, and what was presumed to know it; the lattice is in px."""
    if turned is not None:
        second = fit_lattice(turned, pixel_size)  # type: ignore[arg-type]
        # turned back by a quarter: which way is the same for a lattice
        back = Lattice(second.vectors[:, ::-1] * [1.0, -1.0] / (second.pixel_size or 1.0))
        return from_turned(lattice, back)[0], Sentence(
            "Presumed: both scans are true along their lines, and show one lattice, the same everywhere."
        )
    if isinstance(assume, str):
        if assume == "even":
            return MeanDistortion(np.eye(2)), Sentence("Presumed: the lattice is the same everywhere in the picture.")
        if assume in BRAVAIS_TYPES and assume != "oblique":
            return from_type(lattice, assume), Sentence(
                "Presumed: the lattice is {kind}, the same everywhere, and the lines are as long as they should be.",
                kind=assume,
            )
        if assume not in known_cells():
            raise ValueError(
                Sentence(
                    "{name} cannot be presumed: give even, {kinds}, a lattice, or the name of a known cell such as graphene.",
                    name=repr(assume),
                    kinds=", ".join(BRAVAIS_TYPES[1:]),
                )
            )
        if scale == 1.0 and pixel_size is None:
            raise ValueError(Sentence("To presume a crystal the pixel size must be known: give it."))
        return from_lattice(lattice, _in_pixels(known_cells()[assume].lattice, scale)), Sentence(
            "Presumed: the lattice is that of {name}, the same everywhere.", name=assume
        )
    presumed = assume.lattice if isinstance(assume, LatticeFit) else assume
    return from_lattice(lattice, _in_pixels(presumed, scale)), Sentence(
        "Presumed: the lattice is the given one, the same everywhere."
    )


def _in_pixels(lattice: Lattice, scale: float) -> Lattice:
    return Lattice(lattice.vectors / scale)


def _of_all(every: Sequence[Axes]) -> Axes:
    """Return the mean of the frames; its errors are those of the mean, as the frames scatter."""
    count = len(every)

    def mean(name: str) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.mean([getattr(each, name) for each in every], axis=0)
        return found

    def error(name: str) -> NDArray[np.float64]:
        spread = np.std([getattr(each, name) for each in every], axis=0, ddof=1)
        scatter: NDArray[np.float64] = np.sqrt((spread**2).mean(axis=0) / count)
        return scatter

    return Axes(
        mean("slow"),
        mean("fast"),
        mean("trend"),
        error("slow"),
        error("fast"),
        mean("left"),
        every[0].left_noise / np.sqrt(count),
    )


def _dataset(axes: Axes, lines: Lines | None, mean: MeanDistortion, unit: str) -> xr.Dataset:
    made = xr.Dataset()
    for name, values, errors in (("slow", axes.slow, axes.slow_error), ("fast", axes.fast, axes.fast_error)):
        along = "row" if name == "slow" else "col"
        for number, component in enumerate(("row", "col")):
            told = f"displacement of each {along} of the picture along its {component}s"
            made[f"{name}_{component}"] = (along, values[:, number], {"units": "px", "long_name": told})
            spread = np.full(len(values), errors[number])
            made[f"{name}_{component}_error"] = (along, spread, {"units": "px", "long_name": f"error of the {told}"})
    if lines is not None:
        told = "shift of each line along itself"
        made["line_shift"] = ("row", lines.shift, {"units": "px", "long_name": told})
        made["line_shift_error"] = ("row", lines.error, {"units": "px", "long_name": f"error of the {told}"})
    made.attrs = {
        "slow_stretch": mean.slow_stretch,
        "shear": mean.shear,
        "fast_stretch": mean.fast_stretch,
        "jitter": lines.jitter if lines is not None else 0.0,
        "left": _left(axes),
        "left_noise": axes.left_noise,
    }
    return made


def _left(axes: Axes) -> float:
    return float(np.sqrt(np.nanmean((axes.left**2).sum(axis=-1))))


def _note(axes: Axes) -> Sentence | None:
    left = _left(axes)
    if left < max(_LEFT * axes.left_noise, _LEAST_LEFT):
        return None
    return Sentence(
        "Displacements of {left:.2f} px remain that are a function of neither the row nor the column: the crystal is strained, "
        "or what was presumed is wrong.",
        left=left,
    )
