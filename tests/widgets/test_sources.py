"""Traits that hold arrays and datasets: they notice every other one, and read none of them to tell."""

import dask.array as da
import numpy as np
import traitlets as t
import xarray as xr

from lattice_widgets.widgets.opening.sources import Thing, ThingOf


class Holder(t.HasTraits):
    source = Thing(None)
    found = ThingOf(xr.Dataset, allow_none=True)
    points = ThingOf(np.ndarray, allow_none=True)


def heard(holder: Holder) -> list[str]:
    names: list[str] = []
    holder.observe(lambda change: names.append(change.name))
    return names


def untouchable() -> xr.Dataset:
    """A dataset whose values cannot be read."""

    def read(block: np.ndarray) -> np.ndarray:
        raise AssertionError("the values were read")

    values = da.zeros((4, 4), chunks=2).map_blocks(read, dtype=float, meta=np.zeros((0, 0)))
    return xr.Dataset({"value": (("row", "col"), values)})


def test_another_dataset_is_noticed_once_and_not_read() -> None:
    holder = Holder()
    names = heard(holder)
    first, second = untouchable(), untouchable()
    for dataset in (first, second, second, None):
        holder.found = dataset
    assert names == ["found"] * 3
    assert holder.found is None
    for source in ("a name", first, "a name", "a name"):
        holder.source = source
    assert names[3:] == ["source"] * 3


def test_an_equal_array_is_another_array() -> None:
    holder = Holder()
    names = heard(holder)
    one = np.zeros(3)
    for points in (one, one.copy(), None):
        holder.points = points
    assert names == ["points"] * 3
