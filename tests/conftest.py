"""What all tests share: folders of their own instead of the user's, and the real pictures where they are at hand."""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

# Before anything of ours or of TensorFlow is imported: no test reads or fills the user's own caches.
_OWN = Path(tempfile.mkdtemp(prefix="lattice-widgets-tests-"))
os.environ["LATTICE_WIDGETS_DATA_DIR"] = str(_OWN / "data")
os.environ["MPLCONFIGDIR"] = str(_OWN / "matplotlib")
os.environ["KERAS_HOME"] = str(_OWN / "keras")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["LATTICE_WIDGETS_LANGUAGE"] = "en"  # the tests read English, whoever runs them
os.environ.pop("LATTICE_WIDGETS_DATA_URL", None)
if "PYTEST_XDIST_WORKER" in os.environ:  # workers beside each other: each, and what it starts, has a core of its own
    for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(_name, "1")
# slipcover hands `--immediate` to no worker. Without it a worker looks, in whatever line it happens to be, through all modules
# for what was seen, and fails there with a SystemError where another thread imports something meanwhile.
if (_plugin := sys.modules.get("slipcover.pytest_plugin")) and (_coverage := _plugin._slipcover_instance):
    _coverage.immediate = True
#: folders whose tests take longest, and words in the names of other files: workers that begin with them end together
SLOWEST_FIRST = ("browser", "notebooks", "analysis", "training", "classifier")


def pytest_unconfigure() -> None:
    shutil.rmtree(_OWN, ignore_errors=True)


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are processors: tests of pages and servers often wait."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return count + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal the tests out to the workers: a file goes to one of them, so that what its tests share is made once.

    Only a notebook is what its tests share, whichever file they stand in.
    """
    if not hasattr(config, "workerinput"):
        return

    def rank(item: pytest.Item) -> int:
        words = {item.path.parent.name, *item.path.stem.split("_")}
        return next((number for number, slow in enumerate(SLOWEST_FIRST) if slow in words), len(SLOWEST_FIRST))

    for item in items:
        path = item.callspec.params.get("path") if hasattr(item, "callspec") else None
        notebook = isinstance(path, Path) and path.suffix == ".ipynb"
        shared = f"{item.path.parent.name} {path.stem}" if notebook else str(item.path)
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(shared))
    items.sort(key=rank)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop where the tests of a file would not stay together: all that they share would be made once for each worker."""
    grouped = hasattr(session.config, "workerinput") and session.config.getoption("loadgroup", False)
    if grouped and not all("@" in item.nodeid for item in session.items):
        raise pytest.UsageError("pytest-xdist does not see the groups of this file: has pytest changed?")


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_picture() -> Callable[[str], Path]:
    """Give the path of a real picture; the test skips where the pictures, which are not ours to ship, are absent."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"the real picture {name} is not beside this repository (../shared/data)")
        return path

    return find


@pytest.fixture(scope="session")
def data_mirror() -> Iterator[str | None]:
    """The address of a mirror of the real pictures on this machine, for LATTICE_WIDGETS_DATA_URL; None without them."""
    if not SHARED_DATA.is_dir():
        yield None
        return
    handler = partial(_QuietHandler, directory=str(SHARED_DATA))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()
