"""Real crystals by name, and where the numbers of each come from."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from lattice_widgets.core.simulation.crystal import Atom, Crystal

_SI, _STO, _BP = 0.54310, 0.3905, 0.08056

_ALL = (
    Crystal(
        "graphene",
        0.2461,
        0.2461,
        120,
        (Atom("C", 6, 1 / 3, 2 / 3), Atom("C", 6, 2 / 3, 1 / 3)),
        "Baskin & Meyer, Phys. Rev. 100, 544 (1955)",
        one_layer=True,
    ),
    Crystal(
        "h-BN",
        0.2504,
        0.2504,
        120,
        # a flat layer: the depth stands for the states near the valence band edge, which lie on the nitrogen
        (Atom("B", 5, 1 / 3, 2 / 3, depth=0.02), Atom("N", 7, 2 / 3, 1 / 3)),
        "Lynch & Drickamer, J. Chem. Phys. 44, 181 (1966)",
        one_layer=True,
    ),
    Crystal(
        "WS2",
        0.3153,
        0.3153,
        120,
        (Atom("W", 74, 1 / 3, 2 / 3, depth=0.157), Atom("S", 16, 2 / 3, 1 / 3, count=2)),
        "Schutte, De Boer & Jellinek, J. Solid State Chem. 70, 207 (1987)",
        one_layer=True,
    ),
    Crystal(
        "MoS2",
        0.3160,
        0.3160,
        120,
        (Atom("Mo", 42, 1 / 3, 2 / 3, depth=0.159), Atom("S", 16, 2 / 3, 1 / 3, count=2)),
        "Bronsema, De Boer & Jellinek, Z. Anorg. Allg. Chem. 540, 15 (1986)",
        one_layer=True,
    ),
    Crystal(
        "SrTiO3 [001]",
        _STO,
        _STO,
        90,
        (
            Atom("Sr", 38, 0.0, 0.0, depth=0.195),
            Atom("Ti", 22, 0.5, 0.5),  # with the oxygen above and below it, which adds little to its brightness
            # in one plane with Ti: the depth stands for the empty states that the tip sees, which are those of Ti
            Atom("O", 8, 0.5, 0.0, depth=0.1),
            Atom("O", 8, 0.0, 0.5, depth=0.1),
        ),
        "Okazaki & Kawaminami, Mater. Res. Bull. 8, 545 (1973); STM: TiO2-terminated",
    ),
    Crystal(
        "SrTiO3 [110]",
        _STO / np.sqrt(2),
        _STO,
        90,
        (
            Atom("Sr", 38, 0.0, 0.0),  # with one oxygen for each strontium, which adds little to its brightness
            Atom("Ti", 22, 0.0, 0.5),
            Atom("O", 8, 0.5, 0.5, count=2),
        ),
        "Okazaki & Kawaminami, Mater. Res. Bull. 8, 545 (1973)",
    ),
    Crystal(
        "Si [110]",
        _SI / np.sqrt(2),
        _SI,
        90,
        (
            # the zigzag chains of the uppermost plane, and those of the next, d(220) below
            Atom("Si", 14, 0.0, 0.0),
            Atom("Si", 14, 0.5, 0.75),
            Atom("Si", 14, 0.5, 0.5, depth=0.1920),
            Atom("Si", 14, 0.0, 0.25, depth=0.1920),
        ),
        "CODATA 2018, a = 0.543102 nm; STM: not reconstructed",
    ),
    Crystal(
        "Cu(110)",
        0.2556,
        0.3615,
        90,
        # STM sees the rectangle of the uppermost plane; STEM also the next one, d(220) below, in its middle
        (Atom("Cu", 29, 0.0, 0.0), Atom("Cu", 29, 0.5, 0.5, depth=0.1278)),
        "Straumanis & Yu, Acta Cryst. A 25, 676 (1969)",
    ),
    Crystal(
        "Fe [001]",
        0.28665,
        0.28665,
        90,
        (Atom("Fe", 26, 0.0, 0.0), Atom("Fe", 26, 0.5, 0.5, depth=0.1433)),
        "Basinski, Hume-Rothery & Sutton, Proc. R. Soc. A 229, 459 (1955)",
    ),
    Crystal(
        "Fe [110]",
        0.28665 * np.sqrt(2),
        0.28665,
        90,
        (
            Atom("Fe", 26, 0.0, 0.0),
            Atom("Fe", 26, 0.5, 0.5),
            Atom("Fe", 26, 0.5, 0.0, depth=0.2027),
            Atom("Fe", 26, 0.0, 0.5, depth=0.2027),
        ),
        "Basinski, Hume-Rothery & Sutton, Proc. R. Soc. A 229, 459 (1955)",
    ),
    Crystal(
        "black phosphorus",
        0.33136,
        0.43763,
        90,
        (
            Atom("P", 15, 0.0, _BP),
            Atom("P", 15, 0.5, 0.5 - _BP),
            Atom("P", 15, 0.0, -_BP, depth=0.213),
            Atom("P", 15, 0.5, 0.5 + _BP, depth=0.213),
        ),
        "Brown & Rundqvist, Acta Cryst. 19, 684 (1965)",
        one_layer=True,
    ),
    Crystal(
        "ZrO2 [010], monoclinic",
        0.51505,
        0.53173 / 2,
        99.23,
        (
            Atom("Zr", 40, 0.2754, 0.4166),
            Atom("Zr", 40, 0.7246, 0.5834),
            Atom("O", 8, 0.0700, 0.6894),
            Atom("O", 8, 0.9300, 0.3106),
            Atom("O", 8, 0.4496, 0.9584),
            Atom("O", 8, 0.5504, 0.0416),
        ),
        "Howard, Hill & Reichert, Acta Cryst. B 44, 116 (1988); c is halved in this projection",
    ),
)
#: crystals by name; every length in nm, every source a measurement
CRYSTALS: Mapping[str, Crystal] = MappingProxyType({crystal.name: crystal for crystal in _ALL})
