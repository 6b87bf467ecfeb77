"""The site of the documentation: built without a warning, whole, without anything from elsewhere, and open to everyone."""

import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from operator import attrgetter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import BrowserContext

import lattice_widgets as lw

from .axe import violations

ROOT = Path(__file__).parents[2]
PAGES = ("index", "teachers", "where_it_fails", "gallery", "api/index", "api/functions/fit_lattice")
PAGES += ("api/classes/LatticeSimulator",)


class Page(HTMLParser):
    """What a page links to, shows, loads and can be linked at."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take down what matters of a tag."""
        found = dict(attributes)
        if identity := found.get("id"):
            self.anchors.add(identity)
        if tag == "a" and found.get("href"):
            self.links.append(found["href"] or "")
        if tag == "img":
            self.pictures.append(found)
        for name in ("src", "poster", *(["href"] if tag == "link" else [])):
            if found.get(name):
                self.loaded.append(found[name] or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built the way `make docs` does it, with no way to fetch anything."""
    folder = tmp_path_factory.mktemp("site")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    built = subprocess.run(
        [*command, "--doctree-dir", str(folder / "doctrees"), str(ROOT / "docs"), str(folder / "html")],
        env={**os.environ, **nowhere, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """All pages of the site."""
    return {path: Page(path) for path in site.rglob("*.html") if "_static" not in path.parts}


def test_every_public_name_has_a_page_with_its_docstring(site: Path) -> None:
    listed = (site / "api" / "index.html").read_text(encoding="utf-8")
    for name in sorted({*lw.__all__, *(f"views.{view}" for view in lw.views.__all__)} - {"views"}):
        value = attrgetter(name)(lw)
        kind = "classes" if isinstance(value, type) else "functions" if callable(value) else "data"
        assert f'href="{kind}/{name}.html"' in listed, name
        text = (site / "api" / kind / f"{name}.html").read_text(encoding="utf-8")
        assert f'id="lattice_widgets.{name}"' in text
        if callable(value):
            words = html.unescape(re.sub(r"<[^>]+>", "", text))
            first = re.split(r"[`*\\\\(:.]", (value.__doc__ or "").strip())[0][:30].strip()
            assert first in " ".join(words.split()), f"{name}: {first!r}"


def test_a_widget_page_has_its_settings(site: Path) -> None:
    text = (site / "api" / "classes" / "LatticeSimulator.html").read_text(encoding="utf-8")
    for name in ("drift_right", "gamma", "settled"):
        assert name in text
    assert "-0.5 to 0.5 [nm/s]" in text


def test_a_page_of_the_reference_says_where_its_name_is_used(pages: dict[Path, Page], site: Path) -> None:
    used, unused = (
        pages[site / "api" / "functions" / f"{name}.html"].links.count("../../experimentalists.html")
        for name in ("fit_lattice", "window_view")
    )
    assert used == unused + 1, "one more than the menus have"


def test_all_links_lead_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    lost = []
    for path, page in pages.items():
        for link in [*page.links, *page.loaded]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            there = pages.get(target)
            if not target.is_file() or (
                parts.fragment and there is not None and unquote(parts.fragment) not in there.anchors
            ):
                lost.append(f"{path.relative_to(site)}: {link}")
    assert lost == []


def test_a_reference_page_is_two_clicks_from_the_start(site: Path, pages: dict[Path, Page]) -> None:
    assert "api/index.html" in pages[site / "index.html"].links
    assert "functions/fit_lattice.html" in pages[site / "api" / "index.html"].links


def test_pages_load_nothing_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert [address for address in page.loaded if urlsplit(address).netloc] == [], path
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"(?:url\(|@import\s)[\"']?(?:https?:)?//[^)\"']+", text) == [], path


def test_all_pictures_have_alternative_texts(pages: dict[Path, Page]) -> None:
    pictures = [(path, picture) for path, page in pages.items() for picture in page.pictures]
    assert len(pictures) > 15
    assert [(path.name, picture) for path, picture in pictures if len(picture.get("alt") or "") < 15] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(site: Path, browser: BrowserContext, theme: str) -> None:
    found = []
    page = browser.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": 1200, "height": 900})
    page.add_init_script(f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')")
    for name in PAGES:
        page.goto((site / f"{name}.html").as_uri())
        page.wait_for_load_state("load")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        found += [
            f"{name}: {broken['id']}: {node['html'][:160]}"
            for broken in violations(page)
            for node in broken["nodes"][:3]
        ]
    page.close()
    assert found == []
    assert [address for address in requests if not address.startswith(site.as_uri())] == []


def test_the_movie_rests_for_who_asks_for_less_motion(site: Path, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto((site / "index.html").as_uri())
    assert page.evaluate("document.querySelector('video').paused")
    page.emulate_media(reduced_motion="no-preference")
    page.reload()
    page.wait_for_function("!document.querySelector('video').paused && document.querySelector('video').currentTime > 0")
    page.close()


def test_a_phone_shows_the_whole_width(site: Path, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    for name in PAGES:
        page.goto((site / f"{name}.html").as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, name
    page.close()
