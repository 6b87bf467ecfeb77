"""Voila as a classroom's server: who may come in, by which name, and how many at once."""

import asyncio
import logging
import os
import re
import socket
import webbrowser
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import traitlets as t
import typer
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import HTTPError, RequestHandler
from voila.app import Voila

from lattice_widgets.language import _
from lattice_widgets.memory import available_memory
from lattice_widgets.server.landing import with_landing_page

#: bytes that a page's kernel takes, and what is left to the rest of the machine
_PAGE, _REST = 450_000_000, 1_000_000_000


class KernelRoom(AsyncMappingKernelManager):
    """Kernels of dashboards: no more than there is memory for, and none for a request that opens no page."""

    max_kernels = t.Int(
        0, min=0, config=True, help="Pages that may be open at once; 0: as many as there is memory for."
    )
    connect_within = t.Float(
        60.0, min=1.0, config=True, help="Seconds within which a page connects to its kernel; otherwise that is ended."
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._starting = 0
        self._awaited: dict[str, asyncio.TimerHandle] = {}
        if not self.max_kernels:
            self.max_kernels = max(1, (available_memory() - _REST) // _PAGE)

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Start a kernel, if there is room for one.

        Raises
        ------
        tornado.web.HTTPError
            503, with words for the page, if there is not.
        """
        if len(self.list_kernel_ids()) + self._starting >= self.max_kernels:
            raise HTTPError(503, _room_is_full(self.max_kernels))
        self._starting += 1
        try:
            kernel: str = await super().start_kernel(**kwargs)
        finally:
            self._starting -= 1
        self._awaited[kernel] = asyncio.get_running_loop().call_later(self.connect_within, self._give_up, kernel)
        return kernel

    def notify_connect(self, kernel_id: str) -> None:
        """Take note of a page that has come."""
        self._no_longer_await(kernel_id)
        super().notify_connect(kernel_id)

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel that has ended."""
        self._no_longer_await(kernel_id)
        return super().remove_kernel(kernel_id)

    def _no_longer_await(self, kernel_id: str) -> None:
        timer = self._awaited.pop(kernel_id, None)
        if timer is not None:
            timer.cancel()

    def _give_up(self, kernel_id: str) -> None:
        self._awaited.pop(kernel_id, None)
        if kernel_id not in self:
            return
        from voila.tornado.execution_request_handler import ExecutionRequestHandler

        self.log.warning("No page came within %g s for kernel %s: it is ended.", self.connect_within, kernel_id)
        ExecutionRequestHandler._execution_data.pop(kernel_id, None)
        self._ending = asyncio.ensure_future(self.shutdown_kernel(kernel_id, now=True))


class Dashboards(Voila):
    """Voila, which answers to its own names only and prints the link that lets people in.

    Parameters
    ----------
    names : iterable of str
        Further names of this machine that pages may be asked by, such as that of a proxy.
    """

    def __init__(self, names: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._names = own_names() | {name.casefold() for name in names}

    def init_handlers(self) -> list[Any]:
        """Return what answers which address."""
        return with_landing_page(super().init_handlers(), Path(self.root_dir))

    def listen(self) -> None:
        """Listen, until the server is stopped."""
        rule = Rule(_ForeignHost(self._names), _Refused)
        self.app.default_router.rules.insert(0, self.app.default_router.process_rule(rule))
        self.log.addFilter(_is_worth_reading)
        # called when the loop runs, and the port is known
        asyncio.get_event_loop().call_soon(self._print_link)
        super().listen()

    def launch_browser(self) -> None:
        """Open a browser on this machine, with the token."""
        with suppress(webbrowser.Error):
            browser = webbrowser.get(self.browser or None)
            asyncio.get_event_loop().run_in_executor(None, browser.open, self.link(local=True))

    def link(self, local: bool = False) -> str:
        """Return the address of the start page with its token: that for others, or that for this machine."""
        host = self.ip
        if is_everywhere(host):
            host = "127.0.0.1" if local else _address()
        query = f"?token={self.token}" if self.token else ""
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{self.base_url}{query}"

    def _print_link(self) -> None:
        link, n_pages = self.link(), self.kernel_manager.max_kernels
        words = _("Pages that may be open at once: {n_pages}. Ctrl+C ends the server.").format(n_pages=n_pages)
        typer.echo(words, err=True)
        if is_loopback(self.ip):
            typer.echo(_("The dashboards: {link}").format(link=link), err=True)
            return
        if self.token:
            words = _("Who has this link comes in, and nobody else: {link}")
        else:
            words = _("Open: everyone who reaches this computer comes in, and each page runs a kernel on it. {link}")
        typer.echo(words.format(link=link), err=True)
        import segno

        # modules that are drawn light and dark, as phones read them in both kinds of terminals
        typer.echo(_in_blocks([list(line) for line in segno.make(link, micro=False).matrix_iter(border=2)]), err=True)


def _is_worth_reading(record: logging.LogRecord) -> bool:
    """Tell whether a line helps the teacher: that a notebook is not trusted is said of each one that came by a copy."""
    return "is not trusted" not in str(record.msg)


def is_loopback(ip: str) -> bool:
    """Return whether only this machine itself can reach the address."""
    with suppress(ValueError):
        return ip_address(ip).is_loopback
    return ip.casefold() == "localhost"


def is_everywhere(ip: str) -> bool:
    """Return whether it stands for all addresses of this machine."""
    return ip in ("", "*", "0.0.0.0", "::")


def own_names() -> set[str]:
    """Return the names of this machine."""
    host = socket.gethostname().casefold()
    names = {"localhost", host, host.partition(".")[0], f"{host.partition('.')[0]}.local"}
    return names | {name.strip().casefold() for name in os.environ.get("LATTICE_WIDGETS_HOSTS", "").split(",")} - {""}


def is_own(host: str, names: set[str]) -> bool:
    """Return whether a Host header names this machine; an address is no name that another could have taken.

    Examples
    --------
    >>> is_own("192.168.0.7:8866", set()), is_own("evil.example", {"localhost"}), is_own("Localhost:1", {"localhost"})
    (True, False, True)
    """
    name = re.sub(r":\d*$", "", host.casefold()).rstrip(".")
    with suppress(ValueError):
        ip_address(name.removeprefix("[").removesuffix("]"))
        return True
    return name in names


class _ForeignHost(Matcher):
    """Matches requests whose Host header names another machine.

    A page of somebody else's could have its name resolved to this machine, and would then be let in by the browser as if it
    came from here (DNS rebinding).
    """

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return None if is_own(request.host, self._names) else {}


class _Refused(RequestHandler):
    """Says no."""

    def prepare(self) -> None:
        self.set_status(421)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(
            "This server is not known by that name. Use the link that it printed, or start it with --name NAME.\n"
        )


def _room_is_full(n_pages: int) -> str:
    return _(
        "The room is full.\nAll {n_pages} places of this computer are taken. This page tries again by itself every 20 seconds "
        "and opens as soon as somebody closes another; pages that you no longer need can be closed."
    ).format(n_pages=n_pages)


def _address() -> str:
    """Return the address that others in the network know this machine by; nothing is sent to find out."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # an address for examples, which leads to nobody
        return str(probe.getsockname()[0])
    return socket.gethostname()


def _in_blocks(modules: list[list[int]]) -> str:
    """Draw a QR code with half blocks, black on white in every terminal."""
    blank = [0] * len(modules[0])
    rows = modules + [blank] * (len(modules) % 2)
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    lines = (
        "".join(blocks[bool(upper), bool(lower)] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    )
    return "\n".join(f"\x1b[97;40m{line}\x1b[0m" for line in lines)
