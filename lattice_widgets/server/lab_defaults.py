"""What JupyterLab starts with, here and on Binder: no question over the lesson, its full width, saved pictures of widgets.

Nothing here imports JupyterLab, which is slow to load; `configure_lab` fills any configuration object of traitlets.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from lattice_widgets.server.dashboards import SHARE

#: Default values of JupyterLab's settings. The user's own settings, made in its menu, win over them.
_CONFIG = SHARE / "config"
#: Extensions of JupyterLab. A wheel installs them for every JupyterLab of its environment; an editable install does not.
_EXTENSIONS = SHARE / "labextensions"
#: JupyterLab opens its list of files only where nothing is known about the layout of a workspace yet.
_LAYOUT = {"left": {"collapsed": True, "visible": True, "widgets": []}}


def configure_lab(config: Any) -> None:
    """Fill the configuration of JupyterLab, and make its first layout, with the list of files closed.

    The layout is kept in a folder of its own, so that tabs of the user's other work do not open over the lesson. It is
    written only once: who opens the list of files finds it open the next time.

    Parameters
    ----------
    config : traitlets.config.Config
        Changed in place.
    """
    from jupyter_core.paths import jupyter_data_dir

    paths = [str(_CONFIG), *filter(None, os.environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep))]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(dict.fromkeys(paths))
    workspaces = Path(jupyter_data_dir()) / "lattice-widgets" / "workspaces"
    config.LabApp.workspaces_dir = str(workspaces)
    config.LabApp.extra_labextensions_path = [str(_EXTENSIONS)]
    with suppress(OSError):  # where nothing can be written JupyterLab starts as it always does
        _make_first_layout(workspaces)


def _make_first_layout(workspaces: Path) -> None:
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    manager = WorkspacesManager(str(workspaces))
    if not manager.load("default")["data"]:
        workspace = {"data": {"layout-restorer:data": _LAYOUT}, "metadata": {"id": "default"}}
        manager.save("default", json.dumps(workspace))
