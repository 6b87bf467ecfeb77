"""``python -m lattice_widgets.cli``."""

from lattice_widgets.cli import app

app(prog_name="lattice-widgets")
