"""Write a lab record: a folder that says what was done, shows what came out, and can be computed again."""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from lattice_widgets.files.tables import write_frame
from lattice_widgets.language import _
from lattice_widgets.records.notebook import notebook_text, script_text
from lattice_widgets.records.page import page_of
from lattice_widgets.records.recipe import FILE, FORMAT, KINDS, VERSION, network_of, plain_name, versions
from lattice_widgets.records.settings import plain, settings_from
from lattice_widgets.records.source import keep_source

__all__ = ["write_record"]


def write_record(
    folder: str | Path,
    kind: str,
    source: Any = None,
    *,
    extras: Mapping[str, pd.DataFrame] | None = None,
    done: Any = None,
    **settings: Any,
) -> Path:
    """Compute something and write all of it into a new folder: code, recipe, numbers, pictures, and a page.

    The folder holds ``record.html`` (all of it on one page, for any browser), ``repeat.py`` and ``repeat.ipynb``,
    ``recipe.json``, the numbers as CSV, the pictures as PNG and SVG with scale bars, and the picture itself if it has no
    file. ``lattice-widgets repeat FOLDER`` computes it again and compares every number.

    Parameters
    ----------
    folder : str or path-like
        Made anew.
    kind : {"window", "passes", "movie", "map", "strain"}
        A window and its lattice; a classification with dropout; the growth in a movie; a map of features; a map of strain.
    source : str, path-like or array_like
        Name of a sample, path of a file, or an array, as for `lattice_widgets.FFTExplorer`. For "movie" None is the
        simulated movie; for "map" None is the map of examples, and an array (n, m) are features.
    extras : dict of str to pandas.DataFrame, optional
        Other tables to keep, which are not computed again.
    done : xarray.Dataset, optional
        For "movie": its analysis, if that is done already.
    **settings
        As of `lattice_widgets.records.kinds.window.Settings` and its siblings: ``window``, ``pixel_size``, ``n_passes``,
        ``seed``, ``classifier``, ...

    Returns
    -------
    folder : pathlib.Path
        Where the record lies.

    Raises
    ------
    ValueError
        If the kind or a setting is unknown, the picture cannot be read or measured, or the folder is there already.
    OSError
        If the folder cannot be written; then nothing of it is left.

    Examples
    --------
    >>> import tempfile
    >>> import lattice_widgets as lw
    >>> with tempfile.TemporaryDirectory() as place:
    ...     record = lw.write_record(f"{place}/graphene", "window", "simulated_graphene_stm", window=(20, 30, 140, 180))
    ...     sorted(path.suffix for path in record.iterdir() if path.stem == "window")
    ['.png', '.svg']
    """
    if kind not in KINDS:
        raise ValueError(_("There is no record of the kind {kind}: choose one of {kinds}.").format(
            kind=repr(kind), kinds=", ".join(KINDS)))  # fmt: skip
    if "classifier" in settings:
        settings["classifier"] = plain_name(str(settings["classifier"]))
    how = settings_from(KINDS[kind].Settings, settings)
    target = Path(os.path.expanduser(folder)).absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValueError(_("{name} is there already: choose another name for the record.").format(name=target.name))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.parent / f".{target.name[:24]}-{secrets.token_hex(4)}.part"
    part.mkdir()
    try:
        _fill(part, target, kind, _given(kind, source), how, extras or {}, done)
        with suppress(OSError):
            target.rmdir()  # one that is empty
        os.replace(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return target


def _given(kind: str, source: Any) -> Any:
    """Return a source as it is kept: features are no picture."""
    if kind != "map" or source is None or isinstance(source, dict):
        return source
    return {"features": source}


def _fill(
    part: Path, target: Path, kind: str, source: Any, how: Any, extras: Mapping[str, pd.DataFrame], done: Any
) -> None:
    module = KINDS[kind]
    known, place = keep_source(source, part, target)
    outcome = module.compute(place, how) if done is None else module.compute(place, how, done)
    for name, frame in {**outcome.tables, **extras}.items():
        write_frame(frame, part / f"{name}.csv", frame.index.name or "number")
    pictures = {}
    for name, drawing in outcome.draw().items():
        png = part / f"{name}.png"
        drawing.figure.save_as(png, png.with_suffix(".svg"))
        pictures[name] = (png.read_bytes(), drawing.words)
    recipe = {
        "format": FORMAT,
        "version": VERSION,
        "kind": kind,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "sentence": outcome.sentence,
        "source": known,
        "picture": outcome.picture,
        "settings": plain(how),
        "network": network_of(how),
        "versions": versions(),
        "tables": [f"{name}.csv" for name in outcome.tables],
        "not_computed_again": [f"{name}.csv" for name in extras],
        "pictures": [f"{name}.{suffix}" for name in pictures for suffix in ("png", "svg")],
    }
    title = _("Record of {name}").format(name=known["name"] or _TITLES[kind])
    lines = module.code(_reads(kind, known, how), how, outcome.picture)
    (part / "repeat.py").write_text(script_text(lines, title.replace('"', "'").replace("\\", "/")), encoding="utf-8")
    (part / "repeat.ipynb").write_text(notebook_text(lines, title), encoding="utf-8")
    page = page_of(title, outcome.sentence, recipe, {**outcome.tables, **extras}, pictures, lines)
    (part / "record.html").write_text(page, encoding="utf-8", errors="replace")
    (part / FILE).write_text(
        json.dumps(recipe, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", errors="replace"
    )


_TITLES = {"movie": "a simulated movie", "map": "the map of examples"}


def _reads(kind: str, known: Mapping[str, Any], how: Any) -> str:
    """Return the expression by which the code of a record reads its picture."""
    if known["kind"] == "own":
        return "lw.simulate_beam_damage()" if kind == "movie" else ""
    if known["kind"] == "sample":
        return f"lw.load_sample({known['name']!r})"
    if kind == "map":
        return f'np.load({known["path"]!r})["features"]'
    if kind == "movie":
        return repr(known["path"])
    dataset = "" if how.dataset is None else f", dataset={how.dataset!r}"
    return f"lw.read_micrograph({known['path']!r}{dataset})"
