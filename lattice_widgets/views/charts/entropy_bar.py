"""The doubt of an answer in its two parts, as a bar and in words."""

import ipywidgets as widgets

from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html

__all__ = ["EntropyBar"]

#: Okabe-Ito; the hatching tells the parts apart without their colors
_BETWEEN, _WITHIN = "#D55E00", "#56B4E9"


class EntropyBar(widgets.VBox):
    """Predictive entropy: the part in which the passes contradict each other, and the doubt that each pass has by itself."""

    def __init__(self, title: str = "") -> None:
        self._bar = widgets.HTML()
        self._bar.add_class("lattice-widgets-says")
        super().__init__(
            [widgets.HTML(f"<b>{in_html(title or _('Where the doubt comes from'))}</b>"), self._bar],
            layout=widgets.Layout(width="100%"),
        )

    def clear(self) -> None:
        """Show nothing."""
        self._bar.value = ""

    def show(self, between: float, within: float, most: float) -> None:
        """Show the two parts.

        Parameters
        ----------
        between : float
            Mutual information [bit]: more training could remove it.
        within : float
            The rest [bit]: what this network cannot tell from what it sees; a better picture or another network may.
        most : float
            The largest possible entropy [bit], the width of the bar.
        """
        words = _(
            "{sum:.2f} of at most {most:.2f} bit: {between:.2f} because the passes contradict each other, which more training "
            "could remove; {within:.2f} that each pass has by itself: what the network cannot tell from what it sees."
        ).format(sum=between + within, most=most, between=between, within=within)
        parts = "".join(
            f'<div title="{in_html(name)}" style="width:{100 * max(value, 0) / most:.1f}%;background:{look}"></div>'
            for name, value, look in (
                (_("the passes contradict each other"), between, _BETWEEN),
                (
                    _("each pass is in doubt"),
                    within,
                    f"repeating-linear-gradient(45deg,{_WITHIN} 0 6px,transparent 6px 8px),{_WITHIN}88",
                ),
            )
        )
        frame = "display:flex;height:16px;max-width:440px;border:1px solid var(--jp-border-color1,#999);margin:4px 0"
        self._bar.value = f'<div role="img" aria-label="{in_html(words)}" style="{frame}">{parts}</div>{in_html(words)}'
