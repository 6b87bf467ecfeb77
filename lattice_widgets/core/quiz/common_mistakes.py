"""Common mistakes with lengths and areas: the numbers that they lead to, and the sentences that name them."""

import numpy as np

from lattice_widgets.core.quiz.question import Sentence, Slip


def distinct(truth: float, tolerance: float, *slips: Slip) -> tuple[Slip, ...]:
    """Return those slips that cannot be taken for the right answer, nor for an earlier slip.

    Parameters
    ----------
    truth : float
        The right number.
    tolerance : float
        How far an answer may be off, as a fraction.
    *slips : Slip
        The most telling first.
    """
    kept: list[Slip] = []
    for slip in slips:
        # what is right is found first, so that a slip need only lie clearly outside of that
        wrong = slip.value > 0 and abs(slip.value / truth - 1) > 1.5 * tolerance
        if wrong and all(abs(slip.value / other.value - 1) > 2 * tolerance for other in kept):
            kept.append(slip)
    return tuple(kept)


def general_slips(q: float, truth: float) -> tuple[Slip, ...]:
    """Return the slips that every length from a spot at the frequency q invites."""
    return (
        Slip(q, Sentence("This is the spatial frequency of the spot in 1/nm: a length is found from its inverse.")),
        Slip(
            2 * np.pi * truth,
            Sentence("This is 2π too large: here a frequency counts periods per nm, so that d = 1/q without 2π."),
        ),
        Slip(
            truth / (2 * np.pi),
            Sentence("This is 2π too small: here a frequency counts periods per nm, so that d = 1/q without 2π."),
        ),
        Slip(
            truth / 2,
            Sentence("This is half of it: measure from the middle to the spot, not from a spot to the opposite one."),
        ),
        Slip(2 * truth, Sentence("This is twice as long: q is the whole way from the middle to the spot.")),
    )
