"""What a student does in the lessons on lattices, their transforms and what spoils them, and what must then happen."""

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from .gestures import canvas_pixels, drag_slider, press, wait_until
from .lab import Lab
from .lesson_hands import answer, first, light, says, settled, tab, type_into, widget


def what_is_a_lattice(lab: Lab, page: Page) -> None:
    atoms = widget(page, 0)
    says(page, atoms, "hexagonal (a = 0.2461 nm)")
    for crystal, words in (
        ("WS2", "hexagonal (a = 0.3153 nm)"),
        ("SrTiO3 [001]", "square (a = 0.3905 nm)"),
        ("Fe [001]", "square (a = 0.2027 nm)"),
    ):
        atoms.get_by_label("crystal", exact=True).select_option(crystal)
        says(page, atoms, words)

    bench, chart = widget(page, 1), widget(page, 2)
    says(page, bench, "The lattice is square")
    drag_slider(bench, "γ [°]", to=0.58)
    says(page, bench, "centered rectangular")
    wait_until(page, lambda: lab.python("chart.x < 1e-6 and 0.3 < chart.y < 0.9"), "the dot on the left edge")
    type_into(bench, "γ [°]", "120")
    says(page, bench, "The lattice is hexagonal (a = 0.3 nm)")
    wait_until(page, lambda: lab.python("chart.y > 0.999"), "the dot in its corner")
    dot = chart.locator(".lw-map-handle")
    press(dot, "Shift+ArrowRight", 3)
    press(dot, "Shift+ArrowDown", 5)
    says(page, bench, "oblique")
    press(dot, "b")
    says(page, chart, "Colored by geometry")
    press(dot, "s")
    says(page, bench, "The lattice is square")

    rhombus = widget(page, 3)
    says(page, rhombus, "centered rectangular (a = 0.3857 nm, b = 0.4596 nm, with a point in the middle)")
    for kind in ("square", "hexagonal"):
        rhombus.get_by_label("keep it").select_option(kind)
        says(page, rhombus, f"The lattice is {kind} (a = 0.3 nm)")
        assert "point in the middle" not in rhombus.inner_text()
    answer(page, lab, widget(page, 4), "cells")
    answer(page, lab, widget(page, 5), "names")


def two_spaces(lab: Lab, page: Page) -> None:
    spot, ground = 400, 330  # of 765

    def spot_at(where: Locator, col: float, row: float) -> bool:
        return light(where, col, row, 8, 0.25) > spot

    turned = widget(page, 0)
    wait_until(page, lambda: spot_at(turned, 0, 2.5) and spot_at(turned, 3.33, 0), "two spots")
    turn = np.deg2rad(20)
    there, other_way = ((-2.5 * np.sin(t), 2.5 * np.cos(t)) for t in (turn, -turn))
    assert light(turned, *there, 8, 0.25) < ground
    type_into(turned, "rotation [°]", "20")
    wait_until(page, lambda: spot_at(turned, *there), "the spot, turned counter-clockwise")
    assert light(turned, *other_way, 8, 0.25) < ground

    stretched = widget(page, 1)
    assert light(stretched, 0, 1.67, 8, 0.25) < ground
    type_into(stretched, "b [nm]", "0.6")
    wait_until(page, lambda: spot_at(stretched, 0, 1.67), "the spot further in")
    assert light(stretched, 0, 2.5, 8, 0.25) < ground
    assert spot_at(stretched, 3.33, 0)

    slanted = widget(page, 2)
    assert light(slanted, 0, 3.85, 8, 0.15) < light(slanted, 0, 3.33, 8, 0.15)
    type_into(slanted, "γ [°]", "120")
    angles = np.deg2rad([30, 90, 150])
    wait_until(
        page,
        lambda: all(spot_at(slanted, 3.85 * np.cos(t), 3.85 * np.sin(t)) for t in angles),
        "six spots further out",
    )
    assert light(slanted, 3.33, 0, 8, 0.25) < ground

    wider = widget(page, 3)
    place = 3.33, 0.0

    def width() -> float:
        """The part of its surroundings that a spot fills."""
        pixels = canvas_pixels(wider.locator("canvas.lw-pixels").nth(1))[..., :3].sum(axis=2).astype(float)
        half = pixels.shape[1] / 2
        row, col = (int(half * (1 + part / 8)) for part in (-place[1], place[0]))
        near = pixels[row - int(half / 10) : row + int(half / 10), col - int(half / 10) : col + int(half / 10)]
        return float((near > near.max() / 2).mean())

    before = width()
    tab(wider, "Microscope")
    type_into(wider, "field of view [nm]", "8")
    wait_until(page, lambda: lab.python("wider.field_of_view") == 8, "a wider picture")
    settled(lab, "wider")
    wait_until(page, lambda: width() < 0.6 * before, "a narrower spot")
    assert spot_at(wider, *place)
    answer(page, lab, widget(page, 4), "pairs")
    answer(page, lab, widget(page, 5), "lengths")


def what_spoils_the_spots(lab: Lab, page: Page) -> None:
    shaken = widget(page, 0)
    says(page, shaken, "The network (default) says square")
    strength = (
        "[abs((lambda i, n, q: (i * __import__('numpy').exp(-2j * __import__('numpy').pi * ((__import__('numpy')"
        ".mgrid[:n, :n] * (4 / n)).T @ q).T)).sum())(shaken.image - shaken.image.mean(), 192, k * shaken.picture_lattice"
        ".reciprocal().vectors[0])) for k in (1, 2, 3)]"
    )
    before = np.array(lab.python(strength))
    tab(shaken, "Imperfections")
    type_into(shaken, "disorder", "0.1")
    wait_until(page, lambda: lab.python("shaken.disorder") == 0.1, "the disorder")
    assert first(lab, "shaken") == "square"
    left = np.array(lab.python(strength)) / before
    assert left[0] > left[1] > left[2]
    assert left[0] == pytest.approx(0.82, abs=0.15)
    type_into(shaken, "disorder", "0.3")
    says(page, shaken, "says noise, 98 %")

    dim = widget(page, 1)
    tab(dim, "Contrast")
    type_into(dim, "dose [e/nm²]", "5000")
    wait_until(page, lambda: lab.python("4900 < dim.dose < 5100"), "the dose")
    assert first(lab, "dim") == "square"
    says(page, dim, "says square, 100 %")
    assert 40 < lab.python("1 / float((dim.image > 0).mean())") < 60, "one pixel in fifty"
    for dose, words in (("3200", "says square, 71 %"), ("2000", "says noise, 83 %")):
        type_into(dim, "dose [e/nm²]", dose)
        says(page, dim, words)

    small = widget(page, 2)
    tab(small, "Microscope")
    for field, words in (("1.5", "says square, 99 %"), ("0.9", "says square, 92 %"), ("0.7", "says noise")):
        type_into(small, "field of view [nm]", field)
        says(page, small, words)

    moved = widget(page, 3)
    tab(moved, "Imperfections")
    type_into(moved, "drift → [nm/s]", "0.1")
    says(page, moved, "The crystal is hexagonal")
    says(page, moved, "Drift makes the lattice of the picture oblique (a = 0.2883 nm, b = 0.3 nm, γ = 115.7°)")
    says(page, moved, "says oblique")
    wait_until(page, lambda: lab.python("[mark['name'] for mark in places._map.marks]") == ["picture"], "its mark")
    assert lab.python("places.y") > 0.999
    assert lab.python("places._map.marks[0]['y']") < 0.95
    answer(page, lab, widget(page, 5), "faults")
