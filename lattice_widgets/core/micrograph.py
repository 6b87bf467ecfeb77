"""A crystal in, the picture that a microscope takes of it out: STEM and STM, with what goes wrong in real ones.

Atoms are points of a given brightness; what the instrument does to a point (electron probe, tip, double tip) is one
multiplication in Fourier space, so a picture costs one Fourier transform however many atoms it shows. The slow drift of a
scan is an affine map of the atoms: exact for where they are met, while each is drawn as round as without drift.

Every random number belongs to an atom, a scan line or a pixel through the seed alone: the same seed gives the same picture,
and a picture changes smoothly when one of its numbers does.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.fft
import scipy.special
from numpy.typing import NDArray

from lattice_widgets.core.crystals import Crystal, Mode
from lattice_widgets.core.lattice import Lattice

#: standard deviation of a Gaussian whose full width at half maximum is 1
SIGMA_PER_FWHM = 1 / np.sqrt(8 * np.log(2))
#: fraction of the electrons that the brightest column scatters into the HAADF detector
SCATTERED_FRACTION = 0.05
_MAX_ATOMS = 400_000


@dataclass(frozen=True, kw_only=True)
class Microscope:
    """How the picture is taken.

    Parameters
    ----------
    mode : {"STEM", "STM"}
        HAADF-STEM (Z contrast) or constant-current STM (height).
    rows, cols : int
        Size of the picture [px], at least 8 each.
    field_of_view : float
        Width of the picture, along the rows [nm]. Pixels are square.
    probe_size : float
        STEM: full width at half maximum of a column, probe and thermal motion together [nm].
    dose : float or None
        STEM: incident electrons per nm^2; None for a picture without shot noise.
    background : float
        STEM: intensity between the columns, as a fraction of the brightest column.
    tip_size : float
        STM: full width at half maximum of what the tip sees of one atom [nm].
    corrugation : float
        STM: height of the brightest atom [nm].
    height_noise : float
        STM: standard deviation of the noise of each pixel [nm].
    double_tip : float
        STM: height of the ghost picture that a second tip adds, as a fraction (0: a single tip).
    double_tip_offset : tuple of float
        STM: (row, col) shift of that ghost [nm].
    line_time : float
        Time for one scan line [s]; with a drift velocity it decides how much the picture is sheared.
    """

    mode: Mode = "STEM"
    rows: int = 256
    cols: int = 256
    field_of_view: float = 4.0
    probe_size: float = 0.1
    dose: float | None = 1e5
    background: float = 0.1
    tip_size: float = 0.15
    corrugation: float = 0.05
    height_noise: float = 0.003
    double_tip: float = 0.0
    double_tip_offset: tuple[float, float] = (0.0, 0.1)
    line_time: float = 0.01

    @property
    def pixel_size(self) -> float:
        """Side of a pixel [nm]."""
        return self.field_of_view / self.cols


@dataclass(frozen=True, kw_only=True)
class Imperfections:
    """What makes the picture differ from a perfect one.

    Parameters
    ----------
    disorder : float
        Static random displacement of each atom: standard deviation along each axis, as a fraction of the distance
        between lattice points.
    vacancies : float
        Fraction of the atoms that are missing, 0 to 1.
    drift : tuple of float
        Velocity of the sample (row, col) [nm/s].
    jitter : float
        Random shift of each scan line along itself: standard deviation [nm].
    line_noise : float
        Random offset of each scan line: standard deviation as a fraction of the contrast of the picture.
    tilt : tuple of float
        Background plane: rise over the whole height and over the whole width, as fractions of the contrast.
    layer : float
        Brightness of a second layer of the same crystal below, as a fraction (0: one layer).
    layer_twist : float
        Angle between the layers [degrees].
    layer_mismatch : float
        How much larger the lattice of the second layer is [%].
    """

    disorder: float = 0.0
    vacancies: float = 0.0
    drift: tuple[float, float] = (0.0, 0.0)
    jitter: float = 0.0
    line_noise: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)
    layer: float = 0.0
    layer_twist: float = 5.0
    layer_mismatch: float = 0.0


@dataclass(frozen=True, eq=False)
class Micrograph:
    """A simulated picture and the truth about it.

    Attributes
    ----------
    image : ndarray, float32, shape (rows, cols)
        STEM: fraction of the incident electrons that reach the detector; STM: height [nm].
    pixel_size : float
        [nm].
    crystal_lattice : Lattice
        Primitive lattice of the crystal as it lies in the microscope [nm].
    picture_lattice : Lattice
        Primitive lattice of the *picture* [nm]: the same, unless the sample drifted.
    """

    image: NDArray[np.float32]
    pixel_size: float
    crystal_lattice: Lattice
    picture_lattice: Lattice
    settings: dict[str, Any] = field(default_factory=dict)


def drift_matrix(microscope: Microscope, drift: tuple[float, float]) -> NDArray[np.float64]:
    """Return the matrix that carries (row, col) vectors of the crystal to those of the picture.

    A point at ``p`` is met by the scan at ``s = p + drift * t(s)``, and ``t`` grows by one line time for each line.

    Raises
    ------
    ValueError
        If the sample drifts as fast down the picture as the scan goes.
    """
    lines_per_nm = microscope.line_time / microscope.pixel_size
    inverse = np.eye(2) - np.outer(drift, [lines_per_nm, 0.0])
    if inverse[0, 0] < 0.05:
        raise ValueError("The sample drifts as fast as the scan goes: the picture would never end. Lower the drift.")
    return np.linalg.inv(inverse)


def simulate_micrograph(
    crystal: Crystal,
    microscope: Microscope | None = None,
    imperfections: Imperfections | None = None,
    *,
    rotation: float = 0.0,
    seed: int = 0,
) -> Micrograph:
    """Return the picture that a microscope takes of a crystal.

    Parameters
    ----------
    crystal : Crystal
        What lies in the microscope.
    microscope : Microscope, optional
        How the picture is taken.
    imperfections : Imperfections, optional
        What goes wrong.
    rotation : float
        Direction of the first cell vector [degrees], counter-clockwise from the direction of the rows.
    seed : int
        The same seed gives the same picture.

    Raises
    ------
    ValueError
        If a number makes no picture (negative lengths, more than 400,000 atoms, a drift faster than the scan).

    Examples
    --------
    >>> from lattice_widgets.core.crystals import CRYSTALS
    >>> picture = simulate_micrograph(CRYSTALS["graphene"], Microscope(rows=96, cols=128, field_of_view=2.0))
    >>> picture.image.shape, picture.picture_lattice.bravais_type()
    ((96, 128), 'hexagonal')
    """
    microscope = microscope or Microscope()
    imperfections = imperfections or Imperfections()
    _check(microscope, imperfections)
    angle = np.deg2rad(rotation)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    drift = drift_matrix(microscope, imperfections.drift)
    pixel = microscope.pixel_size
    stem = microscope.mode == "STEM"
    sigma = (microscope.probe_size if stem else microscope.tip_size) * SIGMA_PER_FWHM / pixel
    offset = np.array(microscope.double_tip_offset) / pixel if not stem and microscope.double_tip > 0 else np.zeros(2)
    shape = (microscope.rows, microscope.cols)
    # room around the picture: atoms just outside reach into it, and what leaves one side must not enter at the other
    margin = int(np.ceil(4 * sigma + np.abs(offset).max() + 3 * imperfections.jitter / pixel)) + 3
    padded = tuple(scipy.fft.next_fast_len(n + 2 * margin, real=True) for n in shape)

    cell = crystal.cell.vectors @ turn.T
    primitive = crystal.primitive_lattice(microscope.mode)
    brightness = crystal.brightness(microscope.mode)
    layers = [(cell, 1.0)]
    if imperfections.layer > 0:
        twist = np.deg2rad(imperfections.layer_twist)
        second = np.array([[np.cos(twist), -np.sin(twist)], [np.sin(twist), np.cos(twist)]])
        layers.append((cell @ second.T * (1 + imperfections.layer_mismatch / 100), imperfections.layer))
    points = np.zeros(padded, dtype=np.float64)
    spacing = primitive.reduced().a
    for number, (vectors, strength) in enumerate(layers):
        positions, weights = _atoms(
            crystal, vectors, brightness, imperfections, spacing, drift * (1 / pixel), shape, margin, (seed, number)
        )
        _deposit(points, positions + margin, weights * strength)
    shifts = None
    if imperfections.jitter > 0:
        # numbered by the lines of the picture, not by those of the room around it, which grows with probe and jitter
        shifts = np.zeros(padded[0])
        jitter = np.random.default_rng([seed, 3]).standard_normal(shape[0])
        shifts[margin : margin + shape[0]] = imperfections.jitter / pixel * jitter
    image = _expose(points, sigma, offset, microscope.double_tip if not stem else 0.0, shifts)
    image = image[margin : margin + shape[0], margin : margin + shape[1]]
    if len(layers) == 2 and not stem:
        # two corrugations seen through each other beat: the moire that an STM picture shows
        image = image * (1 + 0.3 * imperfections.layer * np.tanh(image - image.mean()))
    measured = _detect(image, microscope, imperfections, seed)
    lattice = primitive.transformed(turn)
    return Micrograph(measured, pixel, lattice, lattice.transformed(drift))


def _check(microscope: Microscope, imperfections: Imperfections) -> None:
    if min(microscope.rows, microscope.cols) < 8:
        raise ValueError("A picture needs at least 8 rows and 8 columns.")
    if not (microscope.field_of_view > 0 and microscope.probe_size > 0 and microscope.tip_size > 0):
        raise ValueError("The field of view, the probe size and the tip size must be positive lengths in nm.")
    if microscope.dose is not None and not microscope.dose > 0:
        raise ValueError("The dose must be positive, in electrons per nm^2, or None for no shot noise.")
    if not all(value >= 0 for value in (microscope.corrugation, microscope.height_noise, microscope.line_time)):
        raise ValueError("The corrugation, the height noise and the line time must not be negative.")
    if not (microscope.background >= 0 and microscope.double_tip >= 0):
        raise ValueError("The background and the double tip are fractions: they must not be negative.")
    if not 0 <= imperfections.vacancies <= 1:
        raise ValueError("The vacancies are a fraction: between 0 and 1.")
    amounts = (imperfections.disorder, imperfections.jitter, imperfections.line_noise, imperfections.layer)
    if not all(value >= 0 for value in amounts):
        raise ValueError("Disorder, jitter, line noise and the second layer must not be negative.")
    if not imperfections.layer_mismatch > -100:
        raise ValueError("The mismatch of the second layer must be above -100 %: its lattice would have no size.")
    if not np.isfinite([*imperfections.drift, *imperfections.tilt, *microscope.double_tip_offset]).all():
        raise ValueError("The drift, the tilt and the offset of the double tip must be finite numbers.")


def _atoms(
    crystal: Crystal,
    vectors: NDArray[np.float64],
    brightness: NDArray[np.float64],
    imperfections: Imperfections,
    spacing: float,
    to_pixels: NDArray[np.float64],
    shape: tuple[int, int],
    margin: int,
    key: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (row, col) positions in pixels, shape (n, 2), and brightness, shape (n,), of all atoms near the picture."""
    in_pixels = vectors @ to_pixels.T
    center = (np.array(shape) - 1) / 2
    corners = np.array(
        [
            [-margin, -margin],
            [-margin, shape[1] + margin],
            [shape[0] + margin, -margin],
            [shape[0] + margin, shape[1] + margin],
        ]
    )
    indices = (corners - center) @ np.linalg.inv(in_pixels)
    low, high = np.floor(indices.min(axis=0)).astype(int) - 1, np.ceil(indices.max(axis=0)).astype(int) + 1
    area = (shape[0] + 2 * margin) * (shape[1] + 2 * margin)
    if area / abs(np.linalg.det(in_pixels)) * len(crystal.basis) > _MAX_ATOMS:
        raise ValueError(f"The field of view holds more than {_MAX_ATOMS:,} atoms: make it smaller.")
    i = np.arange(low[0], high[0] + 1)[:, None]
    j = np.arange(low[1], high[1] + 1)[None, :]
    row = center[0] + i * in_pixels[0, 0] + j * in_pixels[1, 0]
    col = center[1] + i * in_pixels[0, 1] + j * in_pixels[1, 1]
    reach = np.abs(in_pixels).sum(axis=0) + margin
    near = (row > -reach[0]) & (row < shape[0] + reach[0]) & (col > -reach[1]) & (col < shape[1] + reach[1])
    i, j = np.nonzero(near)
    base = np.column_stack([row[near], col[near]])
    i, j = i + low[0], j + low[1]
    positions, weights = [], []
    # a lattice point lies in the middle of the picture only if the basis has an atom there: put its center there instead
    middle = np.mean([(atom.u, atom.v) for atom in crystal.basis], axis=0)
    for number, atom in enumerate(crystal.basis):
        if brightness[number] < 1e-4:
            continue
        place = base + (np.array([atom.u, atom.v]) - middle) @ in_pixels
        light = np.full(len(place), brightness[number])
        if imperfections.disorder > 0:
            normal = np.sqrt(-2 * np.log(_uniform(i, j, number, 0, key)))
            phase = 2 * np.pi * _uniform(i, j, number, 1, key)
            shift = normal[:, None] * np.column_stack([np.cos(phase), np.sin(phase)])
            place = place + (imperfections.disorder * spacing * shift) @ to_pixels.T
        if imperfections.vacancies > 0:
            light = light * (_uniform(i, j, number, 2, key) >= imperfections.vacancies)
        positions.append(place)
        weights.append(light)
    return np.concatenate(positions), np.concatenate(weights)


