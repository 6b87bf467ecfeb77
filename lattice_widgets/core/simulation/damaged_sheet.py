"""The atoms of a WS2 sheet with holes in it, and the picture that a STEM takes of them: one frame of a beam-damage movie.

At a hole the columns whose centers lie in it are gone. Those at its edge give way outwards and lie uneasy; a part of the
tungsten piles up around the growing hole. Sulfur goes first: the longer the beam, the more columns keep one atom of two.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from lattice_widgets.core.simulation.crystal import SCATTERED_FRACTION, Z_EXPONENT
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.exposure import deposit, expose, place_atoms
from lattice_widgets.core.simulation.microscope import Imperfections
from lattice_widgets.core.simulation.simulated_holes import HolePlan

#: intensity of the vacuum, and of the sheet between its columns, as fractions of the brightest column
VACUUM, SHEET = 0.04, 0.15
#: gray value 255 of an 8-bit frame, as a multiple of the brightest column
WHITE = 3.0

_SIGMA_PER_FWHM = 1 / np.sqrt(8 * np.log(2))
_MOLYBDENUM = 42
#: how far the edge of a hole is felt by the atoms around it [nm]
_EDGE_REACH = 0.25
#: places around the growing hole where tungsten piles up
_PILES = 5
#: rows of a frame that are detected at once
_ROWS_TOGETHER = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class DamagedSheet:
    """Atoms, their fate under the beam, and how they are seen.

    Parameters
    ----------
    positions : ndarray, float64, shape (m, 2)
        (row, col) of the columns of the whole sheet [px], where nothing has drifted.
    brightness : ndarray, float64, shape (m,)
        1 for tungsten, less for molybdenum and sulfur.
    fate : ndarray, float64, shape (m, 3)
        Random numbers in (0, 1) that belong to each column: when it loses its first sulfur, whether and where it piles up.
    pixel_size, probe_size : float
        [nm/px], and full width at half maximum of a column [nm].
    dose : float or None
        Incident electrons per nm^2 and frame; None for no shot noise.
    sulfur_loss : float
        Rate at which a sulfur column loses one of its two atoms [1/s].
    relaxation, edge_disorder : float
        Outward shift of the atoms at an edge, and standard deviation of their place there along each axis [nm].
    piling : float
        Fraction of the heavy atoms of the growing hole that piles up around it.
    contamination : float
        Unevenness of the sheet's brightness between the columns, standard deviation as a fraction of it.
    seed : int
        The same seed gives the same frames.
    """

    positions: NDArray[np.float64]
    brightness: NDArray[np.float64]
    fate: NDArray[np.float64]
    pixel_size: float
    probe_size: float
    dose: float | None
    sulfur_loss: float
    relaxation: float
    edge_disorder: float
    piling: float
    contamination: float
    seed: int

    def picture(
        self, holes: HolePlan, frame: int, time: float, offset: NDArray[np.float64], mask: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Draw the intensity at the detector, without noise.

        Parameters
        ----------
        holes : HolePlan
            The holes.
        frame : int
            Its number.
        time : float
            [s].
        offset : ndarray, shape (2,)
            (row, col) by which the sample lies off its place [px].
        mask : ndarray, bool, shape (rows, cols)
            True in the holes of this frame.

        Returns
        -------
        ndarray, float64, shape (rows, cols)
            1 for the brightest column.
        """
        rows, cols = mask.shape
        sigma = self.probe_size * _SIGMA_PER_FWHM / self.pixel_size
        margin = sheet_margin(self.probe_size, self.pixel_size)
        padded = tuple(scipy.fft.next_fast_len(n + 2 * margin, real=True) for n in mask.shape)
        positions, brightness = self._atoms(holes, frame, time)
        # the sheet between the columns ends at the rim of a hole as sharply as the probe shows it
        sheet = np.pad(~mask, [(margin, n - m - margin) for n, m in zip(padded, mask.shape, strict=True)], mode="edge")
        points = self._unevenness(padded, offset - margin)
        points *= SHEET / (2 * np.pi * sigma**2)
        points *= sheet
        del sheet
        deposit(points, positions + offset + margin, brightness)
        image = expose(points, sigma, np.zeros(2), 0.0, None)
        image += VACUUM
        return image[margin : margin + rows, margin : margin + cols]

    def detect(self, image: NDArray[np.float64], frame: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Count what the detector sees of an intensity.

        Parameters
        ----------
        image : ndarray, shape (rows, cols)
            From `picture`.
        frame : int
            Its number, which the noise belongs to.
        dtype : numpy.dtype
            float32: fraction of the incident electrons; uint8: gray values, 255 for `WHITE` and all above.

        Returns
        -------
        ndarray, shape (rows, cols)
            Of the given dtype.
        """
        counts = np.empty(image.shape, dtype)
        electrons = None if self.dose is None else self.dose * self.pixel_size**2
        noise = np.random.default_rng([self.seed, 31, frame])
        # some rows at a time: the counts of a large frame would take as much memory as the frame three times over
        for first in range(0, len(image), _ROWS_TOGETHER):
            some = SCATTERED_FRACTION * np.maximum(image[first : first + _ROWS_TOGETHER], 0)
            if electrons is not None:
                some = noise.poisson(some * electrons) / electrons
            if dtype != np.float32:
                some = np.minimum(np.round(some * (255 / (WHITE * SCATTERED_FRACTION))), 255)
            counts[first : first + _ROWS_TOGETHER] = some
        return counts

    def _atoms(self, holes: HolePlan, frame: int, time: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return places (k, 2) [px] and brightness (k,) of what is left of the columns in this frame."""
        positions, brightness = self.positions.copy(), self.brightness.copy()
        heavy = brightness > _sulfur_brightness() * 1.01
        brightness[~heavy & (self.fate[:, 0] < 1 - np.exp(-self.sulfur_loss * time))] /= 2
        reach = _EDGE_REACH / self.pixel_size
        restless = np.random.default_rng([self.seed, 32, frame]).standard_normal(positions.shape)
        moved = np.zeros_like(positions)
        inside = np.zeros(len(positions), dtype=bool)
        piled = np.zeros(len(positions), dtype=bool)
        for number in np.flatnonzero(holes.pixels[frame]):
            hole = int(number)
            center = holes.centers[hole]
            far = holes.reach(frame, hole) + 5 * reach
            near = np.flatnonzero((np.abs(self.positions - center) < far).all(axis=1))
            away = self.positions[near] - center
            distance = np.maximum(np.hypot(*away.T), 1e-9)
            from_edge = distance - holes.edge(frame, hole, np.arctan2(away[:, 0], away[:, 1]))
            within = from_edge < 0
            inside[near[within]] = True
            felt = np.exp(-np.maximum(from_edge, 0) / reach)[:, None]
            # a hole of a missing atom or two hardly bends the sheet
            strength = min(1.0, holes.pixels[frame, hole] * self.pixel_size**2 / 0.3)
            moved[near] += (
                felt
                * strength
                / self.pixel_size
                * (self.relaxation * away / distance[:, None] + self.edge_disorder * restless[near])
            )
            if holes.kinds[hole] == "growing":
                some = near[within & heavy[near] & (self.fate[near, 1] < self.piling)]
                piled[some] = True
                positions[some] = center + self._pile(holes, frame, hole, some)
        positions[~piled] += moved[~piled]
        kept = ~inside
        kept[piled] = self._outside(holes, frame, positions[piled])
        return positions[kept], brightness[kept]

    def _pile(self, holes: HolePlan, frame: int, hole: int, atoms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return where heavy atoms of a hole pile up, relative to its center, shape (k, 2) [px]."""
        corners = np.random.default_rng([self.seed, 33]).uniform(0, 2 * np.pi, _PILES)
        place = self.fate[atoms, 2] * _PILES
        which = place.astype(int)
        spread = np.random.default_rng([self.seed, 34]).standard_normal((len(self.fate), 2))[atoms]
        angle = corners[which] + 0.15 * spread[:, 0]
        beyond = (0.2 + 0.18 * np.abs(spread[:, 1])) / self.pixel_size
        radius = holes.edge(frame, hole, angle) + beyond
        return radius[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])

    @staticmethod
    def _outside(holes: HolePlan, frame: int, positions: NDArray[np.float64]) -> NDArray[np.bool_]:
        outside = np.ones(len(positions), dtype=bool)
        for hole in np.flatnonzero(holes.pixels[frame]):
            away = positions - holes.centers[hole]
            outside &= np.hypot(*away.T) > holes.edge(frame, int(hole), np.arctan2(away[:, 0], away[:, 1]))
        return outside

    def _unevenness(self, shape: tuple[int, ...], offset: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the thickness of what lies on the sheet around its mean 1: a few waves of 3 to 10 nm that move with it."""
        if self.contamination == 0:
            return np.ones(shape)
        generator = np.random.default_rng([self.seed, 35])
        down, right = ((np.arange(n) - o) * self.pixel_size for n, o in zip(shape, offset, strict=True))
        waves = 6
        along: list[list[NDArray[np.complex128]]] = [[], []]
        for _ in range(waves):
            direction, length = generator.uniform(0, 2 * np.pi), generator.uniform(3, 10)
            k = 2 * np.pi / length * np.array([np.cos(direction), np.sin(direction)])
            phase = generator.uniform(0, 2 * np.pi)
            along[0].append(np.exp(1j * (k[0] * down + phase)))
            along[1].append(np.exp(1j * k[1] * right))
        # the real part of the sum of their products, as one product of matrices
        rows, cols = (np.array(waves_along) for waves_along in along)
        total = np.concatenate([rows.real, -rows.imag]).T @ np.concatenate([cols.real, cols.imag])
        total *= self.contamination * np.sqrt(2 / waves)
        total += 1
        return np.maximum(total, 0, out=total)


def grow_sheet(
    shape: tuple[int, int],
    pixel_size: float,
    rotation: float,
    molybdenum: float,
    disorder: float,
    margin: int,
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Place the columns of a whole Mo-doped WS2 sheet.

    Parameters
    ----------
    shape : tuple of int
        (rows, cols) of the frames.
    pixel_size : float
        [nm/px].
    rotation : float
        Direction of the first cell vector [degrees], counter-clockwise from the direction of the rows.
    molybdenum : float
        Fraction of the tungsten that is molybdenum.
    disorder : float
        Standard deviation of the columns' places along each axis, as a fraction of the lattice constant.
    margin : int
        Room around the frame [px].
    seed : int
        The same seed gives the same sheet.

    Returns
    -------
    positions, brightness, fate : ndarray
        As for `DamagedSheet`.

    Raises
    ------
    ValueError
        If the frame shows more atoms than can be drawn.
    """
    crystal = CRYSTALS["WS2"]
    angle = np.deg2rad(rotation)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    positions, brightness = place_atoms(
        crystal,
        crystal.cell.vectors @ turn.T,
        crystal.brightness("STEM"),
        Imperfections(disorder=disorder),
        crystal.a,
        np.eye(2) / pixel_size,
        shape,
        margin,
        (seed, 0),
    )
    near = ((positions > -margin) & (positions < np.array(shape) + margin)).all(axis=1)
    positions, brightness = positions[near], brightness[near]
    fate = np.random.default_rng([seed, 36]).random((len(positions), 4))
    doped = (brightness == 1) & (fate[:, 3] < molybdenum)
    tungsten = crystal.basis[0].atomic_number
    brightness[doped] = (_MOLYBDENUM / tungsten) ** Z_EXPONENT
    return positions, brightness, fate[:, :3]


def sheet_margin(probe_size: float, pixel_size: float) -> int:
    """Compute how far outside a frame an atom is still seen.

    Returns
    -------
    int
        [px].
    """
    return int(np.ceil(4 * probe_size * _SIGMA_PER_FWHM / pixel_size)) + 3


def _sulfur_brightness() -> float:
    return float(CRYSTALS["WS2"].brightness("STEM").min())
