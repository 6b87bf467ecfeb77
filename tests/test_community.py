"""What the world sees beside the code: citation, metadata, forms and paper are well formed and say the same."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import lattice_widgets

ROOT = Path(__file__).parents[1]
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
METHOD = "10.1038/s41524-018-0086-7"


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_citation_and_metadata_say_what_the_package_says() -> None:
    citation, metadata = load(ROOT / "CITATION.cff"), json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "type"} <= set(citation)
    assert citation["version"] == metadata["version"] == lattice_widgets.__version__
    assert citation["license"] == "BSD-3-Clause"
    assert metadata["license"].endswith("/BSD-3-Clause")
    assert citation["references"][0]["doi"] == METHOD
    assert METHOD in metadata["referencePublication"][0]["identifier"]
    assert METHOD in (ROOT / "docs" / "citing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_form_is_one(path: Path) -> None:
    form = load(path)
    assert {"name", "description", "body"} <= set(form)
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    assert any(part.get("validations", {}).get("required") for part in fields)
    names = [part["id"] for part in fields]
    assert len(names) == len(set(names))
    for part in fields:
        assert part["type"] in {"input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"]["label"]
        assert ("options" in part["attributes"]) is (part["type"] in {"dropdown", "checkboxes"})


def test_paper_has_the_form_of_the_journal() -> None:
    text = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    front = yaml.safe_load(head)
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= set(front)
    assert front["authors"][0]["name"] == "The lattice_widgets engineers"
    assert {"# Summary", "# Statement of need", "# References"} <= set(re.findall(r"^# .+$", body, re.MULTILINE))
    assert 250 < len(body.split()) < 1000, "the journal asks for 250 to 1000 words"
    bibliography = (ROOT / "paper" / front["bibliography"]).read_text(encoding="utf-8")
    cited = set(re.findall(r"@(\w+)", body))
    assert cited == set(re.findall(r"^@\w+\{(\w+),", bibliography, re.MULTILINE))
    for entry in bibliography.strip().split("\n\n"):
        assert entry.count("{") == entry.count("}"), entry.splitlines()[0]
        assert {"author", "title", "year"} <= set(re.findall(r"^  (\w+) = ", entry, re.MULTILINE))
