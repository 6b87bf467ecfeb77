"""The check of the Binder recipe: its parts, and one notebook of a real server in this environment."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import LONG_PATIENCE, PATIENCE

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import binder_badges  # noqa: E402
import binder_check  # noqa: E402


def check(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools" / "binder_check.py"), "--here", *arguments]
    environment = {**os.environ, "LATTICE_WIDGETS_PATIENCE": str(PATIENCE), **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=LONG_PATIENCE, env=environment)


def measured(**values: object) -> dict[str, object]:
    return {
        "notebook": "a.ipynb", "peak_mb": 400.0, "drawn": 3.0, "works": 4.0, "all": 9.0, "problem": "", **values
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, 0),
        ({"drawn": None, "works": None}, 0),
        ({"peak_mb": 600.0}, 2),
        ({"works": 6.0}, 2),
        ({"problem": "It needed more than 2000 MB and was ended.", "peak_mb": 2100.0}, 1),
    ],
)
def test_the_exit_code_tells_failures_from_missed_goals(
    values: dict[str, object], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert binder_check.report([measured(), measured(**values)], 2000) == code
    assert str(values.get("problem", "")) in capsys.readouterr().out


def test_a_step_that_fails_ends_the_check_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(binder_check.CheckError, match=r"(?s)failed with 3.*no such wheel"):
        binder_check.run_step(["sh", "-c", "echo no such wheel; exit 3"], tmp_path, dict(os.environ))


def test_the_copy_holds_what_a_clone_holds(tmp_path: Path) -> None:
    clone = binder_check.copy_clone(tmp_path)
    for name in (
        "pyproject.toml",
        "constraints.txt",
        "lattice_widgets/samples/registry.txt",
        "notebooks/00_start.ipynb",
    ):
        assert (clone / name).read_bytes() == (ROOT / name).read_bytes()
    assert os.access(clone / "binder" / "postBuild", os.X_OK)
    assert not (clone / ".venv").exists()


# Run once more than in tests/notebooks: here a server like Binder's starts the kernel, and a slider is moved.
def test_a_notebook_draws_and_answers_in_a_server_like_binder_s(data_mirror: str | None) -> None:
    mirror = {"LATTICE_WIDGETS_DATA_URL": data_mirror} if data_mirror else {}
    answer = check("--only", "00_start.ipynb", **mirror)
    assert answer.returncode in (0, 2), answer.stdout + answer.stderr  # 2: this machine is busy
    line = next(line for line in answer.stdout.splitlines() if line.startswith("00_start.ipynb"))
    found = re.fullmatch(r"00_start.ipynb +(\d+) MB +([\d.]+) s +([\d.]+) s +([\d.]+) s", line)
    assert found, line
    peak, drawn, works, whole = map(float, found.groups())
    assert 200 < peak < 2000
    assert 0 < drawn <= works <= whole


def test_what_needs_too_much_is_ended() -> None:
    answer = check("--only", "00_start.ipynb", "--limit", "150")
    assert answer.returncode == 1
    assert "It needed more than 150 MB and was ended." in answer.stdout


def test_badges_lead_to_every_notebook() -> None:
    lines = "\n".join(binder_badges.badges("somebody/kit"))
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for way in ("lab%2Ftree", "voila%2Frender"):
            assert f"/v2/gh/somebody/kit/HEAD?urlpath={way}%2Fnotebooks%2F{path.name})" in lines


def test_badges_are_written_in_place_of_the_last_ones(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    shutil.copy(ROOT / "README.md", readme)
    before = readme.read_text(encoding="utf-8")
    for name in ("somebody/kit", "somebody-else/kit"):
        binder_badges.write(readme, binder_badges.badges(name))
    text = readme.read_text(encoding="utf-8")
    assert text.count("mybinder.org/badge") == 2
    assert "gh/somebody-else/kit/" in text
    assert "gh/somebody/kit/" not in text
    # nothing else is touched
    assert text.split(binder_badges.BEGIN)[0] == before.split(binder_badges.BEGIN)[0]
    assert text.split(binder_badges.END)[1] == before.split(binder_badges.END)[1]
    readme.write_text("no place for badges")
    with pytest.raises(ValueError, match="to write between"):
        binder_badges.write(readme, [])


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/me/kit.git",
        "git@github.com:me/kit.git",
        "https://GitHub.com/me/kit",
        "ssh://git@ssh.github.com:443/me/kit.git",
    ],
)
def test_badges_know_the_repository_from_its_remote(remote: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert binder_badges.origin(tmp_path) == ""
    subprocess.run(["git", "remote", "add", "origin", remote], cwd=tmp_path, check=True)
    assert binder_badges.origin(tmp_path) == "me/kit"
    subprocess.run(["git", "remote", "set-url", "origin", "https://notgithub.com/me/kit"], cwd=tmp_path, check=True)
    assert binder_badges.origin(tmp_path) == ""


@pytest.mark.parametrize("name", ["binder/start", "binder/postBuild"])
def test_programs_of_the_recipe_stop_at_the_first_error(name: str) -> None:
    assert "set -euo pipefail" in (ROOT / name).read_text().splitlines()
    subprocess.run(["bash", "-n", str(ROOT / name)], check=True)
