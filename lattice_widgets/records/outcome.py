"""What computing for a record gives: tables of numbers, and pictures that are drawn when they are wanted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

__all__ = ["Drawing", "Outcome", "long_table"]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure of a record.

    Attributes
    ----------
    figure : PublicationFigure
        With a scale bar, units and errors.
    words : str
        What it shows, for who cannot see it.
    """

    figure: Any
    words: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """What was computed.

    Attributes
    ----------
    sentence : str
        The answer in one line.
    tables : dict of str to pandas.DataFrame
        All numbers, by the names of their files without ".csv".
    draw : callable
        Returns name -> `Drawing`.
    picture : dict
        What is known of the picture: size, pixel size, calibration, notes.
    """

    sentence: str
    tables: Mapping[str, pd.DataFrame]
    draw: Callable[[], Mapping[str, Drawing]]
    picture: Mapping[str, Any] = field(default_factory=dict)


def long_table(rows: list[tuple[str, Any, Any, str]]) -> pd.DataFrame:
    """Return a table of quantities, one a line: its name, its value, its standard deviation (None if it has none), its unit."""
    frame = pd.DataFrame(rows, columns=["quantity", "value", "error", "unit"])
    return frame.set_index("quantity")
