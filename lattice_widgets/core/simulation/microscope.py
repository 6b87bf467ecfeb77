"""How a picture is taken, and what goes wrong: the numbers that a simulated micrograph is made from."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.simulation.crystal import Mode
from lattice_widgets.memory import refuse_beyond_memory

#: of all arrays that a pixel has at the same time, in float64
_BYTES_PER_PIXEL = 64
#: numbers that may be negative; no other may
_OF_EITHER_SIGN = frozenset({"double_tip_offset", "drift", "tilt", "layer_twist", "layer_mismatch"})


#: where nobody names another, of a foil [electrons per nm^2]
FOIL_DOSE = 1e5


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
        STEM: incident electrons per nm^2; None for a picture without shot noise. How many of them reach the detector is
        a matter of the crystal: of a foil's brightest column 5 %, as of one atom of tungsten; of one atom of molybdenum 1.9
        %, of sulfur 0.33 %, of carbon 0.05 % (screened Rutherford scattering, see `scattering_power`). So a picture of
        graphene takes a hundred times the dose that one of WS2 takes.
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
    dose: float | None = FOIL_DOSE
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


def drift_matrix(microscope: Microscope, drift: tuple[float, float]) -> NDArray[np.float64]:
    """Build the matrix that carries vectors of the crystal to those of the picture under drift.

    A point at ``p`` is met by the scan at ``s = p + drift * t(s)``, and ``t`` grows by one line time for each line.

    Parameters
    ----------
    microscope : Microscope
        Its pixel size and line time are used.
    drift : tuple of float
        Velocity of the sample (row, col) [nm/s].

    Returns
    -------
    ndarray, float64, shape (2, 2)
        For (row, col) vectors.

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


def check_settings(microscope: Microscope, imperfections: Imperfections) -> None:
    """Refuse numbers that do not make a picture: each must be finite, and most not negative.

    Raises
    ------
    ValueError
        With one sentence that says which number.
    """
    for settings in (microscope, imperfections):
        for field in fields(settings):
            value = getattr(settings, field.name)
            if value is not None and not isinstance(value, str):
                _check_numbers(field.name, value if isinstance(value, tuple) else (value,))
    if min(microscope.rows, microscope.cols) < 8:
        raise ValueError("A picture needs at least 8 rows and 8 columns.")
    refuse_beyond_memory(
        f"A picture of {microscope.rows} x {microscope.cols} px",
        _BYTES_PER_PIXEL * microscope.rows * microscope.cols,
        "take fewer rows and columns",
    )
    if not (microscope.field_of_view > 0 and microscope.probe_size > 0 and microscope.tip_size > 0):
        raise ValueError("The field of view, the probe size and the tip size must be positive lengths in nm.")
    if microscope.dose is not None and not microscope.dose > 0:
        raise ValueError("The dose must be positive, in electrons per nm^2, or None for no shot noise.")
    if imperfections.vacancies > 1:
        raise ValueError("The vacancies are a fraction: between 0 and 1.")
    if not imperfections.layer_mismatch > -100:
        raise ValueError("The mismatch of the second layer must be above -100 %: its lattice would have no size.")


def check_room(microscope: Microscope, reach: float) -> None:
    """Refuse a picture around which probe, tip, ghost or jitter reach farther than there is memory for.

    Parameters
    ----------
    microscope : Microscope
        Its rows and columns are used.
    reach : float
        How far [px].

    Raises
    ------
    ValueError
        With one sentence.
    """
    reach = min(reach, 1e9)  # which nobody has memory for; what is farther may be no finite number
    room = (microscope.rows + 2 * reach) * (microscope.cols + 2 * reach)
    refuse_beyond_memory(
        f"Probe, tip or jitter reach {reach:,.0f} px beyond the picture of {microscope.rows} x {microscope.cols} px, which",
        _BYTES_PER_PIXEL * room,
        "make them smaller, or the field of view larger",
    )


def _check_numbers(name: str, numbers: tuple[float, ...]) -> None:
    if not all(abs(number) < np.inf for number in numbers):
        raise ValueError(f"The setting {name} must be a finite number.")
    if name not in _OF_EITHER_SIGN and min(numbers) < 0:
        raise ValueError(f"The setting {name} must not be negative.")
