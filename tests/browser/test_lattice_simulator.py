"""The simulator in a real JupyterLab: sliders move, and picture, spectrum and bars change."""

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from .gestures import (
    canvas_digest,
    canvas_pixels,
    drag,
    drag_slider,
    drawn,
    press,
    slider,
    wait_until,
    wait_until_changed,
    wait_until_still,
)
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import lattice_widgets as lw
simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]", rotation=20.0)
simulator
"""


class Views:
    """What the simulator shows."""

    def __init__(self, page: Page) -> None:
        self.picture, self.spectrum = (page.locator("canvas.lw-pixels").nth(i) for i in range(2))
        self.bars: Locator = page.locator(".lw-probability-bars")

    def bar_widths(self) -> str:
        return self.bars.locator(".bar rect, rect.bar").evaluate_all(
            "rects => rects.map(rect => rect.getAttribute('width')).join(' ')"
        )

    def seen(self) -> tuple[str, str, str]:
        return canvas_digest(self.picture), canvas_digest(self.spectrum), self.bar_widths()


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(simulator.probabilities)") == 6, "the first answer of the network")
    return page


def all_changed(before: tuple[str, str, str], after: tuple[str, str, str]) -> bool:
    return all(one != other for one, other in zip(before, after, strict=True))


def test_the_atoms_of_the_cell_are_marked_where_they_are_and_follow(lab: Lab, page: Page) -> None:
    """Rings of their color lie around the atoms, wherever the cell is dragged to."""
    overlay = page.locator(".lw-stage").first.locator("canvas.lw-overlay")

    def rings() -> int:
        red, green, blue, opaque = np.moveaxis(canvas_pixels(overlay).astype(int), -1, 0)
        return int(((abs(red - 230) < 25) & (abs(green - 159) < 25) & (blue < 40) & (opaque > 200)).sum())

    assert rings() == 0
    page.get_by_label("show the atoms of the cell", exact=True).check()
    wait_until(page, lambda: page.get_by_label("show the unit cell", exact=True).is_checked(), "the cell with them")
    wait_until(page, lambda: rings() > 40, "rings around the atoms")
    assert lab.python("sorted({name for _u, _v, name in simulator._canvas.cell_atoms})") == ["O", "Sr", "Ti"]
    before = canvas_digest(overlay)
    lab.execute("simulator.field_of_view = 1.2")
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    wait_until_still(page, lambda: canvas_digest(overlay))
    lab.screenshot("cell-atoms")
    page.get_by_label("show the unit cell", exact=True).uncheck()
    wait_until(page, lambda: rings() == 0, "nothing without the cell")


def test_the_cell_is_dragged_and_the_sliders_follow(lab: Lab, page: Page) -> None:
    views = Views(page)
    page.get_by_label("show the unit cell", exact=True).check()
    ends = page.locator(".lw-stage").first.locator(".lw-cell-end")
    ends.first.wait_for()
    wait_until(page, lambda: ends.nth(1).is_visible(), "both ends")
    before = views.seen()
    width = views.picture.bounding_box()["width"]
    a, rotation = lab.python("[simulator.a, simulator.rotation]")
    # a points 20 degrees up: twice as long in the same direction
    step = a * width / lab.python("simulator.field_of_view")
    right, up = step * np.cos(np.deg2rad(rotation)), step * np.sin(np.deg2rad(rotation))
    drag(ends.nth(0), right=right, down=-up, steps=20, seconds=0.5)
    wait_until(page, lambda: all_changed(before, views.seen()), "changed pixels in picture, spectrum and bars")
    wait_until(page, lambda: lab.python("simulator.a") == pytest.approx(2 * a, rel=0.03), "the slider a")
    assert lab.python("[simulator.b, simulator.rotation, simulator.gamma]") == pytest.approx([a, 20, 90], abs=2)
    wait_until_still(page, lambda: drawn(views.picture))
    # the hand let go: the handle lies where the cell of the simulator ends
    corner = lab.python("[*simulator.picture_lattice.vectors.ravel()]")
    assert max(np.hypot(*np.reshape(corner, (2, 2)).T)) == pytest.approx(lab.python("simulator.a"), rel=1e-3)
    lab.screenshot("cell-dragged")
    press(ends.nth(1), "ArrowUp", 8)
    wait_until(page, lambda: lab.python("simulator.b") > a + 0.03, "the slider b, by keys")
    assert "End of the cell vector b" in (ends.nth(1).get_attribute("aria-label") or "")


def test_an_answer_to_an_earlier_move_does_not_take_the_hand_back(lab: Lab, page: Page) -> None:
    """Keys are pressed faster than pictures are made: each goes on from where the one before has led."""
    page.get_by_label("show the unit cell", exact=True).check()
    end = page.locator(".lw-stage").first.locator(".lw-cell-end").nth(1)
    end.wait_for()
    lab.execute(
        "canvas = simulator._canvas; await simulator.settled(); earlier = canvas.get_state(['cells', 'cells_know'])"
    )
    b = lab.python("simulator.b")
    press(end, "ArrowUp", 4)
    moved = end.get_attribute("aria-label")
    wait_until(page, lambda: lab.python("canvas.cell_grip[1]") >= 4, "what the keys did, in Python")
    lab.execute(
        "await simulator.settled(); canvas.comm.send({'method': 'update', 'state': earlier, 'buffer_paths': []})"
    )
    lab.execute("simulator._text.value = 'sent after it'")
    page.get_by_text("sent after it").first.wait_for()
    assert end.get_attribute("aria-label") == moved
    press(end, "ArrowUp", 4)
    # b points up, half a pixel a key
    pixel = lab.python("simulator.field_of_view / simulator.cols")
    wait_until(page, lambda: abs(lab.python("simulator.b") - (b + 8 * 0.5 * pixel)) < pixel / 2, "all eight keys")


def test_a_hand_that_lets_go_beyond_the_limits_leaves_nothing_there(lab: Lab, page: Page) -> None:
    """The answers came while it held the end; what it drew goes when it lets go."""
    lab.execute("simulator.field_of_view = 12.0; simulator.show_cell = True; await simulator.settled()")
    overlay = page.locator(".lw-stage").first.locator("canvas.lw-overlay")
    end, box = page.locator(".lw-cell-end").first, overlay.bounding_box()
    end.wait_for()
    wait_until_still(page, lambda: canvas_digest(overlay))
    assert box
    end.hover()
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.45 * box["height"], steps=5)
    canvas = "simulator._canvas"
    wait_until(page, lambda: lab.python(f"0 < {canvas}.cell_grip[1] == {canvas}.cells_know"), "answers to all moves")
    assert lab.python("simulator.a == simulator.traits()['a'].max")
    held = wait_until_still(page, lambda: canvas_digest(overlay))
    page.mouse.up()
    wait_until_changed(page, lambda: canvas_digest(overlay), held)
    # what is drawn ends where the handle lies, which is where the cell of the simulator ends
    page.mouse.move(0, 0)
    let_go = wait_until_still(page, lambda: canvas_digest(overlay))
    lab.execute("simulator.show_cell = False")
    wait_until_changed(page, lambda: canvas_digest(overlay), let_go)
    lab.execute("simulator.show_cell = True")
    wait_until(page, lambda: canvas_digest(overlay) == let_go, "the same cell, drawn anew")


def test_a_slider_moved_by_mouse_changes_picture_spectrum_and_bars(lab: Lab, page: Page) -> None:
    views = Views(page)
    before = views.seen()
    drag_slider(page, "γ [°]", to=0.4, steps=30, seconds=0.6)
    wait_until(page, lambda: all_changed(before, views.seen()), "changed pixels in picture, spectrum and bars")
    gamma = lab.python("simulator.gamma")
    assert gamma == pytest.approx(78, abs=3)
    wait_until_still(page, lambda: drawn(views.picture))
    # nothing is left over: what is on the screen is the answer to where the slider is now
    assert lab.python("simulator.picture_lattice.gamma") == pytest.approx(180 - gamma)
    assert lab.python("simulator.busy") is False
    assert "oblique" in page.locator(".lattice-widgets-says").first.inner_text() or "centered" in (
        page.locator(".lattice-widgets-says").first.inner_text()
    )


def test_a_slider_moved_by_keyboard_changes_picture_spectrum_and_bars(lab: Lab, page: Page) -> None:
    views = Views(page)
    before = views.seen()
    press(slider(page, "rotation [°]"), "ArrowRight", times=8)
    wait_until(page, lambda: lab.python("simulator.rotation") == 24.0, "the rotation 24 in Python")
    wait_until(page, lambda: all_changed(before, views.seen()), "changed pixels in picture, spectrum and bars")


def test_a_typed_number_arrives_as_it_was_typed(lab: Lab, page: Page) -> None:
    """A page counts a slider's steps with the error of floats, and made 4.999999999999999 of it."""
    lab.execute("simulator.layer_twist = 20.0; await simulator.settled()")
    page.get_by_role("tab", name="Imperfections").click()
    readout = page.locator('.widget-slider:has(label:text-is("layer-2 twist [°]")) .widget-readout')
    readout.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    wait_until(page, lambda: lab.python("simulator.layer_twist") < 10, "the number in Python")
    wait_until_still(page, lambda: lab.python("simulator.layer_twist"))
    assert lab.python("simulator.layer_twist") == 5.0


