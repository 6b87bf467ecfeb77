"""What the electron beam can do to an atom: the largest energy of a collision, and what holds the atoms."""

import math
from dataclasses import dataclass

__all__ = [
    "ELECTRON_REST_ENERGY",
    "THRESHOLDS",
    "DisplacementThreshold",
    "maximum_energy_transfer",
    "threshold_voltage",
]

#: m0 c^2 of the electron [eV] (CODATA 2018)
ELECTRON_REST_ENERGY = 510_998.95

#: rest energy of one unit of atomic mass [eV] (CODATA 2018)
_ATOMIC_MASS_UNIT = 931_494_102.4


@dataclass(frozen=True)
class DisplacementThreshold:
    """The energy that throws an atom out of a crystal for good, as published.

    Attributes
    ----------
    element : str
        Symbol of the atom that is thrown out.
    material : str
        The crystal it sits in.
    energy : float
        [eV].
    source : str
        Who found it, and how.
    """

    element: str
    material: str
    energy: float
    source: str


#: A few published thresholds for atoms of a single sheet. They hold for an atom at rest in a perfect sheet: at an edge, beside
#: a vacancy, when warm, or after the beam has excited the electrons, less is enough.
THRESHOLDS: tuple[DisplacementThreshold, ...] = (
    DisplacementThreshold("C", "graphene", 21.14, "Susi et al., Nat. Commun. 7, 13040 (2016), fitted to experiment"),
    DisplacementThreshold("B", "h-BN", 19.36, "Kotakoski et al., Phys. Rev. B 82, 113404 (2010), calculated"),
    DisplacementThreshold("N", "h-BN", 23.06, "Kotakoski et al., Phys. Rev. B 82, 113404 (2010), calculated"),
    DisplacementThreshold("S", "MoS2", 6.9, "Komsa et al., Phys. Rev. Lett. 109, 035503 (2012), calculated"),
    DisplacementThreshold("S", "WS2", 7.0, "Komsa et al., Phys. Rev. Lett. 109, 035503 (2012), calculated"),
)


def maximum_energy_transfer(voltage_kv: float, element: str) -> float:
    """Compute the largest energy that one beam electron can hand to an atom at rest.

    An electron that is thrown straight back hands over 2 E (E + 2 m0 c^2) / (M c^2); the mass of the electron is neglected
    against that of the atom, which is 0.1 % for hydrogen and nothing for the others. Equation 1 of Vasudevan et al., npj
    Comput. Mater. 4, 30 (2018). At 100 kV it gives 1.31 eV for tungsten: the 1.6 eV in the text there do not follow from
    it, while the 7.5 eV for sulfur do.

    Parameters
    ----------
    voltage_kv : float
        Acceleration voltage [kV], above 0.
    element : str
        Symbol of a chemical element, such as ``"W"``.

    Returns
    -------
    float
        [eV].

    Raises
    ------
    ValueError
        If the voltage is not a positive number, or there is no such element.

    Examples
    --------
    >>> [round(maximum_energy_transfer(100, element), 2) for element in ("W", "Mo", "S")]
    [1.31, 2.51, 7.51]
    """
    if not (math.isfinite(voltage_kv) and voltage_kv > 0):
        raise ValueError(f"The voltage of the beam is a positive number of kV, not {voltage_kv}.")
    energy = 1e3 * voltage_kv
    return 2 * energy * (energy + 2 * ELECTRON_REST_ENERGY) / _rest_energy(element)


def threshold_voltage(energy: float, element: str) -> float:
    """Compute the lowest acceleration voltage at which a collision can hand an energy to an atom at rest.

    The inverse of `maximum_energy_transfer`. Atoms that move are thrown out a little below it.

    Parameters
    ----------
    energy : float
        [eV], above 0; for example a displacement threshold.
    element : str
        Symbol of a chemical element.

    Returns
    -------
    float
        [kV].

    Raises
    ------
    ValueError
        If the energy is not a positive number, or there is no such element.

    Examples
    --------
    >>> round(threshold_voltage(21.14, "C"))
    105
    >>> round(threshold_voltage(maximum_energy_transfer(80, "S"), "S"), 9)
    80.0
    """
    if not (math.isfinite(energy) and energy > 0):
        raise ValueError(f"The energy is a positive number of eV, not {energy}.")
    # E^2 + 2 m0c^2 E = T M c^2 / 2, in the form that does not cancel for small energies
    product = energy * _rest_energy(element) / 2
    return product / (ELECTRON_REST_ENERGY + math.sqrt(ELECTRON_REST_ENERGY**2 + product)) / 1e3


def _rest_energy(element: str) -> float:
    from periodictable import elements  # read when first used: `import lattice_widgets` stays light

    try:
        mass = elements.symbol(element).mass
    except (ValueError, TypeError, AttributeError):
        mass = None
    if not mass or element == "n":
        raise ValueError(f'There is no element "{element}": give a symbol such as W, Mo or S.')
    return float(mass) * _ATOMIC_MASS_UNIT
