"""Where the picture of a record comes from: what has no file of its own is stored in the record."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.pictures.pixel_size import calibration_of, sides_of
from lattice_widgets.core.pictures.square_pixels import square_pixels
from lattice_widgets.files.kinds import suffix_of
from lattice_widgets.files.readers.arrays import CALIBRATION_KEY, FRAME_INTERVAL_KEY, FRAME_TIMES_KEY, PIXEL_SIZE_KEY
from lattice_widgets.language import _
from lattice_widgets.memory import say_bytes
from lattice_widgets.samples.collection import list_samples
from lattice_widgets.samples.sources import Upload, label_source

__all__ = ["digest", "find_source", "keep_source"]

#: the file in a record that holds an array, and the name of the array in it
STORED, IMAGE = "picture.npz", "image"
#: an array of more bytes is a file already somewhere, and not to be written once more
_MOST = 2 * 1024**3


def keep_source(source: Any, folder: Path, record: Path) -> tuple[dict[str, Any], Any]:
    """Say where a picture comes from, and store it in a record where it has no file.

    Parameters
    ----------
    source : str, Path, Upload, None or array_like
        As for `load_source`. None stands for the pictures that a kind of record knows by itself.
    folder : pathlib.Path
        The record as it is being written.
    record : pathlib.Path
        Where it will lie: the path of a file is told from there.

    Returns
    -------
    known : dict
        For the recipe: kind ("sample", "file", "upload", "array" or "own"), name, path, sha256.
    place : Any
        From where it is to be read now.

    Raises
    ------
    ValueError, OSError
        If it is no picture, or too large to be stored.
    """
    if source is None:
        return {"kind": "own", "name": ""}, None
    if isinstance(source, Upload):
        name = "picture" + (suffix_of(source.name) if suffix_of(source.name)[1:].isalnum() else "")
        (folder / name).write_bytes(source.content)
        return {"kind": "upload", "name": source.name, "path": name, "sha256": source.digest}, source
    if isinstance(source, str) and source in {sample.name for sample in list_samples()}:
        return {"kind": "sample", "name": source}, source
    if isinstance(source, str | Path):
        path = Path(os.path.expanduser(source))
        if not path.exists():
            raise ValueError(_("There is no file {name}: check its name and folder.").format(name=path.name))
        return {"kind": "file", "name": path.name, "path": _seen_from(path, record), "sha256": digest(path)}, path
    arrays = _arrays(source)
    n_bytes = sum(array.nbytes for array in arrays.values())
    if n_bytes > _MOST:
        words = _("The array has {size}, too much to be copied into a record: save it as a file and open that.")
        raise ValueError(words.format(size=say_bytes(n_bytes)))
    np.savez(folder / STORED, **arrays)  # type: ignore[arg-type]
    named = getattr(source, "attrs", {}).get("file") or getattr(source, "name", None) or "array"
    known = {"kind": "array", "name": str(named), "path": STORED, "sha256": digest(folder / STORED)}
    return known, folder / STORED


def _arrays(source: Any) -> dict[str, np.ndarray]:
    """Return a picture as an npz file holds it, with its pixel size and the times of its frames where they are known."""
    if isinstance(source, dict):  # what is no picture: features
        return {name: np.asarray(values) for name, values in source.items()}
    if isinstance(source, Frames):
        return _of_frames(source)
    image = label_source(source)
    sides, known = sides_of(image)
    if not known and sides[0] != sides[1]:  # an npz file knows lengths only
        image = square_pixels(image)
    arrays = {IMAGE: np.ascontiguousarray(image.values)}
    if known:
        arrays |= {PIXEL_SIZE_KEY: np.array(sides, np.float64), CALIBRATION_KEY: np.array(calibration_of(image))}
    axis = image.dims[0]
    if image.ndim == 3 and axis in image.coords and image.coords[axis].attrs.get("units") == "s":
        arrays |= _times(image.coords[axis].values)
    return arrays


def _of_frames(frames: Frames) -> dict[str, np.ndarray]:
    try:
        arrays = {IMAGE: np.stack([np.asarray(frames[number]) for number in range(len(frames))])}
    except ValueError:
        raise ValueError(
            _("The frames of this movie differ in size: save it as a file and analyze that to record it.")
        ) from None
    if frames.pixel_size:
        arrays |= {PIXEL_SIZE_KEY: np.array([frames.pixel_size] * 2), CALIBRATION_KEY: np.array(frames.calibration)}
    return arrays | _times(frames.time) if frames.timed else arrays


def _times(times: np.ndarray) -> dict[str, np.ndarray]:
    """Return the times of frames [s] as an npz file holds them: one number where they are even and begin at 0."""
    if not len(times):
        return {}
    even = np.arange(len(times)) * (times[-1] / max(len(times) - 1, 1))
    if len(times) > 1 and np.allclose(times, even, rtol=1e-9, atol=0):
        return {FRAME_INTERVAL_KEY: np.array(float(times[-1] / (len(times) - 1)))}
    return {FRAME_TIMES_KEY: np.asarray(times, np.float64)}


def find_source(known: dict[str, Any], record: Path, file: Path | None = None) -> Any:
    """Find the picture of a record, and make sure that it still is what it was.

    Parameters
    ----------
    known : dict
        As from `keep_source`.
    record : pathlib.Path
        The folder of the record.
    file : pathlib.Path, optional
        Where the file lies now, if it was moved.

    Returns
    -------
    source : Any
        From where it is to be read.

    Raises
    ------
    ValueError
        If it is not there, or is another one.
    """
    kind, name = known.get("kind"), str(known.get("name", ""))
    if kind == "own":
        return None
    if kind == "sample":
        return name
    if kind not in ("file", "upload", "array"):
        raise ValueError(_("The recipe names no picture that this version knows: {kind}.").format(kind=kind))
    told = str(known.get("path", ""))
    if kind != "file" and (Path(told).name != told or not told):  # nothing outside of the record is stored in it
        raise ValueError(_("The recipe is damaged: it stores its picture outside of the record."))
    places = [record / told] if kind != "file" else [record / told, record / name, record.parent / name]
    path = next((place for place in ([file] if file else places) if place.exists()), None)
    if path is None:
        words = _("The file {name} is not where it was: say where it lies now with --file.")
        raise ValueError(words.format(name=(file or Path(name)).name))
    if digest(path) != known.get("sha256"):
        words = _("The file {name} is not the one that was recorded: its content has changed.")
        raise ValueError(words.format(name=path.name))
    return Upload(name, path.read_bytes()) if kind == "upload" else path


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of all names and contents in a folder (a zarr movie)."""
    if not path.is_dir():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    whole = hashlib.sha256()
    for part in _files_in(path):
        whole.update(f"{part.relative_to(path).as_posix()}\0{digest(part)}\n".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def _files_in(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root, name)
            if path.is_file():
                yield path


def _seen_from(path: Path, record: Path) -> str:
    """Return the way to a file from the folder of the record; both can then be moved together."""
    try:
        return Path(os.path.relpath(path.resolve(), record.resolve())).as_posix()
    except ValueError:  # on another drive
        return str(path.resolve())
