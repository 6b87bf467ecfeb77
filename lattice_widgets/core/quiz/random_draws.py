"""Random numbers of a question, and kinds dealt like cards so that each comes up equally often and none comes twice running."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from lattice_widgets.core.lattices.lattice import HIGHER_TYPES, BravaisType, Lattice
from lattice_widgets.core.simulation.crystal import Atom, Crystal

Kind = TypeVar("Kind")
#: cards of one kind in a deck: with one alone, the last card could be told by counting
_EACH = 2


def generator(topic: str, level: int, seed: int, index: int, purpose: str = "item") -> np.random.Generator:
    """Return the random numbers that belong to a question and to one purpose."""
    key = [seed, index, level, *f"{topic}/{purpose}".encode()]
    return np.random.default_rng(np.random.SeedSequence(key))


def dealt(kinds: Sequence[Kind], topic: str, level: int, seed: int, index: int) -> Kind:
    """Return the kind of the question number ``index``: from a shuffled deck, never the same twice in a row.

    Examples
    --------
    >>> hand = [dealt("abc", "lattice", 1, 7, index) for index in range(12)]
    >>> sorted(hand[:6]), any(first == second for first, second in zip(hand, hand[1:]))
    (['a', 'a', 'b', 'b', 'c', 'c'], False)
    """
    count = len(kinds)
    if count < 3:  # no deck of two kinds has both ends free: take turns
        return kinds[(index + seed) % count]
    size = _EACH * count
    return kinds[_deck(count, topic, level, seed, index // size)[index % size]]


def _deck(count: int, topic: str, level: int, seed: int, number: int) -> list[int]:
    """Return a deck in which no two neighbors are alike, nor its first card and the last one of the deck before."""

    def last_of(deck: int) -> int:  # settled first, so that no deck needs all those before it
        return int(generator(topic, level, seed, deck, "last card").integers(count)) if deck >= 0 else -1

    rng = generator(topic, level, seed, number, "deck")
    before, last = last_of(number - 1), last_of(number)
    while True:
        cards = rng.permutation(np.repeat(np.arange(count), _EACH)).tolist()
        if cards[-1] == last and all(one != other for one, other in zip([before, *cards], cards, strict=False)):
            return cards


def draw_cell(kind: BravaisType, low: float, high: float, rng: np.random.Generator) -> Lattice:
    """Return a random cell of a type with a shortest spacing of 1, between ``low`` and ``high`` % strain from a higher type."""
    if kind in ("square", "hexagonal"):
        return Lattice.from_parameters(1, 1, 90 if kind == "square" else 120)
    while True:
        if kind == "rectangular":
            lattice = Lattice.from_parameters(1, rng.uniform(1.0, 1.8), 90)
        elif kind == "centered rectangular":
            # two equal sides; wider than 120 degrees the short diagonal is the shortest spacing
            lattice = Lattice.from_parameters(1, 1, rng.uniform(91, 146))
        else:
            lattice = Lattice.from_parameters(1, rng.uniform(1.0, 1.7), rng.uniform(91, 119))
        cell = lattice.reduced()
        cell = Lattice(cell.vectors / cell.a)
        strains = cell.strains()
        if cell.bravais_type(0.1, 0.1) == kind and low <= min(strains[other] for other in HIGHER_TYPES[kind]) <= high:
            return cell


def crystal_of(lattice: Lattice, spacing: float, basis: tuple[Atom, ...] = (Atom("Sn", 50, 0.0, 0.0),)) -> Crystal:
    """Return a crystal with a lattice scaled so that a spacing of 1 becomes ``spacing`` [nm]."""
    return Crystal("a crystal", lattice.a * spacing, lattice.b * spacing, lattice.gamma, basis)


def pick(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a number between two."""
    return float(rng.uniform(low, high))
