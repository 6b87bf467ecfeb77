"""A slider of the browser and the number that it sets, which may lie between two of its steps."""

from math import log
from typing import Any

import ipywidgets as ipw
import traitlets as t

#: digits of what a slider sends: a page counts its steps with the error of floats, and makes 4.999999999999999 of a typed 5
_DIGITS = 12


def link_slider(owner: t.HasTraits, name: str, slider: ipw.FloatSlider | ipw.FloatLogSlider) -> None:
    """Link a trait and a slider both ways, and keep the number that a script or another widget gave to the trait.

    A slider in the browser rounds the number it is given to its step, and sends that back as if a hand had moved it. What it
    sends counts from half a step on.

    Parameters
    ----------
    owner : traitlets.HasTraits
        Who has the trait.
    name : str
        The trait, a Float.
    slider : ipywidgets.FloatSlider or ipywidgets.FloatLogSlider
        Its slider.

    Examples
    --------
    >>> class Owner(t.HasTraits):
    ...     angle = t.Float(91.234)
    ...     dose = t.Float(1234.0)
    >>> owner, slider = Owner(), ipw.FloatSlider(min=0, max=180, step=0.1)
    >>> link_slider(owner, "angle", slider)
    >>> slider.value = 91.2  # what the browser makes of it
    >>> owner.angle
    91.234
    >>> slider.value = 4.999999999999999  # what it makes of a typed 5
    >>> owner.angle
    5.0
    >>> logarithmic = ipw.FloatLogSlider(min=1, max=7, step=0.05)
    >>> link_slider(owner, "dose", logarithmic)
    >>> logarithmic.value = 10**3.1  # again
    >>> owner.dose
    1234.0
    >>> logarithmic.value = 10**3.15  # a key
    >>> round(owner.dose)
    1413
    """

    def place(value: float) -> float:
        return log(value, slider.base) if isinstance(slider, ipw.FloatLogSlider) else value

    def rounded(value: float) -> float:
        return float(f"{value:.{_DIGITS}g}")

    def show(change: Any) -> None:
        # nothing goes back to a page for the error of a float: a hand may have moved on there
        if rounded(slider.value) != rounded(getattr(owner, name)):
            slider.value = getattr(owner, name)

    def take(change: Any) -> None:
        sent = rounded(slider.value)
        if abs(place(sent) - place(getattr(owner, name))) > 0.5001 * slider.step:
            setattr(owner, name, sent)

    show(None)
    owner.observe(show, name)
    slider.observe(take, "value")