def _uniform(
    i: NDArray[np.int64], j: NDArray[np.int64], atom: int, draw: int, key: tuple[int, int]
) -> NDArray[np.float64]:
    """Return a random number in (0, 1] that belongs to cell (i, j), atom, draw and seed, whatever else is in the picture.

    Counter-based (the finalizer of SplitMix64: Steele, Lea & Flood, OOPSLA 2014), so that moving a slider never
    reshuffles the atoms.
    """
    salt = np.random.SeedSequence([key[0] & 0xFFFFFFFFFFFFFFFF, key[1], atom, draw]).generate_state(2, np.uint64)
    with np.errstate(over="ignore"):
        x = (
            salt[0]
            + i.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            + j.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03)
        )
        for multiplier in (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)):
            x = (x ^ (x >> np.uint64(30)) ^ salt[1]) * multiplier
        x = x ^ (x >> np.uint64(31))
    return ((x >> np.uint64(11)).astype(np.float64) + 1) / 2**53


def _deposit(points: NDArray[np.float64], positions: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
    """Add the atoms to the pixel grid, each spread over 4 x 4 pixels by a cubic B-spline (divided out in `_expose`)."""
    rows, cols = points.shape
    inside = (weights > 0) & (positions >= 1).all(axis=1) & (positions < np.array([rows - 3, cols - 3])).all(axis=1)
    positions, weights = positions[inside], weights[inside]
    corner = np.floor(positions)
    spline = _cubic_spline((positions - corner).T)  # (4, 2, n)
    flat = (corner[:, 0] * cols + corner[:, 1]).astype(np.int64)
    index = flat + (np.arange(-1, 3)[:, None] * cols + np.arange(-1, 3)[None, :]).reshape(16, 1)
    value = (spline[:, None, 0] * (spline[None, :, 1] * weights)).reshape(16, -1)
    points += np.bincount(index.ravel(), weights=value.ravel(), minlength=rows * cols).reshape(rows, cols)


def _cubic_spline(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the four weights of a cubic B-spline for the fractions ``t``, shape (4, *t.shape)."""
    s = 1 - t
    return np.stack([s**3, 4 - 6 * t**2 + 3 * t**3, 4 - 6 * s**2 + 3 * s**3, t**3]) / 6


def _expose(
    points: NDArray[np.float64],
    sigma: float,
    offset: NDArray[np.float64],
    ghost: float,
    shifts: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Return what probe or tip make of the points: each a Gaussian of height 1 (times its brightness), ghosts, jitter.

    Lengths in px; ``shifts`` moves each row along itself.
    """
    rows, cols = points.shape
    frequency = [scipy.fft.fftfreq(rows)[:, None], scipy.fft.rfftfreq(cols)[None, :]]
    transfer = [np.exp(-2 * (np.pi * sigma * f) ** 2) / np.sinc(f) ** 4 for f in frequency]
    spectrum = scipy.fft.rfft2(points) * (transfer[0] * 2 * np.pi * sigma**2) * transfer[1]
    if ghost > 0:
        spectrum *= 1 + ghost * np.exp(-2j * np.pi * (frequency[0] * offset[0] + frequency[1] * offset[1]))
    lines = scipy.fft.ifft(spectrum, axis=0)
    if shifts is not None:
        lines *= np.exp(-2j * np.pi * frequency[1] * shifts[:, None])
    return scipy.fft.irfft(lines, n=cols, axis=1)


def _detect(
    image: NDArray[np.float64], microscope: Microscope, imperfections: Imperfections, seed: int
) -> NDArray[np.float32]:
    """Return the picture in its unit, with tilt, line noise and the noise of the detector."""
    rows, cols = image.shape
    if microscope.mode == "STM":
        image = image * microscope.corrugation
        contrast = microscope.corrugation
    else:
        image = SCATTERED_FRACTION * (image + microscope.background)
        contrast = SCATTERED_FRACTION
    down, right = imperfections.tilt
    if down or right:
        image = image + contrast * (down * np.linspace(-0.5, 0.5, rows)[:, None] + right * np.linspace(-0.5, 0.5, cols))
    if imperfections.line_noise > 0:
        line = np.random.default_rng([seed, 4]).standard_normal((rows, 1))
        image = image + contrast * imperfections.line_noise * line
    if microscope.mode == "STM":
        noise = np.random.default_rng([seed, 5]).standard_normal((rows, cols), dtype=np.float32)
        return (image + microscope.height_noise * noise).astype(np.float32)
    if microscope.dose is not None:
        electrons = microscope.dose * microscope.pixel_size**2
        uniform = np.random.default_rng([seed, 6]).random((rows, cols))
        image = _poisson(np.maximum(image, 0) * electrons, uniform) / electrons
    return image.astype(np.float32)


def _poisson(mean: NDArray[np.float64], uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Poisson numbers of these means that stand at the fractions ``uniform`` of their distributions.

    A generator's own Poisson numbers take more or fewer draws as the means change, which would reshuffle the noise of all
    pixels that follow. Small means: the distribution is summed up. Large ones: M. B. Giles, ACM Trans. Math. Softw. 42, 6
    (2016), equation of the normal asymptotic expansion.
    """
    counts = np.zeros(mean.shape)
    few = mean < 5
    left, size = uniform[few], mean[few]
    probability = np.exp(-size)
    number = np.zeros(len(size))
    for k in range(1, 60):  # a mean of 5 never comes to 60
        left -= probability
        more = left > 0
        if not more.any():
            break
        number += more
        probability *= size / k
    counts[few] = number
    size = mean[~few]
    w = scipy.special.ndtri(np.maximum(uniform[~few], 2.0**-54))
    square, root = w * w, np.sqrt(size)
    value = size + root * w + (2 + square) / 6 - w * (2 + square) / (72 * root)
    value += (square * (3 * square + 7) - 16) / (810 * size)
    counts[~few] = np.maximum(np.floor(value), 0)
    return counts
