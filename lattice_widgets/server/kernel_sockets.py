"""The sockets between pages and kernels, for servers that strangers can reach: one visitor must not stop all.

Jupyter's servers take the class of these connections from their configuration (``kernel_websocket_connection_class``);
`guard_voila` and `guard_server` put one in. What they keep out, and why, is told in ``docs/upstream.md``.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.iostream import StreamBufferFullError

from lattice_widgets.server.kernel_frames import V1, Refusal, check_legacy, check_v1
from lattice_widgets.server.server_settings import MAX_UNREAD

_MAX_NAME = 128


class KernelConnection(ZMQChannelsWebsocketConnection):
    """A connection between one page and its kernel that closes itself when what comes in is malformed.

    The page sees a close code (1002 wrong protocol, 1003 and 1007 malformed, 1008 unacceptable, 1013 too many), the
    server's log one line. The kernel and its other pages are left alone.
    """

    #: Whether a page may leave out the subprotocol: some editors do that connect to a server with its token.
    takes_legacy = True
    #: Each socket has five file descriptors of the server. JupyterLab opens one for each thing that shows a kernel.
    max_sockets = 64

    _refusal: Refusal | None = None
    _connected = False

    async def prepare(self) -> None:
        """Get the kernel ready, unless the page is to be refused; then nothing is touched on its behalf."""
        self._refusal = self._reason_against()
        if self._refusal is None:
            await super().prepare()

    # the annotations of the base class say that both are coroutines; those that ship are not
    def connect(self) -> Any:
        """Connect page and kernel, or close the socket with the reason."""
        if self._refusal is None and not self.takes_legacy and self.subprotocol != V1:
            self._refusal = _WRONG_PROTOCOL
        if self._refusal is not None:
            self._close(self._refusal)
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            done.set_result(None)
            return done
        self._connected = True
        # a page that asks and never reads would have the server keep the answers
        socket: Any = self.websocket_handler.ws_connection
        socket.stream.max_write_buffer_size = MAX_UNREAD
        # an answer is several small messages, each of which would wait for the page to acknowledge the one before: 40 ms
        socket.set_nodelay(True)
        return super().connect()

    def disconnect(self) -> Any:
        """Take page and kernel apart; nothing where they never were together.

        Jupyter keeps what a kernel says to a page that has left, without a limit, in case it comes back: for a page that
        was closed by us nothing is kept, for another at most `MAX_UNREAD` bytes.
        """
        if not self._connected:
            return
        super().disconnect()
        kernels = self.multi_kernel_manager
        if self._refusal is not None:
            kernels.stop_buffering(self.kernel_id)
        elif self.kernel_id in kernels._kernel_buffers:
            kept = kernels._kernel_buffers[self.kernel_id]
            kept["buffer"] = _KeptMessages(kept["buffer"], partial(kernels.stop_buffering, self.kernel_id))

    def handle_incoming_message(self, incoming_msg: str) -> None:
        """Hand a message to the kernel if it is well formed; close the socket otherwise."""
        if self._refusal is not None:  # what was on its way while the socket closes
            return
        check = check_v1 if self.subprotocol == V1 else check_legacy
        refusal = check(incoming_msg)
        if refusal is None:
            try:
                super().handle_incoming_message(incoming_msg)
                return
            except (TypeError, ValueError, LookupError, AttributeError, AssertionError, RecursionError):
                refusal = Refusal(1007, "The message cannot be read.")
        self._close(refusal)

    def handle_outgoing_message(self, stream: str, outgoing_msg: list[Any]) -> None:
        """Hand a message to the page; let go of a page that no longer reads."""
        try:
            super().handle_outgoing_message(stream, outgoing_msg)
        except StreamBufferFullError:
            socket: Any = self.websocket_handler.ws_connection  # none any more once it is told to close
            self._close(Refusal(1008, "The page does not read what it asks for."))
            if socket is not None:  # no word gets through to it either
                socket.stream.close()

    def _reason_against(self) -> Refusal | None:
        offered = self.websocket_handler.request.headers.get("Sec-WebSocket-Protocol", "")
        if not self.takes_legacy and V1 not in [name.strip() for name in offered.split(",")]:
            return _WRONG_PROTOCOL
        # it becomes a socket's identity, which has no more than 255 bytes and does not begin with a zero
        name = self.session.session
        if not 1 <= len(name) <= _MAX_NAME or not (name.isascii() and name.isprintable()):
            return Refusal(1008, "The session's name is not acceptable.")
        if sum(other.kernel_id == self.kernel_id for other in self._open_sockets) >= self.max_sockets:
            return Refusal(1013, "This kernel has too many sockets already.")
        return None

    def _close(self, refusal: Refusal) -> None:
        self._refusal = refusal
        self.log.warning("A socket of kernel %s was closed (%d): %s", self.kernel_id, refusal.code, refusal.reason)
        self.websocket_handler.close(refusal.code, refusal.reason)


class _KeptMessages(list[tuple[str, list[Any]]]):
    """Messages for a page that has left; when they become too many `give_up` is called and nothing more is kept."""

    def __init__(self, messages: list[tuple[str, list[Any]]], give_up: Callable[[], None]) -> None:
        super().__init__()
        self._give_up = give_up
        self._n_bytes = 0
        for message in messages:
            self.append(message)

    def append(self, message: tuple[str, list[Any]]) -> None:
        super().append(message)
        self._n_bytes += sum(len(part) for part in message[1])
        if self._n_bytes > MAX_UNREAD:
            self.clear()
            self._n_bytes = 0
            # not from within the stream that brought this message: it is closed then
            asyncio.get_running_loop().call_soon(self._give_up)


class DashboardConnection(KernelConnection):
    """The same for a dashboard, whose visitors nobody knows: only Voila's own pages, which all name the subprotocol."""

    takes_legacy = False
    max_sockets = 8


_WRONG_PROTOCOL = Refusal(1002, f"This server speaks {V1} only.")
