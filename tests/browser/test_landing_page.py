"""The first page of the dashboards in a real browser: lessons first, each with what this visitor has done of it."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Playwright

from .axe import violations
from .chromium import launch
from .gestures import wait_until
from .lab import RESULTS, ROOT
from .test_voila import VoilaServer, open_page

LESSONS = json.loads((ROOT / "notebooks" / "lessons.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def voila(tmp_path_factory: pytest.TempPathFactory, data_mirror: str | None) -> Iterator[VoilaServer]:
    environment = {"LATTICE_WIDGETS_DATA_URL": data_mirror} if data_mirror else {}
    with VoilaServer(tmp_path_factory.mktemp("landing") / "server", environment) as server:
        yield server


@pytest.fixture
def visitor(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser that was never here."""
    context = launch(playwright, chromium, tmp_path / "visitor")
    yield context
    context.close()


def lesson(page: Page, number: int) -> Locator:
    return page.locator(".lesson").nth(number - 1)


def state(page: Page, number: int) -> str:
    return lesson(page, number).locator(".state").inner_text()


def has_its_picture(page: Page, number: int) -> bool:
    """Tell whether the picture of a lesson is there: it is loaded after its card."""
    return lesson(page, number).locator("img").evaluate("image => image.naturalWidth") == 480


def answer_one(page: Page) -> None:
    quiz = page.locator(".lattice-quiz").first
    wait_until(page, lambda: quiz.locator(".lw-quiz-choice input").count() > 0, "a question")
    quiz.locator(".lw-quiz-choice").first.click()
    quiz.get_by_role("button", name="Commit").click()
    wait_until(page, lambda: quiz.locator(".lw-quiz-said").inner_text() != "", "what is right")


def test_lessons_come_first_and_show_what_this_visitor_has_done(
    browser: BrowserContext, visitor: BrowserContext, voila: VoilaServer
) -> None:
    troubles: list[str] = []
    page = open_page(visitor, voila, voila.url, troubles)
    wait_until(page, lambda: page.locator(".lesson").count() == len(LESSONS), "a card for each lesson")
    assert page.get_by_role("heading", level=1).inner_text() == "Lessons"
    for number, row in enumerate(LESSONS, 1):
        card = lesson(page, number)
        assert row["about"] in card.inner_text()
        assert " minutes" in card.inner_text()
        assert card.locator("ul li").count() >= 3
        wait_until(page, partial(has_its_picture, page, number), "its picture")
        assert state(page, number) == "Not begun yet"
    assert page.locator(".lesson em").count() > 0
    assert "*" not in page.locator(".lessons").inner_text()
    # lessons first, and then the tours
    first, other = lesson(page, 1).bounding_box(), page.get_by_role("link", name="The strain map").bounding_box()
    assert first
    assert other
    assert first["y"] < other["y"]

    # ---- a lesson: two predictions and a question; the whole card is the link
    lesson(page, 2).locator("img").click(force=True)  # it lies under the link
    cards = page.locator(".lw-predict")
    wait_until(page, lambda: cards.count() == 4, "four predictions")
    wait_until(page, lambda: cards.nth(0).get_by_role("button", name="Skip").is_enabled(), "an open choice")
    explanation = page.locator("details.lw-explains-two_spaces-1")
    explanation.locator("summary").click()
    wait_until(page, lambda: "Choose a letter first" in cards.nth(0).inner_text(), "what is missing")
    cards.nth(0).get_by_role("button", name="I predict b").click()
    wait_until(page, lambda: "You predicted b." in cards.nth(0).inner_text(), "what was predicted")
    explanation.locator("summary").click()
    assert explanation.locator("p").first.is_visible()
    cards.nth(1).get_by_role("button", name="Skip").click()
    wait_until(page, lambda: "Skipped." in cards.nth(1).inner_text(), "that it was skipped")
    answer_one(page)
    page.get_by_role("navigation").get_by_role("link", name="Lessons", exact=True).click()
    wait_until(
        page, lambda: state(page, 2) == "Begun · predictions: 2 of 4, questions answered: 1 of 6", "what was done"
    )
    assert state(page, 1) == "Not begun yet"

    # ---- under a name the rest of the predictions; both count
    lesson(page, 2).get_by_role("link").click()
    wait_until(
        page, lambda: cards.count() == 4 and "You predicted b." in cards.nth(0).inner_text(), "what was predicted"
    )
    name = page.locator(".lattice-prediction").first.get_by_label("your name")
    name.fill("Ada")
    name.press("Enter")
    wait_until(page, lambda: cards.nth(1).get_by_role("button", name="Skip").is_visible(), "the choices of Ada")
    cards.nth(2).get_by_role("button", name="I predict a").click()
    wait_until(page, lambda: "You predicted a." in cards.nth(2).inner_text(), "what Ada predicted")
    page.get_by_role("navigation").get_by_role("link", name="Lessons", exact=True).click()
    wait_until(page, lambda: "predictions: 3 of 4, questions answered: 1 of 6" in state(page, 2), "what was done")

    # ---- another visitor has done nothing
    other_page = open_page(browser, voila, voila.url, troubles)
    wait_until(other_page, lambda: state(other_page, 2) == "Not begun yet", "a page of somebody new")
    other_page.close()

    # ---- on a phone, in both themes, by keyboard; and axe finds nothing
    for theme, bright in (("light", True), ("dark", False)):
        page.goto(f"{voila.url}?theme={theme}")
        for size in ((390, 844), (1366, 768)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the page"
            RESULTS.mkdir(exist_ok=True)
            page.screenshot(path=RESULTS / f"landing-{size[0]}-{theme}.png", full_page=size[0] == 390)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (ground[0] > 200) == bright
        assert violations(page) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()").startswith("1 ")
    page.keyboard.press("Enter")
    wait_until(page, lambda: page.locator("body.theme-dark").count() == 1, "the lesson in the same theme")
    page.close()
    assert [trouble for trouble in troubles if "ERR_ABORTED" not in trouble] == []
