"""Files to maps of their lattices: each picture has a folder of results, and what is there already is not made again."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from lattice_widgets.analysis.cluster import spread
from lattice_widgets.analysis.map_reference import reference_of, region_of
from lattice_widgets.analysis.map_report import Features, software, summarize_map, write_map
from lattice_widgets.core.maps.dislocations import Dislocation, find_dislocations
from lattice_widgets.core.maps.grains.find import find_grains
from lattice_widgets.core.maps.lattice_map import METHODS, Method, map_lattice
from lattice_widgets.core.maps.moire import map_moire
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.core.pictures.square_pixels import square_pixels
from lattice_widgets.files import read_micrograph
from lattice_widgets.files.whole_file import write_whole

__all__ = ["FOLDER_ENDING", "SUMMARY", "MapSettings", "map_files"]

#: of the name of a folder with results
FOLDER_ENDING = ".map"
#: is written last: a folder that has it is complete
SUMMARY = "summary.json"
_FORMAT, _VERSION = "lattice-widgets-map", 1


@dataclass(frozen=True)
class MapSettings:
    """How files are mapped.

    Parameters
    ----------
    pixel_size, dataset
        As of `read_micrograph`.
    reference : str, optional
        A region "row,col,height,width" [px], a Bravais type, or a crystal of `lw.CRYSTALS`; the mean of the picture if None.
    window_size, step, method
        As of `map_lattice`.

    Raises
    ------
    ValueError
        If the reference or the method is none of these.
    """

    pixel_size: str | None = None
    dataset: str | None = None
    reference: str | None = None
    window_size: int | None = None
    step: int | None = None
    method: str = "phases"

    def __post_init__(self) -> None:
        """Check what can be checked without a picture."""
        region_of(self.reference)
        if self.method not in METHODS:
            raise ValueError(f"Unknown method {self.method!r}: choose one of {', '.join(METHODS)}.")


@dataclass(frozen=True, eq=False)
class _Task:
    """One picture that is to be mapped, and the folder for it."""

    frame: xr.DataArray
    number: int | None
    folder: Path
    settings: MapSettings
    head: dict[str, Any]


def map_files(
    files: Iterable[tuple[Path, Path]], settings: MapSettings, *, again: bool = False, scheduler: Any = None
) -> Iterator[tuple[Path, dict[str, Any] | Exception]]:
    """Yield (path, summary) of each picture of the files once its results are in the folder, or (path, what is wrong).

    Parameters
    ----------
    files : iterable of (pathlib.Path, pathlib.Path)
        A picture, or a movie whose frames get folders of their own with one figure each; and the folder for its results.
    settings : MapSettings
        How.
    again : bool
        Whether to make anew what is there.
    scheduler : str or distributed.Client, optional
        A dask cluster to do it on, whose workers must see the folders under the same paths; this process when not given.

    Yields
    ------
    path : pathlib.Path
        The file.
    answer : dict or Exception
        What summary.json holds, see `summarize_map`, and whether it was there already (``skipped``). Or a ValueError or OSError
        of one sentence: the file cannot be read or a picture of it not be mapped, or the folder holds results of another file
        or of other settings. Frames of movies that cannot be mapped are told last, together.

    Raises
    ------
    ValueError
        If there is no scheduler at this address.
    """
    ready: deque[tuple[Path, dict[str, Any] | Exception]] = deque()

    def calls() -> Iterator[tuple[tuple[Path, int | None], tuple[_Task]]]:
        for path, folder in files:
            try:
                for task in _tasks(path, folder if scheduler is None else folder.absolute(), settings, again):
                    if isinstance(task, _Task):
                        yield (path, task.number), (task,)
                    else:
                        ready.append((path, task))
            except (ValueError, OSError) as error:
                ready.append((path, error))

    answers: Iterator[tuple[Any, Any]]
    if scheduler is None:
        answers = ((key, _map_or_tell(*task)) for key, task in calls())
    else:
        answers = spread(_map_or_tell, calls(), scheduler)
    refused: dict[Path, dict[int, Exception]] = {}
    for (path, number), answer in answers:
        while ready:
            yield ready.popleft()
        if isinstance(answer, Exception) and number is not None:  # one frame without a lattice does not end the movie
            refused.setdefault(path, {})[number] = answer
        else:
            yield path, answer
    yield from ready
    for path, told in refused.items():
        more = f" (and {len(told) - 1} more frames)" if len(told) > 1 else ""
        yield path, ValueError(f"frame {min(told)}: {told[min(told)]}{more}")


def _tasks(path: Path, folder: Path, settings: MapSettings, again: bool) -> Iterator[dict[str, Any] | _Task]:
    """Yield what is there already of a file, and what is to be done."""
    stamp = _stamp_of(path)
    done = [] if again else [_read(place) for place in (folder, *sorted(folder.glob("frame *")))]
    for summary in filter(None, done):
        _check_same(summary, stamp, settings, folder)
    first = next(filter(None, done), None)
    if first is not None and sum(summary is not None for summary in done) == first["frames"]:
        yield from ({**summary, "skipped": True} for summary in done if summary is not None)
        return
    picture = read_micrograph(path, dataset=settings.dataset, pixel_size=settings.pixel_size)
    frames = [(None, picture)] if picture.ndim == 2 else list(enumerate(picture))
    for number, frame in frames:
        place = folder if number is None else folder / f"frame {number:05d}"
        kept = None if again else _read(place)
        if kept is not None:
            yield {**kept, "skipped": True}
            continue
        about = {"file": path.name, "frame": number, "frames": len(frames), "dataset": picture.attrs["dataset"]}
        yield _Task(frame, number, place, settings, {**about, "stamp": stamp})


def _map_or_tell(task: _Task) -> dict[str, Any] | Exception:
    """Map a picture and write what is found; return its summary, or what is wrong."""
    try:
        summary = _map_picture(task.frame, task.folder, task.settings, each=task.number is None)
        written = {**task.head, **summary, "settings": asdict(task.settings), "versions": software()}
        head = {"format": _FORMAT, "version": _VERSION}
        write_whole(task.folder / SUMMARY, json.dumps({**head, **written}, indent=1, ensure_ascii=False) + "\n")
    except (ValueError, OSError) as error:
        return type(error)(str(error)) if type(error) in (ValueError, OSError) else ValueError(str(error))
    return {**written, "skipped": False}


def _map_picture(stored: xr.DataArray, folder: Path, settings: MapSettings, each: bool) -> dict[str, Any]:
    frame = square_pixels(stored)
    image, pixel_size = np.asarray(frame), frame.attrs.get("pixel_size")
    reference, told = reference_of(settings.reference, image, pixel_size)
    method: Method = next(name for name in METHODS if name == settings.method)
    maps = map_lattice(image, pixel_size, settings.window_size, settings.step, reference, method=method)
    if pixel_size:
        maps.attrs["calibration"] = calibration_of(frame)
    if told is not None:
        maps.attrs["reference"] = told
    grains = find_grains(image, pixel_size)
    moire = _moire(image, pixel_size) if grains.layered else None
    features = Features(grains, _dislocations(image, pixel_size), moire)
    summary = {
        **summarize_map(maps),
        **features.to_dict(),
        "calibration": calibration_of(frame),
        "notes": frame.attrs.get("notes", ""),
    }
    try:
        (folder / SUMMARY).unlink(missing_ok=True)
        write_map(maps, image.astype(float), features, folder, each=each)
    except OSError as error:
        raise OSError(f"The maps cannot be written to {folder}: {error.strerror or error}.") from error
    return summary


def _dislocations(image: np.ndarray[Any, Any], pixel_size: float | None) -> tuple[Dislocation, ...]:
    try:
        return tuple(find_dislocations(image, pixel_size))
    except ValueError:  # where a map fits, but not the mask that dislocations take
        return ()


def _moire(image: np.ndarray[Any, Any], pixel_size: float | None) -> xr.Dataset | None:
    try:
        return map_moire(image, pixel_size)
    except ValueError:  # the layers have no moire, or too few of its periods are seen
        return None


def _stamp_of(path: Path) -> list[int]:
    """Return what tells whether a file has changed: its size, and the time of its last change in ns."""
    inside = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    try:
        found = [one.stat() for one in inside]
    except OSError:  # reading it says what is wrong
        return [0, 0]
    return [sum(each.st_size for each in found), max((each.st_mtime_ns for each in found), default=0)]


def _read(folder: Path) -> dict[str, Any] | None:
    """Return the summary in a folder, None if the results there are not complete."""
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(summary, dict) and summary.get("format") == _FORMAT and summary.get("version") == _VERSION
    return summary if whole and {"stamp", "settings", "frames", "maps"} <= set(summary) else None


def _check_same(summary: dict[str, Any], stamp: list[int], settings: MapSettings, folder: Path) -> None:
    helps = "--again makes them anew, and another --out leaves them"
    if summary["stamp"] != stamp:
        raise ValueError(f"{folder} holds maps of another file, or of this one before it changed: {helps}.")
    if summary["settings"] != asdict(settings):
        raise ValueError(f"{folder} holds maps of other settings: {helps}.")
