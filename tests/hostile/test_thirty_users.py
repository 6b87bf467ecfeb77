"""Thirty users of one dashboard over real sockets: memory of each, the last page, answers under load, a storm of closes."""

import json
import statistics
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import psutil
import pytest
from websockets.sync.client import ClientConnection

from tests.hostile.campaign import LARGE, record
from tests.kernel_client import V1, Server, fetch, in_v1, is_answered, message, serving
from tests.patience import LONG_PATIENCE, PATIENCE, wait_for

pytestmark = [
    pytest.mark.skipif(not LARGE, reason="thirty kernels: make hostile"),
    pytest.mark.skipif(sys.platform == "win32", reason="the server is guarded by limits that are not there"),
]

USERS = 30
#: the start page's widget and the network that answers for it
CELLS = [
    "import lattice_widgets as lw\nsimulator = lw.LatticeSimulator()\nsimulator",
    "panel = lw.ProbabilityPanel(simulator)\npanel",
]


@dataclass
class Visit:
    """What a user saw."""

    kernel: str
    page: float
    widgets: float
    answer: float = 0.0


def unpack(said: bytes | str) -> tuple[str, dict[str, Any], dict[str, Any], int]:
    """Return channel, header, content and the number of buffers of a message in the v1 protocol."""
    assert isinstance(said, bytes)
    count = int.from_bytes(said[:8], "little")
    offsets = [int.from_bytes(said[8 * (1 + number) : 8 * (2 + number)], "little") for number in range(count)]
    parts = [said[first:last] for first, last in pairwise(offsets)]
    return parts[0].decode(), json.loads(parts[1]), json.loads(parts[4]), len(parts) - 5


def states_of(socket: ClientConnection) -> dict[str, dict[str, Any]]:
    """Ask for the states of all widgets, as a page does; return them by model."""
    comm = uuid.uuid4().hex
    socket.send(in_v1(*message("comm_open", comm_id=comm, target_name="jupyter.widget.control", data={})))
    socket.send(in_v1(*message("comm_msg", comm_id=comm, data={"method": "request_states"})))
    while True:
        _, header, content, _ = unpack(socket.recv(timeout=PATIENCE))
        if header["msg_type"] == "comm_msg" and content["data"].get("method") == "update_states":
            return content["data"]["states"]


def sliders_of(states: dict[str, dict[str, Any]]) -> list[tuple[str, float]]:
    """Find the sliders of real numbers, each with a value to set it to."""
    return [
        (model, (state["state"]["min"] + state["state"]["max"]) / 2)
        for model, state in states.items()
        if state["model_name"] == "FloatSliderModel"
    ]


def wait_until_quiet(socket: ClientConnection) -> None:
    """Read what comes by itself, the first pictures and passes, until nothing has come for a while."""
    with suppress(TimeoutError):
        while True:
            socket.recv(timeout=5)


def time_to_answer(socket: ClientConnection, slider: str, value: float) -> float:
    """Set a slider and wait for a picture; return the seconds."""
    began = time.monotonic()
    update = {"method": "update", "state": {"value": value}, "buffer_paths": []}
    socket.send(in_v1(*message("comm_msg", comm_id=slider, data=update)))
    while True:
        _, header, content, buffers = unpack(socket.recv(timeout=PATIENCE))
        if header["msg_type"] == "comm_msg" and buffers and content["comm_id"] != slider:
            return time.monotonic() - began


def kernels_of(server: Server) -> list[psutil.Process]:
    """List the kernels that run."""
    found = []
    for child in psutil.Process(server.pid).children(recursive=True):
        with suppress(psutil.Error):
            if "ipykernel" in " ".join(child.cmdline()) and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child)
    return found


def test_thirty_users(tmp_path: Path) -> None:
    options = ["--pages", str(USERS), "--KernelRoom.cull_idle_timeout=90", "--KernelRoom.cull_interval=5"]
    together = Barrier(USERS + 1)
    with serving(tmp_path, CELLS, *options) as server, ThreadPoolExecutor(USERS) as pool:

        def visit(number: int) -> Visit:
            try:
                return visit_in_step(number)
            except BaseException:
                together.abort()  # the others need not wait
                raise

        def visit_in_step(number: int) -> Visit:
            began = time.monotonic()
            kernel = server.kernel_of("one.ipynb")
            page = time.monotonic() - began
            with server.channels(kernel, V1, max_queue=None) as socket:
                server.run_cells(kernel)
                assert is_answered(socket, message("kernel_info_request"), "kernel_info_reply")
                states = states_of(socket)
                seen = Visit(kernel, page, time.monotonic() - began)
                wait_until_quiet(socket)
                together.wait(LONG_PATIENCE)  # all are there
                slider, value = sliders_of(states)[0]
                seen.answer = time_to_answer(socket, slider, value + 1e-3 * number)
                together.wait(PATIENCE)
                together.wait(PATIENCE)  # memory was measured
            if number % 2:  # a page that is closed says so; a lid that is closed does not
                with suppress(OSError):
                    fetch(f"{server.url}voila/api/shutdown/{kernel}", data=b"", method="POST")
            return seen

        visits = [pool.submit(visit, number) for number in range(USERS)]
        try:
            together.wait(LONG_PATIENCE)
            together.wait(PATIENCE)
        except BrokenBarrierError:
            for each in visits:
                if not isinstance(each.exception(), BrokenBarrierError):
                    each.result()
            raise
        running = kernels_of(server)
        memory = [kernel.memory_info().rss / 1e6 for kernel in running]
        of_server = server.memory() / 1e6
        together.wait(PATIENCE)
        seen = [each.result() for each in visits]
        assert len({each.kernel for each in seen}) == len(running) == USERS
        record(f"the last of {USERS} pages", max(each.page for each in seen), 20, USERS, "s")
        record(f"until the last of {USERS} has its widgets", max(each.widgets for each in seen), None, USERS, "s")
        record("memory of the largest kernel", max(memory), 250, USERS, "MB")
        record("memory of the server", of_server, None, 1, "MB")
        record(
            "an answer, all sliders moved at once, median", statistics.median(e.answer for e in seen), None, USERS, "s"
        )
        record("an answer, all sliders moved at once, last", max(each.answer for each in seen), None, USERS, "s")
        closed = time.monotonic()
        wait_for(lambda: not kernels_of(server), "no kernel is left", every=0.5)
        ended = time.monotonic() - closed
        assert server.answers(server.open_dashboard("one.ipynb")), "nobody new can come"
        assert "Traceback" not in server.log.read_text()
    record(f"left kernels after {USERS} closes at once", 0, 0, USERS)
    record("until the last of them has ended", ended, None, USERS, "s")
