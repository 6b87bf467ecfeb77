"""The words of the embedding viewer."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

WAITING = "The pictures are being looked at by the network; this takes a while, once."
NOTHING_HOVERED = "Point at a picture on the map, or go there with the arrow keys."
NOTHING_SELECTED = "Drag a line around points to see what they have in common."
NOTHING_PLACED = "Give a picture to see where its windows lie on this map: an array, the name of a sample, or a file."
NO_PICTURES = "The pictures behind these features were not given, so there is nothing to show but the map."


def describe_quality(quality: float, count: int, k: int) -> str:
    """Say how far the map can be trusted."""
    kept = quality * k
    words = "well" if quality > 0.6 else "fairly" if quality > 0.35 else "poorly"
    return (
        f"Of the {k} pictures nearest to each in all dimensions, {kept:.1f} are still near on this map: it keeps "
        f"neighborhoods {words}. Distances between groups, their sizes and the axes mean nothing. "
        f"({count} pictures)"
    )


def describe_one_class(name: str) -> str:
    """Say that there is nothing to tell apart."""
    return f"⚠ All pictures are {name}: the map can show how they differ, but no classes apart. "


def describe_point(number: int, truth: str, answer: str, confidence: float, parameters: Mapping[str, float]) -> str:
    """Say what is known of one picture."""
    asked = f"<b>{truth}</b>" if truth else ""
    said = f"the network says {answer}, {100 * confidence:.0f} %" if answer else ""
    if truth and answer and truth != answer:
        said = f"⚠ wrong: {said}"
    facts = ", ".join(f"{name} {value:.3g}" for name, value in parameters.items())
    return f"Picture {number}: " + "; ".join(part for part in (asked, said, facts) if part)


def describe_selection(
    count: int, names: Sequence[str], shares: NDArray, right: float | None, means: Mapping[str, float]
) -> str:
    """Say what the selected pictures have in common."""
    order = np.argsort(-shares, kind="stable")
    kinds = ", ".join(f"{names[n]} {100 * shares[n]:.0f} %" for n in order if shares[n] > 0)
    text = f"<b>{count} selected</b>: {kinds}"
    if right is not None:
        text += f"; {100 * right:.0f} % named right"
    if means:
        text += "; mean " + ", ".join(f"{name} {value:.3g}" for name, value in means.items())
    return text


def describe_placed(count: int, far: int) -> str:
    """Say how many windows lie on the map, and which of them mean nothing there."""
    text = f"{count} windows on the map (white circles)."
    if far:
        text += (
            f" ⚠ {far} of them (dashed) are further from all pictures of the map than those are from each other: "
            "their places mean nothing."
        )
    return text + " Drag a line around them on the map, or the yellow window on the picture: each shows the other."


def describe_walk(first: str, last: str, length: int) -> str:
    """Say what a walk shows."""
    return f"From {first} to {last} in {length} steps: below, what the network says of each."
