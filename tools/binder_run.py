"""Run notebooks in kernels of a running Jupyter server and watch its memory: the part of binder_check.py that needs packages.

Prints one JSON object a notebook. It does what a browser would do: asks the server for a session, runs the cells one by one,
and moves the first slider of the first widget.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import urllib.request
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import psutil
from jupyter_client import BlockingKernelClient

SECONDS_A_CELL = 3000
#: how long a widget may take to draw, or to answer a slider, before one goes on: not every widget does
PATIENCE = float(os.environ.get("LATTICE_WIDGETS_PATIENCE", 12))


class Memory(threading.Thread):
    """Watches a process and all below it; ends them when they hold more than the limit."""

    def __init__(self, pid: int, limit_mb: float) -> None:
        super().__init__(daemon=True)
        self.process, self.limit = psutil.Process(pid), limit_mb
        self.peak = 0.0
        self.exceeded = False
        self._done = threading.Event()

    def run(self) -> None:
        """Measure again and again, until `stop`."""
        while not self._done.wait(0.2):
            held = self.measure()
            self.peak = max(self.peak, held)
            if held > self.limit and not self.exceeded:
                self.exceeded = True
                os.killpg(self.process.pid, signal.SIGKILL)

    def measure(self) -> float:
        """Memory of all processes together [MB]; what they share is counted once."""
        total = 0
        try:
            processes = [self.process, *self.process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0.0
        for process in processes:
            try:
                memory = process.memory_full_info()
                total += getattr(memory, "pss", 0) or memory.rss
            except psutil.Error:
                continue
        return total / 1e6

    def stop(self) -> None:
        """Measure no more."""
        self._done.set()
        self.join()


class Notebook:
    """A notebook that is run in a kernel of the server."""

    def __init__(self, url: str, token: str, name: str) -> None:
        self.url, self.token, self.name = url, token, name
        self.begun = time.monotonic()
        self.drawn: float | None = None
        self.works: float | None = None
        self.pictures: dict[str, bytes] = {}
        self.changes = 0
        #: what a hand could move: (model, the values to set)
        self.gestures: list[tuple[str, dict[str, Any]]] = []
        path = f"notebooks/{name}"
        session = self._ask("sessions", {"path": path, "name": name, "type": "notebook", "kernel": {"name": "python3"}})
        self.session, self.kernel = session["id"], session["kernel"]["id"]
        runtime = Path(os.environ["JUPYTER_RUNTIME_DIR"])
        self.client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{self.kernel}.json"))
        self.client.load_connection_file()
        self.client.start_channels(hb=False)  # a heart that is a second late is no death on a busy machine
        self.client.wait_for_ready(timeout=300)

    def run(self) -> str:
        """Run all cells; return what went wrong in a sentence, or nothing."""
        tries = 2  # of gestures: not every widget has something whose move changes a picture
        notebook = nbformat.read(Path("notebooks") / self.name, as_version=4)
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            request = self.client.execute(cell.source)
            problem = self._listen(lambda message, r=request: _is_idle(message, r), SECONDS_A_CELL)
            reply = self.client.get_shell_msg(timeout=SECONDS_A_CELL) if not problem else None
            while reply is not None and reply["parent_header"].get("msg_id") != request:
                reply = self.client.get_shell_msg(timeout=SECONDS_A_CELL)
            if problem or reply["content"]["status"] != "ok":
                said = problem or f"{reply['content'].get('ename')}: {reply['content'].get('evalue')}"
                return f"Cell {number} failed: {said}"
            if self.works is None and self.gestures and tries:
                tries -= 1
                self._try_gesture()
        return ""

    def _try_gesture(self) -> None:
        """Wait for the first picture, move what a hand would, and wait until a picture becomes another one."""
        self._listen(lambda message: self.pictures, PATIENCE)
        comm, values = self.gestures[0]
        if not self.pictures or not values:
            return
        before = self.changes
        content = {"comm_id": comm, "data": {"method": "update", "state": values, "buffer_paths": []}}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", content))
        self._listen(lambda message: self.changes > before, PATIENCE)
        if self.changes > before:
            self.works = time.monotonic() - self.begun

    def _listen(self, done: Any, seconds: float) -> str:
        """Take in what the kernel sends until `done(message)`; return an error of a cell, or that it took too long."""
        deadline, problem = time.monotonic() + seconds, ""
        if done({}):
            return ""
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=0.5)
            except Empty:
                if not self._lives():
                    return "The kernel is gone."
                continue
            self._note(message)
            if done(message):
                return problem
        return f"Nothing for {seconds:.0f} s."

    def _lives(self) -> bool:
        """Whether the server is there and says that it has the kernel."""
        try:
            return self._ask(f"kernels/{self.kernel}", method="GET")["execution_state"] != "dead"
        except OSError:
            return False

    def _note(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "comm_open" and "lattice_widgets.views" in str(
            content["data"].get("state", {}).get("_anywidget_id")
        ):
            # what every view asks for when it appears on a page
            for what in ("pixels", "all"):
                asked = {"comm_id": content["comm_id"], "data": {"method": "custom", "content": {"ask": what}}}
                self.client.shell_channel.send(self.client.session.msg("comm_msg", asked))
        if kind in ("comm_open", "comm_msg"):
            self._note_model(content["comm_id"], content["data"].get("state", {}))
        if kind == "comm_msg" and message["buffers"] and content["data"].get("method") == "custom":
            # a picture that is sent again, when the network has been loaded, is no answer to a slider
            pixels, last = bytes(message["buffers"][0]), self.pictures.get(content["comm_id"])
            is_canvas = "pixels" in content["data"].get("content", {})  # a movie sends frame after frame
            self.changes += is_canvas and last is not None and last != pixels
            self.pictures[content["comm_id"]] = pixels
            if self.drawn is None:
                self.drawn = time.monotonic() - self.begun

    def _note_model(self, comm: str, state: dict[str, Any]) -> None:
        """Note a slider, or the window of a picture, which is what a hand would rather move."""
        if state.get("_model_name") == "FloatSliderModel" and not state.get("disabled"):
            low, high, value = state["min"], state["max"], state["value"]
            step = 0.1 * (high - low)
            self.gestures.append((comm, {"value": value + (step if value < (low + high) / 2 else -step)}))
        elif state.get("window") and len(state["window"]) == 4:
            row, col, height, width = state["window"]
            self.gestures.insert(0, (comm, {"window": [row, col, height // 2, width // 2]}))

    def close(self) -> None:
        """End the session and its kernel."""
        self.client.stop_channels()
        self._ask(f"sessions/{self.session}", method="DELETE")

    def _ask(self, path: str, content: dict[str, Any] | None = None, method: str = "POST") -> Any:
        data = json.dumps(content).encode() if content else None
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}api/{path}", data=data, method=method, headers=headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=300) as answer:
            body = answer.read()
        return json.loads(body) if body else None


def _is_idle(message: dict[str, Any], request: str) -> bool:
    return bool(
        message
        and message["msg_type"] == "status"
        and message["content"]["execution_state"] == "idle"
        and message["parent_header"].get("msg_id") == request
    )


def check(url: str, token: str, pid: int, limit: float, name: str) -> dict[str, Any]:
    """Run one notebook and return what was measured."""
    memory = Memory(pid, limit)
    memory.start()
    notebook, problem = None, ""
    begun = time.monotonic()
    try:
        notebook = Notebook(url, token, name)
        problem = notebook.run()
        notebook.close()
    except (OSError, RuntimeError, Empty) as error:
        problem = f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - begun
    memory.stop()
    if memory.exceeded:
        problem = f"It needed more than {limit:.0f} MB and was ended."
    return {
        "notebook": name,
        "peak_mb": memory.peak,
        "drawn": notebook and notebook.drawn,
        "works": notebook and notebook.works,
        "all": seconds,
        "problem": problem,
    }


def main(url: str, token: str, pid: str, limit: str, *names: str) -> None:
    """Check notebooks one after another; after one that was ended there is no server left."""
    for name in names:
        result = check(url, token, int(pid), float(limit), name)
        print(json.dumps(result), flush=True)
        if result["problem"] and not psutil.pid_exists(int(pid)):
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
