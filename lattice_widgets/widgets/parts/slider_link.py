"""A slider of the browser and the number that it sets, which may lie between two of its steps."""

from typing import Any

import ipywidgets as ipw
import traitlets as t


def link_slider(owner: t.HasTraits, name: str, slider: ipw.FloatSlider) -> None:
    """Link a trait and a slider both ways, and keep the number that a script or another widget gave to the trait.

    A slider in the browser rounds the number it is given to its step, and sends that back as if a hand had moved it. What it
    sends counts from half a step on.

    Parameters
    ----------
    owner : traitlets.HasTraits
        Who has the trait.
    name : str
        The trait, a Float.
    slider : ipywidgets.FloatSlider
        Its slider.

    Examples
    --------
    >>> class Owner(t.HasTraits):
    ...     angle = t.Float(91.234)
    >>> owner, slider = Owner(), ipw.FloatSlider(min=0, max=180, step=0.1)
    >>> link_slider(owner, "angle", slider)
    >>> slider.value = 91.2  # what the browser makes of it
    >>> owner.angle
    91.234
    >>> slider.value = 91.3  # a key
    >>> owner.angle
    91.3
    """

    def show(change: Any) -> None:
        slider.value = getattr(owner, name)

    def take(change: Any) -> None:
        if abs(slider.value - getattr(owner, name)) > 0.5001 * slider.step:
            setattr(owner, name, slider.value)

    show(None)
    owner.observe(show, name)
    slider.observe(take, "value")
