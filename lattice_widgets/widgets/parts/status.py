"""What stands at the top of each widget: what is wrong, or that something is computed; and what is old is dimmed."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ipywidgets as ipw

from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html

__all__ = ["Dimmer", "Status"]

#: shorter work shows no sign of it, so that a moving slider does not flicker [s]
_BUSY_AFTER = 0.3


class Dimmer:
    """Dims what is old, unless it is renewed in a moment: a hand that moves sees nothing flicker, and no message is sent.

    Parameters
    ----------
    part : ipywidgets.Widget
        Gets the class while something in it is old.
    name : str
        The class. The style sheet says what it dims.
    """

    def __init__(self, part: ipw.DOMWidget, name: str) -> None:
        self._part, self._name = part, name
        self._timer: asyncio.TimerHandle | None = None

    def dim(self) -> None:
        """Dim the part, unless `renew` is called in a moment."""
        if self._timer is None:
            self._timer = _later(lambda: self._part.add_class(self._name))

    def renew(self) -> None:
        """Take what is shown for the answer to what was asked last."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._part.remove_class(self._name)


class Status(ipw.HTML):
    """The line that says what is wrong or that an answer is computed.

    Parameters
    ----------
    owner : LatticeWidget
        Has the traits ``busy`` and ``error``; its parts with the class ``lattice-widgets-answer`` are dimmed.
    """

    def __init__(self, owner: Any) -> None:
        super().__init__()
        self.add_class("lattice-widgets-status")
        self._owner = owner
        self._timer: asyncio.TimerHandle | None = None
        #: the class of a widget that has no answer yet to what it was asked last
        self._dimmer = Dimmer(owner, "lattice-widgets-waiting")

    def show(self) -> None:
        """Show the error, or that there is work."""
        if self._owner.error:
            text = f'<span role="alert" class="lattice-widgets-error">⚠ {in_html(self._owner.error)}</span>'
        elif self._owner.busy:
            text = f'<span role="status" class="lattice-widgets-busy">{in_html(_("computing …"))}</span>'
        else:
            text = ""
        if self.value != text:  # type: ignore[has-type]
            self.value = text

    def follow_work(self) -> None:
        """Work has begun or ended: tell it, if it takes longer than a moment."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._owner.busy:
            self._timer = _later(self.show)
        else:
            self.renew()
            self.show()

    def dim(self) -> None:
        """Dim what was answered before, unless `renew` is called in a moment."""
        self._dimmer.dim()

    def renew(self) -> None:
        """Take what is shown for the answer to the settings as they are."""
        self._dimmer.renew()


def _later(act: Callable[[], Any]) -> asyncio.TimerHandle | None:
    with suppress(RuntimeError):  # no event loop: nobody watches
        return asyncio.get_running_loop().call_later(_BUSY_AFTER, act)
    return None
