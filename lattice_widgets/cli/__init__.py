"""The command line: parses, calls the same public functions as everybody, prints. One file a command."""

import io
import sys
from typing import Annotated

import typer

from lattice_widgets import __version__
from lattice_widgets.cli.analyze import analyze
from lattice_widgets.cli.classify import classify
from lattice_widgets.cli.evaluate import evaluate
from lattice_widgets.cli.grade import grade
from lattice_widgets.cli.lab import lab
from lattice_widgets.cli.train import train

app = typer.Typer(
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


for _command in (classify, analyze, grade, train, evaluate):
    app.command()(_command)
# settings of Jupyter's servers are passed on to them
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(lab)
