"""The zarr folder of an analysis: each frame is written when it is done, so that nothing done is lost.

What is there already is compared with its checksums before an analysis goes on or is opened (`checksums`).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.analysis.checksums import SHA256, checksum_of, checksum_of_row, damaged_rows
from lattice_widgets.analysis.opening import DONE, open_store
from lattice_widgets.core.movies.dataset import empty_analysis
from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.movies.plan import MoviePlan
from lattice_widgets.core.movies.rows import VARIABLES, attributes_of
from lattice_widgets.needed import needed

#: parts of a recipe that may differ when an analysis goes on
_MAY_DIFFER = ("versions", "movie", "calibration")
#: parts of a recipe that had another name in older stores: old name -> name
_RENAMED = {"n_samples": "n_passes"}


class AnalysisStore:
    """Results of an analysis in zarr, one chunk a frame.

    Parameters
    ----------
    frames, plan : Frames, MoviePlan
        What is analyzed, and how.
    recipe : dict
        All that decides about the numbers; kept beside them.
    folder : pathlib.Path or None
        Where; None keeps them, compressed, in memory.
    restart : bool
        Whether to throw away what is there.

    Raises
    ------
    ValueError
        If the folder holds something else, another analysis, or one whose records are damaged.

    Attributes
    ----------
    damaged : list of int
        Frames that were there and are not what was written; they are to be analyzed again.
    """

    def __init__(
        self, frames: Frames, plan: MoviePlan, recipe: dict[str, Any], folder: Path | None, restart: bool = False
    ) -> None:
        with needed("zarr", "Keeping an analysis"):
            import zarr

        self.folder = folder
        self.damaged: list[int] = []
        self._group: Any = None
        self.store: Any = zarr.storage.MemoryStore() if folder is None else zarr.storage.LocalStore(str(folder))
        if folder is not None:
            folder.resolve().parent.mkdir(parents=True, exist_ok=True)
        with self.alone():
            self._open(frames, plan, recipe, restart)

    def _open(self, frames: Frames, plan: MoviePlan, recipe: dict[str, Any], restart: bool) -> None:
        """Open what is there, or begin anew."""
        import zarr

        folder = self.folder
        there = folder is not None and folder.exists() and any(folder.iterdir())
        if there and not restart:
            self._check_same(recipe)
            self._group = zarr.open_group(self.store, mode="r+")
            try:
                self._complete()
                self._mend(frames, plan, recipe)
            except OSError:
                raise
            except Exception as error:  # zarr has no common exception, and a damaged record fails as it likes
                raise ValueError(
                    f"The records of the analysis in {folder} are damaged ({_first_line(error)}): begin anew, or choose "
                    "another folder."
                ) from error
            return
        if there and not (folder / ".zgroup").exists():  # type: ignore[operator]
            raise ValueError(f"The folder {folder} holds something that is no analysis: choose another one.")
        empty = empty_analysis(frames, plan).assign_attrs(recipe=json.dumps(recipe))
        for variable in empty.variables.values():
            variable.attrs[SHA256] = checksum_of(variable.values)
        # everything but the recipe first: an analysis without one is begun anew
        empty.drop_attrs(deep=False).to_zarr(self.store, mode="w", consolidated=False, zarr_format=2)
        self._group = zarr.open_group(self.store, mode="r+")
        for name, shape in _shapes(frames, plan, empty).items():
            dims, dtype, *_ = VARIABLES[name]
            self._create(name, dims, shape, dtype, attributes_of(name))
        self._create_checksums(len(frames))
        self._create(DONE, ("frame",), (len(frames),), "?", {"long_name": "whether the frame is analyzed"})
        self._group.attrs.update(empty.attrs)

    def _create(
        self, name: str, dims: tuple[str, ...], shape: tuple[int, ...], dtype: str, attributes: dict[str, Any]
    ) -> None:
        self._group.create_array(
            name,
            shape=shape,
            chunks=(1, *shape[1:]) if dims[0] == "frame" else shape,
            dtype=np.dtype(dtype),
            fill_value=np.nan if np.dtype(dtype).kind == "f" else 0,
            attributes={**attributes, "_ARRAY_DIMENSIONS": list(dims)},
            overwrite=True,
        )

    def _create_checksums(self, n_frames: int) -> None:
        self._create(SHA256, ("frame", "byte"), (n_frames, 32), "u1", {"long_name": "SHA-256 of all that a frame has"})

    def _mend(self, frames: Frames, plan: MoviePlan, recipe: dict[str, Any]) -> None:
        """Mark the frames that are damaged as not analyzed; make arrays and coordinates anew that are."""
        import zarr

        empty = empty_analysis(frames, plan)
        known, written = dict(self._group.attrs), False
        for name, shape in _shapes(frames, plan, empty).items():
            dims, dtype, *_ = VARIABLES[name]
            if not self._is_array(name, shape, dtype):
                self._create(name, dims, shape, dtype, attributes_of(name))
        done = np.flatnonzero(np.asarray(self._group[DONE][:])).tolist()
        if SHA256 not in self._group:  # of an older version: it counts as it is
            self._create_checksums(self._group[DONE].shape[0])
            for number in done:
                self._group[SHA256][number] = checksum_of_row(lambda name, n=number: self._group[name][n])  # type: ignore[misc]
        self.damaged = damaged_rows(self._group, done)
        for number in self.damaged:
            self._group[DONE][number] = False
        for coordinate, variable in empty.variables.items():
            variable.attrs[SHA256] = checksum_of(variable.values)
            if not self._is_coordinate(str(coordinate), variable):
                empty[[coordinate]].drop_attrs(deep=False).to_zarr(
                    self.store, mode="a", consolidated=False, zarr_format=2
                )
                written = True
        if written or any(known.get(name) != value for name, value in empty.attrs.items()):
            self._group = zarr.open_group(self.store, mode="r+")  # xarray wrote its attributes anew
            self._group.attrs.update({"recipe": json.dumps(recipe), **known, **empty.attrs})
        # what is found from all frames is found again when they are there
        for name in [
            name for name in self._group if name not in {*VARIABLES, *map(str, empty.variables), DONE, SHA256}
        ]:
            if not self._is_written(name):
                del self._group[name]

    def _is_array(self, name: str, shape: tuple[int, ...], dtype: str) -> bool:
        try:
            array = self._group[name]
            chunks = (1, *shape[1:]) if VARIABLES[name][0][0] == "frame" else shape
            attributes = {**attributes_of(name), "_ARRAY_DIMENSIONS": list(VARIABLES[name][0])}
            same = array.shape == shape and array.dtype == np.dtype(dtype) and array.chunks == chunks
            return bool(same and attributes.items() <= dict(array.attrs).items())
        except Exception:  # a damaged record fails as it likes
            return False

    def _is_coordinate(self, name: str, expected: xr.Variable) -> bool:
        try:
            array = self._group[name]
            known = {**expected.attrs, "_ARRAY_DIMENSIONS": list(expected.dims)}
            # what an older version wrote has no checksum
            known = {key: value for key, value in known.items() if key != SHA256 or SHA256 in array.attrs}
            same = array.dtype == expected.dtype or expected.dtype.kind in "OUT"
            return bool(same and known.items() <= dict(array.attrs).items() and _equal(array[...], expected.values))
        except Exception:
            return False

    def _is_written(self, name: str) -> bool:
        try:
            array = self._group[name]
            return "_ARRAY_DIMENSIONS" in array.attrs and array.attrs.get(SHA256) == checksum_of(array[...])
        except Exception:
            return False

    def _complete(self) -> None:
        """Add what an older version did not write: why frames were left out, which were blank ones."""
        if "left_out" not in self._group:
            blank = np.asarray(self._group["blank"][:])
            self.add("left_out", ("frame",), blank.astype("i1"), attributes_of("left_out"))

    def _check_same(self, recipe: dict[str, Any]) -> None:
        import zarr

        try:
            known = _recipe_of(zarr.open_group(self.store, mode="r").attrs["recipe"])
        except Exception:  # zarr has no common exception
            raise ValueError(
                f"The folder {self.folder} holds something that is no analysis, or one that was hardly begun: choose another "
                "one, or begin anew."
            ) from None
        for name in [*recipe, *known]:
            if name not in _MAY_DIFFER and known.get(name) != recipe.get(name):
                raise ValueError(
                    f"The folder {self.folder} holds another analysis ({name}: {known.get(name)} there, "
                    f"{recipe.get(name)} here): choose another folder, or begin anew."
                )

    def todo(self) -> list[int]:
        """List the numbers of the frames that are still to be analyzed."""
        return np.flatnonzero(~np.asarray(self._group[DONE][:])).tolist()

    def write(self, number: int, row: xr.Dataset) -> None:
        """Keep the row of a frame; it counts from the moment that all of it is written."""
        try:
            for name in VARIABLES:
                self._group[name][number] = row[name].values
            self._group[SHA256][number] = checksum_of_row(lambda name: row[name].values)
            self._group[DONE][number] = True
        except OSError as error:
            raise ValueError(
                f"The folder {self.folder} cannot be written ({error.strerror or error}): make room there, and start the same "
                "analysis again; the frames that are done are kept."
            ) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other programs from writing into the folder while the block runs.

        Raises
        ------
        ValueError
            If another one does already.
        """
        if self.folder is None:
            yield
            return
        from filelock import FileLock, Timeout  # warns in a browser, where nobody comes as far as this

        # beside the folder, which may be made anew; the same lock for all of one program, which knows what it does
        place = self.folder.resolve()
        lock = FileLock(place.parent / f".{place.name}.lock", is_singleton=True, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise ValueError(
                f"Another program is writing an analysis into {self.folder}: wait until it has ended, or choose another folder."
            ) from None
        try:
            yield
        finally:
            if lock.lock_counter == 1:  # the last of this program: nothing is left beside the analysis
                with suppress(OSError):
                    Path(lock.lock_file).unlink()
            lock.release()

    def add(self, name: str, dims: tuple[str, ...], values: NDArray, attributes: dict[str, Any]) -> None:
        """Add a variable, or write it anew."""
        self._create(name, dims, values.shape, values.dtype.str, {**attributes, SHA256: checksum_of(values)})
        self._group[name][...] = values

    def note(self, **attributes: Any) -> None:
        """Add to the attributes."""
        self._group.attrs.update(attributes)

    def dataset(self) -> xr.Dataset:
        """Open all of it as a dataset; values are read when they are used."""
        return open_store(self.store, check=False)


def _equal(found: Any, expected: Any) -> bool:
    return checksum_of(found) == checksum_of(expected)


def _shapes(frames: Frames, plan: MoviePlan, empty: xr.Dataset) -> dict[str, tuple[int, ...]]:
    """Return the shape of each variable of an analysis."""
    sizes = {
        "frame": len(frames),
        "window_row": plan.grid[0],
        "window_col": plan.grid[1],
        "class": empty.sizes["class"],
        "definition": empty.sizes["definition"],
        "pixel_row": plan.shape[0],
        "pixel_col": plan.shape[1],
    }
    return {name: tuple(sizes[dim] for dim in dims) for name, (dims, *_) in VARIABLES.items()}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:120]


def _recipe_of(text: object) -> dict[str, Any]:
    """Return a stored recipe with the names of today."""
    return {_RENAMED.get(name, name): value for name, value in json.loads(str(text)).items()}
