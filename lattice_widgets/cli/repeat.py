"""``lattice-widgets repeat``: compute a lab record again, and say whether the numbers are the same."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lattice_widgets.classifier import ClassifierError
from lattice_widgets.cli.output import fail, say
from lattice_widgets.records.repeating import repeat_record

#: differences that are listed
_SHOWN = 20


def repeat(
    record: Annotated[Path, typer.Argument(help="Folder of a lab record.")],
    file: Annotated[Path | None, typer.Option(help="Where the file of the picture lies now, if it was moved.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as one JSON object.")] = False,
) -> None:
    """Compute a lab record again and compare every number; the exit status is 0 if they are the same."""
    try:
        found = repeat_record(record, file)
    except (ValueError, OSError, ClassifierError) as error:
        fail(str(error))
    if as_json:
        say(json.dumps({"record": str(record), **asdict(found)}))
    else:
        say(f"{record}: {found}")
        for line in found.differences[:_SHOWN]:
            say(f"  {line}")
        if len(found.differences) > _SHOWN:
            say(f"  and {len(found.differences) - _SHOWN} more")
        for note in () if found.exact else found.notes:
            say(f"  {note}")
    if not found.same:
        raise typer.Exit(1)
