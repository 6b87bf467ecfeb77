"""A crystal in, the picture that a microscope takes of it out: STEM and STM, with what goes wrong in real ones.

Three steps, one file each: the numbers (`microscope`), atoms and what probe or tip make of them (`exposure`), and what the
detector makes of it (`detection`). The slow drift of a scan is an affine map of the atoms: exact for where they are met,
while each is drawn as round as without drift.

Every random number belongs to an atom, a scan line or a pixel through the seed alone: the same seed gives the same picture,
and a picture changes smoothly when one of its numbers does.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.simulation.crystal import Crystal
from lattice_widgets.core.simulation.detection import detect
from lattice_widgets.core.simulation.exposure import deposit, expose, place_atoms
from lattice_widgets.core.simulation.microscope import (
    FOIL_DOSE,
    Imperfections,
    Microscope,
    check_room,
    check_settings,
    drift_matrix,
)

__all__ = [
    "SIGMA_PER_FWHM",
    "Imperfections",
    "Micrograph",
    "Microscope",
    "drift_matrix",
    "simulate_micrograph",
]

#: standard deviation of a Gaussian whose full width at half maximum is 1
SIGMA_PER_FWHM = 1 / np.sqrt(8 * np.log(2))


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


def simulate_micrograph(
    crystal: Crystal,
    microscope: Microscope | None = None,
    imperfections: Imperfections | None = None,
    *,
    rotation: float = 0.0,
    seed: int = 0,
) -> Micrograph:
    """Simulate the picture that a microscope takes of a crystal.

    Parameters
    ----------
    crystal : Crystal
        What lies in the microscope.
    microscope : Microscope, optional
        How the picture is taken; by default as `Microscope` is, with more electrons for a layer of light atoms.
    imperfections : Imperfections, optional
        What goes wrong.
    rotation : float
        Direction of the first cell vector [degrees], counter-clockwise from the direction of the rows.
    seed : int
        The same seed gives the same picture.

    Returns
    -------
    Micrograph
        The picture and the truth about it.

    Raises
    ------
    ValueError
        If a number makes no picture (negative lengths, more than 400,000 atoms, a drift faster than the scan).

    Examples
    --------
    >>> from lattice_widgets.core.simulation.crystals import CRYSTALS
    >>> microscope = Microscope(rows=96, cols=128, field_of_view=2.0, dose=1e7)
    >>> picture = simulate_micrograph(CRYSTALS["graphene"], microscope)
    >>> picture.image.shape, picture.picture_lattice.bravais_type()
    ((96, 128), 'hexagonal')
    """
    microscope = microscope or Microscope(dose=crystal.dose_like_foil(FOIL_DOSE))
    imperfections = imperfections or Imperfections()
    check_settings(microscope, imperfections)
    angle = np.deg2rad(rotation)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    drift = drift_matrix(microscope, imperfections.drift)
    pixel = microscope.pixel_size
    stem = microscope.mode == "STEM"
    with np.errstate(over="ignore"):  # `check_room` says what is wrong
        sigma = (microscope.probe_size if stem else microscope.tip_size) * SIGMA_PER_FWHM / pixel
        offset = (
            np.array(microscope.double_tip_offset) / pixel if not stem and microscope.double_tip > 0 else np.zeros(2)
        )
        reach = 4 * sigma + np.abs(offset).max() + 3 * imperfections.jitter / pixel
    check_room(microscope, reach)
    shape = (microscope.rows, microscope.cols)
    # room around the picture: atoms just outside reach into it, and what leaves one side must not enter at the other
    margin = int(np.ceil(reach)) + 3
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
        positions, weights = place_atoms(
            crystal, vectors, brightness, imperfections, spacing, drift * (1 / pixel), shape, margin, (seed, number)
        )
        deposit(points, positions + margin, weights * strength)
    shifts = None
    if imperfections.jitter > 0:
        # numbered by the lines of the picture, not by those of the room around it, which grows with probe and jitter
        shifts = np.zeros(padded[0])
        jitter = np.random.default_rng([seed, 3]).standard_normal(shape[0])
        shifts[margin : margin + shape[0]] = imperfections.jitter / pixel * jitter
    image = expose(points, sigma, offset, microscope.double_tip if not stem else 0.0, shifts)
    image = image[margin : margin + shape[0], margin : margin + shape[1]]
    if len(layers) == 2 and not stem:
        # two corrugations seen through each other beat: the moire that an STM picture shows
        image = image * (1 + imperfections.layer * np.tanh(image - image.mean()))
    measured = detect(image, crystal.scattered_fraction, microscope, imperfections, seed)
    lattice = primitive.transformed(turn)
    return Micrograph(measured, pixel, lattice, lattice.transformed(drift))
