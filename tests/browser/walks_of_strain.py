"""What a student does in the lesson on strain, and what is then seen."""

import numpy as np
import pytest
from playwright.sync_api import Page

from .gestures import drag, slider, wait_until
from .lab import Lab
from .lesson_hands import answer, says, settled, widget


def dilation(lab: Lab, name: str) -> list[float]:
    """Dilation and its error at the place that is read."""
    settled(lab, name)
    return lab.python(f"[{name}.reading.dilation.item(), {name}.reading.dilation_error.item()]")


def where_is_it_strained(lab: Lab, page: Page) -> None:
    hidden, wider, against, real = (widget(page, number) for number in range(4))
    # the picture alone; with the slider the map comes over it, and its values stand beside it
    settled(lab, "hidden")
    assert lab.python("hidden.opacity") == 0
    handle = slider(hidden, "opacity")
    handle.scroll_into_view_if_needed()
    handle.focus()
    before = hidden.locator(".lw-stage").first.screenshot()
    for _ in range(13):
        page.keyboard.press("ArrowRight")
    wait_until(page, lambda: lab.python("hidden.opacity") == pytest.approx(0.65), "the opacity")
    wait_until(page, lambda: hidden.locator(".lw-stage").first.screenshot() != before, "a map over the picture")
    says(page, hidden, "1.02 ± 0.07")
    lab.screenshot("lesson-where_is_it_strained-map")

    # twice as wide: surer, and lower
    value, error = dilation(lab, "wider")
    field = wider.get_by_label("window [px]", exact=True)
    field.fill("241")
    field.press("Enter")
    wait_until(page, lambda: lab.python("wider.window_size") == 241, "the window")
    lower, surer = dilation(lab, "wider")
    assert lower < value - 3 * error
    assert surer < error / 3

    # the frame is dragged onto the middle
    frame = against.locator(".lw-window").first
    frame.scroll_into_view_if_needed()
    scale = against.locator(".lw-stage").first.bounding_box()["width"] / 480
    drag(frame, right=(220 - 20) * scale, down=(140 - 335) * scale, steps=20, seconds=0.5)
    wait_until(page, lambda: abs(lab.python("list(against.reference)")[1] - 220) < 15, "the frame on the middle")
    there, error = dilation(lab, "against")
    assert abs(there) < 0.8
    far = lab.python("float(against.maps.dilation.isel(window_row=-1, window_col=0))")
    assert far < -1.2

    # the real scan: shear and rotation are one picture
    settled(lab, "real")
    shear, turn = (
        np.array(lab.python(f"real.maps.{name}.mean('window_col').values.tolist()"))
        for name in ("strain_xy", "rotation")
    )
    assert np.corrcoef(shear, turn)[0, 1] > 0.9
    real.get_by_label("map", exact=True).first.select_option("rotation")
    wait_until(page, lambda: lab.python("real.quantity") == "rotation", "the other map")
    answer(page, lab, widget(page, 4), "kinds")
