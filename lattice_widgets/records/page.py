"""The page of a record: all of it in one HTML file that needs no kernel, no network and no script."""

import base64
import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html

__all__ = ["page_of"]

#: longer tables are shown from their beginning; the CSV files have all
_ROWS = 60
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem;
  background: #fff; color: #1a1a1a; }
h1, h2, p, figcaption { overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; }
.answer { font-size: 1.15rem; }
figure { margin: 1rem 0; } figcaption { font-size: .9rem; }
img { max-width: 100%; height: auto; background: #fff; border: 1px solid #767676; }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 3px solid #0072b2; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; padding: .15rem .9rem .15rem 0; border-bottom: 1px solid #c8c8c8; vertical-align: top; }
pre { overflow-x: auto; padding: .8rem; background: #f2f2f2; border-radius: 4px; font-size: .88rem; }
summary { cursor: pointer; }
@media (prefers-color-scheme: dark) {
  body { background: #16181b; color: #e8e8e8; } th, td { border-color: #4a4a4a; } pre { background: #23262b; }
}
@media print { details > * { display: block; } }
"""


def page_of(
    title: str,
    sentence: str,
    recipe: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    pictures: Mapping[str, tuple[bytes, str]],
    code: str,
) -> str:
    """Return the page of a record as HTML.

    Parameters
    ----------
    title, sentence : str
        What it is of, and the answer.
    recipe : dict
        As it is stored.
    tables : dict of str to pandas.DataFrame
        By the names of their files without ".csv".
    pictures : dict of str to (bytes, str)
        Name -> PNG, and what it shows.
    code : str
        The lines that repeat it.
    """
    source, picture, network = recipe["source"], recipe["picture"], recipe["network"]
    facts = [
        (_("Picture"), source.get("name") or _("of the kit")),
        (_("SHA-256 of the file"), source.get("sha256", "")),
        (_("Size"), " × ".join(map(str, picture.get("size", ())))),
        (_("Pixel size"), _length(picture)),
        (_("Notes"), " ".join(filter(None, [str(picture.get("notes") or ""), str(picture.get("left_out") or "")]))),
        (_("Network"), f"{network['name']}, {network['weights_sha256'][:16]} …" if network else ""),
        (_("Seed"), recipe["settings"].get("seed", "")),
        (_("Made"), f"{recipe['made']}, lattice_widgets {recipe['versions']['lattice-widgets']}"),
    ]
    parts = [
        f"<h1>{in_html(title)}</h1>",
        f'<p class="answer">{in_html(sentence)}</p>',
        f"<h2>{in_html(_('Pictures'))}</h2>",
        *(_figure(name, png, words) for name, (png, words) in pictures.items()),
        f"<h2>{in_html(_('Where it comes from'))}</h2>",
        _facts([(name, value) for name, value in facts if value != ""]),
        f"<h2>{in_html(_('Numbers'))}</h2>",
        *(_table(name, frame) for name, frame in tables.items()),
        f"<h2>{in_html(_('The code that repeats it'))}</h2>",
        f"<p>{in_html(_('In this folder: repeat.py and repeat.ipynb. To compare every number:'))} "
        "<code>lattice-widgets repeat</code>.</p>",
        f'<pre tabindex="0" aria-label="{in_html(_("Code"))}"><code>{in_html(code)}</code></pre>',
        f"<details><summary>{in_html(_('The recipe: every setting and version'))}</summary>"
        f"<pre>{in_html(json.dumps(recipe, indent=1, ensure_ascii=False))}</pre></details>",
    ]
    # no script, no network: what a name of a file says can do nothing either
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{in_html(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    return head + "\n".join(parts) + "\n</main>\n</body>\n</html>\n"


def _length(picture: Mapping[str, Any]) -> str:
    size = picture.get("pixel_size")
    if not isinstance(size, int | float) or not size:
        return _("not known: lengths in px")
    return f"{size:.6g} nm ({picture.get('calibration') or '?'})"


def _figure(name: str, png: bytes, words: str) -> str:
    data = base64.b64encode(png).decode("ascii")
    caption = _("{words} Files: {name}.svg, {name}.png").format(words=words, name=name)
    return (
        f'<figure><img alt="{in_html(words)}" src="data:image/png;base64,{data}">'
        f"<figcaption>{in_html(caption)}</figcaption></figure>"
    )


def _facts(facts: list[tuple[str, Any]]) -> str:
    rows = "".join(f'<tr><th scope="row">{in_html(name)}</th><td>{in_html(value)}</td></tr>' for name, value in facts)
    return f'<div class="scroll" tabindex="0"><table>{rows}</table></div>'


def _table(name: str, frame: pd.DataFrame) -> str:
    shown = frame.head(_ROWS)
    titles = "".join(
        f'<th scope="col">{in_html(title)}</th>' for title in [frame.index.name or "number", *frame.columns]
    )
    rows = "".join(
        f'<tr><th scope="row">{in_html(index)}</th>'
        + "".join(f"<td>{in_html(_cell(value))}</td>" for value in row)
        + "</tr>"
        for index, row in zip(shown.index, shown.itertuples(index=False), strict=True)
    )
    caption = f"{name}.csv"
    if len(frame) > _ROWS:
        caption = _("{name}.csv: the first {shown} of {count} lines").format(name=name, shown=_ROWS, count=len(frame))
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{in_html(caption)}</caption>'
        f"<thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
