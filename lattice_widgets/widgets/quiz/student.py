"""Who answers: the name that a student types once for all quizzes and predictions of a page, and guests without one."""

import os
import uuid
from contextlib import suppress
from typing import Any, ClassVar
from weakref import WeakSet

import ipywidgets as ipw

from lattice_widgets.files.answers.sheets import AnswersFileError
from lattice_widgets.files.answers.visitors import remember_name
from lattice_widgets.language import _

__all__ = ["NameField", "guest_name"]

#: where `lattice-widgets lab --voila` tells who comes again
VISITOR = "LATTICE_WIDGETS_VISITOR"


def guest_name() -> str:
    """Return what tells the files of somebody without a name from those of others; empty where nobody else is.

    On a server that many share, who gives no name is not to find somebody else's answers.
    """
    shared = os.environ.get("SERVER_SOFTWARE", "").startswith("voila") or "VOILA_APP_PORT" in os.environ
    return (os.environ.get(VISITOR, "") or uuid.uuid4().hex[:8]) if shared else ""


class NameField(ipw.Text):
    """A field for the student's name. A name that is typed goes to all quizzes and predictions that had the same one before.

    Parameters
    ----------
    owner : LatticeWidget
        Has a trait ``student``.
    """

    _all: ClassVar["WeakSet[NameField]"] = WeakSet()

    def __init__(self, owner: Any) -> None:
        super().__init__(
            value=owner.student,
            description=_("your name"),
            placeholder=_("may stay empty"),
            tooltip=_("Answers under a name have a file of their own"),
            continuous_update=False,
            style={"description_width": "80px"},
            layout=ipw.Layout(width="100%", max_width="320px"),
        )
        self._owner = owner
        self._all.add(self)
        owner.observe(self._named, "student")
        self.observe(self._typed, "value")

    def close(self) -> None:
        """Stop handing on names, and take the field off the page."""
        self._all.discard(self)
        super().close()

    def _named(self, change: dict[str, Any]) -> None:
        self.value = change["new"]

    def _typed(self, change: dict[str, Any]) -> None:
        before = self._owner.student
        if change["new"] == before:
            return
        self._owner.student = change["new"]
        self._tell_the_server(change["new"].strip())
        for field in list(self._all):
            if field is not self and field._owner.student == before:
                field._owner.student = change["new"]

    def _tell_the_server(self, name: str) -> None:
        """Note beside the answers who this visitor is, so that the page of all lessons shows what was answered."""
        visitor = os.environ.get(VISITOR, "")
        if visitor and name:
            with suppress(AnswersFileError):  # that nothing can be saved is told with the answers
                remember_name(self._owner.folder or ".", visitor, name)
