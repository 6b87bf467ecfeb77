"""The campaign itself: every file of attacks is in one part of `make hostile`, each part in the nightly workflow."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.hostile import campaign

ROOT = Path(__file__).parents[2]


def test_every_attack_belongs_to_one_part() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    parts = dict(re.findall(r"^HOSTILE_(\w+) *:= (.*)$", makefile, re.MULTILINE))
    named = re.findall(r"\w+\.py", " ".join(parts.values()))
    there = {path.name.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")} - {"campaign.py"}
    assert sorted(name.removeprefix("test_") for name in named if "closing" not in name) == sorted(there)
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "hostile.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["campaign"]["strategy"]["matrix"]["part"] == list(parts)
    assert re.search(r"^PART +\?= (.*)$", makefile, re.MULTILINE)[1].split() == list(parts)


def test_a_target_that_is_missed_is_no_success(tmp_path: Path) -> None:
    """The test passes; its figure is larger than it may be."""
    (tmp_path / "conftest.py").write_text("from tests.hostile.conftest import *\n")
    attack = "from tests.hostile.campaign import record\n\ndef test_it():\n    record('lost', 3, 0, 7)\n"
    (tmp_path / "test_it.py").write_text(attack)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        capture_output=True, text=True, cwd=tmp_path,
        # its lines are not counted: SlipCover would leave out how many tests passed
        env={**{name: value for name, value in os.environ.items() if not name.startswith("SLIPCOVER")},
             "PYTHONPATH": str(ROOT), "LATTICE_WIDGETS_HOSTILE": "1"},
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert re.search(r"^lost +7 +3 +0 +missed$", done.stdout, re.MULTILINE)
    assert done.returncode == 1


def test_figures_of_one_name_are_added_and_peaks_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "FIGURES", {})
    for value in (1, 2):
        campaign.record("a", value, 0, 10)
        campaign.record("b", value, 0, 10, "MB")
    assert campaign.FIGURES["a"] == campaign.Figure(3, 0, 20, "")
    assert campaign.FIGURES["b"].value == 2
