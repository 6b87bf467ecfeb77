"""The two opinions of a window, network and geometry, as bars and in words, and which crystal it could be."""

from itertools import cycle
from typing import TYPE_CHECKING

import ipywidgets as ipw

from lattice_widgets.core.geometry.several.words import describe_lattices
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.language import _
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.shared.copy_button import copy_button
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.crystals.panel import Crystals
from lattice_widgets.widgets.explorer.marks import LATTICE_COLORS
from lattice_widgets.widgets.explorer.window_result import WindowResult
from lattice_widgets.widgets.parts.lines import says
from lattice_widgets.widgets.parts.status import Dimmer
from lattice_widgets.widgets.parts.texts import LOADING, describe_left_out, say

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Opinions"]


class Opinions:
    """What network and geometry say.

    Attributes
    ----------
    words : ipywidgets.Widget
        Whether they agree.
    bars : list of ipywidgets.Widget
        Both in numbers, and the list of crystals, to be put beside the pictures.

    Parameters
    ----------
    owner : FFTExplorer
        Gets a class while the opinions are those of another window.
    crystals : Crystals
        Which it could be.
    """

    def __init__(self, owner: "FFTExplorer", crystals: Crystals) -> None:
        self._crystals = crystals
        self._network = ProbabilityBars(title=_("The network"))
        self._geometry = ProbabilityBars(BRAVAIS_TYPES, title=_("The geometry"))
        self._cell, self.words = says(), says(_(LOADING), live=True)
        # the list on top, where it is seen together with the pictures that a crystal is laid over
        self.bars: list[ipw.Widget] = [crystals.box, self._network, self._geometry, self._cell]
        for part in (*self.bars, self.words):
            part.add_class("lattice-widgets-measured")
        self._dimmer = Dimmer(owner, "lattice-widgets-measuring")

    def show(self, result: WindowResult, missing: str) -> str:
        """Show a result; ``missing`` tells why there is no network. Return what both say, in words."""
        fit, asked = result.fit, result.spectrum.request
        self._crystals.show(result)
        self._geometry.update([fit.weights[kind] if fit else 0.0 for kind in BRAVAIS_TYPES])
        if fit is not None:
            self._cell.value = f"{texts.describe_cell(fit)} {copy_button(texts.describe_numbers(fit))}"
        else:
            refusal = result.geometry.refusal
            self._cell.value = in_html(say(refusal.sentence)) if refusal is not None else ""
        if result.geometry.left_out:
            self._cell.value = f"{describe_left_out(result.geometry.left_out)} {self._cell.value}"
        if result.probabilities is not None:
            self._network.update(result.probabilities)
        else:
            self._network.clear()
        words = texts.describe_agreement(result.classes, result.probabilities, fit)
        applied = texts.describe_applied(asked.scale, asked.shear)
        words = f"{words} ({applied})" if applied else words
        why = f"<br>{in_html(missing)}" if missing and result.probabilities is None else ""
        numbers = f"; {texts.describe_numbers(fit)}" if fit is not None else ""
        copied = copy_button(words + numbers, _("verdict and numbers"))
        head = f'<b class="lattice-widgets-opinions">{words}</b> {copied}{why}'
        if result.verdict is not None:  # what the kit says first, then who said what; why is told to who points at it
            reasons = " ".join(map(say, result.verdict.reasons))
            verdict = texts.describe_joint_verdict(result.verdict)
            head = (
                f'<span title="{in_html(reasons)}"><b>{in_html(verdict)}</b></span> {copied}'
                f' <span class="lattice-widgets-opinions">{words}</span>'
            )
        several = describe_lattices(result.geometry.lattices)
        if several is not None:
            sign = " ".join(
                f'<span style="color:{in_html(color)}">●</span>&nbsp;{in_html(number + 1)}'
                for number, color in zip(range(len(result.lattices)), cycle(LATTICE_COLORS), strict=False)
            )
            head = f"{head}<br>{in_html(say(several))} {sign}"
        self.words.value = head
        return words

    def age(self, old: bool) -> None:
        """Dim what was said of another window, or of this one before a change, if it stays for more than a moment."""
        if old:
            self._dimmer.dim()
        else:
            self._dimmer.renew()

    def tell(self, words: str) -> None:
        """Say something else in their place."""
        self.words.value = in_html(words)

    def clear(self) -> None:
        """Take away what they said."""
        self._network.clear()
        self._geometry.clear()
        self._crystals.clear()
        self.words.value = self._cell.value = ""
