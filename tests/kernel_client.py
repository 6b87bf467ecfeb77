"""A visitor who speaks to a server's kernels over real sockets, well or ill."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat
import psutil
from websockets.sync.client import ClientConnection, connect

from tests.patience import PATIENCE

V1 = "v1.kernel.websocket.jupyter.org"
#: without it ipywidgets takes no question for the states of its widgets
_METADATA = {"version": "1.0.0"}
#: bytes of address space; what eats memory ends by itself before the machine feels it
_MEMORY = 4 * 1024**3
_GUARDED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CPU, (900, 900))
from lattice_widgets.cli import app
sys.argv = ["lattice-widgets", *sys.argv[2:]]
app()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url: str, timeout: float = PATIENCE, **more: Any) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, **more), timeout=timeout) as answer:
        return answer.read()


def message(kind: str, **content: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and content of a message."""
    header = {"msg_type": kind, "msg_id": uuid.uuid4().hex, "session": "s", "username": "", "version": "5.3"}
    return header, content


def in_v1(header: Any, content: Any, channel: str = "shell", buffers: tuple[bytes, ...] = ()) -> bytes:
    """Put a message into the form of the v1 protocol, as its documentation says."""
    parts = [channel.encode(), *(json.dumps(part).encode() for part in (header, {}, _METADATA, content)), *buffers]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    numbers = [len(offsets), *offsets]
    return b"".join([*(number.to_bytes(8, "little") for number in numbers), *parts])


def in_legacy(header: Any, content: Any, channel: str = "shell") -> str:
    parts = {"header": header, "parent_header": {}, "metadata": _METADATA, "content": content}
    return json.dumps({"channel": channel, "buffers": [], **parts})


def ask_for_states(pack: Any) -> list[Any]:
    """Return the messages that ask for the states of all widgets, as a page does that was loaded anew."""
    comm = uuid.uuid4().hex
    opened = message("comm_open", comm_id=comm, target_name="jupyter.widget.control", data={})
    asked = message("comm_msg", comm_id=comm, data={"method": "request_states"})
    return [pack(*opened), pack(*asked)]


def is_answered(page: ClientConnection, asked: Any, sign: str, protocol: str | None = V1) -> bool:
    """Ask until an answer comes that holds a sign: what comes before page and kernel are tied together may get lost."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        page.send(in_v1(*asked) if protocol else in_legacy(*asked))
        with suppress(TimeoutError):
            while True:
                said = page.recv(timeout=10)
                if sign.encode() in (said if isinstance(said, bytes) else said.encode()):
                    return True
    return False


class Server:
    """``lattice-widgets lab``, on 127.0.0.1 and with little memory, while the block runs."""

    def __init__(self, port: int, log: Path, token: str) -> None:
        self.url, self.log, self.token = f"http://127.0.0.1:{port}/", log, token
        self.pid = 0

    def open_dashboard(self, name: str) -> str:
        """Load a dashboard, run its cells as its page does, and return the kernel's name."""
        kernel = self.kernel_of(name)
        self.run_cells(kernel)
        return kernel

    def kernel_of(self, name: str) -> str:
        """Load the page of a dashboard, and return the name of the kernel that it brings."""
        page = fetch(f"{self.url}voila/render/{name}").decode()
        found = re.search(r'"kernelId": *"([0-9a-f-]{36})"', page)
        assert found, "the page names no kernel"
        return found[1]

    def run_cells(self, kernel: str) -> None:
        """Run the cells of a dashboard as its page does, to the last."""
        with self.socket(f"voila/execution/{kernel}") as cells:
            cells.send(json.dumps({"action": "execute", "payload": {"kernel_id": kernel}}))
            while True:
                said = json.loads(cells.recv(timeout=PATIENCE))
                if (
                    said["action"] == "execution_result"
                    and said["payload"]["cell_index"] + 1 >= said["payload"]["total_cell"]
                ):
                    return

    def start_kernel(self) -> str:
        """Start a kernel of JupyterLab's server and return its name."""
        headers = {"Authorization": f"token {self.token}"}
        return json.loads(fetch(f"{self.url}api/kernels", data=b"{}", headers=headers, method="POST"))["id"]

    def socket(self, path: str, protocol: str | None = None, **more: Any) -> ClientConnection:
        headers = {"Authorization": f"token {self.token}"} if self.token else {}
        return connect(
            f"ws{self.url[4:]}{path}", subprotocols=[protocol] if protocol else None, additional_headers=headers,
            proxy=None, max_size=None, open_timeout=PATIENCE, ping_interval=None, **more,
        )  # fmt: skip

    def channels(self, kernel: str, protocol: str | None = V1, session: str = "", **more: Any) -> ClientConnection:
        """Open the socket of a page; it reads ahead as browsers do, without end, with ``max_queue=None``."""
        return self.socket(f"api/kernels/{kernel}/channels?session_id={session or uuid.uuid4().hex}", protocol, **more)

    def answers(self, kernel: str, protocol: str | None = V1) -> bool:
        """Whether another page of this kernel is answered."""
        with self.channels(kernel, protocol) as page:
            return is_answered(page, message("kernel_info_request"), "kernel_info_reply", protocol)

    def memory(self) -> int:
        """Bytes of the server's process that lie in memory."""
        return psutil.Process(self.pid).memory_info().rss


@contextmanager
def serving(folder: Path, cells: list[str], *options: str, voila: bool = True) -> Iterator[Server]:
    """Start a server on a folder with one notebook, ``one.ipynb``, of these cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (folder / "lessons").mkdir(parents=True)
    nbformat.write(notebook, folder / "lessons" / "one.ipynb")
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {**os.environ, **{name: str(folder / name.lower()) for name in names}}
    server = Server(free_port(), folder / "server.log", "" if voila else uuid.uuid4().hex)
    port = server.url.rpartition(":")[2].rstrip("/")
    words = ["lab", str(folder / "lessons"), "--no-browser", "--ip", "127.0.0.1", "--port", port]
    words += ["--voila"] if voila else [f"--IdentityProvider.token={server.token}"]
    command = [sys.executable, "-c", _GUARDED, str(_MEMORY), *words, *options]
    with server.log.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    server.pid = process.pid
    try:
        deadline = time.monotonic() + 180
        while True:
            try:
                fetch(server.url if voila else f"{server.url}api?token={server.token}")
                break
            except OSError:
                assert process.poll() is None, server.log.read_text()
                assert time.monotonic() < deadline, server.log.read_text()
                time.sleep(0.2)
        yield server
    finally:
        # one that hangs ignores the first; its kernels are in its group and in groups of their own
        kernels = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
            except ProcessLookupError:
                break
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                continue
        for kernel in kernels:
            if kernel.is_running():
                kernel.kill()
