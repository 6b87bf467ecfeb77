"""A notebook, open in JupyterLab in a browser, with its kernel: what a browser test holds in its hands."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, Request, Response
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.patience import LONG_PATIENCE, PATIENCE

from .kept_page import PUT_BACK_KERNEL, PUT_BACK_PAGE, REMEMBER, STATE_OF_KERNEL, TO_TOP
from .lab_server import LabServer

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results"
#: width and height in CSS pixels; the laptop's is tall because JupyterLab does not draw cells that are out of view
SIZES = {"laptop": (1400, 1800), "phone": (390, 844)}
#: how often a page is put back before a new one comes: each showing of a widget leaves some 15 to 40 MB in it
MOST_TIMES_KEPT = 25
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
#: What JupyterLab itself writes to the console as an error, by a part of its text. Nothing so far: keep it so.
NOISE_OF_JUPYTERLAB: tuple[str, ...] = ()
#: Error of a page that was so busy that anywidget gave a widget up, which hears its kernel all the same: see `test_slow_page`.
GIVEN_UP = "[anywidget] Failed to initialize model."

_SESSION = "const session = window.jupyterapp?.shell?.currentWidget?.sessionContext;"
# The page says "idle" before the kernel is attached, and Run All then asks for a kernel and waits for ever.
_READY = f"""() => {{ {_SESSION}
    const kernel = session?.session?.kernel;
    return window.jupyterapp?.shell?.currentWidget?.context?.isReady && session?.isReady
        && kernel?.connectionStatus === "connected" && kernel.status === "idle" }}"""
# An error in a widget's callback or in a thread reaches no cell's result: it is told on the kernel's own channel.
_LISTEN = f"""() => {{ {_SESSION}
    window.errorsOutsideCells = []; window.stderr = "";
    session.iopubMessage.connect((_, {{ header, parent_header, content }}) => {{
        if (header.msg_type === "error" && parent_header.msg_type !== "execute_request")
            window.errorsOutsideCells.push(content.traceback.join("\\n"));
        if (header.msg_type === "stream" && content.name === "stderr") window.stderr += content.text;
    }}) }}"""
_RUN_ALL = """() => {
    window.runAll = null;
    jupyterapp.commands.execute("notebook:run-all-cells").then(
        ok => { window.runAll = { ok } }, error => { window.runAll = { ok: false, error: String(error) } }) }"""
_CELLS = """() => Array.from(jupyterapp.shell.currentWidget.content.model.cells, cell => ({
    source: cell.sharedModel.getSource(),
    error: cell.type === "code" && cell.outputs.toJSON().find(output => output.output_type === "error") }))"""
_ASK = f"""([code, expressions]) => {{ {_SESSION}
    const quietly = {{ silent: false, store_history: false, stop_on_error: false }};
    return session.session.kernel.requestExecute({{ code, user_expressions: expressions, ...quietly }}).done.then(
        reply => reply.content, error => ({{ status: "error", ename: "KernelGone", evalue: String(error) }})) }}"""
_STATE = f"""() => {{ {_SESSION}
    const kernel = session?.session?.kernel;
    return {{ document: window.jupyterapp?.shell?.currentWidget?.context?.isReady ?? null, session: session?.isReady ?? null,
        kernel: kernel?.status ?? null, connection: kernel?.connectionStatus ?? null,
        dialog: document.querySelector(".jp-Dialog")?.textContent ?? null }} }}"""


class KernelError(AssertionError):
    """Python raised an error: in a cell, in a widget's callback, or in what the test asked the kernel."""

    @classmethod
    def from_message(cls, where: str, message: dict[str, Any]) -> KernelError:
        traceback = "\n".join(message.get("traceback", []))
        return cls(f"{where}: {message.get('ename')}: {message.get('evalue')}\n{traceback}")


