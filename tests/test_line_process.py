"""A program that says what it does: its lines arrive in order on the event loop, and it ends when nobody listens."""

import sys
import threading

import psutil
import pytest

from lattice_widgets.runner import LineProcess, line_process
from tests.patience import until

#: prints its lines, then each line that it is told; ends with its standard input
ECHO = """
import sys
print("one", flush=True)
print("two", flush=True)
for line in sys.stdin:
    if line.strip() == "enough":
        sys.exit(3)
    print("heard", line.strip(), flush=True)
"""


class Listener:
    """Writes down what it is told, and in which thread."""

    def __init__(self, code: str = ECHO) -> None:
        self.lines: list[str] = []
        self.ended: list[int] = []
        self.threads: set[int] = set()
        self.process = LineProcess([sys.executable, "-c", code], self.take, self.ended.append)

    def take(self, line: str) -> None:
        self.threads.add(threading.get_ident())
        self.lines.append(line.strip())


async def test_lines_come_on_the_event_loop_and_orders_are_heard() -> None:
    listener = Listener()
    listener.process.start()
    await until(lambda: len(listener.lines) == 2, "two lines")
    listener.process.tell("more")
    await until(lambda: len(listener.lines) == 3, "an answer")
    assert listener.lines == ["one", "two", "heard more"]
    assert listener.threads == {threading.get_ident()}
    listener.process.tell("enough")
    await until(lambda: listener.ended, "the end")
    assert listener.ended == [3]
    listener.process.tell("nobody is there")  # is no error
    listener.process.end()


async def test_one_that_is_ended_says_nothing_more() -> None:
    others = set(psutil.Process().children())
    listener = Listener("while True: print('again', flush=True)")
    listener.process.start()
    await until(lambda: listener.lines, "a line")
    (child,) = set(psutil.Process().children()) - others
    listener.process.end()
    seen = len(listener.lines)
    await until(lambda: not psutil.pid_exists(child.pid), "the end of the program")
    await until(lambda: not [one for one in threading.enumerate() if one.name == "lattice-widgets-lines"], "its reader")
    assert len(listener.lines) == seen
    assert listener.ended == []


def test_without_an_event_loop_it_is_waited_for() -> None:
    listener = Listener("print('one'); print('two'); raise SystemExit(2)")
    listener.process.start()
    assert (listener.lines, listener.ended) == (["one", "two"], [2])


def test_what_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError):
        LineProcess(["/no/such/program"], print, print).start()
    monkeypatch.setattr(line_process, "HAS_THREADS", False)
    with pytest.raises(OSError, match="no programs here"):
        Listener().process.start()
