"""The frames of a movie on the workers of a dask cluster: here or anywhere else."""

import itertools
from collections.abc import Iterator
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
    with needed("distributed", "Analyzing on a cluster"):
        from distributed import Client, wait

    client: Any = scheduler
    ours = isinstance(scheduler, str)
    if ours:
        try:
            client = Client(scheduler, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ValueError(f"There is no dask scheduler at {scheduler}: {error}.") from error
    try:
        sent = _travels(frames.source)
        waiting = iter(numbers)

        def submit(number: int) -> Any:
            # a movie in memory goes to the workers frame by frame: a movie of which only one frame is there
            work = frames if sent else replace(frames, source=_OneFrame(number, np.asarray(frames.source[number])))
            return client.submit(analyze_number, work, number, plan, classify, pure=False, retries=2)

        # not `as_completed`: it forgets a frame that was done, lost with its worker and done again
        running: dict[Any, int] = {}
        room = _WAITING * max(1, sum(client.nthreads().values())) + 1
        while True:
            running.update({submit(number): number for number in itertools.islice(waiting, room - len(running))})
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
