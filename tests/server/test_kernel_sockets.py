"""One visitor cannot stop all: real servers, started as users start them, and sockets that mean ill."""

import struct
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from kernel_client import V1, Server, ask_for_states, in_legacy, in_v1, is_answered, message, serving
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from lattice_widgets.server.kernel_frames import CHANNELS, check_legacy, check_v1
from lattice_widgets.server.kernel_sockets import KernelConnection
from lattice_widgets.server.server_settings import MAX_MESSAGE
from tests.patience import PATIENCE, slowdown, wait_for

#: where Jupyter takes messages apart
JUPYTERS_OWN = "jupyter_server.services.kernels.connection.base"
CELLS = ["import ipywidgets\nipywidgets.Image(value=bytes(4000))"]
HUGE = 2**62
_HEADER, _CONTENT = message("comm_msg", comm_id="a", data={})
GOOD = in_v1(_HEADER, _CONTENT, buffers=(b"12345",))
_COUNT = int.from_bytes(GOOD[:8], "little")


def with_number(place: int, number: int) -> bytes:
    """Return the good message with one number of its table changed; 0 is their count."""
    return GOOD[: 8 * place] + number.to_bytes(8, "little") + GOOD[8 * place + 8 :]


#: name -> message, and the code that the socket is closed with
EVIL_V1: dict[str, tuple[bytes | str, int]] = {
    "a count without end": (b"\xff" * 8, 1007),
    "a count without end, and a table": (with_number(0, HUGE), 1007),
    "more parts than it holds": (with_number(0, 1000), 1007),
    "a million parts": (struct.pack("<Q", 10**6) * (10**6 + 2), 1007),
    "too few parts": (with_number(0, 5), 1007),
    "no parts": (with_number(0, 0), 1007),
    "empty": (b"", 1007),
    "three bytes": (b"\x06\0\0", 1007),
    "cut off": (GOOD[:30], 1007),
    "cut off behind the table": (GOOD[: 8 * (_COUNT + 1)], 1007),
    "an offset beyond its end": (with_number(3, HUGE), 1007),
    "an offset before the table": (with_number(1, 0), 1007),
    "offsets that fall": (with_number(4, 8 * (_COUNT + 1)), 1007),
    "no such channel": (in_v1(_HEADER, _CONTENT, channel="heartbeat"), 1007),
    "no channel": (in_v1(_HEADER, _CONTENT, channel=""), 1007),
    "a channel of a million letters": (in_v1(_HEADER, _CONTENT, channel="a" * 10**6), 1007),
    "a header that is a list": (in_v1([1], _CONTENT), 1007),
    "a header without a type": (in_v1({"msg_id": "a"}, _CONTENT), 1007),
    "a header whose type is a list": (in_v1({"msg_id": "a", "msg_type": ["a"]}, _CONTENT), 1007),
    "a header of a million letters": (in_v1({**_HEADER, "username": "a" * 10**6}, _CONTENT), 1007),
    "a text": (in_legacy(_HEADER, _CONTENT), 1003),
}
_MANY = struct.pack("!i", 2**31 - 1)
EVIL_LEGACY: dict[str, tuple[bytes | str, int]] = {
    "two thousand million parts": (_MANY, 1007),
    "a negative number of parts": (struct.pack("!i", -1), 1007),
    "no parts": (bytes(4), 1007),
    "empty": (b"", 1007),
    "cut off": (struct.pack("!iI", 3, 16), 1007),
    "offsets that fall": (struct.pack("!iII", 2, 50, 12) + bytes(60), 1007),
    "an array for JSON": (struct.pack("!iI", 1, 8) + b"\xff\xfe", 1007),
    "no JSON": ("{", 1007),
    "a number": ("1", 1007),
    "a nest of lists": ("[" * 200_000, 1007),
    "buffers that are none": ('{"channel": "shell", "header": {}, "buffers": [1]}', 1007),
    "a channel that is a list": ('{"channel": [1]}', 1007),
}


def test_what_pages_send_is_let_through() -> None:
    assert check_v1(GOOD) is None
    assert [check_v1(in_v1(*message("kernel_info_request"), channel=channel)) for channel in CHANNELS] == [None] * 4
    assert check_v1(in_v1(_HEADER, _CONTENT, buffers=(b"",) * 100)) is None
    assert check_legacy(in_legacy(_HEADER, _CONTENT)) is None
    text = in_legacy(_HEADER, _CONTENT).encode()
    assert check_legacy(struct.pack("!iII", 2, 12, 12 + len(text)) + text + b"array") is None


