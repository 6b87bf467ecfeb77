"""The way back: undo and reset of the settings of a widget, by buttons and by Ctrl+Z."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import traitlets as t

from lattice_widgets.classifier.card import list_classifiers
from lattice_widgets.language import _
from lattice_widgets.samples.collection import list_samples
from lattice_widgets.widgets.parts.lines import button, row

__all__ = ["History"]

#: settings whose words name no file
_WORDS = frozenset({"pixel_size", "dataset", "candidate", "elements", "element", "reference", "undistort"})
#: steps that are kept
_STEPS = 20
#: a setting that goes on changing within this time is moved by the same hand [s]
_SAME_HAND = 1.0


class History:
    """Remembers the settings of a widget: those with a label, those of its picture, and those tagged ``undo=True``.

    What changes in one callback is one step (a crystal that is chosen brings its cell along), and so is a drag.

    Parameters
    ----------
    owner : LatticeWidget
        Its traits are remembered, from the next turn of the event loop on: what a constructor sets is the beginning.
    tell : callable
        Told the settings that were changed, as JSON can hold them, after each change: a page keeps them for a kernel that ends.

    Attributes
    ----------
    buttons : ipywidgets.Widget
        Undo and reset; hidden if the widget has no settings.
    restoring : bool
        Whether settings are being brought back just now.
    """

    def __init__(self, owner: Any, tell: Callable[[dict[str, Any]], None] = lambda settings: None) -> None:
        self._owner, self._tell = owner, tell
        self._names = sorted(name for name, trait in owner.traits().items() if owner.undoable and _is_setting(trait))
        self._steps: list[dict[str, Any]] = []
        self._changed: set[str] = set()
        self._moved = 0.0
        self._waiting = self._recorded = self.restoring = False
        self._undo = button(_("undo"), _("Take the last change back (Ctrl+Z)"), self.undo)
        self._reset = button(_("reset"), _("All settings as they were at the beginning"), self.reset)
        self.buttons = row(self._undo, self._reset)
        self.buttons.add_class("lattice-widgets-history")
        self.buttons.layout.display = None if self._names else "none"
        self._first = self._last = self._now()
        self._enable()
        owner.observe(self._note, self._names)
        try:
            asyncio.get_running_loop().call_soon(self._begin)
        except RuntimeError:
            self._begin()

    @property
    def steps(self) -> int:
        """Number of steps that can be taken back."""
        return len(self._steps)

    def undo(self) -> None:
        """Take the last step back."""
        self._take()
        if self._steps:
            self._set(self._steps.pop())

    def reset(self) -> None:
        """Bring all settings back to the beginning; this can be undone too."""
        self._take()
        if self._now() != self._first:
            self._push(self._last)
            self._set(self._first)

    def bring(self, values: dict[str, Any]) -> None:
        """Bring back settings that a page has kept, as one step; what the widget does not have, or refuses, is passed over."""
        self._take()
        fits = {}
        for name, value in values.items():
            value = _tuples(value)
            if name not in self._names or not self._may_come(name, value):
                continue
            try:
                self._owner.traits()[name]._validate(self._owner, value)
            except Exception:
                continue
            fits[name] = value
        if fits:
            self._push(self._last)
            self._set({**self._now(), **fits})

    def _changes(self) -> dict[str, Any]:
        """Return the settings that are not as they were at the beginning, as far as a page may bring them back."""
        changed = _difference(self._first, self._now())
        kept = {name: value for name, value in changed.items() if self._may_come(name, value) and _is_plain(value)}
        if "source" in changed and "source" not in kept:  # what belongs to a picture would come to another one
            kept = {
                name: value for name, value in kept.items() if not self._owner.traits()[name].metadata.get("of_picture")
            }
        return kept

    def _may_come(self, name: str, value: Any) -> bool:
        """Tell whether a page may bring a value: it must not make the kernel open or write what the kit does not offer."""
        if isinstance(value, tuple):
            return all(part is None or isinstance(part, bool | int | float) for part in value)
        if not isinstance(value, str):
            return value is None or isinstance(value, bool | int | float)
        if name == "source":
            return value in {sample.name for sample in list_samples()}
        if name == "classifier":
            return value in list_classifiers()
        return name in _WORDS or isinstance(self._owner.traits()[name], t.Enum)

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """Change settings as the answer to a change: no step of its own."""
        self._take()
        recorded, self._recorded = self._recorded, False
        try:
            yield
        finally:
            self._recorded = recorded
            if not self._steps:
                self._first = {**self._first, **_difference(self._last, self._now())}
            self._last = self._now()
            self._tell(self._changes())

    def _begin(self) -> None:
        self._first = self._last = self._now()
        self._recorded = True
        self._enable()

    def _now(self) -> dict[str, Any]:
        return {name: getattr(self._owner, name) for name in self._names}

    def _note(self, change: Any) -> None:
        if not self._recorded or self._waiting:
            return
        self._waiting = True
        try:
            asyncio.get_running_loop().call_soon(self._take)
        except RuntimeError:
            self._take()

    def _take(self) -> None:
        """Take what has changed since the last step for a step, or for a part of it."""
        self._waiting = False
        if not self._recorded:
            return
        now, before = self._now(), self._last
        changed = set(_difference(before, now))
        if not changed:
            return
        same_hand = bool(self._steps) and changed == self._changed and time.monotonic() - self._moved < _SAME_HAND
        if not same_hand:
            self._push(before)
        self._changed, self._moved, self._last = changed, time.monotonic(), now
        self._tell(self._changes())

    def _push(self, step: dict[str, Any]) -> None:
        self._steps = [*self._steps, step][-_STEPS:]
        self._enable()

    def _set(self, values: dict[str, Any]) -> None:
        owner, recorded = self._owner, self._recorded
        self._recorded, self._changed, self.restoring = False, set(), True
        try:
            with owner.hold_trait_notifications():
                for name, value in values.items():
                    owner.set_trait(name, value)
            for name in _difference(self._now(), values):  # one setting may have moved another one
                owner.set_trait(name, values[name])
        finally:
            self._recorded, self._last, self.restoring = recorded, self._now(), False
            self._enable()
            self._tell(self._changes())

    def _enable(self) -> None:
        self._undo.disabled = not self._steps
        self._reset.disabled = not self._steps and self._last is self._first


def _is_setting(trait: Any) -> bool:
    tags = trait.metadata
    return not trait.read_only and bool(tags.get("label") or tags.get("of_picture") or tags.get("undo"))


def _is_plain(value: Any) -> bool:
    """Tell whether JSON gives a value back as it was."""
    try:
        return bool(_tuples(json.loads(json.dumps(value, allow_nan=False))) == _tuples(value))
    except (TypeError, ValueError):
        return False


def _tuples(value: Any) -> Any:
    """Return a value with tuples for lists, which JSON does not tell apart."""
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def _difference(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return what is other in another set of values; sources are compared by what they are, not by ``==``."""
    return {name: value for name, value in other.items() if not _same(one[name], value)}


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    plain = str | int | float | tuple | list
    return isinstance(one, plain) and isinstance(other, plain) and bool(one == other)
