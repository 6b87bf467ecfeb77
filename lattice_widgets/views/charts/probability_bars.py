"""Bars of class probabilities with their standard deviations."""

from collections.abc import Sequence
from typing import Any

import bqplot
import ipywidgets as widgets
import numpy as np
import traitlets as t
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.views.shared.palette import CLASS_STYLES, class_style

__all__ = ["ProbabilityBars"]

#: Text and error bars take the color of the theme's text; the second name is for pages that have no theme.
_INK = "var(--jp-content-font-color1, #555555)"

#: more points than this cover each other and slow the page down
_CLOUD = 60

#: "centered rectangular (oc)" fits in the widest of the usual fonts
_MARGIN = {"top": 6, "bottom": 22, "left": 178, "right": 74}
#: on a phone the names stand above their bars
_NARROW = {**_MARGIN, "left": 26}


class ProbabilityBars(widgets.VBox):
    """Horizontal bars, one a class, with one-standard-deviation error bars and the numbers beside them.

    Each class has its own color and marker (`palette`). The axis is fixed to 0-1, and new numbers are shown at once,
    without an animation. A screen reader finds the same numbers as a sentence.

    Parameters
    ----------
    classes : sequence of str, optional
        Names of the classes, drawn from top to bottom. The default is all six.
    title : str, default: ""
        Line above the bars.

    Attributes
    ----------
    mean, std : tuple of float
        Mean probability of each class, and its standard deviation; NaN where it is not known. Read-only: `update`.

    Raises
    ------
    ValueError
        If a class is not known.

    Examples
    --------
    >>> bars = ProbabilityBars()
    >>> bars.update([0.88, 0.0, 0.0, 0.0, 0.12, 0.0], [0.25, 0.0, 0.0, 0.0, 0.25, 0.0])
    >>> bars.text[:41]
    'oblique 88 ± 25 %, hexagonal 12 ± 25 %, r'
    """

    mean = t.Tuple(read_only=True, help="Mean probability of each class.")
    std = t.Tuple(read_only=True, help="Standard deviation of each probability.")

    def __init__(self, classes: Sequence[str] = tuple(CLASS_STYLES), title: str = "") -> None:
        self._styles = [class_style(name) for name in classes]
        n = len(self._styles)
        # a linear scale, not an ordinal one, also for the classes: the error bars need places between them
        probability = bqplot.LinearScale(min=0.0, max=1.0)
        # bqplot itself leaves half a bar free at either end
        places = bqplot.LinearScale(min=-0.1, max=n - 0.9, reverse=True)
        scales = {"x": probability, "y": places}
        colors = [style.color for style in self._styles]
        nothing = np.zeros(n)

        self._bars = bqplot.Bars(
            x=np.arange(n),
            y=nothing,
            scales={"x": places, "y": probability},
            orientation="horizontal",
            colors=colors,
            padding=0.15,
            stroke=None,
        )
        # one polyline a class: a bar between two caps
        self._errors = bqplot.Lines(
            x=np.zeros((n, 6)), y=self._caps(), scales=scales, colors=[_INK] * n, stroke_width=1.5, apply_clip=False
        )

        def beside_bars(
            x: float, text: list[str], colors: list[str], align: str, offset: int, size: int
        ) -> bqplot.Label:
            """Text in line with the bars, `offset` px from the probability x."""
            return bqplot.Label(
                x=np.full(n, x),
                y=np.arange(n),
                text=text,
                colors=colors,
                align=align,
                x_offset=offset,
                default_size=size,
                font_weight="normal",
                scales=scales,
                apply_clip=False,
            )

        self._names = names = beside_bars(0, [style.label for style in self._styles], [_INK], "end", -24, 12)
        glyphs = beside_bars(0, [style.glyph for style in self._styles], colors, "middle", -12, 15)
        self._numbers = beside_bars(1, [""] * n, [_INK], "start", 10, 12)
        # faint points, the samples: the colors repeat in the order of the classes
        self._cloud = bqplot.Scatter(
            x=[], y=[], scales=scales, colors=colors, opacities=[0.3], default_size=6, stroke_width=0
        )
        self.figure = bqplot.Figure(
            marks=[self._bars, self._errors, self._cloud, names, glyphs, self._numbers],
            axes=[
                bqplot.Axis(scale=probability, tick_values=[0, 0.5, 1], tick_labels={"0": "0", "0.5": "", "1": "100 %"})
            ],
            fig_margin=_MARGIN,
            padding_y=0.0,
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height=f"{28 + 27 * n}px", min_width="0"),
        )
        self._words = widgets.HTML()
        head = [widgets.HTML(f"<b>{in_html(title)}</b>").add_class("lattice-widgets-says")] if title else []
        super().__init__(layout=widgets.Layout(width="100%", max_width="480px", min_width="0"))
        menu = ChartMenu(self, _("probabilities"), self._table, title=title)
        menu.observe(self._take_room, "narrow")
        self.children = [*head, with_menu(self.figure, menu), self._words]
        self.add_class("lw-probability-bars")
        self.text = ""
        self._say()

    def update(self, mean: ArrayLike, std: ArrayLike | None = None, samples: ArrayLike = ()) -> None:
        """Show new probabilities.

        Parameters
        ----------
        mean : array_like, shape (n_classes,)
            Mean probability of each class, 0-1.
        std : array_like, shape (n_classes,), optional
            Standard deviation of each. Without it no error bars are drawn.
        samples : array_like, shape (n, n_classes), optional
            Single probabilities, drawn as faint points; of more than 60 only the last 60.

        Raises
        ------
        ValueError
            If there are more or fewer numbers than classes, or if one is not finite or lies outside 0-1.
        """
        means = self._checked(mean, "probability")
        errors = self._checked(std, "standard deviation") if std is not None else np.full(means.size, np.nan)
        self.set_trait("mean", tuple(means.tolist()))
        self.set_trait("std", tuple(errors.tolist()))
        low, high = np.clip(means - errors, 0, 1), np.clip(means + errors, 0, 1)
        with self._bars.hold_sync():
            self._bars.y = means
        with self._errors.hold_sync():
            self._errors.visible = std is not None
            if std is not None:
                self._errors.x = np.stack([low, low, low, high, high, high], axis=1)
        self._draw_cloud(np.asarray(samples, dtype=np.float64).reshape(-1, len(self._styles))[-_CLOUD:])
        with self._numbers.hold_sync():
            self._numbers.text = [_percent(m, s) for m, s in zip(means, errors, strict=True)]
        self._say()

    def clear(self) -> None:
        """Show no probabilities: no bars and no numbers."""
        n = len(self._styles)
        self.set_trait("mean", ())
        self.set_trait("std", ())
        self._bars.y, self._errors.visible = np.zeros(n), False
        self._draw_cloud(np.zeros((0, n)))
        self._numbers.text = [""] * n
        self._say()

    def _take_room(self, change: dict[str, Any]) -> None:
        """Put the names above the bars where there is no room beside them."""
        narrow, n = change["new"], len(self._styles)
        with self._names.hold_sync():
            self._names.align = "start" if narrow else "end"
            self._names.x_offset, self._names.y_offset = (4, -17) if narrow else (-24, 0)
        with self._bars.hold_sync():
            self._bars.padding = 0.6 if narrow else 0.15
        self.figure.fig_margin = _NARROW if narrow else _MARGIN
        self.figure.layout.height = f"{28 + (42 if narrow else 27) * n}px"

    def _table(self) -> Table:
        if not self.mean:
            raise ValueError(_("No probabilities yet."))
        rows = zip([style.name for style in self._styles], self.mean, self.std, strict=True)
        return ("class", "probability", "std"), ((name, m, "" if np.isnan(s) else s) for name, m, s in rows)

    def _draw_cloud(self, samples: NDArray[np.float64]) -> None:
        if not len(samples) and not len(self._cloud.x):
            return
        # spread over the height of a bar by the golden ratio, so that every point keeps its place
        place = (np.arange(len(samples)) * 0.618034) % 1 * 0.6 - 0.3
        with self._cloud.hold_sync():
            self._cloud.y = (np.arange(len(self._styles)) + place[:, None]).ravel()
            self._cloud.x = samples.ravel()

    def _checked(self, numbers: ArrayLike, what: str) -> NDArray[np.float64]:
        array = np.asarray(numbers, dtype=np.float64)
        if array.shape != (len(self._styles),):
            raise ValueError(f"There are {len(self._styles)} classes; the array of {what} has the shape {array.shape}.")
        # float32 sums of a softmax may pass 1 by a rounding error
        if not np.all(np.isfinite(array)) or array.min() < 0 or array.max() > 1 + 1e-5:
            raise ValueError(f"Every {what} lies in 0-1; these are {array.tolist()}.")
        return np.minimum(array, 1.0)

    def _caps(self) -> NDArray[np.float64]:
        """Heights of the six corners of every error bar, shape (n, 6), in classes from the top."""
        cap = 0.16
        return np.arange(len(self._styles))[:, None] + np.array([-cap, cap, 0, 0, -cap, cap])

    def _say(self) -> None:
        """Write the numbers as a sentence, likeliest class first."""
        order = np.argsort(-np.asarray(self.mean), kind="stable").tolist()
        said = [f"{self._styles[i].display_name} {_percent(self.mean[i], self.std[i])}" for i in order]
        self.text = ", ".join(said) if said else _("No probabilities yet.")
        # for screen readers only: the usual way to hide words from the eye alone
        hidden = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
        self._words.value = f'<div style="{hidden}">{in_html(self.text)}</div>'


def _percent(mean: float, std: float) -> str:
    """Probability and standard deviation in percent: ``"88 ± 25 %"``."""
    return f"{100 * mean:.0f} %" if np.isnan(std) else f"{100 * mean:.0f} ± {100 * std:.0f} %"
