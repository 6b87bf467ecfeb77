"""The drawing of a network (the paper's Fig. 1a): a picture goes in, and what each layer makes of it is shown."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.language import N_, _
from lattice_widgets.views.figures.figure_parts import class_bars, show_picture

__all__ = ["plot_network"]

_NAMES = {
    "descriptor": N_("Fourier transform"),
    "faint spots": N_("and its square root"),
    "convolution": N_("convolution"),
    "pooling": N_("average pooling"),
    "features": N_("features"),
    "probabilities": N_("probabilities"),
}


class Stage(Protocol):
    """What stands behind one layer of a network: see `classifier.inside.Stage`."""

    @property
    def name(self) -> str:
        """Kind of layer."""

    @property
    def values(self) -> NDArray[np.float32]:
        """What it gives."""

    @property
    def kernel(self) -> tuple[int, ...]:
        """Rows and columns of its filters."""

    @property
    def n_weights(self) -> int:
        """How many numbers it has learned."""

    @property
    def dropout(self) -> float:
        """Fraction that is masked."""


#: so many channels of a layer are drawn, one behind the other, each further by this fraction of the width
_SHOWN, _BEHIND = 4, 0.14


def plot_network(stages: Sequence[Stage], image: NDArray[Any], classes: Sequence[str], title: str = "") -> Any:
    """Return a Matplotlib figure.

    Parameters
    ----------
    stages : sequence of Stage
        From `look_inside`.
    image : ndarray, shape (rows, cols)
        The picture.
    classes : sequence of str
        Names of what the last layer gives.
    title : str
        Above it.
    """
    from lattice_widgets.views.figures.publication import PublicationFigure

    widths = [1.1, *(0.45 if stage.values.ndim == 1 else 1.0 for stage in stages[:-1]), 1.5]
    figure = PublicationFigure(figsize=(1.5 * sum(widths), 2.9), layout="constrained")
    axes = figure.subplots(1, len(widths), width_ratios=widths)
    show_picture(axes[0], image)
    axes[0].set_title(_("picture"), fontsize=8)
    axes[0].set_xlabel("{} × {}".format(*image.shape), fontsize=7)
    for place, stage in zip(axes[1:-1], stages[:-1], strict=True):
        if stage.values.ndim == 1:
            _draw_features(place, stage.values)
        else:
            _draw_channels(place, stage.values)
        place.set_title(_(_NAMES[stage.name]), fontsize=8)
        place.set_xlabel("\n".join(_lines(stage)), fontsize=7)
    class_bars(axes[-1], classes, stages[-1].values)
    axes[-1].set_title(_(_NAMES[stages[-1].name]), fontsize=8)
    axes[-1].set_xlabel("\n".join(_lines(stages[-1])), fontsize=7)
    axes[-1].tick_params(labelsize=7)
    if title:
        figure.suptitle(title, fontsize=9)
    return figure


def _lines(stage: Stage) -> list[str]:
    """Return what stands below a layer: its size, its filters, what it has learned, and its dropout."""
    shape = stage.values.shape
    lines = (
        [f"{shape[0]} × {shape[1]}" + (f" × {shape[2]}" if shape[2] > 1 else "")]
        if len(shape) == 3
        else [f"{shape[0]}"]
    )
    if stage.kernel:
        lines.append(_("filters of {rows} × {cols}").format(rows=stage.kernel[0], cols=stage.kernel[1]))
    if stage.n_weights:
        lines.append(_("{count:,} weights").format(count=stage.n_weights))
    if stage.dropout:
        lines.append(_("dropout {percent:.0f} %").format(percent=100 * stage.dropout))
    return lines


def _draw_channels(axes: Any, values: NDArray[np.float32]) -> None:
    """Draw the channels in which most happens, one behind the other."""
    rows, cols, count = values.shape
    strongest = np.argsort(-values.std(axis=(0, 1)))[: min(_SHOWN, count)]
    step = _BEHIND * max(rows, cols)
    for depth, channel in reversed(list(enumerate(strongest))):
        left, top = depth * step, -depth * step
        part = values[:, :, channel]
        axes.imshow(
            part, cmap="magma", vmin=0, vmax=max(float(part.max()), 1e-9), interpolation="nearest",
            extent=(left, left + cols, top + rows, top), zorder=10 - depth,
        )  # fmt: skip
        axes.plot(
            [left, left + cols, left + cols, left, left], [top, top, top + rows, top + rows, top],
            color="white", linewidth=0.8, zorder=10.5 - depth,
        )  # fmt: skip
    reach = (len(strongest) - 1) * step
    # all layers in one scale: what is smaller is drawn smaller
    side = max(72.0, rows + reach)
    axes.set(xlim=((cols + reach - side) / 2, (cols + reach + side) / 2), ylim=(rows, -reach), aspect="equal")
    axes.set_ylim((rows - reach) / 2 + side / 2, (rows - reach) / 2 - side / 2)
    _without_frame(axes)


def _draw_features(axes: Any, values: NDArray[np.float32]) -> None:
    """Draw the numbers of a dense layer as one column."""
    axes.imshow(values[:, None], cmap="magma", vmin=0, aspect="auto", interpolation="nearest")
    _without_frame(axes)


def _without_frame(axes: Any) -> None:
    axes.set(xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set_visible(False)
