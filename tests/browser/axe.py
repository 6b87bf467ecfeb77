"""What axe finds wrong on a page for people who do not see, see colors otherwise, or use no mouse."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_RUN = """part => axe.run(part ?? document, { resultTypes: ["violations"] }).then(({ violations }) => violations)"""


def violations(page: Page, part: str | None = None) -> list[dict[str, Any]]:
    """Give the rules that a page, or the parts of it that a selector finds, breaks; axe is loaded once for a page."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    return page.evaluate(_RUN, part)
