"""The lines that read the picture of a widget, for the code that repeats what it shows."""

from pathlib import Path
from typing import Any

from IPython import get_ipython

from lattice_widgets.records.code_lines import picture_lines
from lattice_widgets.samples.collection import list_samples
from lattice_widgets.widgets.opening.sources import Upload

__all__ = ["source_lines"]


def source_lines(source: Any, dataset: str | int | None, pixel_size: Any, frame: int | None, resampled: bool) -> str:
    """Return the lines that make ``picture``.

    Parameters
    ----------
    source : Any
        What a widget was given: name of a sample, path, upload or array.
    dataset, pixel_size
        What was chosen by hand.
    frame : int, optional
        Which picture of a movie.
    resampled : bool
        Whether its pixels are not square and are made so.
    """
    before, chosen, after = "", "" if dataset is None else f", dataset={dataset!r}", ""
    if isinstance(source, str | Path) and str(source) in {one.name for one in list_samples()}:
        picture = f"lw.load_sample({str(source)!r})"
    elif isinstance(source, str | Path):
        picture = f"lw.read_micrograph({str(source)!r}{chosen})"
    elif isinstance(source, Upload):
        picture = f"lw.read_micrograph({source.name!r}{chosen})"
        after = "  # put the file beside the notebook"
    else:
        given = _name_in_notebook(source)
        before, picture = "import xarray as xr\n\n", f"xr.DataArray({given or 'your_array'})"
        after = "" if given else "  # the array that the widget was given: write its name there"
    return before + picture_lines(picture, pixel_size, frame, resampled, after)


def _name_in_notebook(source: Any) -> str:
    """Return the name that an object has in the notebook; empty if it has none."""
    names = getattr(get_ipython(), "user_ns", {})
    return next((name for name, value in names.items() if value is source and not name.startswith("_")), "")
