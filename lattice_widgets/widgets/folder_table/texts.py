"""The words and lines of the table of a folder."""

from datetime import datetime
from typing import Any

import numpy as np

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import N_, _, ngettext
from lattice_widgets.widgets.folder_table.work import FileAnswer

__all__ = ["KINDS", "UNREADABLE", "columns", "describe_state", "row_of"]

#: kind of the lines of files that cannot be read
UNREADABLE = "unreadable"
KINDS = (*CLASSES, UNREADABLE)
_COLUMNS = (
    ("file", N_("file"), False),
    ("time", N_("written"), True),
    ("class", N_("network"), False),
    ("sure", N_("how sure"), True),
    ("geometry", N_("geometry"), False),
    ("a", "a", True),
    ("b", "b", True),
    ("gamma", "γ", True),
    ("size", N_("size"), True),
)


def columns() -> list[dict[str, Any]]:
    """Return the columns: key, label, and whether a large one is to come first."""
    return [{"key": key, "label": _(label), "numeric": numeric} for key, label, numeric in _COLUMNS]


def row_of(name: str, answer: FileAnswer) -> dict[str, Any]:
    """Return the line of a file, as `FileList` takes it."""
    written = answer.stamp.modified / 1e9
    row: dict[str, Any] = {
        "name": name,
        "kind": UNREADABLE,
        "note": answer.problem,
        "picture": "",
        "cells": {"file": name, "time": datetime.fromtimestamp(written).strftime("%Y-%m-%d %H:%M")},
        "sort": {"file": name, "time": written},
    }
    if answer.problem:
        return row
    said, fit = answer.said, answer.said["lattice_fit"]
    best = int(np.argmax(said["probability"]))
    sure = said["probability"][best]
    rows, cols = answer.shape
    size = f"{rows} × {cols}"
    if answer.frames > 1:
        words = ngettext("{size}, {count} frame", "{size}, {count} frames", answer.frames)
        size = words.format(size=size, count=answer.frames)
    row["kind"], row["picture"] = said["classes"][best], f"{answer.stamp.size}-{answer.stamp.modified}"
    row["cells"] |= {"class": _(said["classes"][best]), "sure": f"{100 * sure:.1f} %", "size": size}
    row["sort"] |= {"class": said["classes"][best], "sure": sure, "size": rows * cols * answer.frames}
    if fit is None:
        row["cells"]["geometry"] = _("no lattice")
        return row
    row["cells"] |= {"geometry": _(fit["type"])}
    row["sort"]["geometry"] = fit["type"]
    for key, unit in (("a", fit["unit"]), ("b", fit["unit"])):
        row["cells"][key] = with_error(fit[key], fit[f"{key}_error"], unit)
        row["sort"][key] = fit[key]
    row["cells"]["gamma"] = f"{with_error(fit['gamma'], fit['gamma_error'])}°"
    row["sort"]["gamma"] = fit["gamma"]
    return row


def describe_state(folder: str, done: int, left: int, follows: bool) -> str:
    """Say how far the table is."""
    words = ngettext("{folder}: {count} file answered", "{folder}: {count} files answered", done)
    parts = [words.format(folder=folder, count=done)]
    if left:
        parts.append(ngettext("{count} waits", "{count} wait", left).format(count=left))
    if follows:
        parts.append(_("new ones appear by themselves"))
    return "; ".join(parts) + "."
