"""Names that things had before: they still work, and warn.

A module that renamed something ends with ``__getattr__ = old_names.of(__name__)``; a class keeps an attribute's old name by
``old = old_names.Renamed("new")``, and a function an argument's by ``@old_names.keywords(old="new")``.
"""

import functools
import importlib
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

#: module -> old name -> new name
RENAMED: dict[str, dict[str, str]] = {
    "lattice_widgets.core.pictures.descriptor": {"describe": "make_descriptor"},
    "lattice_widgets.classifier.familiarity": {"read_familiarity": "familiarity_of"},
}


def of(module: str) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a module, which finds its old names.

    Parameters
    ----------
    module : str
        Its ``__name__``.

    Returns
    -------
    callable
        Takes a name and returns what is called so today, with a DeprecationWarning; raises AttributeError for a name that
        the module never had.

    Examples
    --------
    >>> import warnings
    >>> from lattice_widgets.core.pictures import descriptor
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     descriptor.describe is descriptor.make_descriptor, str(caught[0].message)
    (True, '`lattice_widgets.core.pictures.descriptor.describe` is now called `make_descriptor`.')
    """

    def find(name: str) -> Any:
        new = RENAMED.get(module, {}).get(name)
        if new is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warnings.warn(f"`{module}.{name}` is now called `{new}`.", DeprecationWarning, stacklevel=2)
        return getattr(importlib.import_module(module), new)

    return find


class Renamed:
    """The old name of an attribute: it gives and takes the value of the new one, with a DeprecationWarning.

    Parameters
    ----------
    new : str
        What the attribute is called today.
    """

    def __init__(self, new: str) -> None:
        self.new = new

    def __set_name__(self, owner: type, name: str) -> None:
        self.old = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        self.warn(type(instance))
        return getattr(instance, self.new)

    def __set__(self, instance: Any, value: Any) -> None:
        self.warn(type(instance))
        setattr(instance, self.new, value)

    def warn(self, owner: type) -> None:
        """Say how the attribute of a class is called today, to whoever called the caller."""
        warnings.warn(f"`{owner.__name__}.{self.old}` is now called `{self.new}`.", DeprecationWarning, stacklevel=3)


def keywords(**renamed: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function take arguments by their old names too, with a DeprecationWarning.

    Parameters
    ----------
    **renamed : str
        Old name and new name of each.

    Examples
    --------
    >>> @keywords(px="pixel_size")
    ... def width(cols, pixel_size):
    ...     return cols * pixel_size
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     width(256, px=0.02), str(caught[0].message)
    (5.12, '`px` of `width` is now called `pixel_size`.')
    """

    def accept(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def called(*arguments: P.args, **named: P.kwargs) -> R:
            for old in renamed.keys() & named.keys():
                new = renamed[old]
                if new in named:
                    raise TypeError(f"`{old}` is the old name of `{new}`: give one of them.")
                words = f"`{old}` of `{function.__name__}` is now called `{new}`."
                warnings.warn(words, DeprecationWarning, stacklevel=2)
                named[new] = named.pop(old)
            return function(*arguments, **named)

        return called

    return accept
