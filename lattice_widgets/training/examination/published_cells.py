"""Crystals of several atoms a cell as the second simulator draws them, from published structures, in projection.

Each is a cell, in nm and degrees, and its columns as (element, u, v, atoms in the column); `SURFACES` are those that a tip
sees. Coordinates are rounded to four digits. None of them is a crystal of `core.simulation.crystals`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lattice_widgets.core.simulation.crystal import Atom, Crystal

_Z = {"C": 6, "O": 8, "Si": 14, "S": 16, "Ti": 22, "V": 23, "Cr": 24, "Fe": 26, "Cu": 29, "Ga": 31, "As": 33, "Se": 34}
_Z |= {"Br": 35, "Y": 39, "Mo": 42, "Sn": 50, "Te": 52, "I": 53, "Ba": 56, "La": 57, "Ta": 73, "W": 74, "Au": 79}


def _crystal(
    name: str, a: float, b: float, gamma: float, columns: str, source: str, inverted: bool = False, shift: str = ""
) -> Crystal:
    """Return a crystal whose columns are told as "Ti .285 .25; S .762 .25 2": element, u, v, and how many if not one.

    ``inverted`` adds the columns at -u -v; ``shift`` ("0.5 0.5") adds all of them once more.
    """
    atoms = []
    for column in columns.split(";"):
        element, u, v, *count = column.split()
        atoms.append((element, float(u), float(v), float(count[0]) if count else 1.0))
    if inverted:
        atoms += [(element, -u, -v, count) for element, u, v, count in atoms]
    if shift:
        du, dv = map(float, shift.split())
        atoms += [(element, u + du, v + dv, count) for element, u, v, count in atoms]
    basis = tuple(Atom(element, _Z[element], u % 1, v % 1, count) for element, u, v, count in atoms)
    return Crystal(name, a, b, gamma, basis, source)


_COLUMNS = (
    _crystal(
        "WTe2, one layer",
        0.3477,
        0.6249,
        90,
        "W 0 .6006; Te 0 .8576; Te 0 .2072; W .5 .9602; Te .5 .3537; Te .5 .7016",
        "Mar, Jobic & Ibers, J. Am. Chem. Soc. 114, 8963 (1992)",
    ),
    _crystal(
        "TiS3, one layer",
        0.4958,
        0.3401,
        90,
        "Ti .2850 .25; S .7620 .25; S .4715 .25; S .8792 .25",
        "Furuseth, Brattas & Kjekshus, Acta Chem. Scand. 29, 623 (1975)",
        inverted=True,
    ),
    _crystal(
        "CrSBr, one layer",
        0.3504,
        0.4738,
        90,
        "Cr .25 .75; Cr .75 .25; S .25 .25; S .75 .75; Br .25 .25; Br .75 .75",
        "Goser, Paul & Kahle, J. Magn. Magn. Mater. 92, 129 (1990)",
    ),
    _crystal(
        "CrI3, one layer",
        0.6867,
        0.6867,
        120,
        "Cr .3333 .6667; Cr .6667 .3333; I .35 0; I 0 .35; I .65 .65; I .65 0; I 0 .65; I .35 .35",
        "McGuire et al., Chem. Mater. 27, 612 (2015)",
    ),
    _crystal(
        "MoSe2, one layer",
        0.3289,
        0.3289,
        120,
        "Mo .3333 .6667; Se .6667 .3333 2",
        "Bronsema et al., ZAAC 540, 15 (1986)",
    ),
    _crystal("silicene", 0.383, 0.383, 120, "Si .3333 .6667; Si .6667 .3333 .8", "Vogt et al., PRL 108, 155501 (2012)"),
    _crystal(
        "SnSe [100]",
        0.4153,
        0.4445,
        90,
        "Sn .25 .1035; Sn .25 .3965; Se .25 .4793; Se .25 .0207",
        "Wiedemeier & von Schnering, Z. Kristallogr. 148, 295 (1978)",
        inverted=True,
    ),
    _crystal(
        "FeSe [001]",
        0.3773,
        0.3773,
        90,
        "Fe .75 .25; Fe .25 .75; Se .25 .25; Se .75 .75",
        "Hsu et al., PNAS 105, 14262 (2008)",
    ),
    _crystal(
        "FeSe [100]",
        0.3773,
        0.5526,
        90,
        "Fe .25 0; Fe .75 0; Se .25 .2668; Se .75 .7332",
        "Hsu et al., PNAS 105, 14262 (2008)",
    ),
    _crystal(
        "TiO2 rutile [001]",
        0.4594,
        0.4594,
        90,
        "Ti 0 0; Ti .5 .5; O .3049 .3049; O .6951 .6951; O .1951 .8049; O .8049 .1951",
        "Abrahams & Bernstein, J. Chem. Phys. 55, 3206 (1971)",
    ),
    _crystal(
        "TiO2 rutile [100]",
        0.4594,
        0.2959,
        90,
        "Ti 0 0; Ti .5 .5; O .3049 0; O .6951 0; O .1951 .5; O .8049 .5",
        "Abrahams & Bernstein, J. Chem. Phys. 55, 3206 (1971)",
    ),
    _crystal(
        "YBa2Cu3O7 [100]",
        0.3886,
        1.1680,
        90,
        "Cu 0 0; Ba .5 .1843; Ba .5 .8157; Y .5 .5; Cu 0 .3556; Cu 0 .6444",
        "Jorgensen et al., PRB 41, 1863 (1990)",
    ),
    _crystal(
        "La2CuO4 [100], tetragonal",
        0.3779,
        1.3226,
        90,
        "Cu 0 0; La 0 .3610; La 0 .6390",
        "Jorgensen et al., PRL 58, 1024 (1987)",
        shift="0.5 0.5",
    ),
    _crystal(
        "Ga2O3 [010], monoclinic",
        0.61070,
        0.57981,
        103.83,
        "Ga .1810 .7946; Ga .3173 .3140",
        "Ahman, Svensson & Albertsson, Acta Cryst. C 52, 1336 (1996); a is halved",
        inverted=True,
    ),
    _crystal(
        "VO2 [010], monoclinic",
        0.57517,
        0.26878,
        122.65,
        "V .2395 .0529; O .1062 .4172; O .4005 .5977",
        "Longo & Kierkegaard, Acta Chem. Scand. 24, 420 (1970); c is halved",
        inverted=True,
    ),
    _crystal(
        "MoO3 [010]",
        0.3962,
        0.3697,
        90,
        "Mo .0867 .25; Mo .5867 .75; Mo .4133 .25; Mo .9133 .75",
        "Kihlborg, Ark. Kemi 21, 357 (1963)",
    ),
    _crystal(
        "GaAs [110]",
        0.39975,
        0.56533,
        90,
        "Ga 0 0; As 0 .25",
        "Straumanis & Kim, Acta Cryst. 19, 256 (1965)",
        shift="0.5 0.5",
    ),
    _crystal(
        "W [111]",
        0.44763,
        0.44763,
        120,
        "W 0 0; W .3333 .6667; W .6667 .3333",
        "King, Bull. Alloy Phase Diagrams 2, 401 (1981)",
    ),
    _crystal("W [110]", 0.31652, 0.44763, 90, "W 0 0; W .5 .5", "King, Bull. Alloy Phase Diagrams 2, 401 (1981)"),
    _crystal(
        "BaTiO3 [001]",
        0.3992,
        0.3992,
        90,
        "Ba 0 0; Ti .5 .5; O .5 0 .8; O 0 .5 .8",
        "Kwei et al., J. Phys. Chem. 97, 2368 (1993)",
    ),
)
_TIP = (
    _crystal("Au(110)-(1x2)", 0.2884, 0.8158, 90, "Au 0 0", "Ho & Bohnen, PRL 59, 1833 (1987); the uppermost row"),
    _crystal("graphite, every other atom", 0.2461, 0.2461, 120, "C 0 0", "Binnig et al., Europhys. Lett. 1, 31 (1986)"),
    _crystal(
        "TiO2(110), the titanium rows",
        0.2959,
        0.6497,
        90,
        "Ti 0 0; Ti .03 0 .3",
        "Diebold, Surf. Sci. Rep. 48, 53 (2003)",
    ),
    _crystal(
        "Si(111)-(7x7), its adatoms",
        2.688,
        2.688,
        120,
        "Si .1429 .2857; Si .1429 .5714; Si .1429 .8571; Si .4286 .5714; Si .4286 .8571; Si .7143 .8571;"
        "Si .2857 .1429; Si .5714 .1429; Si .8571 .1429; Si .5714 .4286; Si .8571 .4286; Si .8571 .7143",
        "Takayanagi et al., Surf. Sci. 164, 367 (1985)",
    ),
    _crystal(
        "Si(001)-(2x1), its dimers",
        0.3840,
        0.7680,
        90,
        "Si .5 .35; Si .5 .65",
        "Tromp, Hamers & Demuth, PRL 55, 1303 (1985)",
    ),
    _crystal("Cu(100)", 0.2556, 0.2556, 90, "Cu 0 0", "Straumanis & Yu, Acta Cryst. A 25, 676 (1969)"),
)
#: what a beam goes through, and what a tip goes over
COLUMNS: Mapping[str, Crystal] = MappingProxyType({one.name: one for one in _COLUMNS})
SURFACES: Mapping[str, Crystal] = MappingProxyType({one.name: one for one in _TIP})