def test_the_true_spots_can_be_laid_over_the_spectrum(lab: Lab, page: Page) -> None:
    overlay = page.locator("canvas.lw-overlay").nth(1)
    before = canvas_digest(overlay)
    page.get_by_label("show the reciprocal lattice").check()
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    assert lab.python("simulator.show_spots") is True


def test_a_type_that_is_kept_locks_its_sliders(lab: Lab, page: Page) -> None:
    page.get_by_label("keep it").select_option("hexagonal")
    wait_until(page, lambda: lab.python("simulator.gamma") == 120.0, "gamma = 120 in Python")
    wait_until(page, lambda: slider(page, "γ [°]").get_attribute("aria-disabled") == "true" or
               slider(page, "γ [°]").evaluate("el => el.closest('[disabled], .noUi-target[disabled]') !== null"),
               "a slider that is locked")  # fmt: skip
    said = page.locator(".lattice-widgets-says").first
    wait_until(page, lambda: "hexagonal" in said.inner_text(), "the word hexagonal")


def test_an_impossible_setting_is_told_on_the_page(lab: Lab, page: Page) -> None:
    lab.execute("simulator.line_time, simulator.drift_down, simulator.field_of_view = 0.2, 0.5, 0.5")
    alert = page.locator(".lattice-widgets-error[role=alert]")
    wait_until(page, lambda: alert.count() == 1, "a sentence that says what is wrong")
    assert "drifts as fast as the scan" in alert.inner_text()
    lab.execute("simulator.drift_down = 0.0")
    wait_until(page, lambda: alert.count() == 0, "no more complaint")


