"""Another program that says what it does, a line at a time."""

import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from lattice_widgets.runner.ways import HAS_THREADS, Outbox, running_loop


class LineProcess:
    """A program whose lines are handed to the event loop. It is told of its end by the end of its standard input.

    Without an event loop (a plain script) `start` returns when the program has ended. Where there are no threads there are no
    programs either.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    take : callable
        ``take(line)``, on the event loop, for each line that it prints.
    ended : callable
        ``ended(status)``, on the event loop, when it has ended by itself; not after `end`.
    """

    def __init__(self, command: Sequence[str], take: Callable[[str], None], ended: Callable[[int], None]) -> None:
        self._command, self._take, self._ended = list(command), take, ended
        self._process: subprocess.Popen[str] | None = None
        self._outbox = Outbox()
        self._over = False

    def start(self) -> None:
        """Start the program.

        Raises
        ------
        OSError
            If it cannot be started.
        """
        if not HAS_THREADS:
            raise OSError("there are no programs here")
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        loop = running_loop()
        if loop is None:
            with self._process as process:
                for line in process.stdout or ():
                    self._hand(self._take, line)
            self._hand(self._ended, process.returncode)
            return

        def read(process: subprocess.Popen[str]) -> None:
            with suppress(RuntimeError):  # the loop was closed in the meantime: nobody is left to tell
                with process:  # waits for its end, and closes what leads to it
                    for line in process.stdout or ():
                        self._outbox.put(loop, self._hand, self._take, line)
                self._outbox.put(loop, self._hand, self._ended, process.returncode)

        # nobody waits for it when Python ends: then the program ends too
        threading.Thread(target=read, args=(self._process,), name="lattice-widgets-lines", daemon=True).start()

    def tell(self, line: str) -> None:
        """Write a line to its standard input; nothing happens once it has ended."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError, ValueError):
                self._process.stdin.write(f"{line}\n")
                self._process.stdin.flush()

    def end(self) -> None:
        """End it; what it has said and nobody was told is forgotten."""
        self._over = True
        if self._process is None:
            return
        with suppress(OSError, ValueError):
            self._process.kill()

    def _hand(self, take: Callable[..., None], what: str | int) -> None:
        if not self._over:
            take(what)
