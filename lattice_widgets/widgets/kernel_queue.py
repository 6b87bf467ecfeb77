"""How much a kernel keeps for a server that is busy: see docs/upstream.md."""

import sys
from contextlib import suppress
from typing import Any

#: messages; all widgets of the kit in one cell are some three thousand
WAITING = 50_000


def let_messages_wait() -> None:
    """Have the kernel that runs here keep what its server has not read yet; without a kernel do nothing.

    ZeroMQ throws away what a slow reader is a thousand messages behind, and some thousand more fit on the way. A page whose
    server was busy while a cell made many widgets lacks some of them, and waits for the end of the cell for ever.
    """
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    thread: Any = getattr(getattr(shell, "kernel", None), "iopub_thread", None)
    with suppress(AttributeError):  # a kernel of another kind has other ways
        thread.schedule(lambda: thread.socket.set_hwm(WAITING))
