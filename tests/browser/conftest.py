"""One server and one browser for all browser tests; a page and a kernel for each, or those of the test before, put back."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Playwright, sync_playwright

from .chromium import ADVICE, find_chromium, launch
from .lab import Lab
from .lab_server import LabServer

HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of the browser; without one the tests skip, but not in CI: what ships runs there."""
    program = find_chromium()
    if program is None:
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(ADVICE, pytrace=False)
        pytest.skip(ADVICE)
    return program


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory, data_mirror: str | None) -> Iterator[LabServer]:
    """JupyterLab, started once."""
    environment = {"LATTICE_WIDGETS_DATA_URL": data_mirror} if data_mirror else {}
    with LabServer(tmp_path_factory.mktemp("jupyter") / "lab", environment) as server:
        yield server
    left = server.new_errors()
    assert not left, "\n\n".join(["The server's log tells of errors at its end:", *left])


# For this folder, not for the session: while it is there Playwright's event loop counts as running in this thread, and
# asynchronous tests elsewhere could not run theirs.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; there can be only one."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """The browser, started once."""
    context = launch(playwright, chromium, tmp_path_factory.mktemp("chromium"))
    yield context
    context.close()


@pytest.fixture(scope="package")
def kept_lab(browser: BrowserContext, lab_server: LabServer) -> Iterator[Lab]:
    """Keep page and kernel for all tests that are marked ``one_kernel``, whichever file they stand in."""
    lab = Lab(browser, lab_server, keeps_kernel=True)
    yield lab
    problems = lab.end()
    assert not problems, "\n\n".join(["The end of the kernel left errors behind:", *problems])


@pytest.fixture
def lab(browser: BrowserContext, lab_server: LabServer, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """Open notebooks with ``lab.open(...)``; at the end page, kernel and server log must be free of errors.

    Each test has a page and a kernel of its own, but those that are marked ``one_kernel``: they have those of the marked test
    before, in which everything was put back (`kept_page`), and run other cells in them. A test that failed hands nothing on.
    """
    shares = request.node.get_closest_marker("one_kernel")
    lab = request.getfixturevalue("kept_lab") if shares else Lab(browser, lab_server)
    yield lab
    failed = request.node.stash.get(FAILED, False)
    if failed and hasattr(lab, "page"):
        with suppress(Error):  # a page that crashed has no picture
            lab.screenshot(f"failed-{request.node.name}")
    problems = lab.close(failed=failed)
    assert not problems, "\n\n".join(["The test left errors behind:", *problems])
