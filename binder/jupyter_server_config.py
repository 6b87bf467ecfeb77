"""Read by Jupyter's server on Binder: what Voila, which runs inside it, shall do."""

import os
from pathlib import Path

from lattice_widgets.cli.dashboards import configure

configure(c, Path(os.environ.get("REPO_DIR", os.getcwd())) / "notebooks")  # noqa: F821
