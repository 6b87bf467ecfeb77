"""A name on a shared server belongs to the browser that first used it."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lattice_widgets.cli import app
from lattice_widgets.files.answers import owners
from lattice_widgets.files.answers.owners import NameTaken, claim_name, make_code, release_name

ADA, EVE = "0123456789abcdef", "fedcba9876543210"


def test_capitals_and_blanks_make_no_other_name(tmp_path: Path) -> None:
    claim_name(tmp_path, "Ada  Lovelace", ADA)
    claim_name(tmp_path, "ada lovelace", ADA)
    for typed in ("ADA LOVELACE", " ada  lovelace "):
        with pytest.raises(NameTaken, match="belongs to another browser: take another name, or type it with the code"):
            claim_name(tmp_path, typed, EVE)
    claim_name(tmp_path, "Ada", EVE)


def test_a_code_takes_a_name_along_once(tmp_path: Path) -> None:
    code = make_code(tmp_path, "Ada", ADA)
    claim_name(tmp_path, "Ada", EVE, code)
    claim_name(tmp_path, "Ada", EVE)
    claim_name(tmp_path, "Ada", ADA)
    with pytest.raises(NameTaken):
        claim_name(tmp_path, "Ada", "5" * 16, code)


def test_a_code_ends_and_cannot_be_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = make_code(tmp_path, "Ada", ADA)
    later = owners.time.time() + 601
    monkeypatch.setattr(owners.time, "time", lambda: later)
    with pytest.raises(NameTaken):
        claim_name(tmp_path, "Ada", EVE, code)
    code = make_code(tmp_path, "Ada", ADA)
    for wrong in ("222222", "333333", "444444", "555555", "666666"):
        with pytest.raises(NameTaken):
            claim_name(tmp_path, "Ada", EVE, wrong)
    with pytest.raises(NameTaken):
        claim_name(tmp_path, "Ada", EVE, code)


def test_who_does_not_own_a_name_gets_no_code(tmp_path: Path) -> None:
    claim_name(tmp_path, "Ada", ADA)
    with pytest.raises(NameTaken):
        make_code(tmp_path, "Ada", EVE)


def test_neither_numbers_of_visitors_nor_codes_nor_names_are_stored(tmp_path: Path) -> None:
    code = make_code(tmp_path, "Ada", ADA)
    text = (tmp_path / "answers" / ".names.json").read_text()
    for secret in (ADA, code, "ada", "Ada"):
        assert secret not in text


def test_of_many_at_once_one_gets_the_name(tmp_path: Path) -> None:
    def tries(number: int) -> bool:
        try:
            claim_name(tmp_path, "Ada", f"{number:016x}")
        except NameTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tries, range(24))) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"x": 3}', '{"x": {"owners": 3}}', "[" * 5000])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / ".names.json").write_text(content)
    claim_name(tmp_path, "Ada", ADA)
    with pytest.raises(NameTaken):
        claim_name(tmp_path, "Ada", EVE)


@pytest.mark.parametrize("inner", [False, True])
def test_a_teacher_releases_a_name(tmp_path: Path, inner: bool) -> None:
    claim_name(tmp_path, "Ada", ADA)
    place = tmp_path / "answers" if inner else tmp_path
    told = CliRunner().invoke(app, ["grade", str(place), "--release", "aDA"])
    assert told.exit_code == 0
    assert "The name aDA is free" in told.output
    again = CliRunner().invoke(app, ["grade", str(place), "--release", "Ada"])
    assert again.exit_code == 1
    assert "belongs to nobody" in again.output
    claim_name(tmp_path, "Ada", EVE)
    assert not release_name(tmp_path / "elsewhere", "Ada")
    assert json.loads((tmp_path / "answers" / ".names.json").read_text())
