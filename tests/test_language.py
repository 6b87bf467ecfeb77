"""The language: who chooses it, what is missing falls back, the catalog holds what the source says, places survive."""

import ast
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from lattice_widgets import language
from lattice_widgets.language import N_, _, languages, ngettext
from lattice_widgets.views.shared.browser_view import messages_of

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "lattice_widgets"
TRANSLATIONS = sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/*.po"))
VARIABLES = ("LATTICE_WIDGETS_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "LATTICE_WIDGETS_LOCALE")


@pytest.fixture(autouse=True)
def no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def make_texts() -> ModuleType:
    """The program of ``make texts``."""
    specification = importlib.util.spec_from_file_location("make_texts", ROOT / "tools" / "make_texts.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules["make_texts"] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def messages(make_texts: ModuleType) -> set[str]:
    """All messages of the catalog, one and many."""
    found = [message.id if message.pluralizable else (message.id,) for message in make_texts.catalog_of()]
    return {text for texts in found for text in texts}


def write_catalog(folder: Path, name: str, messages: dict) -> None:
    catalog = Catalog(name)
    for message, said in messages.items():
        catalog.add(message, said)
    path = folder / name / "LC_MESSAGES" / "lattice_widgets.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


@pytest.fixture
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """German and Polish catalogs of a few messages."""
    both = ("{n} picture", "{n} pictures")
    write_catalog(tmp_path, "de", {"square": "quadratisch", both: ("{n} Bild", "{n} Bilder")})
    write_catalog(tmp_path, "pl", {"hexagonal": "heksagonalna", both: ("{n} obraz", "{n} obrazy", "{n} obrazów")})
    monkeypatch.setenv("LATTICE_WIDGETS_LOCALE", str(tmp_path))
    return tmp_path


def plain(message: tuple) -> str:
    """A message and its text, whether its forms stand in a list or in a tuple."""
    return json.dumps(message)


def test_english_needs_no_catalog() -> None:
    assert languages() == ()
    assert _("square") == N_("square") == "square"
    assert _("") == ""
    assert ngettext("{n} picture", "{n} pictures", 1).format(n=1) == "1 picture"


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"LATTICE_WIDGETS_LANGUAGE": "de", "LANGUAGE": "fr"}, ("de",)),
        ({"LANGUAGE": "fr:de", "LANG": "it_IT.UTF-8"}, ("fr", "de")),
        ({"LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}, ()),
        ({"LANG": "pt_BR.UTF-8"}, ("pt_BR.UTF-8",)),
        ({"LANGUAGE": "en_US:de"}, ()),
        ({"LATTICE_WIDGETS_LANGUAGE": " ", "LANG": "de_AT@euro"}, ("de_AT@euro",)),
    ],
)
def test_who_chooses_the_language(variables: dict, wanted: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert languages() == wanted


def test_the_language_is_looked_up_when_a_text_is_shown(locale: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _("square") == "square"
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", "de_AT.UTF-8")
    assert _("square") == "quadratisch"
    assert [ngettext("{n} picture", "{n} pictures", n).format(n=n) for n in (1, 2)] == ["1 Bild", "2 Bilder"]
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", "pl")
    assert [ngettext("{n} picture", "{n} pictures", n).format(n=n) for n in (1, 3, 5)] == [
        "1 obraz",
        "3 obrazy",
        "5 obrazów",
    ]


def test_what_a_catalog_lacks_is_said_in_the_next_language_and_then_in_english(
    locale: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", "de:pl")
    assert [_("square"), _("hexagonal"), _("oblique")] == ["quadratisch", "heksagonalna", "oblique"]
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", "tlh")
    assert _("square") == "square"


def test_a_damaged_catalog_is_told_once_and_all_is_english(locale: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (locale / "de" / "LC_MESSAGES" / "lattice_widgets.mo").write_bytes(b"no catalog")
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", "de")
    with pytest.warns(UserWarning, match="texts for de .* cannot be read"):
        assert _("square") == "square"
    assert _("square") == "square"


def test_the_committed_catalog_is_up_to_date(make_texts: ModuleType) -> None:
    made = make_texts.text_of(make_texts.catalog_of())
    assert made == make_texts.TEMPLATE.read_text(encoding="utf-8"), "run: make texts"
    assert {"hexagonal", "Zoom in (+)", "field of view"} <= {message.id for message in make_texts.catalog_of()}


@pytest.mark.parametrize("path", sorted((PACKAGE / "views").rglob("*.js")), ids=lambda path: path.name)
def test_browser_gets_all_messages_of_its_source(path: Path, make_texts: ModuleType) -> None:
    """What `BrowserView` sends along is what the catalog's reader finds; neither understands all of JavaScript."""
    if path.name == "words.js":
        return
    from babel.messages.extract import extract

    with path.open("rb") as file:
        found = {
            message if isinstance(message, str) else message[0]
            for _line, message, *_rest in extract("javascript", file, make_texts.KEYWORDS, options={"jsx": False})
        }
    source = path.read_text(encoding="utf-8")
    assert set(messages_of(source)) == found
    assert not found or re.search(r'from "[./]+/(shared/)?words\.js";', source), "it calls _ without importing it"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_message_of_a_file_is_in_the_catalog(path: Path, messages: set[str]) -> None:
    """In f-strings too; and a message that is itself an f-string can be in no catalog."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "N_", "ngettext"):
            assert not isinstance(node.args[0], ast.JoinedStr), f"line {node.lineno}: a message is no f-string"
            if isinstance(node.args[0], ast.Constant) and path.name not in ("language.py", "browser_view.py"):
                assert node.args[0].value in messages, f"line {node.lineno}"


def test_places_and_formats_of_every_message_can_be_filled(make_texts: ModuleType) -> None:
    for message in make_texts.catalog_of():
        for text in message.id if message.pluralizable else (message.id,):
            assert all(name.isidentifier() for name in make_texts.places_of(text)), text


def test_a_translation_with_other_places_is_refused(make_texts: ModuleType) -> None:
    catalog = Catalog("de")
    catalog.add("row {row}, col {col}", "Zeile {row}, Spalte {col}")
    catalog.add(("{n} picture", "{n} pictures"), ("ein Bild", "{n} Bilder"))
    catalog.add("at ({row:.4g})", "")
    with pytest.raises(ValueError, match="'ein Bild'"):
        make_texts.check_places(catalog)
    catalog["{n} picture"].string = ("{n} Bild", "{n} Bilder")
    make_texts.check_places(catalog)
    catalog["row {row}, col {col}"].string = "Zeile {row, Spalte {col}"
    with pytest.raises(ValueError, match="Spalte"):
        make_texts.check_places(catalog)


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.parts[-3])
def test_a_shipped_translation_says_everything_and_keeps_what_is_filled_in(path: Path, make_texts: ModuleType) -> None:
    """No message without a text and none that the source lost; the same places with the same formats, the same tags."""
    template = {message.id: message for message in make_texts.catalog_of() if message.id}
    with path.open("rb") as file:
        translation = read_po(file)
    make_texts.check_places(translation)
    said = {message.id: message for message in translation if message.id}
    assert said.keys() == template.keys(), "run: make texts"
    for message in said.values():
        ids, texts = (message.id, message.string) if message.pluralizable else ((message.id,), (message.string,))
        assert all(texts), f"not translated: {ids[0]}"
        assert not message.fuzzy, f"to be looked at: {ids[0]}"
        for text in texts:
            for part in (r"\{[^{}]*\}", r"<[^>]*>", r"^\s|\s$|\n"):
                assert sorted(re.findall(part, text)) in [sorted(re.findall(part, one)) for one in ids], text
    # what is loaded is what was translated
    with path.with_suffix(".mo").open("rb") as file:
        compiled = [(message.id, message.string) for message in read_mo(file) if message.id]
    wanted = [(message.id, message.string) for message in said.values()]
    assert sorted(map(plain, compiled)) == sorted(map(plain, wanted)), "run: make texts"


def test_german_is_shipped_and_an_austrian_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_AT.UTF-8")
    assert [_("square"), ngettext("{count} grain", "{count} grains", 2)] == ["quadratisch", "{count} Körner"]
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", "en")
    assert _("square") == "square"


def test_what_geometry_says_of_no_lattice_is_in_the_catalog(messages: set[str]) -> None:
    """The core knows nothing of languages: its errors carry sentences, whose templates are found in the source."""
    templates = set()
    for path in sorted((PACKAGE / "core" / "geometry").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "LatticeNotFound":
                assert not isinstance(node.args[0], ast.Constant | ast.JoinedStr), f"{path.name}: give it a Sentence"
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}: a template is a literal"
                templates.add(node.args[0].value)
    assert len(templates) >= 8
    assert templates <= messages


def test_the_cache_follows_a_folder_of_catalogs(locale: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", "de")
    assert _("square") == "quadratisch"
    monkeypatch.setenv("LATTICE_WIDGETS_LOCALE", str(tmp_path / "nowhere"))
    assert _("square") == "square"
    assert language.DOMAIN == "lattice_widgets"
