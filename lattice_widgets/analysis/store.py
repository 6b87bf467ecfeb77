"""The zarr folder of an analysis: each frame is written when it is done, so that nothing done is lost."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.movies.dataset import empty_analysis
from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.movies.plan import MoviePlan
from lattice_widgets.core.movies.rows import VARIABLES, attributes_of
from lattice_widgets.needed import needed

#: written last: a frame that is marked here is complete
_DONE = "analyzed"
#: parts of a recipe that may differ when an analysis goes on
_MAY_DIFFER = ("versions", "movie")
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
        If the folder holds something else, or another analysis.
    """

    def __init__(
        self, frames: Frames, plan: MoviePlan, recipe: dict[str, Any], folder: Path | None, restart: bool = False
    ) -> None:
        with needed("zarr", "Keeping an analysis"):
            import zarr

        self.folder = folder
        self.store: Any = zarr.storage.MemoryStore() if folder is None else zarr.storage.LocalStore(str(folder))
        there = folder is not None and folder.exists() and any(folder.iterdir())
        if there and not restart:
            self._check_same(recipe)
            self._group: Any = zarr.open_group(self.store, mode="r+")
            self._complete()
            return
        if there and not (folder / ".zgroup").exists():  # type: ignore[operator]
            raise ValueError(f"The folder {folder} holds something that is no analysis: choose another one.")
        empty = empty_analysis(frames, plan).assign_attrs(recipe=json.dumps(recipe))
        # everything but the recipe first: an analysis without one is begun anew
        empty.drop_attrs(deep=False).to_zarr(self.store, mode="w", consolidated=False, zarr_format=2)
        self._group = zarr.open_group(self.store, mode="r+")
        sizes = {
            "frame": len(frames),
            "window_row": plan.grid[0],
            "window_col": plan.grid[1],
            "class": empty.sizes["class"],
            "definition": empty.sizes["definition"],
            "pixel_row": plan.shape[0],
            "pixel_col": plan.shape[1],
        }
        for name, (dims, dtype, *_) in VARIABLES.items():
            self._create(name, dims, tuple(sizes[d] for d in dims), dtype, attributes_of(name))
        self._create(_DONE, ("frame",), (len(frames),), "?", {"long_name": "whether the frame is analyzed"})
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

    def _complete(self) -> None:
        """Add what an older version did not write: why frames were left out, which were blank ones."""
        if "left_out" not in self._group:
            blank = np.asarray(self._group["blank"][:])
            self.add("left_out", ("frame",), blank.astype("i1"), attributes_of("left_out"))

    def _check_same(self, recipe: dict[str, Any]) -> None:
        import zarr

        try:
            known = _recipe_of(zarr.open_group(self.store, mode="r").attrs["recipe"])
        except (KeyError, FileNotFoundError, ValueError, zarr.errors.GroupNotFoundError):
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
        return np.flatnonzero(~np.asarray(self._group[_DONE][:])).tolist()

    def write(self, number: int, row: xr.Dataset) -> None:
        """Keep the row of a frame; it counts from the moment that all of it is written."""
        for name in VARIABLES:
            self._group[name][number] = row[name].values
        self._group[_DONE][number] = True

    def add(self, name: str, dims: tuple[str, ...], values: NDArray, attributes: dict[str, Any]) -> None:
        """Add a variable, or write it anew."""
        self._create(name, dims, values.shape, values.dtype.str, attributes)
        self._group[name][...] = values

    def note(self, **attributes: Any) -> None:
        """Add to the attributes."""
        self._group.attrs.update(attributes)

    def dataset(self) -> xr.Dataset:
        """Open all of it as a dataset; values are read when they are used."""
        return open_store(self.store)


def open_store(store: Any) -> xr.Dataset:
    """Open a store or a folder as a dataset; values are read when they are used.

    Stores of older versions are completed: they have no ``left_out``, and all that was left out there was blank.
    """
    dataset = xr.open_zarr(store, consolidated=False, chunks=None, zarr_format=2, mask_and_scale=False)
    if "left_out" not in dataset and "blank" in dataset:
        dataset["left_out"] = ("frame", dataset["blank"].values.astype("i1"), attributes_of("left_out"))
    return dataset


def _recipe_of(text: object) -> dict[str, Any]:
    """Return a stored recipe with the names of today."""
    return {_RENAMED.get(name, name): value for name, value in json.loads(str(text)).items()}
