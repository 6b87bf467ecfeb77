"""A movie of WS2 under the electron beam with known truth: holes that come and go, and one that grows exponentially.

What Fig. 6 of Vasudevan et al., npj Comput. Mater. 4, 30 (2018) shows of Mo-doped WS2 at 100 kV, with the numbers of the fit
there, and everything known that a measurement has to find again.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.simulation.damaged_sheet import DamagedSheet, grow_sheet, sheet_margin
from lattice_widgets.core.simulation.simulated_holes import HolePlan, plan_holes
from lattice_widgets.needed import needed

#: what the fit of the paper found: C, A0 (fractions of the frame) and rho [1/s]
PAPER_GROWTH = (0.059, 1.85e-5, 0.042)


@dataclass(frozen=True, eq=False)
class BeamDamageMovie:
    """A simulated movie; its frames are made when they are asked for, each the same every time.

    Attributes
    ----------
    shape : tuple of int
        (frames, rows, cols).
    dtype : numpy.dtype
        float32 (fraction of the incident electrons) or uint8 (gray values).
    pixel_size : float
        [nm].
    time : ndarray, float64, shape (frames,)
        [s].
    drift : ndarray, float64, shape (frames, 2)
        (row, col) by which the sample lies off its place in each frame [px].
    growth : tuple of float
        C, A0 (fractions of the frame) and rho [1/s] of the plan.
    hole_fraction : ndarray, float64, shape (frames,)
        Fraction of each frame that is hole, counted in its pixels.
    name : str
        What it is called.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    pixel_size: float
    time: NDArray[np.float64]
    drift: NDArray[np.float64]
    growth: tuple[float, float, float]
    _holes: HolePlan = field(repr=False)
    _sheet: DamagedSheet = field(repr=False)
    name: str = "simulated WS2 under the beam"

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, frame: int) -> NDArray[Any]:
        return self.frame(frame)

    @property
    def frame_interval(self) -> float:
        """Time from one frame to the next [s]."""
        return float(self.time[1] - self.time[0]) if len(self.time) > 1 else 0.0

    def frame(self, number: int) -> NDArray[Any]:
        """Make one frame.

        Parameters
        ----------
        number : int
            Of the frame, from 0.

        Returns
        -------
        ndarray, shape (rows, cols), of `dtype`
            The same every time.

        Raises
        ------
        IndexError
            If the movie has fewer frames.
        """
        number = range(len(self))[number]
        offset = self.drift[number]
        mask = self.hole_labels(number) > 0
        image = self._sheet.picture(self._holes, number, float(self.time[number]), offset, mask)
        return self._sheet.detect(image, number, self.dtype)

    @property
    def frames(self) -> NDArray[Any]:
        """All frames at once, shape (frames, rows, cols)."""
        return np.stack([self.frame(number) for number in range(len(self))])

    def lazy(self) -> Any:
        """Offer the frames as a dask array, made when they are computed.

        Returns
        -------
        dask.array.Array, shape (frames, rows, cols)
            One frame a chunk.
        """
        with needed("dask", "A movie that is made when it is computed"):
            import dask.array as da

        n, rows, cols = self.shape
        return da.map_blocks(
            self._block, chunks=((1,) * n, (rows,), (cols,)), dtype=self.dtype, meta=np.empty((0, 0, 0), self.dtype)
        )

    def _block(self, block_info: Any = None) -> NDArray[Any]:
        return self.frame(block_info[None]["chunk-location"][0])[None]

    def hole_labels(self, number: int) -> NDArray[np.int32]:
        """Label the true holes of a frame.

        Hole 1 is the one that grows; a number stays with its hole through the movie.

        Parameters
        ----------
        number : int
            Of the frame, from 0.

        Returns
        -------
        ndarray, int32, shape (rows, cols)
            0 outside, elsewhere the number of the hole, from 1.
        """
        return self._holes.mask(number, self.drift[number], self.shape[1:])

    @cached_property
    def hole_fraction(self) -> NDArray[np.float64]:
        """Fraction of each frame that is hole, shape (frames,)."""
        total: NDArray[np.float64] = self.hole_areas.sum(axis=1)
        return total / (self.shape[1] * self.shape[2] * self.pixel_size**2)

    @cached_property
    def hole_areas(self) -> NDArray[np.float64]:
        """Area of each hole in each frame, counted in pixels, float64, shape (frames, holes) [nm^2]."""
        count = self._holes.pixels.shape[1]
        areas = [np.bincount(self.hole_labels(n).ravel(), minlength=count + 1)[1 : count + 1] for n in range(len(self))]
        return np.array(areas, np.float64) * self.pixel_size**2


