"""A newcomer gets there: links of the pages in the repository lead somewhere, and what is wanted most is near the README."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CODE_OF_CONDUCT.md", *sorted((ROOT / "docs").glob("*.md"))]


def links_of(path: Path) -> list[Path]:
    """Files of the repository that a page links to; pages of the reference, which are built, are left out."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    found = [*re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", text), *re.findall(r"`[^`<]*<([^>]+)>`", text)]
    targets = [urlsplit(link).path for link in found if not urlsplit(link).scheme]
    return [(path.parent / target).resolve() for target in targets if target and not target.startswith("api/")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    assert [str(target.relative_to(ROOT)) for target in links_of(page) if not target.exists()] == []


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("docs/gallery.md", "## Lattice simulator"),
        ("docs/experimentalists.md", "## My first file"),
        ("CONTRIBUTING.md", "### A slider of the simulator"),
        ("docs/citing.md", "# How to cite"),
    ],
)
def test_it_is_within_three_clicks_of_the_readme(wanted: str, says: str) -> None:
    assert says in (ROOT / wanted).read_text(encoding="utf-8")
    reached = {README}
    for _click in range(3):
        pages = [page for page in reached if page.suffix == ".md"]
        reached |= {target for page in pages for target in links_of(page) if target.is_file()}
    assert ROOT / wanted in reached
