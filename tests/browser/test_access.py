"""Access to every widget: names, contrast, keyboard, focus, narrow pages, less motion, another language; in both themes."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

import lattice_widgets as lw
from lattice_widgets.core.kinetics.beam import THRESHOLDS
from tests.pseudo_language import LANGUAGE, plain_words, write_pseudo_catalog

from .axe import violations
from .every_widget import CELL, CLIPPED, NAMES, show
from .gestures import press, wait_until, wait_until_laid_out
from .lab import Lab

pytestmark = pytest.mark.one_kernel

# What can be reached, and is: the roles and names that a screen reader finds are axe's business.
_STOPS = """root => Array.from(root.querySelectorAll(
    'button, input, select, textarea, a[href], [tabindex="0"], [contenteditable="true"]'))
    .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0
        && e.getBoundingClientRect().width > 0)"""
_START = f"""() => {{
    const root = document.querySelector(".lattice-widgets");
    window.stops = ({_STOPS})(root); window.reached = new Set();
    root.tabIndex = -1; root.focus();
    return stops.length }}"""
# The ring: something about the element or its parents looks otherwise while it has the focus.
_HERE = """() => {
    const e = document.activeElement, root = document.querySelector(".lattice-widgets");
    if (!root.contains(e) || e === root) return null;
    reached.add(e);
    const look = () => [e, e.parentElement, e.parentElement.parentElement].map(part => {
        const s = getComputedStyle(part);
        return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.borderWidth,
            s.backgroundColor].join() }).join("|");
    const focused = look(); const ring = getComputedStyle(e).outlineStyle !== "none";
    e.blur(); const plain = look(); e.focus({ preventScroll: true });
    return { what: e.outerHTML.slice(0, 140), seen: ring || focused !== plain } }"""
_MISSED = "() => stops.filter(e => e.isConnected && !reached.has(e)).map(e => e.outerHTML.slice(0, 140))"
_SPOKEN = """() => {
    const root = document.querySelector(".lattice-widgets"), found = [];
    for (const e of root.querySelectorAll("*")) {
        // a chart's own parts are not ours; what we write in it is tested without a browser
        if (e.closest(".lattice-widgets-code, .bqplot")) continue;
        for (const name of ["title", "aria-label", "aria-description", "placeholder", "aria-valuetext"])
            if (e.getAttribute(name) && e.getAttribute(name) !== "null") // which ipywidgets writes for no tooltip
                found.push(e.getAttribute(name));
        if (e.tagName === "STYLE" || e.tagName === "CODE") continue;
        for (const node of e.childNodes) if (node.nodeType === 3 && node.data.trim()) found.push(node.data) }
    return found }"""


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    return page


def complaints(page: Page, *, colors_only: bool = False) -> list[str]:
    return [
        f"{found['id']}: {node['html'][:150]}: {node['failureSummary']}"
        for found in violations(page, ".lattice-widgets", colors_only=colors_only)
        for node in found["nodes"]
    ]


#: how many frames a page asks for in four tenths of a second
_FRAMES = """() => new Promise(done => {
    const own = window.requestAnimationFrame;
    let count = 0;
    window.requestAnimationFrame = paint => (count++, own.call(window, paint));
    setTimeout(() => { window.requestAnimationFrame = own; done(count) }, 400) })"""


@pytest.mark.parametrize("name", NAMES)
def test_a_widget_is_for_everyone(name: str, lab: Lab, page: Page) -> None:
    show(lab, page, name)
    wait_until(page, lambda: page.evaluate(_FRAMES) == 0, "a page that rests: drawing for ever empties a battery")
    tabs = page.locator(".lattice-widgets [role=tab]")
    found: list[str] = []
    for theme in ("dark", "light"):
        lab.theme(theme)
        for number in range(max(tabs.count(), 1)):
            if tabs.count():
                tabs.nth(number).click()
                wait_until_laid_out(page, quiet=0.15)
            found += [f"{theme}, tab {number}: {one}" for one in complaints(page, colors_only=theme == "light")]
    assert not found, "\n".join(dict.fromkeys(found))

    assert page.evaluate(_START) >= 2
    hidden = []
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        if here is None:
            break
        if not here["seen"]:
            hidden.append(here["what"])
    assert not hidden, "no ring shows the focus on:\n" + "\n".join(hidden)
    missed = page.evaluate(_MISSED)
    assert not missed, "the Tab key does not get to:\n" + "\n".join(missed)

    if name == "quiz":  # its chart of scores, see above; tests/browser/test_quiz.py opens it at phone width
        return
    # the page is live: what was laid out for a laptop is laid out again
    for number in range(max(tabs.count(), 1)):
        if tabs.count():
            tabs.nth(number).click()
        page.set_viewport_size({"width": 390, "height": 3000})
        try:
            wait_until(page, lambda: not page.evaluate(CLIPPED), "a page where nothing is clipped")
        finally:
            clipped = page.evaluate(CLIPPED)
            assert not clipped, f"tab {number}:\n" + "\n".join(clipped)
        lab.resize("laptop")


def test_the_page_of_a_record_is_for_everyone(browser: BrowserContext, tmp_path: Path) -> None:
    picture = lw.load_sample("simulated_srtio3_stem")
    record = lw.write_record(tmp_path / "record", "window", picture, window=(10, 20, 128, 140))
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((record / "record.html").as_uri())
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found += [f"{theme}: {one['id']}: {one['nodes'][0]['html'][:150]}" for one in violations(page)]
        page.screenshot(path=tmp_path / f"{theme}.png", full_page=True)
    assert not found, "\n".join(found)
    assert page.locator("img").evaluate_all("all => all.every(one => one.naturalWidth > 300)")
    assert all(url.startswith(("file:", "data:")) for url in asked), asked
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_tabs_and_sliders_go_by_keys_alone(lab: Lab, page: Page) -> None:
    show(lab, page, "simulator")
    first = page.locator(".lattice-widgets [role=tab]").first
    press(first, "ArrowRight")
    page.keyboard.press("Enter")
    wait_until(page, lambda: page.locator(".lattice-widgets-mode").is_visible(), "the second page")
    first.click()
    handle = page.get_by_role("slider", name="γ [°]")
    press(handle, "ArrowLeft", 3)
    wait_until(page, lambda: lab.python("shown.gamma") < 120, "a smaller angle")
    assert "Angle between" in (handle.get_attribute("aria-description") or "")
    live = page.locator(".lattice-widgets-live[aria-live=polite]")
    wait_until(page, lambda: lab.python("shown.message") in live.all_inner_texts(), "words that are read out")
    show(lab, page, "viewer")
    noise = page.get_by_role("button", name="noise")
    press(noise, "Enter")
    wait_until(page, lambda: noise.get_attribute("aria-pressed") == "false", "the class hidden")
    assert noise.evaluate("e => e === document.activeElement"), "the focus is lost"
    assert not complaints(page)


def test_who_wants_less_motion_starts_a_movie_by_hand(lab: Lab, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(lab, page, "movie")
    lab.execute("shown.playing = True")
    wait_until(page, lambda: lab.python("shown.playing") is False, "a movie that no script starts")
    page.locator(".lw-play").click()
    wait_until(page, lambda: lab.python("shown.playing and shown.frame > 0"), "a movie started by hand")


def test_all_that_the_page_says_is_translated(lab: Lab, tmp_path: Path) -> None:
    folder = write_pseudo_catalog(tmp_path)
    variables = {"LATTICE_WIDGETS_LOCALE": str(folder), "LATTICE_WIDGETS_LANGUAGE": LANGUAGE}
    page = lab.open([f"import os\nos.environ.update({variables!r})", CELL])
    lab.run_all()
    data = lab.python("[picture.attrs.get('title', ''), *(sample.name for sample in lw.list_samples())]")
    own = {word for text in data for word in plain_words(text)}
    own |= {word for limit in THRESHOLDS for word in plain_words(limit.source)}
    cells = [(cell.name, cell.crystal, cell.source) for cell in lw.known_cells().values()]
    own |= {word for texts in cells for text in texts for word in plain_words(text)}
    own |= {*plain_words("answers/lattice-level1-seed5.json.")}
    own |= {"movie.csv", "movie.svg", "movie.png", "movie.mp4", "movie.gif", "movie.zarr", "movie.nc", "fps"}
    own |= {*plain_words("ws2_beam_damage")}
    own |= {*plain_words("srtio3.npy"), *plain_words("micrographs")}
    left: list[str] = []
    for name in NAMES:
        show(lab, page, name)
        tabs = page.locator(".lattice-widgets [role=tab]")
        for number in range(max(tabs.count(), 1)):
            if tabs.count():
                tabs.nth(number).click()
                wait_until_laid_out(page, quiet=0.15)
            said = page.evaluate(_SPOKEN)
            assert sum("⟦" in text for text in said) > 8
            left += [f"{name}: {text}" for text in said if set(plain_words(text)) - own]
    assert not left, "\n".join(dict.fromkeys(left))
