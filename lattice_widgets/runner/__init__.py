"""Threads live here and nowhere else: one worker for each widget, and the newest request wins.

A slider sends faster than a picture can be computed. Computing in its observer falls behind by seconds, waiting for a pause
shows nothing until the slider is let go. So a request is computed in a worker thread, a newer one replaces the one that
waits, and one that is being computed is given up between two of its partial answers when a newer one has come.

Python in a browser has no threads. There the event loop itself computes one partial answer in each of its turns; between two
turns it takes what the page has sent. The same code takes both ways, and the newest request wins in both.
"""

from lattice_widgets.runner.background import Background
from lattice_widgets.runner.line_process import LineProcess
from lattice_widgets.runner.newest_wins import NewestWins

__all__ = ["Background", "LineProcess", "NewestWins"]
