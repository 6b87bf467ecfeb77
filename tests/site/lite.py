"""A notebook of the site, open in a browser, with its kernel in that browser: what a test of the site holds in its hands."""

import json
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.gestures import wait_until_laid_out
from tests.patience import LONG_PATIENCE

_SESSION = "const session = window.jupyterapp?.shell?.currentWidget?.sessionContext;"
_READY = f"""() => {{ {_SESSION}
    return window.jupyterapp?.shell?.currentWidget?.context?.isReady && session?.isReady && session?.session?.kernel }}"""
# Kept in variables of the page and polled: evaluate() itself would wait without limit.
_RUN_ALL = f"""() => {{ {_SESSION}
    window.runAll = null;
    session.session.kernel.info.then(() => jupyterapp.commands.execute("notebook:run-all-cells")).then(
        ok => {{ window.runAll = {{ ok }} }}, error => {{ window.runAll = {{ ok: false, error: String(error) }} }}) }}"""
_CELLS = """() => Array.from(jupyterapp.shell.currentWidget.content.model.cells)
    .filter(cell => cell.type === "code")
    .map(cell => ({ count: cell.executionCount, outputs: cell.outputs.toJSON() }))"""
_EXECUTE = f"""code => {{ {_SESSION}
    window.answer = null;
    const said = {{ text: "", error: "" }};
    const future = session.session.kernel.requestExecute({{ code }});
    future.onIOPub = ({{ header, content }}) => {{
        if (header.msg_type === "stream" && content.name === "stdout") said.text += content.text;
        if (header.msg_type === "error") said.error = content.traceback.join("\\n");
    }};
    future.done.then(() => {{ window.answer = said }}, error => {{ window.answer = {{ ...said, error: String(error) }} }}) }}"""
# a cell that is far from what is seen is hidden, and cannot be scrolled to by the browser's own means
_SHOW_CELL = """part => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const number = notebook.widgets.findIndex(cell => cell.node.contains(part));
    if (number >= 0) notebook.scrollToItem(number).catch(() => {}) }"""
_ERRORS = """
from lattice_widgets.widgets.base import LatticeWidget
__widgets = {name: each for name, each in globals().items() if isinstance(each, LatticeWidget) and name[0] != "_"}
for __each in __widgets.values():
    await __each.settled()
"""


class Lite:
    """Opens notebooks of the site, and notes every host that a page asks for anything.

    Parameters
    ----------
    browser
        The browser to open pages in.
    site
        Address of the site.

    Attributes
    ----------
    page : playwright.sync_api.Page
        The page of the notebook opened last.
    hosts : set of str
        Who was asked. ``data:`` and ``blob:`` addresses have no host.
    """

    def __init__(self, browser: BrowserContext, site: str) -> None:
        self.site = site
        self.hosts: set[str] = set()
        self.page: Page
        self._browser = browser

    def open(self, name: str) -> Page:
        """Open a notebook in a new page, and wait until it has a kernel."""
        self.page = self._browser.new_page()
        # tall: JupyterLab does not draw cells that are far out of view
        self.page.set_viewport_size({"width": 1500, "height": 1800})
        self.page.on("request", self._note)
        self.load(name)
        return self.page

    def load(self, name: str) -> None:
        """Load the page anew with a notebook, which gets another kernel: what is left is what the browser has stored."""
        self.page.goto(f"{self.site}/lab/index.html?path={name}")
        self.wait_ready()
        self.page.evaluate("() => jupyterapp.shell.collapseLeft()")  # the list of files takes a fifth of the width

    def wait_ready(self) -> None:
        """Wait until the notebook has a kernel."""
        self.page.wait_for_function(_READY, timeout=1000 * LONG_PATIENCE, polling=50)

    def run_all(self) -> list[dict[str, Any]]:
        """Run all cells; return, of each cell of code, its ``count`` and its ``outputs``."""
        self.page.evaluate(_RUN_ALL)
        self.page.wait_for_function("() => window.runAll", timeout=1000 * LONG_PATIENCE, polling=50)
        outcome = self.page.evaluate("window.runAll")
        assert outcome["ok"], f"JupyterLab did not run all cells: {outcome.get('error', 'it was canceled')}"
        return self.page.evaluate(_CELLS)

    def execute(self, statements: str) -> str:
        """Run statements in the notebook's kernel, which may ``await``, and return what they print."""
        self.page.evaluate(_EXECUTE, statements)
        self.page.wait_for_function("() => window.answer", timeout=1000 * LONG_PATIENCE, polling=20)
        answer = self.page.evaluate("window.answer")
        assert not answer["error"], f"{statements}\n{answer['error']}"
        return answer["text"]

    def python(self, expression: str) -> Any:
        """Give the value of an expression in the notebook's kernel, as JSON carries it; arrays become lists."""
        to_json = "default=lambda o: o.tolist() if hasattr(o, 'tolist') else list(o)"
        return json.loads(self.execute(f"print(__import__('json').dumps(({expression}), {to_json}))"))

    def errors(self) -> dict[str, str]:
        """Wait until the widgets that have a name show their answers, and return what they say is wrong."""
        self.execute(_ERRORS)
        return self.python("{name: each.error for name, each in __widgets.items() if each.error}")

    def reach(self, part: Locator) -> Locator:
        """Scroll to a part of the page, and wait until nothing moves any more: a hand would miss it."""
        part.wait_for(state="attached")
        for _ in range(2):  # what comes into view is drawn then, and moves the rest
            part.evaluate(_SHOW_CELL)
            part.scroll_into_view_if_needed()
            wait_until_laid_out(self.page)
        return part

    def _note(self, request: Any) -> None:
        self.hosts.add(urlsplit(request.url).netloc)
