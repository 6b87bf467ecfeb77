"""Read by Jupyter's server on Binder: what JupyterLab, and Voila inside it, shall do."""

import os
from pathlib import Path

from lattice_widgets.server.dashboards import configure
from lattice_widgets.server.lab_defaults import configure_lab
from lattice_widgets.server.server_settings import guard_server

configure(c, Path(os.environ.get("REPO_DIR", os.getcwd())) / "notebooks")  # noqa: F821
configure_lab(c)  # noqa: F821
guard_server(c)  # noqa: F821
