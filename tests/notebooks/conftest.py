"""Each notebook runs once in a real kernel, whatever is asked of it afterwards."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.patience import LONG_PATIENCE, PATIENCE

FOLDER = Path(__file__).parents[2] / "notebooks"


def execute(path: Path, settings: Path, data_mirror: str | None) -> nbformat.NotebookNode:
    """Run a notebook where it lies, in a kernel whose Jupyter shares nothing with the user's."""
    notebook = nbformat.read(path, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(variable, str(settings / variable.lower()))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        if data_mirror:
            patch.setenv("LATTICE_WIDGETS_DATA_URL", data_mirror)
        NotebookClient(
            notebook,
            timeout=int(LONG_PATIENCE),
            startup_timeout=int(PATIENCE),
            iopub_timeout=int(PATIENCE),
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
        ).execute()
    return notebook


@pytest.fixture(scope="session")
def executed(
    tmp_path_factory: pytest.TempPathFactory, data_mirror: str | None
) -> Callable[[Path], nbformat.NotebookNode]:
    """Give a notebook with its outputs; the first time it is run, from top to bottom, in a copy of the folder.

    So what a notebook writes beside itself stays out of the repository. A cell that raises does so here, too, with its
    traceback: for every test that asks, and without being run again.
    """
    done: dict[Path, nbformat.NotebookNode | Exception] = {}
    own = tmp_path_factory.mktemp("notebooks")
    folder = own / "notebooks"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "answers"))

    def run(path: Path) -> nbformat.NotebookNode:
        if path not in done:
            try:
                done[path] = execute(folder / path.name, own, data_mirror)
            except Exception as error:
                done[path] = error
        found = done[path]
        if isinstance(found, Exception):
            raise found
        return found

    return run
