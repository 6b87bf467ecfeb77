"""Print the badges of the README that open the notebooks on Binder: ``tools/binder_badges.py --repository OWNER/NAME``.

The repository's address is known nowhere in these files; this is the one place that it is given to. Paste what comes out.
"""

import argparse
import re
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
START = "00_start.ipynb"
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
    from lattice_widgets.cli.notebook_folder import list_titles

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


def main() -> None:
    """Print the badges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", required=True, metavar="OWNER/NAME", help="on GitHub")
    parser.add_argument("--ref", default="HEAD", help="branch, tag or commit")
    options = parser.parse_args()
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", options.repository):
        sys.exit(f"{options.repository!r} is not of the form OWNER/NAME.")
    print("\n".join(badges(options.repository, options.ref)))


if __name__ == "__main__":
    main()
