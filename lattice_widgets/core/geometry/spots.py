"""A picture in, the spots of its Fourier transform out: where, how strong, how certain.

A spot is a local maximum of the tapered, zero-padded power spectrum that stands out from its background (see `power_map`)
and, along every direction, from its nearest surroundings.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.false_spots.streaks import streak_level
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.one_thread import one_thread

#: a spot is kept when its power exceeds that of the background by this factor ...
MIN_SNR = 9.0
#: ... or by this one where a lattice predicts it ...
PREDICTED_SNR = 6.5
#: ... and that of the saddles towards its neighborhood by this one
MIN_PROMINENCE = 4.0
#: at most so many spots of a picture are kept, the strongest first
MAX_SPOTS = 80


class SpotTable(NamedTuple):
    """Spots as they are found, one of each pair: frequencies (n, 2) in bins, power (n,), and its ratio to the background (n,).

    A bin is one period per length of the picture, along rows and columns.
    """

    bins: NDArray[np.float64]
    power: NDArray[np.float64]
    snr: NDArray[np.float64]

    def __add__(self, more: "SpotTable") -> "SpotTable":  # type: ignore[override]
        return SpotTable(*(np.concatenate(both) for both in zip(self, more, strict=True)))

    def where(self, chosen: NDArray[np.bool_]) -> "SpotTable":
        """Keep the spots that are chosen (n,)."""
        return SpotTable(*(column[chosen] for column in self))


NO_SPOTS = SpotTable(np.zeros((0, 2)), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, eq=False)
class Spots:
    """The spots of one picture, the strongest first; of each pair at plus and minus one frequency only one.

    Attributes
    ----------
    frequency : ndarray, float64, shape (n, 2)
        (row, col) spatial frequency, in `unit`.
    frequency_error : ndarray, float64, shape (n, 2)
        One standard deviation, in `unit`.
    amplitude : ndarray, float64, shape (n,)
        Amplitude of the density wave, in the unit of the picture: ``amplitude * cos(2 pi f . r + phase)``.
    amplitude_error : ndarray, float64, shape (n,)
        One standard deviation.
    snr : ndarray, float64, shape (n,)
        Power over the mean power of the background at this frequency.
    unit : {"1/nm", "1/px"}
        "1/px" if the pixel size is not known.
    """

    frequency: NDArray[np.float64]
    frequency_error: NDArray[np.float64]
    amplitude: NDArray[np.float64]
    amplitude_error: NDArray[np.float64]
    snr: NDArray[np.float64]
    unit: Literal["1/nm", "1/px"]

    def __len__(self) -> int:
        return len(self.snr)

    @property
    def d_spacing(self) -> NDArray[np.float64]:
        """Distance between the lattice lines that make each spot, shape (n,) [nm or px]."""
        return 1 / np.hypot(*self.frequency.T)


@one_thread
def measure_spots(power: PowerMap, min_snr: float = MIN_SNR) -> SpotTable:
    """Find the spots of a power spectrum.

    Parameters
    ----------
    power : PowerMap
        Of the picture.
    min_snr : float
        Smallest ratio of a spot's power to that of the background.

    Returns
    -------
    SpotTable
        The strongest first, at most `MAX_SPOTS`.
    """
    start = power.candidates(min_snr)
    if not len(start):
        return NO_SPOTS
    found, top = power.climb(start)
    good = np.isfinite(top)
    found, top = found[good], top[good]
    snr = top / power.noise_at(found)
    order = np.argsort(-top)[: 6 * MAX_SPOTS]
    order = order[snr[order] >= min_snr]
    found, top, snr = found[order], top[order], snr[order]
    keep: list[int] = []
    for i in range(len(found)):
        if len(keep) >= MAX_SPOTS:
            break
        if keep:
            apart = np.minimum(np.hypot(*(found[keep] - found[i]).T), np.hypot(*(found[keep] + found[i]).T))
            if apart.min() < 1.2 or top[i] < 4 * power.leakage(found[i : i + 1], found[keep], top[keep])[0]:
                continue
        keep.append(i)
    found, top, snr = found[keep], top[keep], snr[keep]
    snr = top / np.maximum(top / snr, streak_level(power, found, top, found, top))
    sharp = (power.prominence(found, top) >= MIN_PROMINENCE) & (snr >= min_snr)
    return SpotTable(found[sharp], top[sharp], snr[sharp])


def spots_at(power: PowerMap, places: NDArray[np.float64], known: SpotTable) -> SpotTable:
    """Look for spots at predicted places.

    A predicted spot needs less contrast than one that is found among all frequencies. Places of spots that are already known
    are left out, and so is what those may leak.

    Parameters
    ----------
    power : PowerMap
        Of the picture.
    places : ndarray, shape (n, 2)
        Predicted frequencies [bins].
    known : SpotTable
        Spots that are known already.

    Returns
    -------
    SpotTable
        Those that were found; possibly empty.
    """
    inside = (np.abs(places) < 0.48 * np.array(power.shape)).all(axis=1) & (np.hypot(*places.T) > 1.8)
    places = places[inside]
    # most places hold nothing: a spot near by, up to a bin away, would be seen from here
    index = np.round(places * power.pad).astype(np.int64)
    places = places[power.power_at(index[:, 0], index[:, 1]) > 0.2 * PREDICTED_SNR * power.noise_at(places)]
    if len(known.snr) and len(places):
        both = np.concatenate([known.bins, -known.bins])
        places = places[np.hypot(*(places[:, None] - both).transpose(2, 0, 1)).min(axis=1) > 1.2]
    if not len(places):
        return NO_SPOTS
    found, top = power.climb(places, reach=0.5)
    good = np.isfinite(top)
    good[good] = np.hypot(*(found[good] - places[good]).T) < 0.6
    found, top = found[good], top[good]
    snr = top / power.noise_at(found)
    good = (snr > PREDICTED_SNR) & (top > 4 * power.leakage(found, known.bins, known.power))
    good &= power.prominence(found, top) > MIN_PROMINENCE
    return SpotTable(found[good], top[good], snr[good])


def nodes_within(vectors: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """List the nodes of a half plane up to a radius, without the origin.

    Parameters
    ----------
    vectors : ndarray, shape (2, 2)
        Reciprocal vectors [bins].
    radius : float
        [bins].

    Returns
    -------
    ndarray, float64, shape (n, 2)
        Indices (h, k), whole numbers.
    """
    reach = np.ceil(radius * np.abs(np.linalg.inv(vectors)).sum(axis=0)).astype(int)
    reach = np.minimum(reach, 24)
    h, k = np.meshgrid(np.arange(reach[0] + 1), np.arange(-reach[1], reach[1] + 1), indexing="ij")
    indices = np.stack([h.ravel(), k.ravel()], axis=1)
    indices = indices[(indices[:, 0] > 0) | (indices[:, 1] > 0)]
    return indices[((indices @ vectors) ** 2).sum(axis=1) <= radius**2].astype(np.float64)


def spots_of(power: PowerMap, table: SpotTable, pixel_size: float | None) -> Spots:
    """Convert a table of spots to physical units.

    Parameters
    ----------
    power : PowerMap
        Of the picture.
    table : SpotTable
        Its spots.
    pixel_size : float or None
        [nm/px].

    Returns
    -------
    Spots
        In the order of the table.
    """
    lengths = np.array(power.shape) * (pixel_size or 1.0)
    amplitude = power.amplitude(table.power)
    return Spots(
        table.bins / lengths,
        power.position_error(table.bins, table.power) / lengths,
        amplitude,
        amplitude * np.sqrt(0.5 / np.maximum(table.snr, 1e-9)),
        table.snr,
        "1/nm" if pixel_size else "1/px",
    )


def find_spots(
    image: ArrayLike,
    pixel_size: float | tuple[float, float] | None = None,
    min_snr: float = MIN_SNR,
    *,
    keep_all: bool = False,
) -> Spots:
    """Find the spots of the Fourier transform of a picture.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        The picture or a window of it.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    min_snr : float
        Smallest power of a spot, in units of the mean power of the background. In 512 x 512 px of pure noise the
        strongest of all frequencies reaches about 12.
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too, which are left out otherwise.

    Returns
    -------
    Spots
        The strongest first; empty if none stands out.

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`), or the pixel size is not positive.

    Examples
    --------
    >>> rows, cols = np.mgrid[:96, :128]
    >>> lines = find_spots(3 * np.cos(2 * np.pi * (rows / 12 + cols / 9)), pixel_size=0.5)
    >>> lines.frequency.round(3).tolist(), lines.amplitude.round(1).tolist(), lines.unit
    ([[0.167, 0.222]], [3.0], '1/nm')
    """
    values, side, _ = square_values(image, pixel_size)
    power = PowerMap(values, keep_all)
    table = NO_SPOTS if power.content.nothing is not None else measure_spots(power, min_snr)
    return spots_of(power, table, side)
