"""What a widget takes as its picture: a sample by name, a file, a file that came through the browser, or an array."""

from pathlib import Path
from typing import Any

import numpy as np
import traitlets as t

from lattice_widgets.language import _
from lattice_widgets.samples.sources import Upload, load_source

__all__ = ["Thing", "ThingOf", "Upload", "identity", "load_source", "name_source"]


class _ByIdentity(t.TraitType):
    """A trait that notices every other thing.

    traitlets compares by ``==`` and takes what that gives as true or false: for a whole dataset that is true whatever it is
    compared to, and the change would go unnoticed, after all that lies on the disk has been read to tell. Here texts and
    numbers are compared so, all else by what it is: an array that was changed in place is still the same.
    """

    def set(self, obj: Any, value: Any) -> None:
        """Set the trait, and tell its observers unless it is the same."""
        new = self._validate(obj, value)
        old = obj._trait_values.get(self.name, self.default_value)
        obj._trait_values[self.name] = new
        plain = str | int | float | Path | None
        same = new is old or (isinstance(new, plain) and isinstance(old, plain) and new == old)
        if not same:
            obj._notify_trait(self.name, old, new)


class Thing(_ByIdentity, t.Any):
    """A trait that holds anything."""


class ThingOf(_ByIdentity, t.Instance):
    """A trait that holds an object of a class: an array, a dataset."""


def identity(source: Any) -> tuple[Any, ...]:
    """Return what tells a source from others: a name or path, name and content of an upload, else the object itself.

    Sources must not be compared by ``==`` or ``in``: of an array that is an array.

    Examples
    --------
    >>> identity("graphene_stm") == identity(Path("graphene_stm"))
    True
    """
    if isinstance(source, Upload):
        return "upload", source.name, source.digest
    if isinstance(source, str | Path):
        return "name", str(source)
    return "object", id(source)


def name_source(source: Any) -> str:
    """Return what a source is called in a list: the name of its file, or of an array its name and size."""
    if isinstance(source, Upload):
        return source.name
    if isinstance(source, str | Path):
        return Path(source).name or repr(str(source))
    shape = getattr(source, "shape", ())
    if isinstance(source, list | tuple):
        try:
            shape = np.shape(source)
        except Exception:  # rows of various lengths, or things that are no numbers, which may raise whatever they like
            shape = ()
    size = " × ".join(map(str, shape))
    known = getattr(
        source, "attrs", {}
    )  # what `read_micrograph` and `load_sample` give is an array that knows its origin
    name = known.get("title") or known.get("file") or getattr(source, "name", None) or _("your array")
    # what the kit itself has made has a name that can be translated
    return f"{_(str(name))} ({size})" if size else _(str(name))
