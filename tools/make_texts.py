"""Make the catalog of all texts that users read from the source, bring the translations up to date, and compile them.

``python tools/make_texts.py`` writes lattice_widgets/locale/lattice_widgets.pot, and makes a .mo of each .po;
``python tools/make_texts.py --new de`` begins the translation into a language.
"""

from __future__ import annotations

import argparse
import ast
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "lattice_widgets"
LOCALE = PACKAGE / "locale"
DOMAIN = "lattice_widgets"
TEMPLATE = LOCALE / f"{DOMAIN}.pot"
#: Sentence is of the core, which knows nothing of languages: whoever shows one translates it
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "Sentence": None}
#: words.js and language.py explain the convention by examples that are no messages
EXPLAINS = ("language.py", "views/shared/words.js", "views/shared/browser_view.py")
#: lines of a catalog's head that say when it was made, or nothing
UNSTEADY = ('"POT-Creation-Date', '"Generated-By', "EMAIL@ADDRESS", "YEAR-MO-DA", "<LL@li.org>")
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
HEAD = "# What the widgets of lattice_widgets say. Made by tools/make_texts.py: do not edit.\n#"


def read_python(file: BinaryIO, keywords: dict, _tags: object, options: object) -> Iterator[tuple]:
    """Yield the calls of keywords with literal messages, those within f-strings too, which Babel's own reader leaves out."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            yield node.lineno, node.func.id, tuple(texts), []


def catalog_of(package: Path = PACKAGE) -> Catalog:
    """Return all messages of the Python and JavaScript files of a package, with the files that have them."""
    catalog = Catalog(project=DOMAIN, version="", header_comment=HEAD, fuzzy=False)
    found = extract_from_dir(
        package,
        method_map=[("**.py", read_python), ("**.js", "javascript")],
        options_map={"**.js": {"jsx": False}},
        keywords=KEYWORDS,
    )
    # in the order of the files' names, whatever the disk says
    for name, _line, message, _comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
        if name.replace("\\", "/") not in EXPLAINS and message:
            catalog.add(message, None, [(f"{package.name}/{name}", 1)])
    for message in catalog:
        message.flags.discard("python-brace-format")
        if message.id and "{" in str(message.id):
            message.flags.add("python-brace-format")
        message.flags.discard("python-format")  # "5 %" is no format
    return catalog


def places_of(text: str) -> set[str]:
    """Return the names of the ``{places}`` of a message."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


def check_places(translation: Catalog) -> None:
    """Refuse translations whose ``{places}`` are not those of the message: they could not be filled.

    Raises
    ------
    ValueError
        With one line for each.
    """
    wrong = []
    for message in translation:
        ids, texts = (message.id, message.string) if message.pluralizable else ([message.id], [message.string])
        if not message.id or not any(texts) or message.fuzzy:
            continue
        # a form of a plural may leave out what a form of the message leaves out: "the picture" beside "{n} pictures"
        wanted = [places_of(text) for text in ids]
        for text in texts:
            try:
                right = places_of(text) in wanted
            except ValueError:  # a brace that is not closed
                right = False
            if not right:
                wrong.append(f"{ids[0]!r} has the places {sorted(set().union(*wanted))}, unlike {text!r}")
    if wrong:
        raise ValueError("\n".join(wrong))


def text_of(catalog: Catalog) -> str:
    """Return a catalog as a file that changes only when the messages do: without dates, numbers of lines, and blanks."""
    file = io.BytesIO()
    write_po(file, catalog, width=120, include_lineno=False)
    lines = file.getvalue().decode("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not any(word in line for word in UNSTEADY))


def main() -> None:
    """Write the template, merge it into the translations, compile them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--new", metavar="LANGUAGE", help="begin a translation, such as de or pt_BR")
    options = parser.parse_args()
    template = catalog_of()
    LOCALE.mkdir(exist_ok=True)
    TEMPLATE.write_text(text_of(template), encoding="utf-8")
    print(f"{TEMPLATE.relative_to(PACKAGE.parent)}: {len(template)} messages")
    if options.new:
        target = LOCALE / options.new / "LC_MESSAGES" / f"{DOMAIN}.po"
        if not target.exists():
            target.parent.mkdir(parents=True)
            target.write_text(text_of(Catalog(options.new, DOMAIN, project=DOMAIN, fuzzy=False)), encoding="utf-8")
    for path in sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        with path.open("rb") as file:
            translation = read_po(file, locale=path.parts[-3], domain=DOMAIN)
        translation.update(template, no_fuzzy_matching=True)  # what is nearly alike says something else
        path.write_text(text_of(translation), encoding="utf-8")
        check_places(translation)
        translation.creation_date = translation.revision_date = NO_DATE  # the same texts make the same file
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, translation)
        done = sum(bool(message.id and message.string and not message.fuzzy) for message in translation)
        print(f"{path.relative_to(PACKAGE.parent)}: {done} translated")


if __name__ == "__main__":
    main()
