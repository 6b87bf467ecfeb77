"""A stored analysis as a dataset, compared with its checksums first."""

from typing import Any

import numpy as np
import xarray as xr

from lattice_widgets.analysis.checksums import SHA256, damaged_rows, take_checksums
from lattice_widgets.core.movies.rows import attributes_of

__all__ = ["DONE", "DamagedAnalysisError", "open_store"]

#: the variable that is written last: a frame that is marked there is complete
DONE = "analyzed"


class DamagedAnalysisError(ValueError):
    """Something of a stored analysis is not what was written; the message says what, and what helps."""


def open_store(store: Any, check: bool = True) -> xr.Dataset:
    """Open a store or a folder as a dataset; values are read when they are used.

    Stores of older versions are completed: they have no ``left_out``, and all that was left out there was blank.

    Parameters
    ----------
    store : zarr store or path-like
        Of an `AnalysisStore`.
    check : bool
        Whether to read all of it and compare it with its checksums.

    Raises
    ------
    DamagedAnalysisError
        If something of it is not what was written.
    """
    import zarr

    dataset = xr.open_zarr(store, consolidated=False, chunks=None, zarr_format=2, mask_and_scale=False)
    damaged = take_checksums(dataset, check)
    if SHA256 in dataset and not check:
        dataset = dataset.drop_vars(SHA256)
    elif SHA256 in dataset:
        dataset = dataset.drop_vars(SHA256)
        done: Any = np.flatnonzero(dataset[DONE].values) if DONE in dataset else []
        frames = damaged_rows(zarr.open_group(store, mode="r"), [int(number) for number in done])
        damaged += [f"frame {number}" for number in frames]
    if damaged:
        raise DamagedAnalysisError(
            f"The analysis is damaged ({', '.join(damaged[:5])}{' ...' if len(damaged) > 5 else ''}): start the same analysis "
            "with the same folder again, and what is damaged is computed again."
        )
    if "left_out" not in dataset and "blank" in dataset:
        dataset["left_out"] = ("frame", dataset["blank"].values.astype("i1"), attributes_of("left_out"))
    return dataset
