"""Make a page of pictures of all widgets and notebooks, to be looked at: sizes, themes, and the console's errors under each.

    python tools/look.py [name ...] [--places lab dashboards site] [--out FOLDER] [--data FOLDER]

A name is that of a widget (see `make_readme_pictures.SCENES`) or the beginning of a notebook's, such as ``12``. The folder of
data holds the real pictures by their names; without it they are fetched as always, see `lattice_widgets.samples`.
"""

import argparse
import html
import sys
import tempfile
from pathlib import Path

from look_places import PLACES, ROOT, Place
from playwright.sync_api import sync_playwright

from tests.browser.chromium import ADVICE, find_chromium, launch

#: name -> width, height of the page, and whether JupyterLab's list of files is open
SIZES = {"laptop": (1366, 768, True), "desk": (1920, 1080, False), "phone": (390, 844, False)}
THEMES = ("light", "dark")
#: as tall as this a page shows a whole notebook [px]
TALL = 9_000

#: where the last cell ends, and the bars of JupyterLab below it [px]
_BOTTOM = """() => Math.ceil(Math.max(...[...document.querySelectorAll(".jp-Cell")].map(
    cell => cell.getBoundingClientRect().bottom)) + 60)"""


def main() -> None:
    """Look at what is named, or at all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument(
        "--places", nargs="+", choices=PLACES, default=list(PLACES), help="where to look (default: everywhere)"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "look", help="folder of the page (default: %(default)s)"
    )
    parser.add_argument("--data", type=Path, help="folder of the real pictures")
    asked = parser.parse_args()
    program = find_chromium()
    if program is None:
        sys.exit(ADVICE)
    asked.out.mkdir(parents=True, exist_ok=True)
    sections = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = launch(driver, program, Path(folder) / "chromium")
        for title in asked.places:
            with PLACES[title](browser, Path(folder), asked.data) as place:
                for name in place.subjects:
                    if asked.names and not any(name.startswith(start) for start in asked.names):
                        continue
                    sections.append(section(f"{name}, {title}", *look(place, name, asked.out / title)))
                    print(title, name, flush=True)
                    (asked.out / "index.html").write_text(page_of(sections), encoding="utf-8")
        browser.close()
    print(f"open {asked.out / 'index.html'}")


def look(place: Place, name: str, out: Path) -> tuple[list[str], list[str]]:
    """Save the pictures of one widget or notebook.

    Returns
    -------
    pictures, problems : list of str
        Where the files lie in the folder of the page; what page, kernel and server said of errors.
    """
    out.mkdir(exist_ok=True)
    place.open(name)
    pictures = []
    for theme in THEMES:
        place.theme(theme)
        for size, (width, height, with_files) in SIZES.items():
            place.files(with_files)
            # the first screen, as people meet it, and then all of it
            for what, rows in {"": height, "-whole": TALL}.items():
                place.page.set_viewport_size({"width": width, "height": rows})
                place.page.wait_for_timeout(1500)  # canvases and charts follow the width
                if what:
                    place.page.set_viewport_size({"width": width, "height": place.page.evaluate(_BOTTOM)})
                    place.page.wait_for_timeout(1000)  # a chart is laid out when it comes into view
                file = f"{name}-{size}-{theme}{what}.png"
                place.page.screenshot(path=out / file)
                pictures.append(f"{out.name}/{file}")
    return pictures, place.close()


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
