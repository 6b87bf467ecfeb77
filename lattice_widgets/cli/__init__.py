"""The command line: parses, calls the same public functions as everybody, prints. One file a command, imported when called."""

import importlib
import io
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lattice_widgets import __version__

#: command -> settings of it; the module and the function in it have its name. In the order of the help.
_COMMANDS: dict[str, dict[str, Any]] = {
    "classify": {},
    "watch": {},
    "analyze": {},
    "map": {},
    "repeat": {},
    "grade": {},
    "train": {},
    "evaluate": {},
    # settings of Jupyter's servers are passed on to them
    "lab": {"context_settings": {"allow_extra_args": True, "ignore_unknown_options": True}},
}


class _ImportedWhenCalled(TyperGroup):
    """The commands of `_COMMANDS`: only the help imports all of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            return None
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        module = importlib.import_module(f"{__name__}.{cmd_name}")
        single.command(cmd_name, **_COMMANDS[cmd_name])(getattr(module, cmd_name))
        return typer.main.get_command(single)


app = typer.Typer(
    cls=_ImportedWhenCalled,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Name the two-dimensional Bravais lattice of STM and STEM pictures.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Name the two-dimensional Bravais lattice of STM and STEM pictures."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know no γ and no name of a file: show what it knows
            stream.reconfigure(errors="backslashreplace")