def test_every_cut_and_every_changed_byte_is_refused_or_harmless() -> None:
    """What passes the check can be taken apart by Jupyter's own code, at once and without an error."""
    from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1

    frames = [GOOD[:end] for end in range(len(GOOD))]
    for place, change in product(range(len(GOOD)), (1, 128, 255)):
        frames.append(GOOD[:place] + bytes([GOOD[place] ^ change]) + GOOD[place + 1 :])
    passed = 0
    for frame in frames:
        if check_v1(frame) is None:
            channel, parts = deserialize_msg_from_ws_v1(frame)
            assert channel in CHANNELS
            assert len(parts) >= 4
            passed += 1
    assert 0 < passed < len(frames) / 2


def test_a_small_message_is_sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is several of them; whoever waits for acknowledgments in between is 40 ms late at each move of a slider."""
    sent_at_once: list[bool] = []
    socket = SimpleNamespace(stream=SimpleNamespace(), set_nodelay=sent_at_once.append)
    monkeypatch.setattr(KernelConnection, "websocket_handler", SimpleNamespace(ws_connection=socket))
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda connection: None)
    KernelConnection.__new__(KernelConnection).connect()
    assert sent_at_once == [True]


@pytest.mark.parametrize(
    ("module", "call"),
    [
        (
            "voila.tornado.kernel_websocket_handler",
            "read_header_from_binary_message(pack("
            "{'header': {}, 'parent_header': {}, 'metadata': {}, 'content': {}, 'buffers': [b'a']}))",
        ),
        (JUPYTERS_OWN, "deserialize_msg_from_ws_v1(b'\\xff' * 8)"),
        (JUPYTERS_OWN, "deserialize_binary_message((2**31 - 1).to_bytes(4, 'big'))"),
    ],
    ids=["voila", "jupyter_server v1", "jupyter_server legacy"],
)
def test_the_guard_is_still_needed(module: str, call: str) -> None:
    """As `docs/upstream.md` tells: each of these eats memory until there is none. Once they no longer do, it can go."""
    program = f"""
import resource
from {JUPYTERS_OWN} import serialize_binary_message as pack
from {module} import *
used = int(resource.getrusage(resource.RUSAGE_SELF).ru_utime)
resource.setrlimit(resource.RLIMIT_AS, (1024**3, 1024**3))
resource.setrlimit(resource.RLIMIT_CPU, (used + 3, used + 3))
print("begins", flush=True)
{call}
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.stdout == "begins\n", ended.stderr
    assert ended.returncode != 0
    assert "MemoryError" in ended.stderr or ended.returncode < 0, ended.stderr


@pytest.fixture(scope="module")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("voila"), CELLS) as server:
        yield server


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("lab"), CELLS, voila=False) as server:
        yield server


def code_after(server: Server, kernel: str, protocol: str | None, frames: list[bytes | str]) -> int | None:
    """Send messages and return the code with which the server closes the socket."""
    with server.channels(kernel, protocol) as page:
        with suppress(ConnectionClosed):
            for frame in frames:
                page.send(frame)
        return code_of(page)


def code_of(page: ClientConnection) -> int | None:
    """Wait until the server ends a connection; return the code that it gave, None if it gave none."""
    with suppress(ConnectionClosed):
        while True:
            page.recv(timeout=120)
    closed = page.protocol.close_rcvd
    return None if closed is None else closed.code


def test_evil_sockets_of_a_dashboard_are_closed_and_all_others_live(voila: Server) -> None:
    mine, other = voila.open_dashboard("one.ipynb"), voila.open_dashboard("one.ipynb")
    assert voila.answers(mine)
    before = voila.memory()
    assert code_after(voila, mine, None, ask_for_states(in_legacy)) == 1002
    assert code_after(voila, mine, "of.my.own", ask_for_states(in_legacy)) == 1002
    assert {name: code_after(voila, mine, V1, [frame]) for name, (frame, code) in EVIL_V1.items()} == {
        name: code for name, (frame, code) in EVIL_V1.items()
    }
    assert voila.answers(mine), "the kernel whose socket was evil is lost"
    assert voila.answers(other), "another visitor's kernel is lost"
    assert voila.answers(voila.open_dashboard("one.ipynb")), "nobody new can come"
    assert voila.memory() < before + 300e6
    log = voila.log.read_text()
    assert log.count("was closed (1007)") == sum(code == 1007 for frame, code in EVIL_V1.values())
    assert "Traceback" not in log


