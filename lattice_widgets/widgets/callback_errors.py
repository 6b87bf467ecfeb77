"""No exception of a callback vanishes: what an observer, a button or a message raises is told in its widget.

ipywidgets writes what a callback raises into a log that nobody opens, and traitlets ends the work of whoever set the trait.
"""

import logging
from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import traitlets as t
from ipywidgets.widgets.widget import CallbackDispatcher

from lattice_widgets.classifier import ClassifierError
from lattice_widgets.language import _
from lattice_widgets.needed import MissingPackageError
from lattice_widgets.widgets.parts.texts import say_problem

__all__ = ["Guarded", "guard_part", "is_known", "sentence_of"]

#: ``tell(what was raised, or None, by which callback)``
Tell = Callable[[Exception | None, Any], None]

_log = logging.getLogger("lattice_widgets")
#: where ipywidgets keeps what it calls: messages, clicks of a button, Enter in a line of text
_DISPATCHERS = ("_msg_callbacks", "_click_handlers", "_submission_callbacks")


class Guarded:
    """A callback that never raises: what it raises is told, and so is that it worked.

    Two are equal if their callbacks are, so that traitlets finds the one to be removed.

    Parameters
    ----------
    act : callable
        The callback.
    tell : callable
        ``tell(exception, act)`` when it raised, ``tell(None, act)`` when it did not.
    """

    def __init__(self, act: Callable[..., Any], tell: Tell) -> None:
        self.act, self._tell = act, tell

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it; return what it returns, or None if it raised."""
        try:
            result = self.act(*arguments, **named)
        except Exception as problem:
            self._tell(problem, self.act)
            return None
        self._tell(None, self.act)
        return result

    def __eq__(self, other: object) -> bool:
        """Whether both call the same."""
        return self.act == (other.act if isinstance(other, Guarded) else other)

    def __hash__(self) -> int:
        """Return the hash of the callback."""
        return hash(self.act)


class _Telling(CallbackDispatcher):
    """The callbacks of a part, each of which is guarded when it is called."""

    def __init__(self, callbacks: list[Callable[..., Any]], tell: Tell) -> None:
        super().__init__(callbacks=callbacks)
        self._tell = tell

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        results = [Guarded(act, self._tell)(*arguments, **named) for act in list(self.callbacks)]
        return next((result for result in reversed(results) if result is not None), None)


def guard_part(part: ipw.Widget, tell: Tell) -> None:
    """Have everything told that is raised when the browser sets a trait of a part, or sends it a message.

    Parameters
    ----------
    part : ipywidgets.Widget
        The part, with the callbacks that it has and those that it gets later; and what becomes its child, at any depth.
    tell : callable
        See `Guarded`.
    """
    if isinstance(part.set_state, Guarded):
        return
    part.set_state = Guarded(part.set_state, tell)
    for name in _DISPATCHERS:
        dispatcher = getattr(part, name, None)
        if isinstance(dispatcher, CallbackDispatcher):
            setattr(part, name, _Telling(dispatcher.callbacks, tell))
    if isinstance(part, ipw.Box):

        def guard_children(change: Any = None) -> None:
            for child in part.children:
                guard_part(child, tell)

        guard_children()
        part.observe(guard_children, "children")


def is_known(problem: Exception) -> bool:
    """Whether an exception is an answer to what a user did, with a message for users."""
    return isinstance(problem, ValueError | OSError | ClassifierError | MissingPackageError | t.TraitError)


def sentence_of(problem: Exception) -> str:
    """Return what to tell of an exception; of one that nobody foresaw the log gets the details."""
    if is_known(problem):
        return say_problem(problem)
    _log.error("A callback of a widget failed.", exc_info=problem)
    words = _("This should not have happened: {problem}. Please report it; the details are in the log.")
    return words.format(problem=f"{type(problem).__name__}: {problem}")
