"""The kernel that is installed beside the kit: a message of a widget is always answered, or the page waits for ever."""

import time
from collections.abc import Iterator
from queue import Empty

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from lattice_widgets.widgets.kernel_advice import advice_on_kernel

MAKE = "import asyncio, time, ipywidgets\nslider = ipywidgets.IntSlider()"
SECONDS = 60


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(startup_timeout=120)
    client.execute_interactive(MAKE, timeout=SECONDS)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def value_of(client: BlockingKernelClient, expression: str) -> str:
    reply = client.execute_interactive("", user_expressions={"it": expression}, timeout=SECONDS)
    return str(reply["content"]["user_expressions"]["it"]["data"]["text/plain"])


@pytest.mark.parametrize("wait", ["await asyncio.sleep(2)", "time.sleep(2)"], ids=["awaits", "computes"])
def test_a_widget_message_gets_its_status_while_a_cell_runs(client: BlockingKernelClient, wait: str) -> None:
    comm = value_of(client, "slider.comm.comm_id").strip("'")
    cell = client.execute(f"print('running now')\n{wait}")
    deadline = time.monotonic() + 2 * SECONDS
    sent, states = "", []
    while "idle" not in states:
        assert time.monotonic() < deadline, f"the page got only {states} for its message, and waits for ever"
        try:
            message = client.get_iopub_msg(timeout=1)
        except Empty:
            continue
        parent, content = message["parent_header"].get("msg_id"), message["content"]
        if parent == cell and message["msg_type"] == "stream" and not sent:
            moved = {"method": "update", "state": {"value": 7}, "buffer_paths": []}
            request = client.session.msg("comm_msg", {"comm_id": comm, "data": moved})
            sent = request["header"]["msg_id"]
            client.shell_channel.send(request)
        if parent == sent and message["msg_type"] == "status":
            states.append(content["execution_state"])
    assert states == ["busy", "idle"]
    assert value_of(client, "slider.value") == "7"


def test_what_a_busy_server_has_not_read_yet_waits_for_it() -> None:
    """Nobody reads while the kernel says so much: without the kit it throws most of it away, the end of the cell too."""
    manager, client = start_new_kernel(startup_timeout=120)
    try:
        client.execute_interactive(
            "import comm, lattice_widgets.widgets\nmany = comm.create_comm('many')", timeout=SECONDS
        )
        cell = client.execute("for number in range(12_000):\n    many.send({'number': number})")
        while client.get_shell_msg(timeout=SECONDS)["parent_header"].get("msg_id") != cell:
            pass
        numbers, state = [], ""
        while state != "idle":
            message = client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == cell:
                state = message["content"].get("execution_state", "")
                numbers += [message["content"]["data"]["number"]] if message["msg_type"] == "comm_msg" else []
        assert numbers == list(range(12_000))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_only_the_kernels_that_make_widgets_deaf_are_warned_of() -> None:
    assert "ipykernel<7" in advice_on_kernel((7, 4, 0))
    assert "7.4.0" in advice_on_kernel((7, 4, 0))
    for version in ((6, 29, 5), (6, 31, 0), (7, 3, 0), (7, 5, 0)):
        assert advice_on_kernel(version) == ""
