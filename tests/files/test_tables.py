"""Tables for spreadsheets: what would begin a formula is guarded, in every CSV of the kit, and numbers are left alone."""

import ast
import csv
from pathlib import Path

import pandas as pd
import pytest

from lattice_widgets.files.tables import guard_cell, table_text, write_frame, write_table

ROOT = Path(__file__).parents[2]
FORMULA = '=HYPERLINK("http://example.org")'
HIDDEN = ["", " ", "\t", "\n", "\r\n", "\u200b", "\ufeff", "\u00a0", "\u2060", "\u00ad \u3000", "\x00", "\u0301"]


@pytest.mark.parametrize("before", HIDDEN)
@pytest.mark.parametrize("formula", [FORMULA, "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "＋A1", "－A1", "＠A1", "﹢1"])
def test_what_begins_a_formula_is_guarded(before: str, formula: str) -> None:
    cell = guard_cell(before + formula)
    # whatever a spreadsheet strips: an apostrophe comes first
    assert cell.replace("'", "", 1) == before + formula
    place = cell.index("'")
    assert place == 0 or cell[place - 1] in "\t\r\n"


def test_a_formula_behind_another_separator_is_guarded() -> None:
    assert guard_cell("a;=1+1\t@b\r\n+c") == "a;'=1+1\t'@b\r\n'+c"


@pytest.mark.parametrize(
    "cell", ["", "graphene", "MoS2-WS2", "a=b", "-0.5", "+3e-7", "-inf", -1.5, None, True, "a - b"]
)
def test_what_begins_none_stays(cell: object) -> None:
    assert guard_cell(cell) is cell or guard_cell(cell) == cell


def test_half_a_character_can_be_written(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", ["name"], [["\ud800"]])
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "name\n?\n"


def test_heads_and_names_are_cells_too(tmp_path: Path) -> None:
    assert table_text(["=a"], [["=b", -1]]).splitlines() == ["'=a", "'=b,-1"]
    write_frame(pd.DataFrame({"=a": ["@b", "c"], "n": [-1.5, 2]}, index=["+x", "y"]), tmp_path / "b.csv", "=i")
    assert list(csv.reader((tmp_path / "b.csv").open())) == [
        ["'=i", "'=a", "n"],
        ["'+x", "'@b", "-1.5"],
        ["y", "c", "2.0"],
    ]


def test_no_file_of_the_kit_writes_a_table_past_the_guard() -> None:
    found = []
    for path in sorted((ROOT / "lattice_widgets").rglob("*.py")):
        if path.name == "tables.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            written = isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".to_csv", "savetxt"))
            if "csv" in names or (written and not ast.unparse(node.func).startswith("self.")):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
