"""A picture in, its edge dislocations out: where the closed loop of the phases does not close.

Along a loop around a dislocation, displacements add up to a lattice vector b. The phase of a spot g turns by ``-2 pi g.b`` on
the way, and its amplitude is zero somewhere inside. Loops of one mesh of a fine grid find these zeros; those of all spots
together tell the Burgers vector b.

References: M. J. Hytch, J.-L. Putaux & J.-M. Penisson, Nature 423, 270 (2003); J. P. Hirth & J. Lothe, Theory of Dislocations
(1982), section 1.4, for the sign.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_power_map
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.maps.demodulation import REACH
from lattice_widgets.core.maps.dislocation_zeros import QUIET, Place, candidates, settle
from lattice_widgets.core.maps.local_lattice import LocalLattice, local_lattice
from lattice_widgets.core.maps.resolution import Plan, plan_map
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.one_thread import one_thread

#: standard deviation of the mask, in spacings of the widest lattice lines: narrow, and where the noise asks for more
_NARROW, _WIDE = 2.0, 5.0
#: meshes of the grid for each standard deviation of the mask
_MESHES = 4


@dataclass(frozen=True, eq=False)
class Dislocation:
    """An edge dislocation: the end of an extra half-plane.

    Attributes
    ----------
    row, col : float
        Where it is [px of the picture].
    place_error : float
        One standard deviation of each [px].
    indices : tuple of int
        Burgers vector in lattice vectors of `fit_lattice`: (m, n) for ``m a + n b``.
    burgers, burgers_error : ndarray, float64, shape (2,)
        Burgers vector and its standard deviation, (row, col) [nm or px]: what the displacements along a loop add up to that
        runs counter-clockwise on the screen. The extra half-plane lies a quarter turn counter-clockwise from it.
    unit : {"nm", "px"}
        Of the Burgers vector.
    pixel_size : float or None
        [nm/px].
    """

    row: float
    col: float
    place_error: float
    indices: tuple[int, int]
    burgers: NDArray[np.float64]
    burgers_error: NDArray[np.float64]
    unit: Literal["nm", "px"]
    pixel_size: float | None

    @property
    def length(self) -> float:
        """Length of the Burgers vector [nm or px]."""
        return float(np.hypot(*self.burgers))

    @property
    def direction(self) -> float:
        """Direction of the Burgers vector [degrees], counter-clockwise from the direction of the rows, -180 to 180."""
        return float(np.rad2deg(np.arctan2(-self.burgers[0], self.burgers[1])))

    def to_dict(self) -> dict[str, Any]:
        """Convert the numbers to plain Python types, ready for JSON or a line of a table."""
        known = {} if self.pixel_size is None else {"y": self.row * self.pixel_size, "x": self.col * self.pixel_size}
        return {
            "row": self.row,
            "col": self.col,
            "place_error": self.place_error,
            **known,
            "m": self.indices[0],
            "n": self.indices[1],
            "burgers_row": float(self.burgers[0]),
            "burgers_col": float(self.burgers[1]),
            "length": self.length,
            "direction": self.direction,
            "unit": self.unit,
        }


def find_dislocations(
    picture: ArrayLike,
    pixel_size: float | tuple[float, float] | None = None,
    window_size: int | None = None,
    *,
    keep_all: bool = False,
) -> list[Dislocation]:
    """Find the edge dislocations of a picture, each with its place and its Burgers vector.

    Dislocations that are nearer to each other than some three spacings are found as one with the sum of their Burgers vectors,
    or not at all if that is zero. None is looked for in the margin, where a mask would reach beyond the picture, nor where the
    lattice is faded in the surroundings.

    Parameters
    ----------
    picture : array_like or xarray.DataArray, shape (rows, cols), any real dtype
        The picture.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    window_size : int, optional
        Side of the square that one place averages over [px]. If left out, the standard deviation of the mask is two spacings,
        and up to five in a noisy picture.
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too, which are left out otherwise.

    Returns
    -------
    list of Dislocation
        From above to below; empty if there is none.

    Raises
    ------
    LatticeNotFound
        If the picture holds no lattice.
    ValueError
        If it is not a picture, is too small, or a setting does not fit.

    References
    ----------
    M. J. Hytch, J.-L. Putaux & J.-M. Penisson, Nature 423, 270 (2003).

    Examples
    --------
    >>> rows, cols = np.mgrid[:160, :160]
    >>> extra = np.arctan2(79.5 - rows, cols - 79.5)  # one line of atoms more above than below
    >>> waves = np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 8 - extra)
    >>> (found,) = find_dislocations(waves)
    >>> abs(found.row - 79.5) < 4, abs(found.col - 79.5) < 4, round(found.length), abs(round(found.direction)) % 180
    (True, True, 8, 0)
    """
    values, side, _ = square_values(picture, pixel_size)
    power = PowerMap(values, keep_all)
    fit = fit_power_map(power, side)
    image = power.flattened - power.flattened.mean()
    with one_thread:
        plan, local = _measure(image, fit, window_size)
        found = [
            place
            for first, turns in candidates(plan, local)
            if (place := settle(image, first, turns, plan, local)) is not None
        ]
    return [
        _finished(each, fit, (power.content.top, power.content.left))
        for each in sorted(found, key=lambda e: e.center[0])
    ]


def _measure(image: NDArray[np.float32], fit: LatticeFit, window_size: int | None) -> tuple[Plan, LocalLattice]:
    """Follow the spots behind a mask as narrow as their noise allows."""
    shape = image.shape[0], image.shape[1]
    scale = fit.pixel_size or 1.0
    spacing = 1 / float(np.hypot(*fit.lattice.reciprocal().reduced().vectors[0] * scale))
    widest = (min(shape) - 1) / (2 * REACH)
    sigma = min(_NARROW * spacing, widest) if window_size is None else (window_size - 1) / (2 * REACH)
    if window_size is None:
        plan_map(fit, shape)  # says if the picture is too small for any mask
    for _ in range(2):
        size = int(np.ceil(2 * REACH * sigma)) + 1 if window_size is None else window_size
        plan = plan_map(fit, shape, size, max(1, round(sigma / _MESHES)))
        local = local_lattice(image, plan)
        # two spots in different directions have to be seen
        noise = 2 * np.pi * np.sqrt(local.phase_variance)
        needed = min(
            max(noise[one], noise[other])
            for one in range(len(noise))
            for other in range(one)
            if np.linalg.det(plan.indices[[one, other]])
        )
        if needed <= QUIET or window_size is not None:
            break
        sigma = min(sigma * needed / QUIET, _WIDE * spacing, widest)
    return plan, local


def _finished(place: Place, fit: LatticeFit, corner: tuple[int, int]) -> Dislocation:
    change = np.kron(np.array(place.indices), np.eye(2))  # (2, 4): from the four components of the vectors
    return Dislocation(
        row=float(place.center[0] + corner[0]),
        col=float(place.center[1] + corner[1]),
        place_error=place.error,
        indices=place.indices,
        burgers=np.array(place.indices) @ fit.vectors,
        burgers_error=np.sqrt(np.diag(change @ fit.covariance @ change.T)),
        unit=fit.unit,
        pixel_size=fit.pixel_size,
    )
