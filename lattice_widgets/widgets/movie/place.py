"""The window around a place of the movie that was clicked: its spectrum, and what the network says of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lattice_widgets.runner import NewestWins
from lattice_widgets.widgets.movie import texts, work
from lattice_widgets.widgets.movie.panels import WindowPanel
from lattice_widgets.widgets.movie.work import Found, WindowRequest

if TYPE_CHECKING:
    from lattice_widgets.widgets.movie.widget import MovieScrubber

__all__ = ["Place"]


class Place:
    """The chosen window of the grid.

    Parameters
    ----------
    owner : MovieScrubber
        Has the traits `window`, `frame` and `playing`.
    panel : WindowPanel
        Shows the window.
    fail : callable
        Is told what was raised.

    Attributes
    ----------
    runner : NewestWins
        Computes the spectra.
    """

    def __init__(self, owner: "MovieScrubber", panel: WindowPanel, fail: Callable[[Exception], None]) -> None:
        self._owner, self._panel = owner, panel
        self._found: Found | None = None
        self.runner = NewestWins(
            work.compute_window, lambda answer: panel.show_spectrum(answer[1]), fail, lambda busy: None
        )
        owner.observe(self._ask, ["window", "frame"])

    def show(self, found: Found, news: bool) -> None:
        """Take over what was found so far; ``news`` tells that there is something new of the frame that is shown."""
        self._found = found
        if self._owner.window and news:
            self._ask()

    def leave(self) -> None:
        """Forget what was found, and a spectrum that is being made of it: another movie is shown."""
        self._found = None
        self.runner.cancel()
        self._panel.forget()

    def _ask(self, change: Any = None) -> None:
        owner, found = self._owner, self._found
        if found is None or len(owner.window) != 2 or owner.playing:
            return
        row, col = (min(max(int(n), 0), len(c) - 1) for n, c in zip(owner.window, (found.row, found.col), strict=True))
        size, frames = found.window_size, found.opened.frames
        start = tuple(round(c - (size - 1) / 2) for c in (found.row[row], found.col[col]))
        words = texts.describe_window(found.row[row], found.col[col], size, owner.frame, frames.pixel_size)
        known = found.answers.get(owner.frame)
        self._panel.show(words, None if known is None else (known[0][row, col], known[1][row, col]))
        self.runner.submit(WindowRequest(frames, owner.frame, (start[0], start[1]), size))