class Lab:
    """Opens notebooks of one server in pages of one browser, and notes whatever goes wrong there from the first moment.

    Parameters
    ----------
    browser
        The browser to open pages in.
    server
        The server whose notebooks are opened.
    keeps_kernel
        Whether page and kernel stay after `close`: who opens cells then gets the same ones, put back, and need not wait for a
        page, a kernel and its imports. `end` closes them. What a test left in them that failed is no place for the next one.

    Attributes
    ----------
    page : playwright.sync_api.Page
        The page of the notebook opened last.
    path : pathlib.Path
        The file of the notebook opened last.
    """

    def __init__(self, browser: BrowserContext, server: LabServer, *, keeps_kernel: bool = False) -> None:
        self.page: Page
        self.path: Path
        self._keeps_kernel = keeps_kernel
        #: of a kernel that stays: its folder and the settings of the kit in its environment
        self._at_first: tuple[str, dict[str, str]] | None = None
        self._times_kept = 0
        self._aborts = 0
        #: the cells that stand there as they were run: who ran them has only looked
        self._looked_at: list[str] | None = None
        self._browser = browser
        self._server = server
        self._problems: list[str] = []
        self._theme_changed = False
        self._is_open = False
        self._is_reloading = False

    def open(self, notebook: str | Path | Sequence[str], *, size: str = "laptop") -> Page:
        """Open a notebook and wait for its kernel.

        Parameters
        ----------
        notebook
            Path of a notebook in the repository (the whole folder is copied, so nothing there changes), or the sources
            of the code cells of a new one.
        size
            ``"laptop"`` or ``"phone"``.
        """
        is_file = isinstance(notebook, str | Path)
        self._looked_at = None
        if self._at_first is not None:
            if not is_file and self._times_kept < MOST_TIMES_KEPT and self._aborts == self._server.aborts:
                return self._open_again(notebook, size)
            problems = self.end()
            if self._aborts == self._server.aborts:  # what is wrong with a kernel that we aborted ourselves is known
                self._problems += problems
        assert not self._is_open, "close() the notebook first"
        self.open_file(self._copy(ROOT / notebook) if is_file else self._write(notebook), size=size)
        if self._keeps_kernel and not is_file:
            folder, environment = self.python(STATE_OF_KERNEL)
            self.page.evaluate(REMEMBER)
            self._at_first, self._times_kept, self._aborts = (folder, environment), 0, self._server.aborts
        return self.page

    def look_at(self, cells: Sequence[str], *, size: str = "laptop") -> Page:
        """Open cells and run them all, or leave them as they are where the test before has called this with the same ones.

        Whoever calls it promises to look only, at sizes of the page too: what a widget shows is not changed.
        """
        if self._at_first is not None and self._looked_at == list(cells) and self._aborts == self._server.aborts:
            self._at_ease(size)
            self.page.evaluate(TO_TOP)
            return self.page
        page = self.open(cells, size=size)
        self.run_all()
        self._looked_at = list(cells)
        return page

    def open_file(self, path: str, *, size: str = "laptop") -> Page:
        """Open a notebook that lies in the server's folder, as it is, and wait for its kernel."""
        self.page = self._browser.new_page()
        self.path = self._server.root / path
        self._is_open = True
        self.page.on("console", self._note_console)
        self.page.on("pageerror", self._note_error)
        self.page.on("requestfailed", self._note_request)
        self.page.on("response", self._note_response)
        self.resize(size)
        # One document, not the whole of JupyterLab: less to wait for. The reset forgets what the last test had open. A page
        # that stays has a workspace of its own: JupyterLab loads the next page twice where another one has the same.
        workspace = f"workspaces/kept-{id(self)}/" if self._keeps_kernel else ""
        self.page.goto(f"{self._server.url}doc/{workspace}tree/{path}?reset&token={self._server.token}")
        self.wait_ready()
        self.page.evaluate(_LISTEN)
        return self.page

    def _open_again(self, cells: Sequence[str], size: str) -> Page:
        assert self._at_first is not None, "nothing was kept"
        folder, environment = self._at_first
        self._times_kept += 1
        self._at_ease(size)
        self.page.evaluate(PUT_BACK_PAGE, list(cells))  # first: widgets that nobody sees are sooner closed
        self.execute(PUT_BACK_KERNEL.format(folder=folder, environment=environment))
        self.wait_ready()
        return self.page

    def _at_ease(self, size: str) -> None:
        self.resize(size)
        self.page.emulate_media(reduced_motion="no-preference")
        self.page.mouse.move(0, 0)

    def reload(self) -> None:
        """Load the page anew and wait for its kernel, which has gone on living."""
        self._is_reloading = True
        try:
            self.page.reload()
            self.wait_ready()
        finally:
            self._is_reloading = False

    def wait_ready(self) -> None:
        """Wait until the notebook's kernel is connected and idle."""
        self._wait(_READY, "a notebook whose kernel is connected and idle")

    def run_all(self) -> None:
        """Run all cells, and wait until the kernel is done with them.

        Raises
        ------
        KernelError
            A cell raised; the message has its number (from 0), source and traceback.
        """
        self.start_all()
        self.finish_all()

    def start_all(self) -> None:
        """Run all cells, and do not wait: what a hand does next happens while they run."""
        self.page.evaluate(_RUN_ALL)

    def finish_all(self, timeout: float = LONG_PATIENCE) -> None:
        """Wait until the kernel is done with the cells of `start_all`, at most `timeout` seconds; raises as `run_all`."""
        self._wait("() => window.runAll", "the end of all cells", timeout=timeout)
        for number, cell in enumerate(self.page.evaluate(_CELLS)):
            if cell["error"]:
                raise KernelError.from_message(f"cell {number}\n{cell['source']}\n", cell["error"])
        outcome = self.page.evaluate("window.runAll")
        assert outcome["ok"], f"JupyterLab did not run all cells: {outcome.get('error', 'it was canceled')}"
        self.wait_ready()

    def python(self, expression: str) -> Any:
        """Give the value of an expression in the notebook's own kernel, as JSON carries it; arrays become lists."""
        to_json = "default=lambda o: o.tolist() if hasattr(o, 'tolist') else list(o)"
        reply = self._ask("", {"value": f"__import__('json').dumps(({expression}), {to_json})"})
        answer = reply["user_expressions"]["value"]
        if answer["status"] != "ok":
            raise KernelError.from_message(expression, answer)
        return json.loads(ast.literal_eval(answer["data"]["text/plain"]))

    def execute(self, statements: str) -> None:
        """Run statements in the notebook's kernel as a cell would; they may ``await``."""
        self._ask(statements, {})

    def resize(self, size: str) -> None:
        """Make the page as large as a ``"laptop"`` or a ``"phone"``."""
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})

    def theme(self, name: str) -> None:
        """Switch JupyterLab to its ``"light"`` or ``"dark"`` theme and wait until it is there."""
        self._theme_changed = name != "light"
        self.page.evaluate("theme => { jupyterapp.commands.execute('apputils:change-theme', { theme }) }", THEMES[name])
        self.page.wait_for_function(
            "theme => document.body.dataset.jpThemeName === theme", arg=THEMES[name], polling=50
        )
        # JupyterLab 4.6 takes its curtain away twice, which throws, where the next theme comes before it is gone
        self.page.wait_for_function("() => !document.getElementById('jupyterlab-splash')", polling=50)

    def screenshot(self, name: str, of: Locator | None = None) -> Path:
        """Save the page, or one element of it, as ``test-results/<name>.png``."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{name}.png"
        (of or self.page).screenshot(path=path)
        return path

    def problems(self) -> list[str]:
        """Give what went wrong in page, kernel and server log since the last call; then it counts as known.

        The fixture asserts at the end that there is nothing left.
        """
        if self._is_open:
            if "Traceback" in self.page.evaluate("() => window.stderr ?? ''"):
                self.page.wait_for_timeout(300)  # the kernel sends what a thread prints piece by piece
                self._problems.append(self.page.evaluate("() => { const all = stderr; stderr = ''; return all }"))
            outside = self.page.evaluate("() => (window.errorsOutsideCells ?? []).splice(0)")
            self._problems += [f"error in the kernel, outside cells:\n{traceback}" for traceback in outside]
        self._problems += [f"server log:\n{error}" for error in self._server.new_errors()]
        problems, self._problems = self._problems, []
        return problems

    def close(self, *, failed: bool = False) -> list[str]:
        """Shut the kernel down, close the page, and give the problems that are still unknown; or keep both, see above.

        After a test that `failed`, or left problems, nothing is kept: the next one begins anew.
        """
        if self._at_first is None or failed:
            return self.end()
        try:
            if self._theme_changed:
                self.theme("light")
            problems = self.problems()
        except Error:  # a page that crashed
            return self.end()
        return problems + self.end() if problems else []

    def end(self) -> list[str]:
        """Shut the kernel down, close the page, and give the problems that are still unknown."""
        self._at_first = self._looked_at = None
        if not self._is_open:
            return self.problems()
        problems = []
        try:
            problems += self.problems()
            self._is_open = False  # what the page says of a kernel that we take away from it is no problem
            if self._theme_changed:
                self.theme("light")
            self.page.evaluate(f"""() => {{ {_SESSION} window.isShut = false;
                (session?.shutdown() ?? Promise.resolve()).finally(() => {{ window.isShut = true }}) }}""")
            self.page.wait_for_function("() => window.isShut", polling=50)
        except Error as error:
            self._is_open = False
            problems.append(f"the kernel did not shut down: {error}")
            self._server.end_kernel_of(self.path)
        self.page.close()
        return problems + self.problems()

    def _ask(self, code: str, expressions: dict[str, str]) -> dict[str, Any]:
        # not evaluate(), which would wait for the answer without limit
        reply = self._wait(_ASK, f"the kernel's answer to {code or expressions}", argument=[code, expressions])
        if reply["status"] != "ok":
            raise KernelError.from_message(code or str(expressions), reply)
        return reply

    def _wait(self, condition: str, what: str, *, timeout: float = PATIENCE, argument: object = None) -> Any:
        """Wait for something that the page computes, and give it; what never comes is told with all that can tell why."""
        try:
            found = self.page.wait_for_function(condition, arg=argument, timeout=1000 * timeout, polling=50)
            return found.json_value()
        except PlaywrightTimeout:
            try:
                state = self.page.wait_for_function(_STATE, timeout=10_000).json_value()
            except PlaywrightTimeout:
                state = "it does not answer at all"
            stacks = self._server.stacks()
            raise AssertionError(
                f"{what}: not within {timeout:.0f} s.\nThe page: {state}\nThe kernels:\n{stacks}"
            ) from None

    def _copy(self, notebook: Path) -> str:
        folder = self._server.root / notebook.parent.name
        shutil.copytree(
            notebook.parent, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
        )
        return f"{folder.name}/{notebook.name}"

    def _write(self, cells: Sequence[str]) -> str:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self._server.root / f"cells-{len(list(self._server.root.glob('cells-*.ipynb')))}.ipynb"
        nbformat.write(notebook, path)
        return path.name

    def _note(self, problem: str) -> None:
        if self._is_open:
            self._problems.append(problem)

    def _note_error(self, error: Error) -> None:
        if GIVEN_UP not in error.message:
            self._note(f"page error: {error.stack or error}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(noise in message.text for noise in NOISE_OF_JUPYTERLAB):
            self._note(f"console: {message.text}")

    def _note_request(self, request: Request) -> None:
        if self._is_reloading and request.failure == "net::ERR_ABORTED":
            return  # the page that is left gives up what it was still asking for
        self._note(f"request failed: {request.url}: {request.failure}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"request failed: {response.url}: HTTP {response.status}")
