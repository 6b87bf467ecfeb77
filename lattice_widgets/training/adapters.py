"""Classifiers of others: any function that names pictures can sit the examination."""

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import CLASSES

__all__ = ["Adapter", "AdapterError", "load_adapter"]

#: how far the probabilities may be from adding up to 1
_ROUNDING = 1e-3


class AdapterError(ValueError):
    """Somebody's function cannot be loaded, or answers something else than probabilities; the message says which."""


class Adapter:
    """A function of somebody as the examination asks it.

    Parameters
    ----------
    name : str
        How errors call it.
    classify : callable
        ``classify(image, pixel_size)``: the picture (rows, cols), and the length of a pixel in nm or None if it is not known.
        Returns the probabilities of `CLASSES`, in this order or as a mapping; a class that a mapping leaves out has none.
    """

    def __init__(self, name: str, classify: Callable[[NDArray, float | None], Any]) -> None:
        self.name = name
        self._classify = classify

    def predict(self, image: NDArray, pixel_size: float | None = None) -> NDArray[np.float64]:
        """Return the probabilities of `CLASSES` for one picture.

        Returns
        -------
        ndarray, shape (1, number of classes)
            In the order of `CLASSES`; they add up to 1.

        Raises
        ------
        AdapterError
            If the function answers no probabilities.
        """
        answer = self._classify(image, pixel_size)
        if isinstance(answer, Mapping):
            unknown = sorted(str(name) for name in answer if name not in CLASSES)
            if unknown:
                raise AdapterError(
                    f"{self.name} answers {unknown[0]!r}, which is none of the classes {', '.join(CLASSES)}."
                )
            answer = [answer.get(name, 0.0) for name in CLASSES]
        try:
            given = np.asarray(answer, float).ravel()
        except (TypeError, ValueError):
            given = np.zeros(0)
        wanted = f"the probabilities of {', '.join(CLASSES)}"
        if given.shape != (len(CLASSES),):
            raise AdapterError(f"{self.name} answers {str(answer)[:60]}, not {wanted}.")
        if not (np.isfinite(given).all() and (given >= 0).all() and abs(given.sum() - 1) < _ROUNDING):
            raise AdapterError(
                f"{self.name} answers {np.round(given, 3).tolist()}: {wanted} are positive and add up to 1."
            )
        return (given / given.sum())[None]


def load_adapter(where: str) -> Adapter:
    """Return the function that is named as ``module:function``; modules of the folder one works in are found too.

    Raises
    ------
    AdapterError
        If there is no such module or function, or the module fails.
    """
    module_name, _, function = where.partition(":")
    if not module_name or not function:
        raise AdapterError(f"{where} names no function: write module:function, such as adapters.geometry:classify.")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # what somebody's module does is not ours
        raise AdapterError(f"{module_name} cannot be loaded: {type(error).__name__}: {error}.") from error
    classify = getattr(module, function, None)
    if not callable(classify):
        raise AdapterError(f"{module_name} has no function {function}.")
    return Adapter(where, classify)
