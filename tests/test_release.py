"""`make release`: a whole one in a copy of the repository, and what it refuses."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import make_release  # noqa: E402
from make_release import ReleaseError  # noqa: E402

CHANGES = "# Changes\n\n## 0.3.0 (unreleased)\n\n- New.\n\n## 0.2.0 (2026-01-02)\n\n- Old.\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository without what git ignores."""
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "build", "dist", "runs", "api", "test-results", "*cache*", "answers"
    )
    return Path(shutil.copytree(ROOT, tmp_path / "copy", ignore=ignored))


def release(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(copy / "tools" / "make_release.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=copy)


def test_a_release_is_built_checked_tried_and_dated(copy: Path) -> None:
    made = release(copy, "--version", "9.8.7", "--date", "2030-01-02", "--here")
    assert made.returncode == 0, made.stdout + made.stderr
    assert sorted(path.name for path in (copy / "dist").iterdir()) == [
        "lattice_widgets-9.8.7-py3-none-any.whl",
        "lattice_widgets-9.8.7.tar.gz",
    ]
    assert "names a square lattice" in made.stdout
    assert "\n## 9.8.7 (2030-01-02)\n" in (copy / "CHANGELOG.md").read_text()
    citation = yaml.safe_load((copy / "CITATION.cff").read_text())
    assert (citation["version"], str(citation["date-released"])) == ("9.8.7", "2030-01-02")
    assert json.loads((copy / "codemeta.json").read_text())["version"] == "9.8.7"
    tag = (copy / "build" / "tag.txt").read_text()
    assert tag.startswith("lattice_widgets 9.8.7\n\n- ")
    again = release(copy, "--here")
    assert again.returncode != 0
    assert "was released on 2030-01-02 already" in again.stderr
    wrong = release(copy, "--tagged", "v9.8.8")
    assert wrong.returncode != 0
    assert "The tag v9.8.8 is put on version 9.8.7" in wrong.stderr


def test_a_release_that_fails_leaves_the_files_as_they_were(copy: Path) -> None:
    before = {name: (copy / name).read_bytes() for name in (*make_release.VERSIONED, "CHANGELOG.md")}
    (copy / "LICENSE").unlink()  # the build cannot do without
    made = release(copy, "--version", "9.8.7", "--here")
    assert made.returncode != 0
    assert "Traceback" not in made.stderr
    assert {name: (copy / name).read_bytes() for name in before} == before


def test_changelog_entry_is_found_and_dated_once() -> None:
    assert make_release.changelog_entry(CHANGES, "0.3.0") == ("unreleased", "- New.")
    assert make_release.changelog_entry(CHANGES, "0.2.0") == ("2026-01-02", "- Old.")
    once = make_release.dated(CHANGES, "0.3.0", "2026-03-04")
    assert once == CHANGES.replace("0.3.0 (unreleased)", "0.3.0 (2026-03-04)")
    with pytest.raises(ReleaseError, match="already"):
        make_release.dated(once, "0.3.0", "2026-03-05")
    with pytest.raises(ReleaseError, match="nothing below"):
        make_release.changelog_entry(CHANGES, "0.4.0")


def test_versions_that_are_none_or_differ_are_refused(tmp_path: Path) -> None:
    for name in (*make_release.VERSIONED, "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    with pytest.raises(ReleaseError, match="is no version"):
        make_release.write_version(tmp_path, "next")
    make_release.write_version(tmp_path, "1.2.3rc1")
    assert make_release.version_of(tmp_path) == "1.2.3rc1"
    citation = (tmp_path / "CITATION.cff").read_text()
    (tmp_path / "CITATION.cff").write_text(citation.replace("1.2.3rc1", "1.2.4"))
    with pytest.raises(ReleaseError, match="not the same everywhere"):
        make_release.version_of(tmp_path)


def wheel_of(folder: Path, *more: str, size: int = 0) -> Path:
    path = folder / "some-1.0-py3-none-any.whl"
    whole = ("__init__.pyi", "py.typed", "notebooks/00_start.ipynb")
    with zipfile.ZipFile(path, "w") as archive:
        for name in (*(f"lattice_widgets/{name}" for name in whole), "some-1.0.dist-info/METADATA", *more):
            archive.writestr(name, bytes(size))
    return path


def test_contents_are_checked(tmp_path: Path) -> None:
    assert make_release.check_contents(wheel_of(tmp_path)).startswith("some-1.0-py3-none-any.whl: 4 files")
    for strange in ("tests/test_it.py", "lattice_widgets/__pycache__/a.pyc"):
        with pytest.raises(ReleaseError, match=strange):
            make_release.check_contents(wheel_of(tmp_path, strange))
    with pytest.raises(ReleaseError, match="too many"):
        make_release.check_contents(wheel_of(tmp_path, size=3_000_000))
    sdist = tmp_path / "some-1.0.tar.gz"
    with tarfile.open(sdist, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("some-1.0/README.md"), io.BytesIO())
    with pytest.raises(ReleaseError, match=r"lacks \['CHANGELOG.md'"):
        make_release.check_contents(sdist)


@pytest.mark.parametrize("name", ["docs", "hostile", "release", "tests"])
def test_workflows_run_what_the_makefile_has_and_keep_no_secrets(name: str) -> None:
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    targets = {line.split(":")[0] for line in (ROOT / "Makefile").read_text().splitlines() if ": $(" in line}
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert commands
    for command in commands:
        if command.startswith("make "):
            assert command.split()[1] in targets
    assert "secrets." not in text
    assert "password" not in text
