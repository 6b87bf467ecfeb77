"""A language of the tests: every message of the catalog in brackets and with accents, so that what is not translated shows.

Every vowel of a message gets an accent, only tags, code and places are left alone. A word with a plain vowel on the screen
then never went through the catalog.
"""

import re
from html import unescape
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "lattice_widgets" / "locale" / "lattice_widgets.pot"
LANGUAGE = "xx"
_ACCENTS = str.maketrans("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
_KEPT = re.compile(r"(<code>.*?</code>|<[^>]*>|\{[^}]*\}|&\w+;)")
#: names of data, of formats and of units: no words of a language
NAMES = {
    *("default", "paper", "hann", "hamming", "tukey", "blackman"),
    *("afmhot", "inferno", "magma", "viridis", "cividis"),
    *(
        "bit",
        "eV",
        "SrTiO",
        "Si",
        "Cu",
        "Fe",
        "Mo",
        "MoS",
        "Se",
        "oc",
        "op",
        "png",
        "tif",
        "gif",
        "npy",
        "dm",
        "sxm",
        "avi",
        "gwy",
        "emd",
    ),
}


def pseudo(message: str) -> str:
    """Return a message in the language of the tests."""
    parts = _KEPT.split(message)
    return "⟦" + "".join(part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in parts) + "⟧"


def write_pseudo_catalog(folder: Path) -> Path:
    """Write the compiled catalog of the language below a folder, for LATTICE_WIDGETS_LOCALE; return the folder."""
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    catalog = Catalog(domain="lattice_widgets")
    for message in template:
        if message.id:
            ids = message.id if message.pluralizable else (message.id,)
            texts = tuple(map(pseudo, ids))
            catalog.add(message.id, texts if message.pluralizable else texts[0])
    target = folder / LANGUAGE / "LC_MESSAGES" / "lattice_widgets.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
    return folder


def plain_words(text: str) -> list[str]:
    """Return the words of a text, HTML or not, that went through no catalog."""
    spoken = re.findall(r'(?:title|aria-label|alt)="([^"]*)"', text)
    shown = re.sub(r"<style.*?</style>|<code>.*?</code>|<[^>]*>", " ", text, flags=re.DOTALL)
    words = re.findall(r"[^\W\d_]{2,}(?:_\w+)?(?:\.\w+)?", unescape(" ".join([shown, *spoken])))
    return [word for word in words if re.search("[aeiouyAEIOUY]", word) and word.rstrip(".") not in NAMES]
