"""What a page of the strain map finds and lists: a button that looks, words, a list, and what is chosen in list and picture."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import ipywidgets as ipw

from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import button, row, says
from lattice_widgets.widgets.parts.texts import say_problem
from lattice_widgets.widgets.strain_map import texts
from lattice_widgets.widgets.strain_map.picture import MapPicture
from lattice_widgets.widgets.strain_map.work import Opened

if TYPE_CHECKING:
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["FoundPage", "Words"]

Found = TypeVar("Found")


class Words(NamedTuple):
    """What a page says, translated: on its button, over its list and beside it, while it looks, and before it has looked."""

    find: str
    find_help: str
    one: str
    list_help: str
    looking: str
    nothing_yet: str


class FoundPage(ABC, Generic[Found]):
    """A page that finds things in the picture and lists them; what they are, who inherits from this knows.

    Parameters
    ----------
    owner : StrainMap
        Has a trait `one` with the number of what is chosen, 0 for nothing.
    picture : MapPicture
        Over which they are drawn.
    one, many : str
        Names of the trait, and of the class of the list in the page.
    words : Words
        What the page says.
    actions : sequence of ipywidgets.Widget
        Stand beside the button.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    """

    def __init__(
        self,
        owner: "StrainMap",
        picture: MapPicture,
        one: str,
        many: str,
        words: Words,
        actions: tuple[ipw.Widget, ...] = (),
    ) -> None:
        self._owner, self._picture, self._following = owner, picture, False
        self._one, self._many, self._said = one, many, words
        self._find = button(words.find, words.find_help, self.find)
        self._find.add_class(f"lattice-widgets-find-{many}")
        self._words, self._about = says(words.nothing_yet, live=True), says(live=True)
        self._list = ipw.Select(
            rows=4,
            description=words.one,
            tooltip=words.list_help,
            layout=ipw.Layout(width="100%", min_width="0", max_width="420px", display="none"),
            style={"description_width": "initial"},
        )
        self._list.add_class(f"lattice-widgets-{many}")
        self.page = ipw.VBox([row(self._find, *actions), self._words, self._list, self._about])
        self._list.observe(self._choose, "value")
        owner.observe(self._follow, one)

    # ---- what whoever inherits from this knows

    @staticmethod
    @abstractmethod
    def look(opened: Opened) -> Found:
        """Return what is in a picture; called away from the event loop."""

    @abstractmethod
    def keep(self, found: Found | None) -> None:
        """Make what was found traits of the widget; None: nothing is known."""

    @abstractmethod
    def summary(self, found: Found) -> str:
        """Return in words what was found."""

    @abstractmethod
    def lines(self) -> list[tuple[str, int]]:
        """Return the lines of the list, each with its number, from 1."""

    @abstractmethod
    def show(self, number: int) -> str:
        """Draw all, mark one of them, 0 for none, and return as HTML what there is to say of it."""

    # ---- what all have in common

    def find(self) -> None:
        """Have it looked for, away from the event loop."""
        opened = self._picture.opened
        if opened is None:
            raise ValueError(_(texts.NO_PICTURE))
        found: list[Found] = []
        self._find.disabled, self._words.value = True, in_html(self._said.looking)
        self._owner.work_aside(
            self._many,
            lambda: found.append(self.look(opened)),
            lambda problem: self._end(opened, found, problem),
        )

    def clear(self) -> None:
        """Show nothing: what was found in another picture says nothing of this one."""
        self.keep(None)
        self._find.disabled, self._words.value = False, self._said.nothing_yet
        self._fill()

    def _end(self, opened: Opened, found: list[Found], problem: Exception | None) -> None:
        if self._picture.opened is not opened:  # another picture has been opened in the meantime
            return
        self._find.disabled = False
        if problem is not None:
            self.clear()
            self._words.value = in_html(say_problem(problem))
            return
        self.keep(found[0])
        self._words.value = in_html(self.summary(found[0]))
        self._fill()

    def _fill(self) -> None:
        lines = self.lines()
        self._list.layout.display = None if lines else "none"
        self._following = True
        try:
            with self._list.hold_sync():
                self._list.options, self._list.value = lines, None
        finally:
            self._following = False
        self._follow()

    def _follow(self, change: Any = None) -> None:
        """Show what is chosen in list, words and picture."""
        number = getattr(self._owner, self._one)
        number = number if number in [each for _line, each in self.lines()] else 0
        self._following = True
        try:
            self._list.value = number or None
        finally:
            self._following = False
        self._about.value = self.show(number)

    def _choose(self, change: Any) -> None:
        if not self._following and self._list.value is not None:
            setattr(self._owner, self._one, self._list.value)
