"""What belongs to a picture lives with it: it is kept when another picture is opened, and comes back with the picture."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lattice_widgets.widgets.opening.sources import identity

#: pictures whose state is kept; a script that shows thousands does not keep all of them in memory
_KEPT = 24


@dataclass(frozen=True, eq=False)
class PictureState:
    """The traits that belong to a picture. The source is held, so that no other array can get the identity of this one."""

    source: Any
    values: dict[str, Any]


class PictureMemory:
    """Keeps the traits of a widget that are tagged ``of_picture=True`` for each picture that its ``source`` has been.

    A picture that was not opened before starts with the defaults. What a script sets together with ``source``, in the
    constructor or in ``hold_trait_notifications``, or afterwards, stays as it was set.

    Parameters
    ----------
    owner : LatticeWidget
        Has the trait ``source``.
    leave : callable
        Called when another picture is opened, before its traits are put back: takes the old picture off the screen.

    Attributes
    ----------
    restoring : bool
        Whether traits are being put back just now.
    """

    def __init__(self, owner: Any, leave: Callable[[], None]) -> None:
        self._owner, self._leave = owner, leave
        self._names = sorted(owner.traits(of_picture=True))
        self._kept: dict[tuple[Any, ...], PictureState] = {}
        self._key, self._present = _key_of(owner.source), PictureState(owner.source, self._values())
        self.restoring = False
        owner.observe(self._note, self._names)
        owner.observe(self._switch, "source")

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self._owner, name) for name in self._names}

    def _note(self, change: Any) -> None:
        # set together with a source that is told of only later: it belongs to that one
        if self._owner.source is self._present.source:
            self._present.values[change["name"]] = change["new"]

    def _switch(self, change: Any) -> None:
        owner, old, key = self._owner, self._present, _key_of(self._owner.source)
        given = {
            name
            for name in self._names
            if not owner.traits()[name].read_only and getattr(owner, name) != old.values[name]
        }
        self._kept.pop(self._key, None)
        self._kept[self._key] = old
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        known = self._kept.get(key)
        values = known.values if known is not None else {name: owner.trait_defaults(name) for name in self._names}
        self.restoring = True
        try:
            self._leave()
            with owner.hold_trait_notifications():
                for name in self._names:
                    if name not in given:
                        owner.set_trait(name, values[name])
        finally:
            self.restoring = False
            self._key, self._present = key, PictureState(owner.source, self._values())


def _key_of(source: Any) -> tuple[Any, ...]:
    """Return what a picture is known by; a file that was written anew is another picture."""
    key = identity(source)
    if isinstance(source, str | Path):
        try:
            return (*key, Path(os.path.expanduser(source)).stat().st_mtime_ns)
        except (OSError, ValueError):  # a sample, or a file that is not there
            return key
    return key
