"""The lattices of a picture in, what is said of them out: how many there are, and by how much they are turned."""

from collections.abc import Sequence
from math import floor, log10

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.misorientation import misorientation
from lattice_widgets.core.sentences import Sentence


def describe_lattices(fits: Sequence[LatticeFit]) -> Sentence | None:
    """Say which lattices a picture shows.

    Parameters
    ----------
    fits : sequence of LatticeFit
        From `find_lattices`, the strongest first.

    Returns
    -------
    Sentence or None
        Each with its type, its share, and the angle by which it is turned against the first; None if there are not several.
    """
    if len(fits) < 2:
        return None
    first, *others = fits
    said = Sentence("{kind} ({share:.0f} %)", kind=first.bravais_type, share=100 * first.share)
    for other in others[:-1]:
        said = Sentence("{before}, {next}", before=said, next=_turned(first, other))
    last = _turned(first, others[-1])
    if len(fits) == 2:
        return Sentence("Two lattices: {before} and {last}.", before=said, last=last)
    return Sentence("{count} lattices: {before} and {last}.", count=len(fits), before=said, last=last)


def _turned(first: LatticeFit, other: LatticeFit) -> Sentence:
    angle, error, _ = misorientation(first, other)
    # the error with one digit, and the angle as far as that
    digits = min(max(-floor(log10(error)), 0), 3) if error > 0 else 1
    words = {
        0: Sentence("{angle:.0f} ± {error:.0f} degrees", angle=abs(angle), error=error),
        1: Sentence("{angle:.1f} ± {error:.1f} degrees", angle=abs(angle), error=error),
        2: Sentence("{angle:.2f} ± {error:.2f} degrees", angle=abs(angle), error=error),
        3: Sentence("{angle:.3f} ± {error:.3f} degrees", angle=abs(angle), error=max(error, 1e-3)),
    }
    return Sentence(
        "{kind} turned by {angle} ({share:.0f} %)",
        kind=other.bravais_type,
        angle=words[digits],
        share=100 * other.share,
    )
