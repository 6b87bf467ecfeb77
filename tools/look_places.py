"""Where people meet the kit, for `look`: JupyterLab, dashboards, and the site without a server."""

import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from make_readme_pictures import IMPORT, SCENES, serve_data  # noqa: E402

from tests.browser.lab import THEMES, Lab  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402
from tests.browser.voila_server import VoilaServer  # noqa: E402
from tests.patience import LONG_PATIENCE  # noqa: E402
from tests.site.lite import Lite  # noqa: E402
from tests.site.own_pyodide import fetch_pyodide  # noqa: E402

NOTEBOOKS = tuple(sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")))
#: where static files lie for the site's builder to use; its interpreter is told by LATTICE_WIDGETS_SITE_PYTHON
SITE = ROOT / "build" / "site-to-look-at"
#: no error: a page that is left, and the icon of a tab that changes, give up what they were asking for
_GIVEN_UP = re.compile(r"(/lab/api/workspaces/|/api/nbconvert|/favicons/)\S* net::ERR_ABORTED")
#: keeps cells on the page that are out of view
_KEEP_ALL = """() => { const { content } = jupyterapp.shell.currentWidget;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: "none" } }"""
_CHANGE_THEME = "theme => { jupyterapp.commands.execute('apputils:change-theme', { theme }) }"
_THEME_IS = "theme => document.body.dataset.jpThemeName === theme"
#: resolves when nothing on the page has changed for some seconds, or when that never comes (a movie that plays)
_QUIET = """() => new Promise(resolve => {
    let timer = setTimeout(resolve, 4000);
    const observer = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(resolve, 4000) });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(resolve, 90000) })"""


class Place(Protocol):
    """A place where widgets and notebooks are met."""

    #: what can be opened
    subjects: tuple[str, ...]

    @property
    def page(self) -> Page:
        """The page that is open."""
        ...

    def open(self, name: str) -> None:
        """Open what is named, and wait until it has come to rest."""
        ...

    def theme(self, name: str) -> None:
        """Show it light or dark."""
        ...

    def files(self, shown: bool) -> None:
        """Open or close the list of files, where there is one."""
        ...

    def close(self) -> list[str]:
        """Close it; return what page, kernel and server said of errors."""
        ...


class InLab:
    """Widgets alone and whole notebooks, in the whole of JupyterLab, as people open it, and not as a document alone."""

    subjects = (*SCENES, *NOTEBOOKS)

    def __init__(self, browser: BrowserContext, server: LabServer) -> None:
        self._lab = Lab(browser, server)

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self._lab.page

    def open(self, name: str) -> None:
        """Open and run what is named."""
        cell, then = SCENES.get(name, ("", ""))
        self._lab.open([f"{IMPORT}{cell}\nshown"] if name in SCENES else Path("notebooks") / f"{name}.ipynb")
        self.page.goto(self.page.url.replace("/doc/tree/", "/lab/tree/"))
        self._lab.wait_ready()
        self.page.evaluate(_KEEP_ALL)
        self._lab.run_all()
        if then:
            self._lab.execute(then)

    def theme(self, name: str) -> None:
        """Show it light or dark."""
        self._lab.theme(name)

    def files(self, shown: bool) -> None:
        """Open or close the list of files."""
        _show_files(self.page, shown)

    def close(self) -> list[str]:
        """Close it; return what page, kernel and server said of errors."""
        return [problem for problem in self._lab.close() if not _GIVEN_UP.search(problem)]


class OnDashboard:
    """Notebooks as dashboards."""

    subjects = NOTEBOOKS

    def __init__(self, browser: BrowserContext, server: VoilaServer) -> None:
        self._browser, self._server = browser, server
        self._problems: list[str] = []
        self.page: Page

    def open(self, name: str) -> None:
        """Open a notebook, and wait until all of its cells are there."""
        self.page = self._browser.new_page()
        self._problems = []
        _listen(self.page, self._problems.append)
        self.page.goto(self._server.lesson(f"{name}.ipynb"), timeout=1000 * LONG_PATIENCE, wait_until="commit")
        self.page.locator("#rendered_cells").wait_for(timeout=1000 * LONG_PATIENCE)
        self.page.evaluate(_QUIET)

    def theme(self, name: str) -> None:
        """Show it light or dark, by the link on the page."""
        link = self.page.get_by_role("link", name=f"{name.capitalize()} theme")
        if link.count():
            link.click()
        self.page.wait_for_function(_THEME_IS, arg=THEMES[name], polling=50)

    def files(self, shown: bool) -> None:
        """There is no list of files."""

    def close(self) -> list[str]:
        """Close the page; return what it and the server said of errors."""
        self.page.close()
        return self._problems + self._server.new_errors()


class OnSite:
    """Notebooks on the site, each with its kernel in the browser."""

    def __init__(self, browser: BrowserContext, address: str) -> None:
        self.subjects = tuple(sorted(path.stem for path in (SITE / "files").glob("*.ipynb")))
        self._lite = Lite(browser, address)
        self._problems: list[str] = []
        browser.on("page", lambda page: _listen(page, self._note))

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self._lite.page

    def open(self, name: str) -> None:
        """Open and run a notebook."""
        self._problems = []
        self._lite.open(f"{name}.ipynb")
        self.page.evaluate(_KEEP_ALL)
        for number, cell in enumerate(self._lite.run_all()):
            self._problems += [
                f"cell {number}: {output['ename']}: {output['evalue']}"
                for output in cell["outputs"]
                if output["output_type"] == "error"
            ]
        self._problems += [f"{name} says: {said}" for name, said in self._lite.errors().items()]

    def theme(self, name: str) -> None:
        """Show it light or dark."""
        self.page.evaluate(_CHANGE_THEME, THEMES[name])
        self.page.wait_for_function(_THEME_IS, arg=THEMES[name], polling=50)

    def files(self, shown: bool) -> None:
        """Open or close the list of files."""
        _show_files(self.page, shown)

    def close(self) -> list[str]:
        """Close the page; return what it said of errors."""
        self.page.close()
        return self._problems

    def _note(self, problem: str) -> None:
        self._problems.append(problem)


@contextmanager
def lab(browser: BrowserContext, folder: Path, data: Path | None) -> Iterator[Place]:
    """Start JupyterLab in a folder."""
    with LabServer(folder / "lab", serve_data(data)) as server:
        yield InLab(browser, server)


@contextmanager
def dashboards(browser: BrowserContext, folder: Path, data: Path | None) -> Iterator[Place]:
    """Start Voila in a folder."""
    with VoilaServer(folder / "voila", serve_data(data)) as server:
        yield OnDashboard(browser, server)


@contextmanager
def site(browser: BrowserContext, folder: Path, data: Path | None) -> Iterator[Place]:
    """Make the site with a Pyodide of its own, and serve it: it has samples of its own, real pictures are not among them."""
    if "LATTICE_WIDGETS_SITE_PYTHON" not in os.environ:
        sys.exit('The site is made by an interpreter of its own: make look ARGS="--places site"')
    import make_site  # asks for that interpreter

    with tempfile.TemporaryDirectory() as fetched:
        make_site.make(SITE, fetch_pyodide(Path(fetched)))
    handler = partial(make_site.Handler, directory=str(SITE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield OnSite(browser, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


PLACES = {"lab": lab, "dashboards": dashboards, "site": site}


def _show_files(page: Page, shown: bool) -> None:
    if page.evaluate("() => !jupyterapp.shell.leftCollapsed") != shown:
        page.evaluate("shown => jupyterapp.shell[shown ? 'expandLeft' : 'collapseLeft']()", shown)


def _listen(page: Page, note: Callable[[str], None]) -> None:
    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            note(f"console: {message.text}")

    def catch(error: Error) -> None:
        note(f"page error: {error.stack or error}")

    def miss(response: Response) -> None:
        if response.status >= 400:
            note(f"{response.status}: {response.url}")

    page.on("console", hear)
    page.on("response", miss)
    page.on("pageerror", catch)
