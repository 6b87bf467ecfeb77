"""``lattice-widgets lab``: the user's own copies of the notebooks, and a real JupyterLab from an installed wheel."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from traitlets.config import Config

from lattice_widgets.server.dashboards import add_links, configure
from lattice_widgets.server.notebook_folder import START, list_titles, prepare_folder, shipped_notebooks
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "lattice_widgets.cli", "lab"]
SHIPPED = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what a wheel installs, and nothing of the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def own_settings(folder: Path, **more: str) -> dict[str, str]:
    """Variables of a process whose Jupyter shares nothing with the user's."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    return {**os.environ, **{name: str(folder / name.lower()) for name in names}, **more}


@contextmanager
def running(command: list[str], folder: Path, environment: dict[str, str], url: str) -> Iterator[Path]:
    """Run a server until it has answered and the block is done; gives the file of what it printed."""
    log = folder / "server.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                ask(url)
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
        yield log
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def ask(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=PATIENCE) as answer:
        return answer.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_wheel_brings_its_extension_to_every_jupyterlab(site: Path) -> None:
    """Any JupyterLab of the environment finds it, not only the one that ``lattice-widgets lab`` starts."""
    (description,) = site.glob("*.data/data/share/jupyter/labextensions/lattice-widgets/package.json")
    build = json.loads(description.read_text())["jupyterlab"]["_build"]
    assert (description.parent / build["load"]).is_file()


def test_a_clone_uses_its_own_notebooks() -> None:
    folder, sentence = prepare_folder(None)
    assert folder == ROOT / "notebooks" == shipped_notebooks()
    assert str(folder) in sentence


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    folder, sentence = prepare_folder(tmp_path / "lessons" / "mine")
    assert sorted(path.name for path in folder.glob("*.ipynb")) == SHIPPED
    assert sentence.endswith(f": {len(SHIPPED)} copied.")
    (folder / START).write_text("mine")
    (folder / SHIPPED[1]).unlink()
    folder, sentence = prepare_folder(folder)
    assert (folder / START).read_text() == "mine"
    assert (folder / SHIPPED[1]).read_bytes() == (ROOT / "notebooks" / SHIPPED[1]).read_bytes()
    assert f"1 copied, {len(SHIPPED) - 1} that were there already left as they are" in sentence


def test_a_folder_of_other_notebooks_is_served_as_it_is(tmp_path: Path) -> None:
    shutil.copy(ROOT / "notebooks" / START, tmp_path / "my_lesson.ipynb")
    folder, sentence = prepare_folder(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["my_lesson.ipynb"]
    assert "nothing was copied" in sentence


def test_titles_are_first_headings(tmp_path: Path) -> None:
    titled = {"cells": [{"cell_type": "markdown", "source": ["Hello\n", "# A lesson\n", "# Another"]}]}
    (tmp_path / "b.ipynb").write_text(json.dumps(titled))
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": []}))
    (tmp_path / "c.ipynb").write_text("no notebook")
    assert [(title.path.name, title.text) for title in list_titles(tmp_path)] == [
        ("a.ipynb", "a"),
        ("b.ipynb", "A lesson"),
    ]


def test_links_of_the_dashboards_begin_at_the_root_of_the_server(tmp_path: Path) -> None:
    folder = tmp_path / "note books"
    prepare_folder(folder)

    class Contents:
        root_dir = str(tmp_path)

    page = add_links({}, "/user/me/", folder, f"note books/{START}", settings={"contents_manager": Contents()})
    assert page["latticeHome"] == f"/user/me/voila/render/note%20books/{START}"
    assert [entry["here"] for entry in page["latticeNotebooks"]] == [name == START for name in SHIPPED]


def test_the_template_is_found_where_it_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    config = Config()
    configure(config, tmp_path)
    from voila.paths import collect_template_paths

    paths = collect_template_paths(["voila", "nbconvert"], config.VoilaConfiguration.template, prune=True)
    assert (Path(paths[0]) / "index.html.j2").is_file()
    for path in Path(paths[0]).iterdir():
        assert not re.search(r"https?://|[\"'(]//", path.read_text()), f"{path.name} fetches from another server"


def test_a_wheel_brings_the_notebooks_to_jupyterlab(site: Path, tmp_path: Path) -> None:
    port = free_port()
    environment = own_settings(tmp_path, PYTHONPATH=str(site))
    command = [*COMMAND, "--no-browser", "--port", str(port), "--ip", "127.0.0.1", "--IdentityProvider.token=secret"]
    base = f"http://127.0.0.1:{port}"
    with running(command, tmp_path, environment, f"{base}/api/status?token=secret") as log:
        contents = json.loads(ask(f"{base}/api/contents?token=secret"))
        page = ask(f"{base}/?token=secret").decode()
    assert sorted(entry["name"] for entry in contents["content"] if entry["type"] == "notebook") == SHIPPED
    assert START in page, "JupyterLab does not open the start notebook"
    assert f"{tmp_path / 'lattice-widgets-notebooks'}: {len(SHIPPED)} copied." in log.read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["--viola"], "There is no option --viola."), (["one", "two"], "two: there can be only one folder.")],
)
def test_slips_are_told(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    answer = subprocess.run([*COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert answer.returncode == 1
    assert answer.stderr == f"{sentence}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", [True, False])
def test_errors_are_one_sentence(tmp_path: Path, taken: bool) -> None:
    (tmp_path / "file").touch()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        options = ["--port", str(other.getsockname()[1]), "--ip", "127.0.0.1"]
        arguments = [str(tmp_path / "new"), *options] if taken else [str(tmp_path / "file" / "below")]
        answer = subprocess.run(
            [*COMMAND, *arguments, "--no-browser"], capture_output=True, text=True, timeout=PATIENCE
        )
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert ("is taken" if taken else "cannot be copied") in answer.stderr
