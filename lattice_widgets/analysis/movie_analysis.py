"""From any movie to the finished dataset: here or on a cluster, in one go or in many."""

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets import old_names
from lattice_widgets.analysis.cluster import on_cluster
from lattice_widgets.analysis.hole_following import follow_holes
from lattice_widgets.analysis.opening import DamagedAnalysisError, open_store
from lattice_widgets.analysis.store import AnalysisStore
from lattice_widgets.classifier.movie_windows import WindowClassifier
from lattice_widgets.core.movies.drift import find_drift
from lattice_widgets.core.movies.frame_analysis import iter_movie
from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.movies.plan import MoviePlan, plan_movie
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.files.movies import take_movie
from lattice_widgets.memory import give_back_memory

#: files up to this size have their sha256 in the recipe [bytes]
_HASHED = 1024**3


class MovieAnalysis:
    """An analysis of a movie that can be watched, stopped and taken up again.

    Parameters
    ----------
    movie : array_like, path, or anything else that `core.movies.frames.as_frames` or `files.movies.open_movie` takes
        Axes (frame, row, col).
    classifier : str
        Name of a bundled classifier, or the path of a model card.
    window_size, step : int
        [px].
    time, frame_interval
        As for `core.movies.frames.as_frames`.
    pixel_size : float, tuple or str, optional
        nm, (row, col) in nm, ``"20 pm"``, or a crystal and a spot, ``"graphene 10"``; as for `read_micrograph`.
    dataset : str or int, optional
        Which movie of a file that has several, as for `read_micrograph`.
    n_passes : int
        Passes with dropout (the fast approximation); 0 for none.
    seed : int
        Of the dropout.
    hole_threshold, by_area
        As for `core.movies.plan.plan_movie`.
    align : bool
        Whether to follow the drift of the sample: adds ``drift`` (frame, axis) [px], which holes are followed by. Frames and
        window grid stay where they are.
    store : path-like, optional
        Folder for the results, which may hold the beginning of the same analysis; memory when not given.
    restart : bool
        Whether to throw away what is in that folder.

    Attributes
    ----------
    frames : Frames
        The movie.
    plan : MoviePlan
        How it is analyzed.
    recipe : dict
        All that decides about the numbers.
    note : str
        Which frames that were stored before are damaged and are computed again; empty if none. ``attrs["repaired"]`` of
        the analysis says it too.

    Raises
    ------
    ValueError
        If the movie, a number or the folder will not do; one sentence.
    """

    @old_names.keywords(n_samples="n_passes")
    def __init__(
        self,
        movie: Any,
        *,
        classifier: str = "default",
        window_size: int = 128,
        step: int = 16,
        time: Any = None,
        frame_interval: float | None = None,
        pixel_size: PixelSizeGiven | None = None,
        dataset: str | int | None = None,
        n_passes: int = 200,
        seed: int = 0,
        hole_threshold: float | None = None,
        by_area: bool = True,
        align: bool = False,
        store: str | Path | None = None,
        restart: bool = False,
    ) -> None:
        path = Path(movie) if isinstance(movie, str | Path) else None
        self.frames: Frames = take_movie(movie, pixel_size, dataset, time=time, frame_interval=frame_interval)
        self.plan: MoviePlan = plan_movie(
            self.frames, window_size, step, hole_threshold=hole_threshold, by_area=by_area
        )
        self.classify = WindowClassifier(str(classifier), n_passes, seed)
        self.recipe = self._recipe(path, align)
        self._align = align
        self.note = ""
        self.store = AnalysisStore(self.frames, self.plan, self.recipe, Path(store) if store else None, restart)
        if self.store.damaged:
            self.note = (
                f"{len(self.store.damaged)} of {len(self.frames)} frames in {store} were damaged since they were written "
                f"({', '.join(map(str, self.store.damaged[:10]))}): they are computed again."
            )
            self.store.note(repaired=self.note)

    def _recipe(self, path: Path | None, align: bool) -> dict[str, Any]:
        card = self.classify.classifier.card
        hashed = path is not None and path.is_file() and path.stat().st_size <= _HASHED
        levels = self.plan.levels
        return {
            "movie": self.frames.name,
            "shape": list(self.frames.shape),
            "movie_sha256": _sha256(path) if hashed and path is not None else None,
            "movie_fingerprint": self.frames.fingerprint(),
            "classifier": card.name,
            "weights_sha256": card.weights_sha256,
            "window_size": self.plan.window_size,
            "step": self.plan.step,
            "by_area": self.plan.by_area,
            "n_passes": self.classify.n_passes,
            "seed": self.classify.seed,
            "pixel_size": self.frames.pixel_size,
            "calibration": self.frames.calibration,
            "time": [float(self.frames.time[0]), float(self.frames.time[-1])],
            "timed": self.frames.timed,
            "hole_threshold": None if np.isnan(levels.threshold) else levels.threshold,
            "hole_threshold_by_hand": levels.by_hand,
            "hole_smoothing": levels.smoothing,
            "align": align,
            "notes": list(self.frames.notes),
            "versions": {
                name: importlib.metadata.version(name) for name in ("lattice-widgets", "numpy", "scipy", "xarray")
            },
        }

    def todo(self) -> list[int]:
        """List the numbers of the frames that are still to be analyzed."""
        return self.store.todo()

    def run(self, scheduler: Any = None) -> Iterator[tuple[int, xr.Dataset]]:
        """Yield (number, row of the analysis) of every frame that is left, each written before it is yielded.

        To stop, stop asking; another `run` goes on from there.

        Parameters
        ----------
        scheduler : str or distributed.Client, optional
            A dask cluster to do it on; this process when not given.
        """
        numbers = self.todo()
        give_back_memory()
        if scheduler is None:
            rows = iter_movie(self.frames, self.plan, self.classify, numbers)
        else:
            rows = on_cluster(self.frames, self.plan, self.classify, numbers, scheduler)
        with self.store.alone():
            for number, row in rows:
                self.store.write(number, row)
                yield number, row

    def finish(self) -> xr.Dataset:
        """Do what needs all frames: follow the drift if asked to, and the holes.

        Returns
        -------
        xarray.Dataset
            The whole analysis.

        Raises
        ------
        ValueError
            If frames are missing.
        """
        left = self.todo()
        if left:
            raise ValueError(f"{len(left)} of {len(self.frames)} frames are not analyzed yet.")
        if self._align:
            drift = self._find_drift()
            self.store.add(
                "drift", ("frame", "axis"), drift, {"units": "px", "long_name": "drift of the sample (row, col)"}
            )
        follow_holes(self.store)
        give_back_memory()
        return self.store.dataset()

    def _find_drift(self) -> NDArray[np.float64]:
        """Return the drift of each frame [px], shape (frames, 2); NaN for those that cannot be used."""
        numbers: list[int] = []

        def usable() -> Iterator[NDArray]:
            for number, frame in self.frames.usable(range(len(self.frames))):
                numbers.append(number)
                yield frame

        path = find_drift(usable())
        drift = np.full((len(self.frames), 2), np.nan)
        drift[numbers] = path
        return drift


