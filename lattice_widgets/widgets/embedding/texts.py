"""The words of the embedding viewer."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.language import N_, _, ngettext

WAITING = N_("The pictures are being looked at by the network; this takes a while, once.")
FORMING = N_("The map is forming …")
NOTHING_HOVERED = N_("Point at a picture on the map, or go there with the arrow keys.")
NOTHING_SELECTED = N_("Drag a line around points to see what they have in common.")
NOTHING_PLACED = N_("Choose a picture, or drop a file on the map, to see where its windows lie.")
NOT_WALKED = N_(
    "Select two points and press the button: the simulator draws the lattices between theirs, and the map shows the way. "
    "In Python: <code>viewer.walk(lattice, other_lattice)</code>."
)
NO_MAP = N_("There is no map yet: wait until it has formed.")
#: what the colors may show, by the names that `color_by` takes, and the parameters of the example pictures
COLORS = (N_("class"), N_("what the network says"), N_("confidence"), N_("mutual information [bit]"))
PARAMETERS = (
    N_("spacing [px]"),
    N_("cell angle [°]"),
    N_("axis ratio b/a"),
    N_("disorder"),
)


def describe_quality(quality: float, count: int, k: int) -> str:
    """Say how far the map can be trusted."""
    if quality > 0.6:
        keeps = _("it keeps neighborhoods well")
    elif quality > 0.35:
        keeps = _("it keeps neighborhoods fairly")
    else:
        keeps = _("it keeps neighborhoods poorly")
    words = _(
        "Of the {k} pictures nearest to each in all dimensions, {kept:.1f} are still near on this map: {keeps}. "
        "Distances between groups, their sizes and the axes mean nothing. ({count} pictures)"
    )
    return words.format(k=k, kept=quality * k, keeps=keeps, count=count)


def describe_map(count: int) -> str:
    """Say what the map is, for screen readers."""
    return ngettext("t-SNE map of {count} picture", "t-SNE map of {count} pictures", count).format(count=count)


def describe_one_class(name: str) -> str:
    """Say that there is nothing to tell apart."""
    words = _("⚠ All pictures are {name}: the map can show how they differ, but no classes apart.")
    return words.format(name=_(name)) + " "


def describe_point(number: int, truth: str, answer: str, confidence: float, parameters: Mapping[str, float]) -> str:
    """Say what is known of one picture."""
    parts = [f"<b>{_(truth)}</b>"] if truth else []
    if answer:
        if truth and truth != answer:
            words = _("⚠ wrong: the network says {answer}, {percent:.0f} %")
        else:
            words = _("the network says {answer}, {percent:.0f} %")
        parts.append(words.format(answer=_(answer), percent=100 * confidence))
    if parameters:
        parts.append(_listed(parameters))
    return _("Picture {number}: {facts}").format(number=number, facts="; ".join(parts))


def _listed(parameters: Mapping[str, float]) -> str:
    return ", ".join(f"{_(name)} {value:.3g}" for name, value in parameters.items())


def describe_selection(
    count: int, names: Sequence[str], shares: NDArray, right: float | None, means: Mapping[str, float]
) -> str:
    """Say what the selected pictures have in common."""
    order = np.argsort(-shares, kind="stable")
    kinds = ", ".join(f"{_(names[n])} {100 * shares[n]:.0f} %" for n in order if shares[n] > 0)
    words = ngettext("<b>{count} selected</b>: {kinds}", "<b>{count} selected</b>: {kinds}", count)
    parts = [words.format(count=count, kinds=kinds)]
    if right is not None:
        parts.append(_("{percent:.0f} % named right").format(percent=100 * right))
    if means:
        parts.append(_("mean {parameters}").format(parameters=_listed(means)))
    return "; ".join(parts)


def describe_some(shown: int, count: int) -> tuple[str, str]:
    """Return title and description of a sheet that shows some of the selected pictures."""
    title = _("{count} of them").format(count=shown) if shown < count else ""
    words = ngettext("{count} of the selected pictures", "{count} of the selected pictures", shown)
    return title, words.format(count=shown)


def describe_placed(count: int, far: int) -> str:
    """Say how many windows lie on the map, and which of them mean nothing there."""
    words = ngettext("{count} window on the map (white circles).", "{count} windows on the map (white circles).", count)
    parts = [words.format(count=count)]
    if far:
        words = ngettext(
            "⚠ {far} of them (dashed) is further from all pictures of the map than those are from each other: "
            "its place means nothing.",
            "⚠ {far} of them (dashed) are further from all pictures of the map than those are from each other: "
            "their places mean nothing.",
            far,
        )
        parts.append(words.format(far=far))
    parts.append(_("Drag a line around them on the map, or the yellow window on the picture: each shows the other."))
    return " ".join(parts)


def describe_walk(first: str, last: str, length: int) -> str:
    """Say what a walk shows."""
    words = ngettext(
        "From {first} to {last} in {count} step: below, what the network says of each.",
        "From {first} to {last} in {count} steps: below, what the network says of each.",
        length,
    )
    return words.format(first=_(first), last=_(last), count=length)
