"""How long the campaign is: some hundreds of attacks with every run of the tests, thousands with ``make hostile``."""

import os

#: whether this is ``make hostile``
LARGE = bool(os.environ.get("LATTICE_WIDGETS_HOSTILE"))


def many(here: int, large: int) -> int:
    """Return the number of attacks of a kind: the first in a run of the tests, the second in ``make hostile``."""
    return large if LARGE else here
