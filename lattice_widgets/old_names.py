"""Names that functions had before: they still work, and warn. This is the only place that knows them.

A module that renamed something ends with ``__getattr__ = old_names.of(__name__)``.
"""

import importlib
import warnings
from collections.abc import Callable
from typing import Any

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
