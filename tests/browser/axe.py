"""What axe finds wrong on a page for people who do not see, see colors otherwise, or use no mouse."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_RUN = """([part, tags]) => axe.run(part ?? document, { resultTypes: ["violations"], ...(tags && { runOnly: tags }) })
    .then(({ violations }) => violations)"""


def violations(page: Page, part: str | None = None, *, colors_only: bool = False) -> list[dict[str, Any]]:
    """Give the rules that a page, or the parts of it that a selector finds, breaks; axe is loaded once for a page.

    Where another theme is all that has changed, `colors_only` asks the rules that can tell it.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    return page.evaluate(_RUN, [part, ["cat.color"] if colors_only else None])
