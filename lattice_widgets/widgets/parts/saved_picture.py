"""When a widget is shown: wait a moment for its first answers, so that the picture kept in the notebook shows them."""

import time
from collections.abc import Callable, Iterable

from IPython import get_ipython

from lattice_widgets.runner import Background, NewestWins
from lattice_widgets.widgets.parts.dashboard import is_dashboard

#: Longest wait [s] while a person looks on, and while a program runs a notebook to save it. A person sees the answers come
#: anyway, and should see the widget first; in the saved notebook nothing will come, however slow the machine.
_PERSON, _PROGRAM = 0.7, 1800.0


def wait_for_answers(workers: Iterable[object], is_loading: Callable[[], bool]) -> None:
    """Apply the answers that come in a moment, without leaving the event loop.

    Parameters
    ----------
    workers : iterable
        What computes for the widget; anything but `NewestWins` and `Background` is passed over.
    is_loading : callable
        Whether a network is being loaded; only a program waits for that.
    """
    each = list(workers)
    asked = [worker for worker in each if isinstance(worker, NewestWins)]
    others = [worker for worker in each if isinstance(worker, Background)]
    person = is_person_waiting()
    deadline = time.monotonic() + (_PERSON if person else _PROGRAM)
    while time.monotonic() < deadline:
        for background in others:
            background.catch_up()
        # an answer that is applied may ask for another, of a worker before it: all must be idle twice in a row
        idle = all(worker.catch_up() for worker in (*asked, *asked))
        if idle and (person or not is_loading()):
            return
        time.sleep(0.005)


def is_person_waiting() -> bool:
    """Whether this cell was run by somebody who sees the page, and not by a program that runs and saves notebooks.

    Such programs (nbclient, nbconvert, papermill) tell the kernel that nobody could answer a question. Voila, which is one of
    them, does it for a person.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or is_dashboard():
        return True
    request = kernel.get_parent() or {}
    return bool(request.get("content", {}).get("allow_stdin", True))
