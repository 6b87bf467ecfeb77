"""A movie while it is loaded: its frames as they come, and how long the others will take."""

from lattice_widgets.views.movie.movie_view import MovieView
from lattice_widgets.widgets.movie import texts
from lattice_widgets.widgets.movie.work import Opened

__all__ = ["Loading"]


class Loading:
    """The frames of one movie on their way to the page.

    Parameters
    ----------
    view : MovieView
        Shows the movie; none of its frames have come yet.
    """

    def __init__(self, view: MovieView) -> None:
        self._view = view
        self._shown = 0

    def show(self, opened: Opened) -> None:
        """Show the frames that have come since the last time, and what is left."""
        ready, count = opened.ready, len(opened.drawn)
        # the first frame is drawn once more when the gray values of the movie are known
        self._view.show_frames(0 if self._shown < 2 else self._shown, ready)
        self._shown = ready
        self._view.waiting = "" if opened.complete else texts.describe_loading(ready, count, opened.seconds_left)
        if opened.complete:
            self._view.set_truth(opened.truth)
