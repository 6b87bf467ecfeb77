"""A student walks through each lesson: does what the text tells, and what the text predicts really happens."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from lattice_widgets.core.quiz import question_of

from .gestures import canvas_pixels, drag_slider, press, wait_until, wait_until_laid_out
from .lab import ROOT, Lab

LESSONS = sorted((ROOT / "notebooks").glob("1?_*.ipynb"))
#: JupyterLab takes cells off the page that are out of view; a student scrolls, a test must find them
_KEEP_ALL = """() => { const { content } = jupyterapp.shell.currentWidget;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: "none" } }"""


def widget(page: Page, number: int) -> Locator:
    """The widgets of a lesson, from 0."""
    return page.locator(".jp-OutputArea-output .lattice-widgets").nth(number)


def type_into(where: Locator, label: str, value: str) -> None:
    """Write a number where a slider shows it."""
    readout = where.locator(f'.widget-slider:has(label:text-is("{label}")) .widget-readout')
    readout.click()
    readout.fill(value)
    readout.press("Enter")


def tab(where: Locator, name: str) -> None:
    where.locator(".lm-TabBar-tab, .jupyter-widget-TabPanel-tabBar li").filter(has_text=name).first.click()


def says(page: Page, where: Locator, words: str) -> None:
    wait_until(page, lambda: words in where.inner_text(), f"the words {words!r}")


def settled(lab: Lab, *names: str) -> None:
    lab.execute("; ".join(f"await {name}.settled()" for name in names))


def first(lab: Lab, name: str) -> str:
    """What the network says in a simulator."""
    settled(lab, name)
    return lab.python(f"lw.CLASSES[max(range(6), key=lambda k: {name}.probabilities[k])]")


def light(where: Locator, col: float, row: float, reach: float, size: float = 0.5) -> float:
    """How bright a transform is around a frequency (to the right, up) [1/nm]; its edge is at `reach`."""
    pixels = canvas_pixels(where.locator("canvas.lw-pixels").nth(1))[..., :3].sum(axis=2).astype(float)
    middle, scale = pixels.shape[1] / 2, pixels.shape[1] / 2 / reach
    rows, cols = (np.arange(n) - middle for n in pixels.shape)
    near = (abs(rows[:, None] + row * scale) < size * scale) & (abs(cols[None] - col * scale) < size * scale)
    return float(pixels[near].max())


def answer(page: Page, lab: Lab, where: Locator, name: str) -> None:
    """Answer the first question of a quiz rightly: what is right is told only then."""
    topic, level, seed = lab.python(f"({name}.topic, {name}.level, {name}.seed)")
    asked = question_of(topic, level, seed, 0)
    where.scroll_into_view_if_needed()
    said = where.locator(".lw-quiz-said")
    commit = where.get_by_role("button", name="Commit")
    wait_until(page, lambda: commit.is_visible(), "a question")
    if asked.is_choice:
        where.locator(f'.lw-quiz-choice:has(input[value="{asked.answer or asked.options[0].key}"])').click()
    else:
        where.get_by_role("textbox", name="Your answer").fill(f"{float(asked.answer or 0):.4f}")
    where.get_by_label("How sure are you?").fill("90")
    assert said.inner_text() == ""
    commit.click()
    if asked.answer is None:  # the network decides
        wait_until(page, lambda: "The network" in said.inner_text(), "what the network says")
    else:
        wait_until(page, lambda: "✓ Right" in said.inner_text(), "that it is right")
    assert lab.python(f"{name}.answers[0].confidence") == 0.9


# ---------------------------------------------------------------- the lessons


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
    says(page, shaken, "says noise, 93 %")

    dim = widget(page, 1)
    tab(dim, "Contrast")
    type_into(dim, "dose [e/nm²]", "5000")
    wait_until(page, lambda: lab.python("4900 < dim.dose < 5100"), "the dose")
    assert first(lab, "dim") == "square"
    says(page, dim, "says square, 100 %")
    assert 40 < lab.python("1 / float((dim.image > 0).mean())") < 60, "one pixel in fifty"
    for dose, words in (("3200", "says square, 70 %"), ("2000", "says noise")):
        type_into(dim, "dose [e/nm²]", dose)
        says(page, dim, words)

    small = widget(page, 2)
    tab(small, "Microscope")
    for field, words in (("1.5", "says square, 98 %"), ("0.9", "says square, 92 %"), ("0.7", "says noise")):
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


def how_sure_is_the_network(lab: Lab, page: Page) -> None:
    opening, panel = widget(page, 0), widget(page, 2)  # between them the same crystal once more, beside the panel
    for gamma, words in (
        ("91", "says square, 97 %"),
        ("92", "says square, 50 %, then centered rectangular, 49 %"),
        ("93", "says centered rectangular, 87 %"),
        ("95", "says centered rectangular, 99 %"),
        ("92", "says square, 50 %"),
    ):
        type_into(opening, "γ [°]", gamma)
        says(page, opening, words)
    says(page, panel, "not sure")
    wait_until(page, lambda: lab.python("panel.done") == 500, "500 passes")
    numbers = "[float(panel.summary.spread.max()), float(panel.summary.standard_error.max())]"
    spread, error = lab.python(numbers)
    assert spread == pytest.approx(0.14, abs=0.02)
    passes = panel.get_by_role("spinbutton", name="passes")
    passes.fill("2000")
    passes.press("Enter")
    wait_until(page, lambda: lab.python("panel.done") == 2000, "2000 passes")
    more = lab.python(numbers)
    assert more[0] == pytest.approx(spread, rel=0.1)
    assert more[1] == pytest.approx(error / 2, rel=0.1)
    doubt = lab.python("[float(panel.summary.mutual_information[0]), float(panel.summary.ambiguity[0])]")
    assert doubt == pytest.approx([0.10, 1.07], abs=0.02)

    sparse, older = widget(page, 3), widget(page, 4)
    says(page, sparse, "The network (default) says square, 100 %")
    says(page, older, "not sure: outside what the network was trained for")
    assert lab.python("round(float(older.summary.mean[0, 5]), 2)") == pytest.approx(0.87, abs=0.02)
    tab(sparse, "Imperfections")
    type_into(sparse, "vacancies", "0")
    tab(sparse, "Lattice")
    type_into(sparse, "γ [°]", "100")
    says(page, sparse, "says centered rectangular, 99 %")
    wait_until(page, lambda: lab.python("abs(sparse.vacancies) + abs(sparse.gamma - 100) < 1e-6"), "the clean lattice")
    settled(lab, "sparse", "older")
    percent = lab.python(
        "[[round(100 * float(x[0, k])) for x in (older.summary.mean, older.summary.spread)] for k in (2, 0)]"
    )
    assert percent == [[67, 21], [33, 21]]

    viewer = widget(page, 5)
    wait_until(page, lambda: lab.python("viewer.walked is not None"), "the walk")
    mixed = "sum({a, b} == {%d, %d} for a, b in zip(viewer.content.labels, viewer.content.answers))"
    assert [lab.python(mixed % pair) for pair in ((0, 2), (0, 1), (3, 4))] == [13, 14, 0]
    assert lab.python("int((viewer.content.labels != viewer.content.answers).sum())") == 72
    way = lab.python("[int(p.argmax()) for p in viewer.walked.probabilities]")
    assert list(dict.fromkeys(way)) == [3, 2, 4]
    angles = lab.python("[lattice.gamma for lattice in viewer.walked.lattices]")
    assert 91 < angles[way.index(2)] < 93
    assert round(angles[way.index(4)]) == 119
    assert lab.python("viewer.quality") == pytest.approx(0.64, abs=0.02)
    assert viewer.get_by_text("walk", exact=True).first.is_visible()
    answer(page, lab, widget(page, 6), "guess")


def how_fast_it_grows(lab: Lab, page: Page) -> None:
    scrubber = widget(page, 0)
    wait_until(page, lambda: scrubber.locator(".lw-movie").get_attribute("data-overlays") == "24", "an analysis")
    wait_until(page, lambda: lab.python("scrubber.dataset is not None"), "the end of the analysis")
    says(page, scrubber, "doubling every 25")
    off = "float(abs(scrubber.dataset['hole_fraction'].values - movie.hole_fraction).max())"
    assert lab.python(off) < 0.006
    noise = lab.python("scrubber.dataset['fraction'].sel({'class': 'noise'}).values[[0, -1], :2]")
    assert np.round(noise, 3).tolist() == [[0.058, 0.002], [0.084, 0.002]]
    stage = scrubber.locator(".lw-movie-stage")
    stage.focus()
    page.keyboard.press(" ")
    picture = scrubber.locator(".lw-movie canvas.lw-pixels")
    wait_until(page, lambda: int(picture.get_attribute("data-frame") or 0) > 2, "it plays")
    page.keyboard.press(" ")

    chart = scrubber.locator(".lw-chart")
    box = chart.bounding_box()
    assert box
    left, right, y = box["x"] + 46, box["x"] + box["width"] - 10, box["y"] + 0.7 * box["height"]

    def span(start: float, end: float) -> None:
        page.mouse.move(left + start * (right - left), y)
        page.mouse.down()
        page.mouse.move(left + end * (right - left), y, steps=8)
        page.mouse.up()
        wait_until(page, lambda: len(lab.python("list(scrubber.span)")) == 2, "a span")
        settled(lab, "scrubber")

    span(0.001, 0.5)
    assert lab.python("scrubber.fit.model") == "linear"
    says(page, scrubber, "The holes grow evenly, by 0.02")
    lab.execute("scrubber.model = 'exponential'")
    settled(lab, "scrubber")
    assert "do not tell the rate" in lab.python("scrubber.fit.message")
    lab.execute("scrubber.model = 'best'")
    span(0.5, 0.999)
    assert lab.python("scrubber.fit.model") == "exponential"
    # which frame is the last in the span depends on the pixel where the mouse lets go
    rate, rate_error = lab.python("[scrubber.fit.rate, scrubber.fit.rate_error]")
    assert rate == pytest.approx(0.028, abs=0.002)
    assert 0.002 < rate_error < 0.005
    chart.focus()
    page.keyboard.press("Escape")
    wait_until(page, lambda: lab.python("list(scrubber.span)") == [], "no span")
    settled(lab, "scrubber")
    assert lab.python("[scrubber.fit.rate, scrubber.fit.rate_error]") == pytest.approx([0.028, 0.002], abs=0.001)
    early, late = lab.python("[scrubber.fit.area_rate(time, 7.35**2) for time in (30, 110)]")
    assert late / early == pytest.approx(9, abs=0.5)

    beam = widget(page, 1)
    says(page, beam, "7.51 eV")
    says(page, beam, "7 eV in WS2: reached")
    type_into(beam, "voltage [kV]", "80")
    says(page, beam, "7 eV in WS2: not reached")
    says(page, beam, "5.90 eV")
    answer(page, lab, widget(page, 2), "windows")


def a_real_micrograph(lab: Lab, page: Page) -> None:
    explorer, fooled, oxide = (widget(page, number) for number in range(3))
    real = "file" in lab.python("graphene.attrs['file']") or lab.python("graphene.attrs['file']") == "graphene_stm.tif"
    settled(lab, "explorer")
    geometry = lab.python("explorer.fit.lattice_type")
    assert geometry == "oblique"
    says(page, explorer, "both: oblique" if real else "geometry: oblique")
    assert lab.python("explorer.fit.unit") == ("px" if real else "nm")

    tab(fooled, "Drift")
    for kind in ("hexagonal", "square"):
        fooled.get_by_label("presume").select_option(kind)
        settled(lab, "fooled")
        fooled.get_by_role("button", name="apply this").click()
        wait_until(page, lambda: lab.python("fooled.scale") != 0, "a stretch")
        settled(lab, "fooled")
        says(page, fooled, f"both: {kind}")
        named = ("oblique", "rectangular", "centered rectangular", "square", "hexagonal").index(kind)
        assert lab.python(f"fooled.probabilities[{named}]") > 0.99
    says(page, fooled, "This presumes the answer")

    says(page, oxide, "both: square")
    error = lab.python("oxide.fit.a_error")
    stage = oxide.locator(".lw-stage").first
    stage.focus()
    lab.execute("oxide.window = (72, 96, 48, 64)")
    settled(lab, "oxide")
    assert lab.python("oxide.fit.a") == pytest.approx(0.3905 / np.sqrt(2), abs=0.01)
    assert lab.python("oxide.fit.a_error") > 3 * error
    says(page, oxide, "both: square")
    answer(page, lab, widget(page, 3), "lengths")


WALKS: dict[str, Callable[[Lab, Page], None]] = {
    walk.__name__: walk
    for walk in (
        what_is_a_lattice,
        two_spaces,
        what_spoils_the_spots,
        how_sure_is_the_network,
        how_fast_it_grows,
        a_real_micrograph,
    )
}


# Run once more than in tests/notebooks: here the widgets are on a page, where a hand moves them.
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_as_a_student_would(lab: Lab, path: Path) -> None:
    page = lab.open(path.relative_to(ROOT))
    page.set_viewport_size({"width": 1280, "height": 720})  # a projector
    page.evaluate(_KEEP_ALL)
    lab.run_all()
    name = path.stem[3:]
    shown = "len({id(each) for each in dict(globals()).values() if isinstance(each, lw.LatticeSimulator.__mro__[1])})"
    count = lab.python(shown)
    wait_until(page, lambda: widget(page, count - 1).count() == 1, "the last widget")

    # no code in the way, and none hidden from who wants it
    bars = page.locator(".jp-InputPlaceholder")
    cells = lab.python("len(In) - 1")
    assert bars.count() == cells
    assert page.locator(".jp-CodeCell .cm-content").locator("visible=true").count() == 0
    bars.last.click()
    wait_until(page, lambda: page.locator(".jp-CodeCell .cm-content").locator("visible=true").count() == 1, "the code")
    # what is folded opens by a click, and is read as Markdown
    folds = page.locator("details:has(> summary:text-is('Explanation'))")
    assert folds.count() >= 3
    assert not any(fold.get_attribute("open") is not None for fold in folds.all())
    folds.first.locator("summary").click()
    wait_until(page, lambda: folds.first.locator("p").first.is_visible(), "the explanation")
    assert folds.first.locator("strong, em").count() > 0
    folds.first.locator("summary").click()

    WALKS[name](lab, page)

    # neither on the projector nor on a phone is anything wider than the page
    _fits(page, 1280)
    lab.screenshot(f"lesson-{name}-projector")
    lab.resize("phone")
    wait_until(page, lambda: (widget(page, 0).bounding_box() or {"width": 999})["width"] < 390, "a narrow widget")
    wait_until_laid_out(page)
    _fits(page, 390)
    lab.screenshot(f"lesson-{name}-phone")


def _fits(page: Page, width: int) -> None:
    for each in page.locator(".jp-OutputArea-output .lattice-widgets, .jp-RenderedMarkdown table").all():
        box = each.bounding_box()
        if box and box["width"]:
            name = re.sub(r"\s+", " ", each.inner_text())[:60]
            assert box["x"] >= 0, name
            assert box["x"] + box["width"] <= width + 1, name