def simulate_beam_damage(
    n_frames: int = 90,
    shape: tuple[int, int] = (512, 512),
    *,
    field_of_view: float = 14.7,
    frame_interval: float = 2.25,
    growth: tuple[float, float, float] = PAPER_GROWTH,
    rotation: float = 11.0,
    molybdenum: float = 0.1,
    probe_size: float = 0.12,
    dose: float | None = 1e5,
    disorder: float = 0.02,
    drift: tuple[float, float] = (0.12, -0.08),
    contamination: float = 0.15,
    dtype: Literal["float32", "uint8"] = "float32",
    seed: int = 0,
) -> BeamDamageMovie:
    """Simulate a movie of Mo-doped WS2 that the beam makes holes into, with the truth about them.

    The hole fraction is C + A0 exp(rho t): passing holes of about 1.3 nm^2 that hold C together, and one that grows. Columns
    at the edge of a hole are displaced, tungsten piles up around the growing one, sulfur columns lose one atom of two, the
    sample drifts and wanders.

    Parameters
    ----------
    n_frames : int
        Frames, at least 1.
    shape : tuple of int
        (rows, cols) of a frame [px], at least 64 each.
    field_of_view : float
        Width of a frame [nm].
    frame_interval : float
        Time from one frame to the next [s].
    growth : tuple of float
        C and A0 (fractions of the frame) and rho [1/s]. The default is what the paper's fit found.
    rotation : float
        Direction of the first cell vector [degrees].
    molybdenum : float
        Fraction of tungsten that is molybdenum.
    probe_size : float
        Full width at half maximum of a column [nm].
    dose : float or None
        Incident electrons per nm^2 and frame; None for no shot noise.
    disorder : float
        Standard deviation of the columns' places, as a fraction of the lattice constant.
    drift : tuple of float
        (row, col) by which the sample drifts from frame to frame on average [px].
    contamination : float
        Unevenness of the sheet between the columns, as a fraction of its brightness.
    dtype : {"float32", "uint8"}
        Of the frames.
    seed : int
        The same seed gives the same movie.

    Returns
    -------
    BeamDamageMovie
        Its frames are made when they are asked for.

    Raises
    ------
    ValueError
        If the numbers do not make a movie.

    Examples
    --------
    >>> movie = simulate_beam_damage(3, (96, 128), field_of_view=6.0, growth=(0.0, 0.02, 0.1))
    >>> movie.frame(2).shape, movie.hole_fraction.round(3)
    ((96, 128), array([0.02 , 0.025, 0.031]))
    """
    if n_frames < 1 or min(shape) < 64:
        raise ValueError("A movie has at least one frame, and a frame at least 64 x 64 px.")
    if not (field_of_view > 0 and frame_interval > 0 and probe_size > 0 and (dose is None or dose > 0)):
        raise ValueError("Field of view, frame interval, probe size and dose are positive numbers.")
    if not (growth[0] >= 0 and growth[1] >= 0 and np.isfinite(growth).all()):
        raise ValueError("The fractions C and A0 of the growth are not negative, and its rate is a finite number.")
    pixel_size = field_of_view / shape[1]
    time = np.asarray(frame_interval * np.arange(n_frames), np.float64)
    rng = np.random.default_rng([seed, 41])
    path = np.arange(n_frames)[:, None] * np.array(drift) + np.cumsum(rng.normal(0, 0.15, (n_frames, 2)), axis=0)
    path -= path[0]
    room = float(np.abs(path).max()) + 1
    # holes stay in the frame, unless it drifts so far that there would be no room for them
    holes = plan_holes(time, shape, pixel_size, growth, min(room, 0.05 * min(shape)), seed)
    margin = sheet_margin(probe_size, pixel_size) + int(np.ceil(room)) + 2
    positions, brightness, fate = grow_sheet(shape, pixel_size, rotation, molybdenum, disorder, margin, seed)
    sheet = DamagedSheet(
        positions=positions,
        brightness=brightness,
        fate=fate,
        pixel_size=pixel_size,
        probe_size=probe_size,
        dose=dose,
        sulfur_loss=5e-4,
        relaxation=0.02,
        edge_disorder=0.03,
        piling=0.25,
        contamination=contamination,
        seed=seed,
    )
    return BeamDamageMovie((n_frames, *shape), np.dtype(dtype), pixel_size, time, path, growth, holes, sheet)