def test_sockets_of_a_kernel_are_counted(voila: Server) -> None:
    kernel = voila.open_dashboard("one.ipynb")
    with ExitStack() as pages:
        for _ in range(8):
            pages.enter_context(voila.channels(kernel, max_queue=None))
        with voila.channels(kernel) as one_more:
            assert code_of(one_more) == 1013
    assert voila.answers(kernel)
    with voila.channels(kernel, session="a" * 300) as page:
        assert code_of(page) == 1008


def test_a_message_above_the_limit_ends_its_socket_only(voila: Server) -> None:
    kernel = voila.open_dashboard("one.ipynb")
    before = voila.memory()
    for _ in range(5):
        with voila.channels(kernel) as page:
            with suppress(ConnectionClosed):
                page.send(bytes(MAX_MESSAGE + 1))
            # tornado hangs up while the page still sends: the code, 1009, does not always get there
            assert code_of(page) in (1009, None)
    assert voila.answers(kernel)
    assert voila.memory() < before + 100e6


def test_a_page_that_never_reads_is_let_go(tmp_path: Path) -> None:
    """Asking is cheap, and each answer stays in the server's memory until it is read."""
    with serving(tmp_path, ["import ipywidgets\nipywidgets.Image(value=bytes(8_000_000))"]) as server:
        kernel = server.open_dashboard("one.ipynb")
        with server.channels(kernel) as page:  # it takes nothing from the wire once some messages wait for `recv`
            assert is_answered(page, message("kernel_info_request"), "kernel_info_reply")
            before = server.memory()
            with suppress(ConnectionClosed):
                for _ in range(120):  # 960 MB
                    for frame in ask_for_states(in_v1):
                        page.send(frame)
            deadline = time.monotonic() + PATIENCE
            while "does not read" not in server.log.read_text():
                assert time.monotonic() < deadline, server.log.read_text()
                time.sleep(0.2)
            while server.memory() > before + 300e6:  # what was on its way is let go of too
                assert time.monotonic() < deadline, f"{(server.memory() - before) / 1e6:.0f} MB are kept"
                time.sleep(0.2)
        assert server.answers(server.open_dashboard("one.ipynb"))


def test_what_is_kept_for_a_page_that_has_left_is_limited(lab: Server) -> None:
    """Jupyter keeps what a kernel says for a page that may come back, all of it."""
    kernel = lab.start_kernel()
    before = lab.memory()
    code = "import sys, time; time.sleep(1)\nfor _ in range(150): sys.stdout.write('a' * 8_000_000); sys.stdout.flush()"
    with lab.channels(kernel, max_queue=None) as page:
        page.send(in_v1(*message("execute_request", code=code, silent=False, store_history=False, user_expressions={})))
        wait_for(lambda: b'"busy"' in page.recv(timeout=PATIENCE), "the kernel begins")
    most = 0
    for _ in range(100):  # 1200 MB are on their way
        time.sleep(0.1 * slowdown())
        most = max(most, lab.memory())
    assert most < before + 700e6
    assert lab.answers(kernel)


def test_evil_sockets_of_jupyterlab_are_closed_and_all_others_live(lab: Server) -> None:
    mine, other = lab.start_kernel(), lab.start_kernel()
    before = lab.memory()
    attacks: list[tuple[str | None, dict[str, tuple[bytes | str, int]]]] = [(V1, EVIL_V1), (None, EVIL_LEGACY)]
    for protocol, evil in attacks:
        assert {name: code_after(lab, mine, protocol, [frame]) for name, (frame, code) in evil.items()} == {
            name: code for name, (frame, code) in evil.items()
        }
    assert lab.answers(mine)
    assert lab.answers(other)
    assert lab.memory() < before + 300e6
    # an editor that connects without the subprotocol still can
    assert lab.answers(other, None)
    assert "Traceback" not in lab.log.read_text()


def test_a_message_above_the_default_of_tornado_reaches_the_kernel(lab: Server) -> None:
    kernel = lab.start_kernel()
    with lab.channels(kernel) as page:
        assert is_answered(page, message("kernel_info_request"), "kernel_info_reply")
        header, content = message("comm_open", comm_id=uuid.uuid4().hex, target_name="nobody", data={})
        page.send(in_v1(header, content, buffers=(bytes(20 * 1024**2),)))
        # the last that the kernel says of a message, with the message's own number
        while not (b'"idle"' in (said := page.recv(timeout=120)) and header["msg_id"].encode() in said):
            pass
