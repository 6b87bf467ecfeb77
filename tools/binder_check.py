"""Prove the Binder recipe without Docker: follow it in an empty virtual environment, and run every notebook there.

What repo2docker would do, in this order: copy the clone, make an environment of the Python that ``binder/runtime.txt`` names,
run ``binder/postBuild`` in the copy, start the server through ``binder/start``. Then every notebook runs in a real kernel of
that server, all of its processes together below 2 GB, and the dashboards answer. Only the standard library is needed::

    python tools/binder_check.py                 # minutes, and a gigabyte of disk while it runs
    python tools/binder_check.py --here          # with the environment that runs this: quick, proves less

It ends with 1 where a step fails, a notebook raises or the limit is reached, and with 2 where only a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT_MB, GOAL_MB, GOAL_SECONDS = 2000, 500, 5
#: what the recipe may add to a bare Python, installed
IMAGE_MB = 700
#: like Binder's, below which everything lives
BASE = "/user/check/"
START_SECONDS = 300


class CheckError(Exception):
    """A step of the recipe failed; the message says which."""


def copy_clone(folder: Path) -> Path:
    """Copy what a clone of this repository holds, as it is on the disk now."""
    target = folder / "clone"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        shutil.copytree(
            ROOT, target, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", "dist", "test-results")
        )
        return target
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def own_environment(folder: Path, clone: Path, prefix: Path) -> dict[str, str]:
    """Return the variables that a Binder user has: a home of its own, and nothing of the one who runs this."""
    home = folder / "home"
    home.mkdir()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "IPYTHON", "PYTHON", "MPL", "VIRTUAL_ENV", "KERAS", "XDG_"))
    }
    own_pip = Path.home() / ".config" / "pip" / "pip.conf"
    if own_pip.is_file():
        kept.setdefault("PIP_CONFIG_FILE", str(own_pip))  # where this machine gets its packages from
    return {
        **kept,
        "HOME": str(home),
        "USER": "jovyan",
        "NB_USER": "jovyan",
        "NB_PYTHON_PREFIX": str(prefix),
        "REPO_DIR": str(clone),
        "PATH": f"{prefix / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "PYTHONNOUSERSITE": "1",
    }


def follow_recipe(folder: Path, clone: Path) -> dict[str, str]:
    """Do what repo2docker does with ``binder/``; return the variables of the server."""
    wanted = (clone / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    if not sys.version.startswith(f"{wanted}."):
        print(f"Note: binder/runtime.txt wants Python {wanted}, this is {sys.version.split()[0]}.")
    prefix = folder / "environment"
    environment = own_environment(folder, clone, prefix)
    run_step([sys.executable, "-m", "venv", str(prefix)], clone, environment)
    requirements = clone / "binder" / "requirements.txt"
    if requirements.exists():
        run_step(
            [str(prefix / "bin" / "pip"), "install", "--no-cache-dir", "-r", str(requirements)], clone, environment
        )
    bare = size_of(prefix)
    run_step([str(clone / "binder" / "postBuild")], clone, environment)
    installed = size_of(prefix) - bare
    print(f"installed: {installed:.0f} MB (goal {IMAGE_MB}){' - missed' if installed > IMAGE_MB else ''}", flush=True)
    return environment


def size_of(folder: Path) -> float:
    """Return the size of all files below a folder [MB]."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def use_what_is_here(folder: Path, clone: Path) -> dict[str, str]:
    """Give the server the environment that runs this, with the settings that postBuild would install."""
    environment = own_environment(folder, clone, Path(sys.prefix))
    # two settings of the caller that the tests need: where packages and pictures are
    for name in ("PYTHONPATH", "LATTICE_WIDGETS_DATA_DIR"):
        if name in os.environ:
            environment[name] = os.environ[name]
    settings = folder / "settings"
    settings.mkdir()
    shutil.copy(clone / "binder" / "jupyter_server_config.py", settings)
    return {**environment, "JUPYTER_CONFIG_DIR": str(settings), "JUPYTER_PREFER_ENV_PATH": "1"}


