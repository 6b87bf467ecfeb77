"""Frames and files on the workers of a dask cluster: here or anywhere else."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.movies.frame_analysis import Classify, analyze_number
from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.movies.plan import MoviePlan
from lattice_widgets.needed import needed

#: frames that wait for each thread of the cluster: enough that none is idle, few enough to fit into memory
_WAITING = 3


def on_cluster(
    frames: Frames, plan: MoviePlan, classify: Classify, numbers: list[int], scheduler: str | Any
) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield (number, row of the analysis) of frames as they are done, in any order.

    Every worker loads the classifier once. Movies on disk are read by the workers, which must see the same path; all others
    are sent to them, frame by frame. What a worker was doing when it died is done again by another one.

    Parameters
    ----------
    frames, plan, classify, numbers
        As for `core.movies.frame_analysis.iter_movie`.
    scheduler : str or distributed.Client
        Address of the scheduler, such as ``tcp://127.0.0.1:8786``, or a client that is connected to it.

    Raises
    ------
    ValueError
        If there is no scheduler at this address, or as `analyze_frame`.
    """
    calls = ((number, (one_frame(frames, number), number, plan, classify)) for number in numbers)
    yield from spread(analyze_number, calls, scheduler)


def spread(
    function: Callable[..., Any], calls: Iterable[tuple[Any, tuple[Any, ...]]], scheduler: str | Any
) -> Iterator[tuple[Any, Any]]:
    """Yield (key, answer) of calls that the workers of a cluster do, as they are done, in any order.

    Parameters
    ----------
    function : callable
        Of a module, so that workers find it.
    calls : iterable of (key, arguments)
        Taken as there is room: what they bring along need not fit into memory at once.
    scheduler : str or distributed.Client
        As for `on_cluster`.

    Raises
    ------
    ValueError
        If there is no scheduler at this address. What a call raises is raised here too.
    """
    with needed("distributed", "Work on a cluster"):
        from distributed import Client, wait

    client: Any = scheduler
    ours = isinstance(scheduler, str)
    if ours:
        try:
            client = Client(scheduler, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ValueError(f"There is no dask scheduler at {scheduler}: {error}.") from error
    try:
        waiting = iter(calls)
        # not `as_completed`: it forgets a call that was done, lost with its worker and done again
        running: dict[Any, Any] = {}
        room = _WAITING * max(1, sum(client.nthreads().values())) + 1
        while True:
            for key, arguments in itertools.islice(waiting, room - len(running)):
                running[client.submit(function, *arguments, pure=False, retries=2)] = key
            if not running:
                break
            with client.as_current():
                done, _ = wait(list(running), return_when="FIRST_COMPLETED")
            for future in done:
                found = future.result()
                yield running.pop(future), found
    finally:
        if ours:
            client.close()


def one_frame(frames: Frames, number: int) -> Frames:
    """Return a movie as it goes to a worker for one frame of it: one in memory, of which only this frame is there."""
    if _travels(frames.source):
        return frames
    return replace(frames, source=_OneFrame(number, np.asarray(frames.source[number])))


@dataclass(frozen=True, eq=False)
class _OneFrame:
    """One frame of a movie, on its way to a worker."""

    number: int
    frame: NDArray[Any]

    def __getitem__(self, number: int) -> NDArray[Any]:
        if number != self.number:
            raise IndexError(f"Only frame {self.number} was sent.")
        return self.frame


def _travels(source: Any) -> bool:
    """Return whether a movie can go to a worker whole: it is a name of a file, or makes its frames itself."""
    return not isinstance(source, np.ndarray | list) and not hasattr(source, "__dask_graph__")
