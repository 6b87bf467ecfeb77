"""Who may come to the dashboards, by which name, and how many: real servers, asked as strangers ask."""

import re
import socket
import urllib.error
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from kernel_client import V1, Server, fetch, serving
from websockets.exceptions import InvalidStatus

from lattice_widgets.server.dashboard_server import is_loopback, is_own
from tests.patience import wait_for

CELLS = ["import os\n1"]
PAGE = "voila/render/one.ipynb"


def kernel_in(page: str) -> str:
    found = re.search(r'"kernelId": *"([0-9a-f-]{36})"', page)
    return found[1] if found else ""


def kernels(server: Server) -> int:
    number = 0
    for child in psutil.Process(server.pid).children():
        with suppress(psutil.Error):  # one that ends just now
            number += "ipykernel" in " ".join(child.cmdline())
    return number


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("guarded"), CELLS, "--pages", "9", "--ip", "0.0.0.0") as server:
        yield server


def test_others_need_the_token_and_the_link_brings_it(guarded: Server) -> None:
    page = fetch(guarded.url + PAGE).decode()
    assert not kernel_in(page)
    assert 'name="password"' in page, "a stranger is asked for the token"
    assert kernels(guarded) == 0
    with pytest.raises(InvalidStatus) as refused:
        guarded.channels("0" * 8 + "-0000-0000-0000-" + "0" * 12)
    assert refused.value.response.status_code == 403

    wait_for(lambda: "?token=" in guarded.log.read_text(), "the link is printed")
    said = guarded.log.read_text()
    assert "Who has this link comes in, and nobody else: http://" in said
    assert "▄" in said, "a code for phones"
    assert "Pages that may be open at once: 9" in said
    assert "token=..." not in said, "a link that lets nobody in"
    token = re.search(r"\?token=([0-9a-f]{16})", said)
    assert token
    assert kernel_in(fetch(f"{guarded.url}{PAGE}?token={token[1]}").decode())
    assert not kernel_in(fetch(f"{guarded.url}{PAGE}?token={'0' * 16}").decode())
    assert "[Dashboards]" not in guarded.log.read_text(), "the code scrolls away while the class comes in"


def test_open_is_said_in_words(tmp_path: Path) -> None:
    with serving(tmp_path, CELLS, "--ip", "0.0.0.0", "--pages", "9", "--open", "--name", "School.Example") as server:
        assert kernel_in(fetch(server.url + PAGE).decode())
        assert "everyone who reaches this computer comes in" in server.log.read_text()
        for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""):
            with pytest.raises(urllib.error.HTTPError) as refused:
                fetch(server.url + PAGE, headers={"Host": host})
            assert refused.value.code in (400, 421)
        for host in ("localhost", "192.168.0.7:8866", "[::1]:80", socket.gethostname(), "school.example"):
            assert fetch(server.url, headers={"Host": host})
        assert kernels(server) == 1


def test_a_full_room_says_so_and_has_room_again(tmp_path: Path) -> None:
    with serving(tmp_path, CELLS, "--pages", "1") as server:
        here = server.open_dashboard("one.ipynb")
        with server.channels(here, V1):
            with pytest.raises(urllib.error.HTTPError) as refused:
                fetch(server.url + PAGE)
            words = refused.value.read().decode()
            assert refused.value.code == 503
            assert "The room is full." in words
            assert "All 1 places" in words
            assert 'http-equiv="refresh"' in words
        assert server.answers(here), "who was there stays"


def test_a_request_that_never_connects_is_given_up(tmp_path: Path) -> None:
    with serving(tmp_path, CELLS, "--pages", "9", "--KernelRoom.connect_within=15") as server:
        connected = kernel_in(fetch(server.url + PAGE).decode())
        with server.channels(connected, V1):
            for _ in range(3):
                assert kernel_in(fetch(server.url + PAGE).decode())
            wait_for(lambda: server.log.read_text().count("it is ended") == 3, "the bare requests are given up")
            wait_for(lambda: kernels(server) == 1, "their kernels are gone")
            assert server.answers(connected), "the page that came has its kernel"


@pytest.mark.parametrize(
    ("ip", "local"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("", False), ("10.0.0.1", False)],
)
def test_addresses_of_this_machine_alone(ip: str, local: bool) -> None:
    assert is_loopback(ip) is local


def test_an_address_is_no_name_that_another_could_have_taken() -> None:
    assert is_own("[fe80::1]:8866", set())
    assert not is_own("10.0.0.1.evil.example", {"localhost"})
    assert is_own("localhost.", {"localhost"})
