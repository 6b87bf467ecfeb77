"""A movie in, strain, rotation and number of grains of each frame out, with errors: against time, and against one lattice."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from lattice_widgets.analysis.cluster import one_frame, spread
from lattice_widgets.analysis.map_report import summarize_map
from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.maps.crystal_reference import reference_for
from lattice_widgets.core.maps.deformation import COMPONENTS
from lattice_widgets.core.maps.grains.find import find_grains
from lattice_widgets.core.maps.lattice_map import map_lattice
from lattice_widgets.core.maps.reference import Reference
from lattice_widgets.core.movies.frames import BadFrame, Frames, is_blank
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.files.movies import take_movie
from lattice_widgets.files.whole_file import write_whole

__all__ = ["MovieMap", "map_movie"]

_RECIPE = "recipe.json"
_FORMAT, _VERSION = "lattice-widgets-movie-map", 1
_FIRST = "the lattice of the first frame that shows one"


@dataclass(frozen=True, eq=False)
class _How:
    """How each frame is mapped."""

    reference: Reference
    window_size: int | None
    step: int | None


class MovieMap:
    """Maps of a movie that can be watched, stopped and taken up again.

    Parameters
    ----------
    movie : array_like, path, or anything else that `analyze_movie` takes
        Axes (frame, row, col).
    reference : str, tuple of float, Lattice or LatticeFit, optional
        What strain is measured against, the same for all frames: a known crystal, a Bravais type, a region of each frame, or a
        lattice, as for `map_lattice`; if left out, the mean lattice of the first frame that shows one.
    window_size, step : int, optional
        As for `map_lattice`.
    frame_interval, pixel_size, dataset
        As for `analyze_movie`.
    store : path-like, optional
        Folder that each frame is written to, which may hold the beginning of the same maps; memory when not given.

    Raises
    ------
    ValueError
        If the movie, the reference or the folder will not do, or no frame shows a lattice; in one sentence.
    """

    def __init__(
        self,
        movie: Any,
        *,
        reference: Any = None,
        window_size: int | None = None,
        step: int | None = None,
        frame_interval: float | None = None,
        pixel_size: PixelSizeGiven | None = None,
        dataset: str | int | None = None,
        store: str | Path | None = None,
    ) -> None:
        self.frames: Frames = take_movie(movie, pixel_size, dataset, frame_interval=frame_interval)
        against = reference_for(reference, self.frames.pixel_size)
        self._how = _How(_first_lattice(self.frames) if against is None else against, window_size, step)
        self._rows: dict[int, dict[str, Any]] = {}
        self._store = Path(store).expanduser() if store else None
        told = _told(reference)
        self.recipe = {
            "movie_fingerprint": self.frames.fingerprint(), "shape": list(self.frames.shape),
            "pixel_size": self.frames.pixel_size, "time": self.frames.time.tolist(), "timed": self.frames.timed,
            "reference": told, "window_size": window_size, "step": step,
        }  # fmt: skip
        if self._store is not None:
            self._take_up(self._store)

    def todo(self) -> list[int]:
        """List the numbers of the frames that are still to be mapped."""
        return [number for number in range(len(self.frames)) if number not in self._rows]

    def run(self, scheduler: Any = None) -> Iterator[int]:
        """Yield the number of each frame that is left when it is mapped, and written. To stop, stop asking.

        Parameters
        ----------
        scheduler : str or distributed.Client, optional
            A dask cluster to do it on; this process when not given.
        """
        numbers, how = self.todo(), self._how
        rows: Iterator[tuple[int, dict[str, Any]]]
        if scheduler is None:
            rows = ((number, _map_frame(self.frames, number, how)) for number in numbers)
        else:
            calls = ((number, (one_frame(self.frames, number), number, how)) for number in numbers)
            rows = spread(_map_frame, calls, scheduler)
        for number, row in rows:
            if self._store is not None:
                try:
                    write_whole(self._store / _name_of(number), json.dumps(row) + "\n")
                except OSError as error:
                    raise ValueError(
                        f"The folder {self._store} cannot be written: {error.strerror or error}."
                    ) from error
            self._rows[number] = row
            yield number

    def dataset(self) -> xr.Dataset:
        """Return what is mapped so far: see `map_movie`; NaN for frames that are not mapped."""
        frames = self.frames
        unit = "s" if frames.timed else "1"
        made = xr.Dataset(coords={
            "frame": ("frame", np.arange(len(frames))),
            "time": ("frame", frames.time, {"units": unit, "long_name": "time" if frames.timed else "frame"}),
        })  # fmt: skip
        units = {name: (unit, name.replace("_", " ")) for name, unit in COMPONENTS.items()}
        ends = {
            "": "mean {}",
            "_error": "standard deviation of the mean {}",
            "_reference_error": "part of it that the reference adds to all frames alike, {}",
            "_spread": "standard deviation of the places, {}",
        }
        for name, (unit, told) in units.items():
            for end, words in ends.items():
                about = {"units": unit, "long_name": words.format(told)}
                made[f"{name}{end}"] = ("frame", self._column(f"{name}{end}"), about)
        made["grains"] = ("frame", self._column("grains"), {"units": "1", "long_name": "number of grains"})
        share = {"units": "1", "long_name": "share of the places that show the lattice"}
        made["places_with_lattice"] = ("frame", self._column("places_with_lattice"), share)
        notes = [self._rows.get(number, {}).get("note", "") for number in range(len(frames))]
        made["note"] = ("frame", np.array(notes, dtype=object), {"long_name": "why a frame has no map"})
        made.attrs = {
            "reference": self.recipe["reference"],
            "pixel_size": frames.pixel_size or 0.0,
            "calibration": frames.calibration,
            "notes": list(frames.notes),
        }
        return made

    def _column(self, name: str) -> np.ndarray[Any, Any]:
        values = [self._rows.get(number, {}).get(name) for number in range(len(self.frames))]
        return np.array([np.nan if value is None else value for value in values], np.float64)

    def _take_up(self, folder: Path) -> None:
        """Read what is in the folder, or begin it."""
        head = {"format": _FORMAT, "version": _VERSION, **self.recipe}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            place = folder / _RECIPE
            if not place.exists():
                if any(folder.iterdir()):
                    raise ValueError(f"The folder {folder} holds something else: choose another one.")
                write_whole(place, json.dumps(head, indent=1) + "\n")
                return
            known = json.loads(place.read_text(encoding="utf-8"))
        except OSError as error:
            raise ValueError(f"The folder {folder} cannot be used: {error.strerror or error}.") from error
        except json.JSONDecodeError:
            known = None
        if known != json.loads(json.dumps(head)):
            raise ValueError(
                f"The folder {folder} holds maps of another movie or of other settings: choose another one."
            )
        for number in range(len(self.frames)):
            try:
                row = json.loads((folder / _name_of(number)).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if isinstance(row, dict) and "note" in row:
                self._rows[number] = row


def map_movie(
    movie: Any, *, scheduler: Any = None, progress: Callable[[int, int], None] | None = None, **how: Any
) -> xr.Dataset:
    """Map strain, rotation and grains of each frame of a movie, with errors: what becomes of the lattice in time.

    All frames are measured against one lattice, that of the first frame unless another is named. A frame that cannot be used,
    or shows no lattice, is NaN, and `note` says why.

    Parameters
    ----------
    movie : array_like, path, xarray.DataArray, dask or zarr array, simulated movie
        Axes (frame, row, col). Frames are read when they are needed.
    scheduler : str or distributed.Client, optional
        A dask cluster to do it on.
    progress : callable, optional
        Called with (frames done, frames in all) after each.
    **how
        ``reference``, ``window_size``, ``step``, ``frame_interval``, ``pixel_size``, ``dataset``, and ``store``, a folder that
        frames are written to and taken up from.

    Returns
    -------
    xarray.Dataset
        Dimension ``frame`` with the coordinate ``time`` [s, or numbers of frames]. Variables ``strain_xx``, ``strain_yy``,
        ``strain_xy``, ``dilation`` [%] and ``rotation`` [degrees]: mean over the places of a frame, each with ``*_error``, the
        standard deviation of the mean (of noise that is alike along a row, as of trembling lines: white noise scatters less),
        ``*_reference_error``, the part of it that the reference adds to all frames alike, and ``*_spread``, the standard
        deviation of the places; ``grains``, their number;
        ``places_with_lattice``, a share; ``note``. Attributes: ``reference``, ``pixel_size``, ``calibration``.

    Raises
    ------
    ValueError
        If the movie or a setting will not do, or no frame shows a lattice; in one sentence.

    Examples
    --------
    >>> rows, cols = np.mgrid[:160, :180]
    >>> movie = [np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / (8 * longer)) for longer in (1.0, 1.01, 1.02)]
    >>> found = map_movie(movie, frame_interval=2.0)
    >>> found.strain_xx.values.round(2) + 0.0, found.time.values, found.grains.values
    (array([0., 1., 2.]), array([0., 2., 4.]), array([1., 1., 1.]))
    """
    maps = MovieMap(movie, **how)
    done, total = len(maps.frames) - len(maps.todo()), len(maps.frames)
    for _number in maps.run(scheduler):
        done += 1
        if progress is not None:
            progress(done, total)
    return maps.dataset()


def _map_frame(frames: Frames, number: int, how: _How) -> dict[str, Any]:
    """Return the numbers of a frame, or only why it has none."""
    try:
        frame = frames[number]
        if is_blank(frame):
            return {"note": "all its pixels are the same"}
        maps = map_lattice(frame, frames.pixel_size, how.window_size, how.step, how.reference)
        grains = len(find_grains(frame, frames.pixel_size).grains)
    except ValueError as error:
        return {"note": str(error)}
    summary = summarize_map(maps)
    row: dict[str, Any] = {"grains": grains, "places_with_lattice": summary["places_with_lattice"], "note": ""}
    for (name, numbers), common in zip(summary["maps"].items(), maps.attrs["reference_errors"], strict=True):
        row |= {name: numbers["mean"], f"{name}_error": numbers["mean_error"], f"{name}_spread": numbers["std"]}
        row[f"{name}_reference_error"] = float(common)
    return row


def _first_lattice(frames: Frames) -> LatticeFit:
    """Return the mean lattice of the first frame that shows one."""
    problem: ValueError | None = None
    for number in range(len(frames)):
        try:
            return fit_lattice(frames[number], frames.pixel_size)
        except BadFrame:
            continue
        except ValueError as error:
            problem = problem or error
    raise ValueError(f"No frame shows a lattice: {problem}" if problem else "No frame of the movie can be used.")


def _told(reference: Any) -> str:
    if reference is None:
        return _FIRST
    if isinstance(reference, Lattice | LatticeFit):
        vectors = np.asarray(reference.vectors, np.float64).round(9).tolist()
        return f"a given lattice: {vectors}"
    return str(reference)


def _name_of(number: int) -> str:
    return f"frame {number:05d}.json"
