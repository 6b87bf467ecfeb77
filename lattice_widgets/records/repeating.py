"""Compute a record again, and compare every number with what was written."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lattice_widgets.files.tables import frame_text, table_rows
from lattice_widgets.language import _, ngettext
from lattice_widgets.records.recipe import KINDS, network_of, read_recipe, versions
from lattice_widgets.records.settings import settings_from
from lattice_widgets.records.source import find_source

__all__ = ["Repetition", "repeat_record"]

#: numbers that differ by less, relative and absolute, come from another processor's sums and not from another result
RELATIVE, ABSOLUTE = 1e-5, 1e-6


@dataclass(frozen=True)
class Repetition:
    """How a record compares with what is computed now.

    Attributes
    ----------
    same : bool
        Whether all numbers are the same, to 1e-5 of themselves (or 1e-6 where they are that small).
    exact : bool
        Whether they are the same to the last digit.
    numbers : int
        How many were compared.
    largest : float
        The largest relative difference of two numbers.
    differences : tuple of str
        Which differ, in words; empty if they are the same.
    notes : tuple of str
        What is not as it was: versions of packages.
    """

    same: bool
    exact: bool
    numbers: int
    largest: float
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.exact:
            words = ngettext(
                "The number is the same, to the last digit.", "All {count} numbers are the same, to the last digit.",
                self.numbers,
            )  # fmt: skip
            return words.format(count=self.numbers)
        if self.same:
            words = _("All {count} numbers are the same, to {largest:.1g} of themselves.")
            return words.format(count=self.numbers, largest=self.largest)
        words = ngettext(
            "{many} of {count} numbers differs.", "{many} of {count} numbers differ.", len(self.differences)
        )
        return words.format(many=len(self.differences), count=self.numbers)


def repeat_record(record: str | Path, file: str | Path | None = None) -> Repetition:
    """Compute a record again and compare.

    Parameters
    ----------
    record : str or path-like
        The folder of a record, as from `write_record`.
    file : str or path-like, optional
        Where the file of the picture lies now, if it was moved.

    Returns
    -------
    Repetition
        Whether the numbers are the same.

    Raises
    ------
    ValueError, OSError
        If the folder is no record, or the picture or the network is no longer what it was; in one sentence.

    Examples
    --------
    >>> import tempfile
    >>> import lattice_widgets as lw
    >>> with tempfile.TemporaryDirectory() as place:
    ...     record = lw.write_record(f"{place}/graphene", "window", "simulated_graphene_stm")
    ...     lw.repeat_record(record).same
    True
    """
    folder = Path(os.path.expanduser(record))
    recipe = read_recipe(folder)
    module = KINDS[recipe["kind"]]
    try:
        settings = settings_from(module.Settings, recipe["settings"])
    except TypeError as error:
        raise ValueError(
            _("The recipe of {name} is damaged: a part of it is missing.").format(name=folder.name)
        ) from error
    network = network_of(settings)
    if network.get("weights_sha256") != recipe["network"].get("weights_sha256"):
        words = _("The network {name} is not the one of the record: its weights have changed.")
        raise ValueError(words.format(name=network.get("name", "")))
    source = find_source(recipe["source"], folder, Path(os.path.expanduser(file)) if file is not None else None)
    outcome = module.compute(source, settings)
    return _compare(folder, recipe, outcome.tables)


def _compare(folder: Path, recipe: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Repetition:
    found: list[str] = []
    numbers, largest, exact = 0, 0.0, True
    told = [str(name) for name in recipe["tables"]]
    for name in sorted({*told, *(f"{name}.csv" for name in tables)}):
        table = tables.get(name.removesuffix(".csv"))
        path = folder / Path(name).name
        if table is None or name not in told or not path.is_file():
            found.append(_("{name} is missing.").format(name=name))
            continue
        before = table_rows(path.read_text(encoding="utf-8"))
        now = table_rows(frame_text(table, table.index.name or "number"))
        if [len(row) for row in before] != [len(row) for row in now]:
            words = _("{name} has another size: {before} lines before, {now} now.")
            found.append(words.format(name=name, before=len(before), now=len(now)))
            continue
        for old, new in zip(before, now, strict=True):
            for column, (one, other) in enumerate(zip(old, new, strict=True)):
                number = _number(one), _number(other)
                numbers += number[1] is not None and old is not before[0]
                if one == other:
                    continue
                exact = False
                away = _apart(*number)
                if away is None:
                    words = _("{name}, {row}, {column}: {before} before, {now} now.")
                    found.append(words.format(name=name, row=old[0], column=now[0][column], before=one, now=other))
                else:
                    largest = max(largest, away)
    then = recipe["versions"]
    here = versions()
    words = _("{package} was {then} and is {now}.")
    notes = [
        words.format(package=name, then=then.get(name, "?"), now=here.get(name, "?"))
        for name in sorted({*then, *here})
        if then.get(name) != here.get(name)
    ]
    return Repetition(not found, exact and not found, numbers, largest, tuple(found), tuple(notes))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _apart(before: float | None, now: float | None) -> float | None:
    """Return the relative difference of two numbers; None if they are not the same."""
    if before is None or now is None:
        return None
    apart = abs(before - now)
    scale = max(abs(before), abs(now))
    if not apart <= RELATIVE * scale + ABSOLUTE:  # NaN is not
        return None
    return apart / scale if scale else 0.0
