"""A joint verdict in words: which class or classes, which opinion said what, and what decided."""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.joint.evidence import power_off
from lattice_widgets.classifier.joint.opinions import Opinions
from lattice_widgets.core.geometry.several.words import describe_lattices
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.sentences import Sentence

#: an opinion that moves the odds by less than this factor has not decided anything
_MOVES = 1.5
#: below these, a picture has few cells, and the spots that belong to no lattice are worth a word
_FEW_CELLS, _MUCH_OFF = 30, 0.2


def in_words(kind: str) -> Sentence:
    """Return what a class is called in a sentence: "noise" is no lattice."""
    return Sentence("no lattice") if kind == "noise" else Sentence(kind)


def name_classes(classes: tuple[str, ...]) -> Sentence:
    """Return a set of classes in words, the first named first."""
    if not classes:
        return Sentence("none of these: outside what was learned")
    *before, last = map(in_words, classes)
    if not before:
        return last
    first, *more = before
    for kind in more:
        first = Sentence("{first}, {second}", first=first, second=kind)
    return Sentence("{first} or {second}", first=first, second=last)


def reasons_for(
    opinions: Opinions, parts: NDArray[np.float64], order: NDArray[np.int64], outside: bool
) -> tuple[Sentence, ...]:
    """Return why, the disagreement of the two first.

    Parameters
    ----------
    opinions : Opinions
        What was said.
    parts : ndarray, float64, shape (3, 6)
        What each of `rule.OPINIONS` adds to the score of each class.
    order : ndarray of int, shape (6,)
        The classes, the most probable first.
    outside : bool
        Whether the picture is too unfamiliar for an answer.
    """
    reasons = [_who_says_what(opinions), *_what_decided(opinions, parts, order)]
    if outside:
        reasons.append(
            Sentence("The picture is unlike all that the network was trained for: what it says of it is worth nothing.")
        )
    return (*reasons, *_circumstances(opinions))


def _who_says_what(opinions: Opinions) -> Sentence:
    first, second = (CLASSES[int(said.argmax())] for said in (opinions.network, opinions.geometry))
    if first == second:
        return Sentence("Network and geometry agree: both say {kind}.", kind=in_words(first))
    return Sentence(
        "Network and geometry disagree: the network says {first} ({share:.0f} ± {spread:.0f} %), the geometry {second} "
        "(weight {weight:.0f} %).",
        first=in_words(first),
        share=100 * opinions.network.max(),
        spread=100 * opinions.std[opinions.network.argmax()],
        second=in_words(second),
        weight=100 * opinions.geometry.max(),
    )


def _what_decided(opinions: Opinions, parts: NDArray, order: NDArray) -> list[Sentence]:
    """Return what decided between the two most probable classes, told by the odds that each opinion gives."""
    if opinions.network.argmax() == opinions.geometry.argmax() == order[0]:
        return []
    first, crystal, picture = parts[:, order[0]] - parts[:, order[1]]
    network, geometry = np.exp(np.clip([first, crystal + picture], -20, 20))
    named = {"first": in_words(CLASSES[order[0]]), "second": in_words(CLASSES[order[1]])}
    if network > _MOVES and geometry > _MOVES:
        return [Sentence("Both speak for {first} rather than {second}.", **named)]
    if network > max(geometry, _MOVES):
        return [Sentence("The network decided between {first} and {second}.", **named)]
    if geometry > max(network, _MOVES):
        return [Sentence("The geometry decided between {first} and {second}.", **named)]
    return [Sentence("Neither decides between {first} and {second}.", **named)]


def _circumstances(opinions: Opinions) -> list[Sentence]:
    several = describe_lattices(opinions.lattices)
    found = [several] if several is not None else []
    if opinions.fit is None:
        # where there are several, that there is not one needs no further reason
        return found if found or opinions.refusal is None else [opinions.refusal]
    fit = opinions.fit
    cells = opinions.shape[0] * opinions.shape[1] * (fit.pixel_size or 1.0) ** 2 / fit.lattice.area
    if cells < _FEW_CELLS:
        found.append(Sentence("The picture shows only about {count:.0f} cells.", count=cells))
    off = power_off(opinions)
    if off > _MUCH_OFF:
        found.append(
            Sentence("Spots with {percent:.0f} % of the power do not belong to the lattice.", percent=100 * off)
        )
    return found
