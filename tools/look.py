"""Make a page of pictures of all widgets and notebooks, to be looked at: sizes, themes, and the console's errors under each.

    python tools/look.py [name ...] [--out FOLDER] [--data FOLDER]

A name is that of a widget (see `make_readme_pictures.SCENES`) or the beginning of a notebook's, such as ``12``. The folder of
data holds the real pictures by their names; without it they are fetched as always, see `lattice_widgets.samples`.
"""

import argparse
import html
import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser.chromium import ADVICE, find_chromium, launch  # noqa: E402
from browser.lab import Lab  # noqa: E402
from browser.lab_server import LabServer  # noqa: E402
from make_readme_pictures import IMPORT, SCENES, serve_data  # noqa: E402

#: name -> width, height of the page, and whether JupyterLab's list of files is open
SIZES = {"laptop": (1366, 768, True), "desk": (1920, 1080, False), "phone": (390, 844, False)}
THEMES = ("light", "dark")
#: as tall as this a page shows a whole notebook [px]
TALL = 9_000
#: no error: a page that is left, and the icon of a tab that changes, give up what they were asking for
GIVEN_UP = re.compile(r"(/lab/api/workspaces/|/api/nbconvert|/favicons/)\S* net::ERR_ABORTED")
#: keeps cells on the page that are out of view
_KEEP_ALL = """() => { const { content } = jupyterapp.shell.currentWidget;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: "none" } }"""

#: where the last cell ends, and the bars of JupyterLab below it [px]
_BOTTOM = """() => Math.ceil(Math.max(...[...document.querySelectorAll(".jp-Cell")].map(
    cell => cell.getBoundingClientRect().bottom)) + 60)"""


def main() -> None:
    """Look at what is named, or at all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "look", help="folder of the page (default: %(default)s)"
    )
    parser.add_argument("--data", type=Path, help="folder of the real pictures")
    asked = parser.parse_args()
    program = find_chromium()
    if program is None:
        sys.exit(ADVICE)
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    subjects = [*SCENES, *(path.stem for path in notebooks)]
    chosen = [name for name in subjects if not asked.names or any(name.startswith(start) for start in asked.names)]
    asked.out.mkdir(parents=True, exist_ok=True)
    sections = []
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as driver,
        LabServer(Path(folder) / "lab", serve_data(asked.data)) as server,
    ):
        browser = launch(driver, program, Path(folder) / "chromium")
        for name in chosen:
            lab = Lab(browser, server)
            sections.append(section(name, *look(lab, name, asked.out)))
            print(name, flush=True)
            (asked.out / "index.html").write_text(page_of(sections), encoding="utf-8")
        browser.close()
    print(f"open {asked.out / 'index.html'}")


def look(lab: Lab, name: str, out: Path) -> tuple[list[str], list[str]]:
    """Save the pictures of one widget or notebook.

    Returns
    -------
    pictures, problems : list of str
        Names of the files; what page, kernel and server said of errors.
    """
    if name in SCENES:
        cell, then = SCENES[name]
        lab.open([f"{IMPORT}{cell}\nshown"])
        in_whole_lab(lab)
        lab.run_all()
        lab.execute(then)
    else:
        lab.open(Path("notebooks") / f"{name}.ipynb")
        in_whole_lab(lab)
        lab.run_all()
    pictures = []
    for theme in THEMES:
        lab.theme(theme)
        for size, (width, height, with_files) in SIZES.items():
            show_files(lab.page, with_files)
            # the first screen, as people meet it, and then all of it
            for what, rows in {"": height, "-whole": TALL}.items():
                lab.page.set_viewport_size({"width": width, "height": rows})
                lab.page.wait_for_timeout(1500)  # canvases and charts follow the width
                if what:
                    lab.page.set_viewport_size({"width": width, "height": lab.page.evaluate(_BOTTOM)})
                    lab.page.wait_for_timeout(1000)  # a chart is laid out when it comes into view
                file = f"{name}-{size}-{theme}{what}.png"
                lab.page.screenshot(path=out / file)
                pictures.append(file)
    return pictures, [problem for problem in lab.close() if not GIVEN_UP.search(problem)]


def in_whole_lab(lab: Lab) -> None:
    """Show the notebook in the whole of JupyterLab, as people open it, and not as a document alone."""
    lab.page.goto(lab.page.url.replace("/doc/tree/", "/lab/tree/"))
    lab.wait_ready()
    lab.page.evaluate(_KEEP_ALL)


def show_files(page: Page, shown: bool) -> None:
    """Open or close JupyterLab's list of files."""
    if page.evaluate("() => !jupyterapp.shell.leftCollapsed") != shown:
        page.evaluate("shown => jupyterapp.shell[shown ? 'expandLeft' : 'collapseLeft']()", shown)


def section(name: str, pictures: list[str], problems: list[str]) -> str:
    """Write the part of the page that shows one widget or notebook."""
    shown = "".join(
        f'<figure><a href="{file}"><img src="{file}" alt="{file}" loading="lazy"></a><figcaption>{file}</figcaption></figure>'
        for file in pictures
    )
    said = "".join(f"<pre>{html.escape(problem)}</pre>" for problem in problems) or "<p>No error.</p>"
    return f"<section><h2>{name}</h2><div>{shown}</div>{said}</section>"


def page_of(sections: list[str]) -> str:
    """Write the whole page."""
    style = "div{display:flex;flex-wrap:wrap;gap:8px}figure{margin:0}img{max-height:420px;border:1px solid #999}"
    return f'<!doctype html><meta charset="utf-8"><title>Look</title><style>{style}</style>{"".join(sections)}'


if __name__ == "__main__":
    main()
