"""A closed widget leaves nothing behind: no registered widget, thread, task, process, open file or temporary folder."""

import asyncio
import gc
import os
import tempfile
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import ipywidgets as ipw
import numpy as np
import psutil
import pytest
from ipywidgets.widgets.widget import _instances

import lattice_widgets as lw
from lattice_widgets.widgets.base import LatticeWidget
from tests.hostile.campaign import many, record
from tests.patience import PATIENCE, until
from tests.widget_parts import parts

_SIZE = 64
_ROWS, _COLS = np.mgrid[:_SIZE, :_SIZE]
PICTURE = np.cos(2 * np.pi * _ROWS / 8) + np.cos(2 * np.pi * _COLS / 8)
MOVIE = np.stack([PICTURE, PICTURE.T, PICTURE + 1])
#: public name -> how a user makes one; a widget that is not here is made without settings
MAKERS: dict[str, Callable[[], LatticeWidget]] = {
    "FFTExplorer": lambda: lw.FFTExplorer(PICTURE),
    "FolderTable": lambda: lw.FolderTable(Path.cwd()),
    "MicrographReader": lambda: lw.MicrographReader(source=PICTURE),
    "MovieScrubber": lambda: lw.MovieScrubber(MOVIE),
    "Quiz": lambda: lw.Quiz("lattice", seed=1),
    "Prediction": lambda: lw.Prediction("two_spaces", 1),
    "StrainMap": lambda: lw.StrainMap(np.tile(PICTURE, (2, 2)), reference=(40, 40, 20, 20), profile=(60, 50, 60, 70)),
}
WIDGETS = sorted(
    name for name in lw.__all__ if isinstance(getattr(lw, name), type) and issubclass(getattr(lw, name), LatticeWidget)
)


def left_over() -> dict[str, Counter]:
    """Count what a process keeps, by kind and name."""
    process = psutil.Process()
    kept = {
        "widgets": Counter(type(one).__name__ for one in list(_instances.values())),
        "threads": Counter(one.name.split("_")[0] for one in threading.enumerate() if "lattice" in one.name),
        "tasks": Counter(str(task.get_coro()) for task in asyncio.all_tasks()),
        "processes": Counter(child.pid for child in process.children(recursive=True)),
        "files": Counter(file.path for file in process.open_files()),
        "temporary": Counter(name for name in os.listdir(tempfile.gettempdir()) if "lattice" in name),
    }
    return kept


def more(before: dict[str, Counter], after: dict[str, Counter]) -> dict[str, Counter]:
    return {kind: after[kind] - before[kind] for kind in before if after[kind] - before[kind]}


def is_gone(thing: weakref.ref) -> bool:
    gc.collect()
    return thing() is None


async def show_all(widget: LatticeWidget) -> None:
    """Turn to every page of the widget: some of its parts are made or placed only then."""
    for pages in parts(widget, ipw.Tab | ipw.Accordion):
        for number in range(len(pages.children)):
            pages.selected_index = number
            await asyncio.sleep(0)
    await asyncio.wait_for(widget.settled(), PATIENCE)


def test_the_counting_sees_what_is_left() -> None:
    async def leave() -> dict[str, Counter]:
        before = left_over()
        box = ipw.VBox([ipw.Label("a")])
        box.close()
        return more(before, left_over())

    left = asyncio.run(leave())
    assert set(left) == {"widgets"}
    assert left["widgets"]["Label"] == 1
    ipw.Widget.close_all()


@pytest.mark.parametrize("name", WIDGETS)
def test_nothing_is_left_of_a_closed_widget(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make = MAKERS.get(name, getattr(lw, name))

    async def cycle(wait: bool) -> weakref.ref:
        widget = make()
        if wait:
            await asyncio.wait_for(widget.settled(), PATIENCE)
            await show_all(widget)
        widget.close()
        widget.close()  # twice is no error
        return weakref.ref(widget)

    async def main() -> None:
        await cycle(wait=True)  # what is made once for all: networks, tables, caches
        gc.collect()
        gc.freeze()  # a collection looks at what comes from here on: ten times faster beside all that was imported
        before = left_over()
        for wait in (True, True, False, True) * many(1, 25):
            closed = await cycle(wait)
            # a thread ends with the step that it is in
            await until(
                lambda: not more(before, left_over()), f"nothing is left of {name}: {more(before, left_over())}"
            )
            await until(partial(is_gone, closed), f"{name} itself is let go of")

        left = more(before, left_over())
        record(
            "left widgets: what is counted after closing",
            sum(sum(kind.values()) for kind in left.values()),
            0,
            4 * many(1, 25),
        )

    try:
        asyncio.run(main())
    finally:
        gc.unfreeze()


def test_a_simulator_stays_when_the_panel_that_follows_it_is_closed() -> None:
    async def main() -> None:
        simulator = lw.LatticeSimulator()
        for follower in (lw.ProbabilityPanel(simulator), lw.LatticeMap(simulator)):
            follower.close()
        assert simulator.comm is not None
        assert simulator.model_id in _instances
        assert all(part.model_id in _instances for part in parts(simulator, ipw.Widget))
        simulator.close()

    asyncio.run(main())
