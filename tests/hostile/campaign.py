"""How long the campaign is, and its figures: hundreds of attacks in a run of the tests, thousands with ``make hostile``."""

import os
from dataclasses import dataclass

#: whether this is ``make hostile``
LARGE = bool(os.environ.get("LATTICE_WIDGETS_HOSTILE"))


@dataclass
class Figure:
    """A number that the campaign measures, the largest that it may be if there is one, and of how many attacks it is."""

    value: float
    target: float | None
    attacks: int
    unit: str

    @property
    def missed(self) -> bool:
        """Whether it is larger than it may be."""
        return self.target is not None and self.value > self.target


#: what it is -> its figure, printed at the end
FIGURES: dict[str, Figure] = {}


def many(here: int, large: int) -> int:
    """Return the number of attacks of a kind: the first in a run of the tests, the second in ``make hostile``."""
    return large if LARGE else here


def record(name: str, value: float, target: float | None, attacks: int = 1, unit: str = "") -> None:
    """Keep a figure for the table; of several with one name the sum, and the largest where they have a unit."""
    before = FIGURES.setdefault(name, Figure(0, target, 0, unit))
    before.value = max(before.value, value) if unit else before.value + value
    before.attacks += attacks
