"""Each notebook runs once in a real kernel, whatever is asked of it afterwards."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
SECONDS_A_CELL = 600


@pytest.fixture(scope="session")
def executed(
    tmp_path_factory: pytest.TempPathFactory, data_mirror: str | None
) -> Callable[[Path], nbformat.NotebookNode]:
    """Give a notebook with its outputs; the first time it is run, from top to bottom, in a copy of the folder.

    So what a notebook writes beside itself stays out of the repository. A cell that raises does so here, too, with its
    traceback.
    """
    done: dict[Path, nbformat.NotebookNode] = {}
    own = tmp_path_factory.mktemp("notebooks")
    folder = own / "notebooks"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "answers"))

    def run(path: Path) -> nbformat.NotebookNode:
        if path not in done:
            notebook = nbformat.read(folder / path.name, as_version=4)
            with pytest.MonkeyPatch.context() as patch:
                for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
                    patch.setenv(variable, str(own / variable.lower()))
                patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
                if data_mirror:
                    patch.setenv("LATTICE_WIDGETS_DATA_URL", data_mirror)
                resources = {"metadata": {"path": str(folder)}}
                NotebookClient(notebook, timeout=SECONDS_A_CELL, kernel_name="python3", resources=resources).execute()
            done[path] = notebook
        return done[path]

    return run
