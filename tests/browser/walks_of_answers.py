"""What a student does in the lessons on the network, on movies and on real pictures, and what must then happen."""

import numpy as np
import pytest
from playwright.sync_api import Page

from .gestures import wait_until
from .lab import Lab
from .lesson_hands import answer, says, settled, tab, type_into, widget


def how_sure_is_the_network(lab: Lab, page: Page) -> None:
    opening, panel = widget(page, 0), widget(page, 2)  # between them the same crystal once more, beside the panel
    for gamma, words in (
        ("91", "says square, 98 %"),
        ("92", "says square, 56 %, then centered rectangular, 43 %"),
        ("93", "says centered rectangular, 87 %"),
        ("95", "says centered rectangular, 99 %"),
        ("92", "says square, 56 %"),
    ):
        type_into(opening, "γ [°]", gamma)
        says(page, opening, words)
    says(page, panel, "not sure")
    wait_until(page, lambda: lab.python("panel.done") == 500, "500 passes")
    numbers = "[float(panel.summary.std.max()), float(panel.summary.standard_error.max())]"
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
    says(page, sparse, "says centered rectangular, 100 %")
    wait_until(page, lambda: lab.python("abs(sparse.vacancies) + abs(sparse.gamma - 100) < 1e-6"), "the clean lattice")
    settled(lab, "sparse", "older")
    percent = lab.python(
        "[[round(100 * float(x[0, k])) for x in (older.summary.mean, older.summary.std)] for k in (2, 0)]"
    )
    assert percent == [[67, 21], [33, 21]]

    viewer = widget(page, 5)
    wait_until(page, lambda: lab.python("viewer.walked is not None"), "the walk")
    mixed = "sum({a, b} == {%d, %d} for a, b in zip(viewer.content.labels, viewer.content.answers))"
    assert [lab.python(mixed % pair) for pair in ((0, 2), (0, 1), (3, 4))] == [12, 15, 0]
    assert lab.python("int((viewer.content.labels != viewer.content.answers).sum())") == 74
    way = lab.python("[int(p.argmax()) for p in viewer.walked.probabilities]")
    assert list(dict.fromkeys(way)) == [3, 2, 4]
    angles = lab.python("[lattice.gamma for lattice in viewer.walked.lattices]")
    assert 91 < angles[way.index(2)] < 93
    assert round(angles[way.index(4)]) == 119
    assert lab.python("viewer.quality") == pytest.approx(0.62, abs=0.02)
    assert viewer.get_by_text("walk", exact=True).first.is_visible()
    answer(page, lab, widget(page, 7), "guess")


def how_fast_it_grows(lab: Lab, page: Page) -> None:
    scrubber = widget(page, 0)
    wait_until(page, lambda: scrubber.locator(".lw-movie").get_attribute("data-overlays") == "24", "an analysis")
    wait_until(page, lambda: lab.python("scrubber.dataset is not None"), "the end of the analysis")
    says(page, scrubber, "doubling every 25")
    off = "float(abs(scrubber.dataset['hole_fraction'].values - movie.hole_fraction).max())"
    assert lab.python(off) < 0.006
    noise = lab.python("scrubber.dataset['fraction'].sel({'class': 'noise'}).values[[0, -1], :2]")
    assert np.round(noise, 3).tolist() == [[0.058, 0.002], [0.084, 0.005]]
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
    geometry = lab.python("explorer.fit.bravais_type")
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
