"""Two pictures in turn in the explorer, in a real JupyterLab: what belongs to one goes and comes back with it."""

import pytest

from .explorer_page import said
from .gestures import wait_until
from .lab import Lab

pytestmark = pytest.mark.one_kernel

TWO_PICTURES = """
import lattice_widgets as lw
explorer = lw.FFTExplorer("simulated_graphene_stm")
explorer
"""


def test_what_belongs_to_a_picture_goes_and_comes_back_with_it(lab: Lab) -> None:
    page = lab.open([TWO_PICTURES])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(explorer.probabilities)") == 6, "the first answer of the network")
    lab.execute("explorer.scale, explorer.shear = 12.0, 5.0")  # a correction that makes it oblique
    for name, value in (("height", 150), ("width", 160), ("row", 16)):
        field = page.get_by_label(name, exact=True)
        field.fill(str(value))
        field.press("Enter")
        # each number that is typed has arrived before the next one is
        wait_until(page, lambda value=value: value in lab.python("explorer.window"), f"{value} in Python")
    ring = page.get_by_label("d [nm]", exact=True)
    ring.fill("0.213")
    ring.press("Enter")
    wait_until(page, lambda: "drift correction on: stretch +12.0 %" in said(page), "the correction in the verdict")
    badge = page.locator(".lw-badge:visible").first
    assert badge.is_visible()
    assert badge.inner_text() == "drift correction on: stretch +12.0 %, shear +5.0 %"
    page.get_by_role("tab", name="Pins").click()
    page.get_by_placeholder("name", exact=True).fill("corner")
    page.get_by_role("button", name="pin this window").click()
    pinned = page.get_by_role("cell", name="corner")
    wait_until(page, lambda: pinned.count() == 1, "the pin in the table")
    window, words = lab.python("explorer.window"), said(page)

    # another picture: nothing of the first one is left
    pictures = page.get_by_label("picture", exact=True)
    pictures.select_option("simulated_srtio3_stem")
    wait_until(page, lambda: said(page).startswith("both: square"), "the verdict of the other picture")
    assert not badge.is_visible()
    assert pinned.count() == 0
    assert lab.python("[explorer.window, explorer.scale, explorer.shear, explorer.d_spacing]") == [
        [0, 0, 192, 256], 0, 0, 0,
    ]  # fmt: skip
    wait_until(page, lambda: float(ring.input_value()) == 0, "no ring")
    assert "nm" in page.locator(".lattice-widgets-says").filter(has_text="a = ").inner_text()

    # the first one again: all of it is back
    pictures.select_option("simulated_graphene_stm")
    wait_until(page, lambda: badge.is_visible() and said(page) == words, "the verdict of the first picture")
    wait_until(page, lambda: pinned.count() == 1, "its pin")
    wait_until(page, lambda: float(ring.input_value()) == 0.213, "its ring")
    assert lab.python("explorer.window") == window
    assert "150 by 160" in (page.locator(".lw-window").first.get_attribute("aria-label") or "")
