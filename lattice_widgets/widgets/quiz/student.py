"""Who answers: the name that a student types once for all quizzes and predictions of a page, and guests without one."""

import os
import uuid
from contextlib import suppress
from typing import Any, ClassVar
from weakref import WeakSet

import ipywidgets as ipw

from lattice_widgets.files.answers.owners import NameTaken, claim_name, make_code, split_code
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

    Attributes
    ----------
    another : ipywidgets.Button or None
        Shows a code that takes the name to another device; hidden without a name, and none where nobody else is.
    """

    _all: ClassVar["WeakSet[NameField]"] = WeakSet()

    def __init__(self, owner: Any) -> None:
        super().__init__(
            value=owner.student,
            description=_("your name"),
            placeholder=_("for your teacher, or empty"),
            tooltip=_("Answers under a name have a file of their own"),
            continuous_update=False,
            style={"description_width": "80px"},
            layout=ipw.Layout(width="100%", max_width="320px"),
        )
        self._owner = owner
        self.another = ipw.Button(layout=ipw.Layout(width="auto")) if os.environ.get(VISITOR, "") else None
        if self.another is not None:
            self.another.on_click(self._show_code)
        self._offer_code()
        self._all.add(self)
        owner.observe(self._named, "student")
        self.observe(owner.guarded(self._typed), "value")

    def close(self) -> None:
        """Stop handing on names, and take the field off the page."""
        self._all.discard(self)
        super().close()

    def _named(self, change: dict[str, Any]) -> None:
        self.value = change["new"]
        self._offer_code()

    def _typed(self, change: dict[str, Any]) -> None:
        before = self._owner.student
        if change["new"] == before:
            return
        name, code = split_code(change["new"])
        visitor = os.environ.get(VISITOR, "")
        if visitor and name.strip():
            try:
                claim_name(self._owner.folder or ".", name, visitor, code)
            except NameTaken:
                self.value = before
                raise
            except AnswersFileError:  # that nothing can be saved is told with the answers
                pass
        else:
            name = change["new"]
        self._owner.student = self.value = name
        self._owner.clear_error()
        self._tell_the_server(name.strip())
        for field in list(self._all):
            if field is not self and field._owner.student == before:
                field._owner.student = name

    @property
    def lines(self) -> list[ipw.Widget]:
        """The field, and the button below it where there is one."""
        return [self] if self.another is None else [self, self.another]

    def _offer_code(self) -> None:
        """Offer a code where others are and there is a name; one that was shown belongs to another name."""
        if self.another is None:
            return
        self.another.layout.display = None if self._owner.student.strip() else "none"
        self.another.description = _("another device")
        self.another.tooltip = _("Show a code that takes your name to another device")

    def _show_code(self, button: ipw.Button) -> None:
        name = " ".join(self._owner.student.split())
        code = make_code(self._owner.folder or ".", name, os.environ.get(VISITOR, ""))
        button.description = f"{name} #{code}"
        button.tooltip = _("Type this as your name on the other device, within ten minutes")

    def _tell_the_server(self, name: str) -> None:
        """Note beside the answers who this visitor is, so that the page of all lessons shows what was answered."""
        visitor = os.environ.get(VISITOR, "")
        if visitor and name:
            with suppress(AnswersFileError):  # that nothing can be saved is told with the answers
                remember_name(self._owner.folder or ".", visitor, name)
