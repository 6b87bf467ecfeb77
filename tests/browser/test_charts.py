"""Charts in a real JupyterLab: nothing is written over something else, and they follow when the page becomes narrow."""

from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Page

from .gestures import wait_until, wait_until_looks_still, wait_until_still
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import ipywidgets as ipw
import numpy as np
import lattice_widgets as lw
picture = lw.load_sample("simulated_srtio3_stem")
explorer, beam, panel = lw.FFTExplorer(picture), lw.BeamEnergy(), lw.ProbabilityPanel(picture, n_passes=250)
ipw.VBox([explorer, beam, panel])
"""

#: of a chart: its own width, that of its drawing and of what it stands in, and the boxes of its titles and ticks
_LOOK = """chart => {
    const box = part => {
        const { left, top, right, bottom } = part.getBoundingClientRect();
        return [left, top, right, bottom] };
    const seen = part => part.textContent.trim() && part.getBoundingClientRect().width > 0;
    const all = selector => Array.from(chart.querySelectorAll(selector)).filter(seen).map(
        part => [part.textContent, ...box(part)]);
    return { outer: box(chart), room: chart.parentElement.getBoundingClientRect().width,
        plot: box(chart.querySelector(".plotarea_background")), titles: all("text.axislabel"), ticks: all("g.tick text") } }"""

_PLOT = """chart => {
    const { left, top, right, bottom } = chart.querySelector(".plotarea_background").getBoundingClientRect();
    return [left, top, right, bottom].join() }"""


def charts(page: Page) -> Iterator[dict[str, list]]:
    """Give what each chart looks like; a chart is drawn anew when it comes into view."""
    found = page.locator(".bqplot")
    for number in range(found.count()):
        chart = found.nth(number)
        chart.scroll_into_view_if_needed()
        wait_until_looks_still(chart, _PLOT)
        yield chart.evaluate(_LOOK)


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """How far two boxes (left, top, right, bottom) reach into each other [CSS px]."""
    return min(min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1]))


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(explorer.probabilities)") == 6, "the explorer's answer")
    wait_until(page, lambda: not lab.python("panel.busy"), "all passes")
    page.locator(".lattice-widgets-ruler").first.click()
    page.locator(".lw-profile-curve path.line:visible").first.wait_for()
    return page


def widths(looks: list[dict[str, list]]) -> list[float]:
    return [chart["plot"][2] - chart["plot"][0] for chart in looks]


def holds(chart: dict[str, list], number: int) -> None:
    """Hold that a chart is within its room, its titles within the chart, and that none of its texts lies over another."""
    left, top, right, bottom = chart["outer"]
    assert right - left <= chart["room"] + 1
    assert chart["plot"][2] <= right + 1
    for text, *title in chart["titles"]:
        inside = left - 1 <= title[0] and top - 1 <= title[1] and title[2] <= right + 1 and title[3] <= bottom + 1
        assert inside, (number, text)
        for tick, *place in chart["ticks"]:
            assert overlap(title, place) <= 1, (number, text, tick)
    for count, (tick, *place) in enumerate(chart["ticks"]):
        for other, *next_place in chart["ticks"][:count]:
            assert overlap(place, next_place) <= 1, (number, tick, other)


def test_charts_follow_the_page_and_nothing_is_written_over_something_else(lab: Lab, page: Page) -> None:
    """On a laptop, on a phone, and on the laptop again."""
    wide = list(charts(page))
    assert len(wide) == 7, "two profiles, three times bars, energies, reliability"
    lab.screenshot("charts-laptop")
    for number, chart in enumerate(wide):
        holds(chart, number)

    lab.resize("phone")
    page.wait_for_timeout(500)  # bqplot waits for 300 ms before it draws anew
    narrow = list(charts(page))
    lab.screenshot("charts-phone")
    assert len(narrow) == 7
    for number, chart in enumerate(narrow):
        holds(chart, number)
        assert chart["outer"][2] <= 390
    assert max(widths(narrow)) < max(widths(wide))

    lab.resize("laptop")
    page.wait_for_timeout(500)
    assert widths(list(charts(page))) == pytest.approx(widths(wide), abs=2)


def test_a_chart_that_stayed_wide_is_drawn_anew(lab: Lab, page: Page) -> None:
    """What bqplot leaves now and then on a busy machine is made by hand: its canvas is wider than the chart."""
    host = page.locator(".lw-chart-host:visible").first
    host.scroll_into_view_if_needed()
    canvas = host.locator(".bqplot canvas").first
    width = wait_until_still(page, lambda: canvas.evaluate("e => e.width"))
    assert width > 100
    canvas.evaluate("e => { e.width = 900 }")
    host.evaluate("e => { e.style.minHeight = `${e.clientHeight + 3}px` }")  # not the chart's width: nothing for bqplot
    wait_until(page, lambda: canvas.evaluate("e => e.width") <= width, "a chart as wide as its room")
    wait_until(page, lambda: canvas.evaluate("e => e.width") == width, "its own width")
