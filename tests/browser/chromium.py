"""The user's own Chromium or Chrome: where it is, and how a test starts it.

As a program, ``python tests/browser/chromium.py --install`` says which browser the tests will take, and where there is
none asks Debian's package manager for one. It needs nothing but Python.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Playwright

VARIABLE = "LATTICE_WIDGETS_CHROMIUM"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Chromium\Application\chrome.exe")
ADVICE = (
    "No Chromium or Chrome that starts was found, which the browser tests need: install one (Debian: apt-get install "
    f"chromium) or set {VARIABLE} to the path of its program."
)
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def candidates() -> Iterator[str]:
    """Yield the programs that may be a browser, the likeliest first."""
    yield from filter(None, map(shutil.which, COMMANDS))
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / app) for app in MAC)
    for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if folder_of_programs := os.environ.get(name):
            yield from (str(Path(folder_of_programs) / program) for program in WINDOWS)


def starts(program: str) -> bool:
    """Whether this is a browser, and not the stub that tells Ubuntu's users to install a snap."""
    if not os.access(program, os.X_OK) or Path(program).is_dir():
        return False
    if sys.platform == "win32":  # there --version opens a window
        return True
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=300).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_chromium() -> str | None:
    """Give the path of the browser to take, or None where there is none.

    A path in the variable LATTICE_WIDGETS_CHROMIUM is taken or refused; nothing else is tried then.

    Raises
    ------
    FileNotFoundError
        The variable names no program that starts.
    """
    if wanted := os.environ.get(VARIABLE):
        if not starts(wanted):
            raise FileNotFoundError(f"{VARIABLE}={wanted} is not a browser that starts; give the path of its program.")
        return wanted
    return next(filter(starts, candidates()), None)


def launch(playwright: Playwright, program: str, profile: Path) -> BrowserContext:
    """Start the browser without a screen and with a profile of its own; closing the context ends it."""
    home = profile / "home"
    home.mkdir(parents=True)
    from tests.patience import PATIENCE

    context = playwright.chromium.launch_persistent_context(
        profile / "profile",
        executable_path=program,
        headless=True,
        args=[*FLAGS, *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])],
        env={**os.environ, "HOME": str(home)},  # the user's own settings and keyrings stay out of it
        timeout=1000 * PATIENCE,
    )
    context.set_default_timeout(1000 * PATIENCE)  # Playwright's own 30 s are not much on a busy machine
    return context


def install() -> None:
    """Install Debian's Chromium where that needs no password; otherwise leave things as they are."""
    if shutil.which("apt-get") is None or "ID=debian" not in Path("/etc/os-release").read_text().split():
        return
    as_root: list[str] = []
    if os.geteuid() != 0:
        as_root = ["sudo", "--non-interactive"]
        if shutil.which("sudo") is None or subprocess.run([*as_root, "true"], capture_output=True).returncode:
            return
    print("Installing Debian's chromium, which the browser tests need", flush=True)
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    # A list of packages that cannot be renewed may still do.
    subprocess.run([*as_root, "apt-get", "update", "--quiet"])
    subprocess.run([*as_root, *environment, "apt-get", "install", "--yes", "--no-install-recommends", "chromium"])


def main() -> None:
    """Say which browser the tests will take, after installing one if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="install Debian's Chromium where there is no browser")
    options = parser.parse_args()
    try:
        program = find_chromium()
        if program is None and options.install:
            install()
            program = find_chromium()
    except FileNotFoundError as error:
        sys.exit(str(error))
    if program is None:
        sys.exit(ADVICE)
    print(f"Browser of the tests: {program}")


if __name__ == "__main__":
    main()