def run_step(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run a command of the recipe, saying how long it took."""
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    name = " ".join(command[:1] if command[0].endswith("postBuild") else command[1:3])
    if done.returncode:
        raise CheckError(f"{name} failed with {done.returncode}:\n{done.stdout[-4000:]}")
    print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    for line in done.stdout.splitlines():
        if "in the image" in line:
            print(f"  {line}")


class Server:
    """The server as Binder starts it, with all its kernels in a process group of its own."""

    def __init__(self, folder: Path, clone: Path, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{port}{BASE}"
        self.log = folder / "server.log"
        root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [
            *(str(clone / "binder" / "start"), "jupyter", "lab", "--no-browser", *root),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
            *(f"--ServerApp.base_url={BASE}", f"--IdentityProvider.token={self.token}"),
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        begun = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=clone, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            while True:
                try:
                    self.get("api/status")
                    break
                except (urllib.error.URLError, OSError):
                    if self.process.poll() is not None or time.monotonic() > begun + START_SECONDS:
                        raise CheckError(f"The server did not start:\n{self.log.read_text()[-4000:]}") from None
                    time.sleep(0.05)
        except BaseException:
            self.stop()
            raise
        self.seconds = time.monotonic() - begun

    def get(self, path: str, timeout: float = 300, method: str = "GET") -> str:
        """Return what the server answers; raises OSError for an error."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.url + path, headers=headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=timeout) as answer:
            return answer.read().decode()

    def stop(self) -> None:
        """End the server and its kernels."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(15)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue


def check_pages(server: Server, notebooks: list[str]) -> list[str]:
    """Ask for the pages that the badges of the README lead to; return what is wrong with them."""
    wrong = []
    try:
        server.get(f"lab/tree/notebooks/{notebooks[0]}")
        notification = json.loads(server.get("lab/api/settings/@jupyterlab/apputils-extension:notification"))
        if notification["schema"]["properties"]["fetchNews"]["default"] != "false":
            wrong.append("JupyterLab asks over the notebook whether one wants its news.")
    except OSError as error:
        wrong.append(f"JupyterLab does not open {notebooks[0]}: {error}")
    try:
        page = server.get(f"voila/render/notebooks/{notebooks[0]}")
        for name in notebooks:
            if f'href="{BASE}voila/render/notebooks/{name}"' not in page:
                wrong.append(f"The dashboard of {notebooks[0]} has no link to {name}.")
    except OSError as error:
        wrong.append(f"There is no dashboard of {notebooks[0]}: {error}")
    # who leaves a dashboard takes its kernel along; here nobody looked at it
    try:
        for kernel in json.loads(server.get("api/kernels")):
            server.get(f"api/kernels/{kernel['id']}", method="DELETE")
    except OSError as error:
        wrong.append(f"The kernel of the dashboard does not end: {error}")
    return wrong


def report(results: list[dict], limit: int) -> int:
    """Print a line a notebook; return the exit code."""
    print(f"\n{'notebook':<34}{'peak':>9}{'drawn':>9}{'works':>9}{'all':>9}")
    code = 0
    for result in results:
        times = "".join(
            f"{'-' if result[k] is None else format(result[k], '.1f') + ' s':>9}" for k in ("drawn", "works", "all")
        )
        print(f"{result['notebook']:<34}{result['peak_mb']:>6.0f} MB{times}")
        if result["problem"]:
            print(f"  {result['problem']}")
            code = 1
    missed = [
        result["notebook"]
        for result in results
        if result["peak_mb"] > GOAL_MB or max(result["drawn"] or 0, result["works"] or 0) > GOAL_SECONDS
    ]
    print(
        "peak: memory of server and kernel together (proportional set size); drawn: from opening the notebook to its first "
        "picture;\nworks: to the picture that answers the first move of a slider or a window; all: to the end of the last "
        f"cell. Limit {limit} MB, goals {GOAL_MB} MB and {GOAL_SECONDS} s."
    )
    if missed:
        print(f"A goal is missed by: {', '.join(missed)}.")
    return code or (2 if missed else 0)


def main() -> int:
    """Check, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--here", action="store_true", help="use the environment that runs this, no new one")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this notebook, e.g. 00_start.ipynb")
    parser.add_argument("--limit", type=int, default=LIMIT_MB, metavar="MB", help=f"default {LIMIT_MB}")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server has a group of its own, and would go on
    with tempfile.TemporaryDirectory(prefix="binder-check-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = None
        try:
            clone = copy_clone(folder)
            notebooks = options.only or sorted(path.name for path in (clone / "notebooks").glob("*.ipynb"))
            environment = (use_what_is_here if options.here else follow_recipe)(folder, clone)
            server = Server(folder, clone, environment)
            print(f"server is up: {server.seconds:.1f} s", flush=True)
            wrong = check_pages(server, notebooks)
            results = run_notebooks(server, clone, environment, notebooks, options.limit)
        except CheckError as error:
            print(error)
            return 1
        finally:
            if server is not None:
                server.stop()
    code = report(results, options.limit)
    for problem in wrong:
        print(problem)
    return 1 if wrong else code


def run_notebooks(
    server: Server, clone: Path, environment: dict[str, str], notebooks: list[str], limit: int
) -> list[dict]:
    """Run notebooks one after another with the environment's own Python; see ``binder_run.py``."""
    python = Path(environment["NB_PYTHON_PREFIX"]) / "bin" / "python"
    command = [str(python), str(ROOT / "tools" / "binder_run.py"), server.url, server.token, str(server.process.pid)]
    results = []
    with subprocess.Popen(
        [*command, str(limit), *notebooks], cwd=clone, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        for line in running.stdout or ():
            results.append(json.loads(line))
            print(f"ran {results[-1]['notebook']}: {results[-1]['all']:.0f} s", flush=True)  # some take minutes
    if running.returncode:
        raise CheckError(f"The notebooks could not be run. The server says:\n{server.log.read_text()[-3000:]}")
    return results


if __name__ == "__main__":
    sys.exit(main())
