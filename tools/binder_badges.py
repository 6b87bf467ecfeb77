"""Write the badges that open the notebooks on Binder into the README: ``python tools/binder_badges.py``.

The address of the repository stands nowhere in these files, for every fork has its own: it is that of the remote ``origin``, or
``--repository OWNER/NAME``. Run it again when a lesson is added.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
START = "00_start.ipynb"
#: what is between these lines of the README is written here
BEGIN, END = "<!-- Binder: written by tools/binder_badges.py -->", "<!-- end of Binder -->"
_PAGE, _BADGE = "https://mybinder.org/v2/gh", "https://mybinder.org/badge_logo.svg"


def address(repository: str, path: str, ref: str = "HEAD") -> str:
    """Return the address that builds the repository, if need be, and opens a path of its server.

    >>> address("me/kit", "lab/tree/notebooks/00_start.ipynb")
    'https://mybinder.org/v2/gh/me/kit/HEAD?urlpath=lab%2Ftree%2Fnotebooks%2F00_start.ipynb'
    """
    return f"{_PAGE}/{repository}/{quote(ref, safe='')}?urlpath={quote(path, safe='')}"


def badges(repository: str, ref: str = "HEAD") -> list[str]:
    """Return lines of Markdown: JupyterLab, the dashboards, and each notebook in both."""
    sys.path.insert(0, str(ROOT))
    from lattice_widgets.server.notebook_folder import list_titles

    lines = [
        f"[![JupyterLab on Binder]({_BADGE})]({address(repository, f'lab/tree/notebooks/{START}', ref)}) JupyterLab",
        f"[![Dashboards on Binder]({_BADGE})]({address(repository, f'voila/render/notebooks/{START}', ref)}) dashboards",
        "",
    ]
    for title in list_titles(ROOT / "notebooks"):
        path = f"notebooks/{title.path.name}"
        lab, page = (address(repository, f"{way}/{path}", ref) for way in ("lab/tree", "voila/render"))
        lines.append(f"- {title.text}: [notebook]({lab}), [dashboard]({page})")
    return lines


def origin(folder: Path = ROOT) -> str:
    """Return OWNER/NAME of the remote ``origin`` if it lies on GitHub, else nothing."""
    try:
        asked = subprocess.run(["git", "remote", "get-url", "origin"], cwd=folder, capture_output=True, text=True)
    except OSError:  # no git
        return ""
    found = re.search(r"(?:^|[/@.])github\.com[:/](?:\d+/)?([\w.-]+/[\w.-]+?)(?:\.git)?/?$", asked.stdout.strip(), re.I)
    return found[1] if found else ""


def write(readme: Path, lines: list[str]) -> None:
    """Put lines between `BEGIN` and `END` of a README, in place of what is there.

    Raises
    ------
    ValueError
        If it has no such place.
    """
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{readme} has no lines {BEGIN} and {END} to write between.")
    readme.write_text("\n".join([f"{before}{BEGIN}", "", *lines, "", f"{END}{after}"]), encoding="utf-8")


def main() -> None:
    """Write the badges, or print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", metavar="OWNER/NAME", help="on GitHub; default: origin")
    parser.add_argument("--ref", default="HEAD", help="branch, tag or commit")
    parser.add_argument("--print", action="store_true", help="only print them")
    options = parser.parse_args()
    repository = options.repository or origin()
    if not repository:
        sys.exit("No remote origin on GitHub: name the repository, --repository OWNER/NAME.")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        sys.exit(f"{repository!r} is not of the form OWNER/NAME.")
    lines = badges(repository, options.ref)
    if options.print:
        print("\n".join(lines))
    else:
        write(ROOT / "README.md", lines)
        print(f"README.md now leads to {repository} on Binder.")


if __name__ == "__main__":
    main()
