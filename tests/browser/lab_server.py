"""One real JupyterLab server that shares nothing with the user's own Jupyter."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

import psutil

from tests.patience import PATIENCE

#: a server that is ended; a kernel that is shut down, which is interrupted first, maybe in the middle of its work
OUR_OWN_DOING = ("received signal 15", "KeyboardInterrupt caught in kernel")
#: what a line of the log must not hold: JupyterLab's and the kernels' marks of an error
BAD_SIGNS = ("Traceback (most recent call last)", "[E ", "[C ", "ERROR", "CRITICAL", "KernelRestarter")
#: ipykernel 6 answers a control message that comes while it starts with this, and goes on: the page asks again.
_EARLY_MESSAGE = re.compile(
    r"^ERROR:tornado\.general:Uncaught exception in ZMQStream callback\n"
    r"(?:(?!ERROR:).*\n)*?"
    r"traitlets\.traitlets\.TraitError: The '_control_lock' trait of an? \w+ instance expected a Lock, .*\n",
    re.MULTILINE,
)
#: The debugger asks every new kernel whether it can debug; a kernel that ends first leaves an error in page and log. For each
#: page the server would look for half a second whether JupyterLab is to be built anew, which says nothing of the kit.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/debugger-extension": True}, "buildCheck": False}


def free_port() -> int:
    """Give a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LabServer:
    """JupyterLab on 127.0.0.1, running while the ``with`` block does.

    Parameters
    ----------
    folder
        An empty folder for its settings, its log and the notebooks it serves (``folder / "notebooks"``).
    environment
        Variables for the server and its kernels, beside those of this process.

    Attributes
    ----------
    root : Path
        The folder that the server shows; put notebooks here.
    url : str
        Its address, ending in a slash.
    token : str
        What a request must bring along.
    aborts : int
        How often `stacks` has aborted all kernels.
    """

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.log_path = folder / "server.log"
        self.token = secrets.token_hex(16)
        self.url = ""
        self.aborts = 0
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._log_seen = 0

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        own_folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
        environment = {
            **os.environ,
            **{name: str(self.folder / name.lower()) for name in own_folders},
            "JUPYTER_PREFER_ENV_PATH": "1",
            "PYTHONNOUSERSITE": "1",
            "PYTHONFAULTHANDLER": "1",  # for `stacks`
            **self._environment,
        }
        for name in own_folders:
            Path(environment[name]).mkdir(exist_ok=True)
        page_config = Path(environment["JUPYTER_CONFIG_DIR"]) / "labconfig" / "page_config.json"
        page_config.parent.mkdir()
        page_config.write_text(json.dumps(PAGE_CONFIG))
        with self.log_path.open("wb") as log:
            # A process group of its own, so that ending it ends nothing else; it ends its kernels itself.
            self._process = subprocess.Popen(
                self.command(port),
                cwd=self.root,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_up()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()

    def command(self, port: int) -> list[str]:
        """Give the command that starts the server: the kit's own, so that what it sets holds in all browser tests."""
        return [
            *(sys.executable, "-m", "lattice_widgets.cli", "lab", str(self.root), "--no-browser"),
            *("--ip", "127.0.0.1", "--port", str(port), "--ServerApp.port_retries=0"),
            *(f"--IdentityProvider.token={self.token}", "--LabApp.expose_app_in_browser=True"),
            "--JupyterNotebookApp.expose_app_in_browser=True",
            f"--MappingKernelManager.kernel_info_timeout={PATIENCE}",
        ]

    def ask(self) -> None:
        """Ask the server whether it is up; it is when this raises nothing."""
        self.api("status")

    def api(self, path: str, method: str = "GET") -> Any:
        """Ask the server's REST interface, such as ``api("status")``."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}api/{path}", headers=headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy must not see the loopback
        with opener.open(request, timeout=PATIENCE) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def end_kernel_of(self, notebook: Path) -> None:
        """Shut the kernel of a notebook down whose page cannot do it any more."""
        for session in self.api("sessions"):
            if self.root / session["path"] == notebook:
                self.api(f"sessions/{session['id']}", "DELETE")

    @property
    def pid(self) -> int:
        """Number of the server's process."""
        assert self._process is not None, "the server is not started"
        return self._process.pid

    def log(self) -> str:
        """Give all that the server and its kernels have printed so far."""
        return self.log_path.read_text(errors="replace")

    def new_errors(self) -> list[str]:
        """Give the lines of the log since the last call that tell of an error, each with the dozen that follow it."""
        log = self.log()
        end = log.rfind("\n") + 1  # a line may be half written
        lines, self._log_seen = _EARLY_MESSAGE.sub("", log[self._log_seen : end]).splitlines(), end
        return [
            "\n".join(lines[number : number + 12])
            for number, line in enumerate(lines)
            if any(sign in line for sign in BAD_SIGNS) and not any(sign in line for sign in OUR_OWN_DOING)
        ]

    def stacks(self) -> str:
        """Abort the kernels, and give what each of their threads was doing: for a test that has failed anyway."""
        self.aborts += 1
        before = len(self.log())
        for process in psutil.Process(self.pid).children():
            process.send_signal(signal.SIGABRT)
        time.sleep(5)  # there may be no kernel, or one that has no thread left to say anything
        return self.log()[before:]

    def _wait_until_up(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"The server ended while starting. Its log:\n{self.log()}")
            try:
                self.ask()
                return
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.1)
        raise TimeoutError(f"The server did not answer within {PATIENCE:.0f} s. Its log:\n{self.log()}")

    def _stop(self) -> None:
        if self._process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, sign)
            except ProcessLookupError:
                break
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                continue
        self._process = None