@old_names.keywords(n_samples="n_passes")
def analyze_movie(
    movie: Any, *, scheduler: Any = None, progress: Callable[[int, int], None] | None = None, **how: Any
) -> xr.Dataset:
    """Analyze a movie: class probabilities on the window grid, phase fractions and holes of every frame.

    A frame that cannot be used (blank, pixels that are not finite, another size) is left out and marked; the others go on.

    Parameters
    ----------
    movie : array_like, path, xarray.DataArray, dask or zarr array, simulated movie
        Axes (frame, row, col). Frames are read when they are needed: it may be larger than the memory.
    scheduler : str or distributed.Client, optional
        A dask cluster to do it on.
    progress : callable, optional
        Called with (frames done, frames in all) after each.
    **how
        See `MovieAnalysis`: ``classifier``, ``window_size``, ``step``, ``frame_interval``, ``pixel_size``, ``store``, ...

    Returns
    -------
    xarray.Dataset
        The analysis: dimensions frame, window_row, window_col, class, definition, label; coordinates in s, px and nm; the
        recipe as JSON in ``attrs["recipe"]``. For the variables see `core.movies.rows.VARIABLES` and
        `analysis.hole_following.follow_holes`; ``left_out`` says why a frame was left out.

    Raises
    ------
    ValueError
        If the movie, a number or the folder will not do; one sentence.

    Examples
    --------
    >>> import lattice_widgets as lw
    >>> movie = lw.simulate_beam_damage(3, (160, 192), field_of_view=5.5, growth=(0.0, 0.05, 0.1))
    >>> found = lw.analyze_movie(movie, window_size=96, step=32, n_passes=20)
    >>> dict(found["probability"].sizes)
    {'frame': 3, 'window_row': 3, 'window_col': 4, 'class': 6}
    >>> bool(abs(found["hole_fraction"] - movie.hole_fraction).max() < 0.02)
    True
    """
    analysis = MovieAnalysis(movie, **how)
    total = len(analysis.frames)
    done = total - len(analysis.todo())
    for _ in analysis.run(scheduler):
        done += 1
        if progress is not None:
            progress(done, total)
    return analysis.finish()


def open_analysis(folder: str | Path) -> xr.Dataset:
    """Open a stored analysis; values are read when they are used.

    Raises
    ------
    ValueError
        If the folder does not hold one.
    """
    try:
        dataset = open_store(str(folder))
        json.loads(dataset.attrs["recipe"])
    except DamagedAnalysisError:
        raise
    except Exception as error:  # zarr has no common exception
        raise ValueError(f"The folder {folder} holds no analysis of a movie, or a damaged one.") from error
    return dataset


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
