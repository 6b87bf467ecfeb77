"""What drift makes of a lattice: the lattices of the pictures of one crystal while it drifts faster and faster."""

import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.simulation.microscope import Microscope, drift_matrix


def drift_path(
    lattice: Lattice, speeds: ArrayLike, direction: float = 0.0, microscope: Microscope | None = None
) -> list[Lattice]:
    """Compute the lattices of pictures of a crystal under growing drift.

    Parameters
    ----------
    lattice : Lattice
        Of the crystal, as it lies in the microscope [nm].
    speeds : array_like, shape (n,)
        Of the drift [nm/s].
    direction : float
        Of the drift [degrees], counter-clockwise from the direction of the rows: 0 shears the picture, 90 and -90 stretch it.
    microscope : Microscope, optional
        Its pixel size and line time decide how much a drift does.

    Returns
    -------
    list of Lattice
        One for each speed [nm].

    Raises
    ------
    ValueError
        If a speed is not finite, or the sample drifts as fast down the picture as the scan goes.

    Examples
    --------
    >>> graphene = Lattice.from_parameters(0.246, 0.246, 120, rotation=10)
    >>> path = drift_path(graphene, [0.0, 0.02, 0.2])
    >>> [step.bravais_type() for step in path]
    ['hexagonal', 'centered rectangular', 'oblique']
    """
    values = np.asarray(speeds, dtype=np.float64).ravel()
    if not np.isfinite(values).all():
        raise ValueError("The speeds of a drift must be finite numbers in nm/s.")
    angle = np.deg2rad(direction)
    unit = (-float(np.sin(angle)), float(np.cos(angle)))
    scope = microscope or Microscope()
    return [lattice.transformed(drift_matrix(scope, (v * unit[0], v * unit[1]))) for v in values.tolist()]
