"""Tables as CSV for spreadsheets: whole or not there, and without cells that a spreadsheet would run as formulas."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lattice_widgets.files.whole_file import write_whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame_text", "guard_cell", "table_rows", "table_text", "write_frame", "write_table"]

#: what begins a formula, once compatible forms such as those of full width are made plain
_FORMULA = "=+-@"
#: spreadsheets of some countries end a cell here, whatever the file says of its commas
_SEPARATORS = re.compile(r"([;\t\r\n])")


def guard_cell(value: Any) -> Any:
    r"""Return a cell that no spreadsheet takes for a formula: an apostrophe goes before what would begin one.

    Spaces, line ends and characters without width before it do not hide it. Numbers stay as they are.

    Examples
    --------
    >>> guard_cell("=1+1"), guard_cell("\u200b @A1"), guard_cell("-0.5"), guard_cell(-0.5), guard_cell("graphene")
    ("'=1+1", "'\u200b @A1", '-0.5', -0.5, 'graphene')
    """
    if not isinstance(value, str) or _is_number(value):
        return value
    value = value.encode("utf-8", "replace").decode("utf-8")  # half a character cannot be written
    return "".join(f"'{part}" if _begins_formula(part) else part for part in _SEPARATORS.split(value))


def table_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as the text of a CSV file, every cell guarded."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([guard_cell(cell) for cell in header])
    writer.writerows([guard_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def table_rows(text: str) -> list[list[str]]:
    """Return the lines of the text of a CSV file, each as its cells."""
    return list(csv.reader(io.StringIO(text)))


def write_table(path: str | Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table as a CSV file.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is still there.
    """
    write_whole(path, table_text(header, rows))


def write_frame(frame: "pd.DataFrame", path: str | Path, index_label: str | None = None) -> None:
    """Write a data frame as a CSV file, its index as the first column. Raises as `write_table`."""
    write_whole(path, frame_text(frame, index_label))


def frame_text(frame: "pd.DataFrame", index_label: str | None = None) -> str:
    """Return a data frame as the text of a CSV file, every cell guarded, every number with all its digits."""
    guarded = frame.map(guard_cell)
    guarded.index = frame.index.map(guard_cell)
    guarded.columns = [guard_cell(name) for name in frame.columns]
    text = guarded.to_csv(index_label=guard_cell(index_label or frame.index.name), lineterminator="\n")
    return str(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text == text.strip()


def _begins_formula(text: str) -> bool:
    for character in unicodedata.normalize("NFKC", text):
        if unicodedata.category(character)[0] not in "ZCM":  # spaces, controls and what has no width, marks
            return character in _FORMULA
    return False