def test_what_a_hand_did_is_undone_by_key_and_by_button(lab: Lab, page: Page) -> None:
    handle = slider(page, "rotation [°]")
    press(handle, "ArrowRight", times=3)
    wait_until(page, lambda: lab.python("simulator.rotation") == 21.5, "the rotation in Python")
    before = lab.python("len(In)")
    handle.focus()
    page.keyboard.press("Control+z")
    wait_until(page, lambda: lab.python("simulator.rotation") == 20.0, "the rotation as it was")
    assert lab.python("len(In)") == before
    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == 1, "JupyterLab undid a cell"
    page.get_by_label("crystal", exact=True).select_option("graphene")
    wait_until(page, lambda: lab.python("simulator.gamma") == 120, "another crystal")
    press(slider(page, "γ [°]"), "ArrowRight", times=5)
    chosen = page.get_by_label("crystal", exact=True).locator("option:checked")
    wait_until(page, lambda: " ".join(chosen.inner_text().split()) == "graphene, changed", "what is said of it")
    # a slider sends its last value when its first one is answered: a choice before that comes in between
    wait_until(page, lambda: lab.python("round(simulator.gamma, 3)") == 120.5, "all that was pressed")
    page.get_by_label("crystal", exact=True).select_option("graphene")
    wait_until(page, lambda: lab.python("simulator.gamma") == 120, "graphene again")
    page.get_by_role("button", name="reset").click()
    wait_until(page, lambda: lab.python("simulator.crystal") == "SrTiO3 [001]", "the beginning")
    assert lab.python("[simulator.gamma, simulator.rotation]") == [90, 20]
