"""Make a release: date the changelog, build, check, try the wheel in a bare environment, and write the text of the tag.

    python tools/make_release.py                     the version of pyproject.toml, dated today
    python tools/make_release.py --version 0.2.0     sets the version everywhere first
    python tools/make_release.py --tagged v0.2.0     changes nothing: for the machine that publishes what was tagged
    python tools/make_release.py --here              tries the wheel with the packages of this environment: nothing is fetched

It stops at the first fault, and then leaves the files as they were. It neither commits nor tags nor publishes.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: largest sdist and wheel [bytes]
LARGEST = 8_000_000
#: what says the version, and how
VERSIONED = {
    "pyproject.toml": r'^version = "([^"]+)"$',
    "lattice_widgets/__init__.py": r'^__version__ = "([^"]+)"$',
    "CITATION.cff": r"^version: (\S+)$",
    "codemeta.json": r'^  "version": "([^"]+)",$',
    "conda/recipe/recipe.yaml": r'^  version: "([^"]+)"$',
}
CHANGES = "CHANGELOG.md"
VERSION = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")
#: what a source distribution must hold
SOURCES = ("README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", "lattice_widgets/__init__.py")
SMOKE = """\
import json, subprocess, sys
import numpy as np
import lattice_widgets as lw
taken = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], lw.Microscope(field_of_view=5), rotation=20, seed=1)
np.save("square.npy", taken.image)
command = [sys.executable, "-m", "lattice_widgets.cli", "classify", "square.npy", "--passes", "100", "--json"]
run = subprocess.run(command, capture_output=True, text=True)
sys.stderr.write(run.stderr)
found = json.loads(run.stdout)
fit = lw.fit_lattice(taken.image, taken.pixel_size)
simulator = lw.LatticeSimulator()
print(json.dumps({"where": lw.__file__, "version": lw.__version__, "network": found, "geometry": fit.bravais_type}))
"""


class ReleaseError(Exception):
    """What keeps the release from being made, in one sentence."""


def changelog_entry(text: str, version: str) -> tuple[str, str]:
    """Find what the changelog says of a version.

    Parameters
    ----------
    text : str
        The changelog.
    version : str
        Such as "0.2.0".

    Returns
    -------
    tuple of str
        The date, or "unreleased"; and the lines below the heading.

    Raises
    ------
    ReleaseError
        If there is no such heading, or nothing below it.
    """
    found = re.search(
        rf"^## {re.escape(version)} \((unreleased|\d{{4}}-\d\d-\d\d)\)\n(.*?)(?=^## |\Z)", text, re.M | re.S
    )
    if not found or not found[2].strip():
        raise ReleaseError(f'{CHANGES} has nothing below "## {version} (unreleased)".')
    return found[1], found[2].strip()


def dated(text: str, version: str, date: str) -> str:
    """Return the changelog with the date of a version in place of "unreleased"; raise ReleaseError if it has one."""
    when, _ = changelog_entry(text, version)
    if when != "unreleased":
        raise ReleaseError(f"{version} was released on {when} already, says {CHANGES}.")
    return text.replace(f"## {version} (unreleased)", f"## {version} ({date})", 1)


def version_of(root: Path) -> str:
    """Read the version, which must be the same everywhere; raise ReleaseError if it is not."""
    said = {}
    for name, pattern in VERSIONED.items():
        found = re.search(pattern, (root / name).read_text(encoding="utf-8"), re.M)
        if not found:
            raise ReleaseError(f"{name} says no version.")
        said[name] = found[1]
    if len(set(said.values())) != 1:
        raise ReleaseError(f"The version is not the same everywhere: {said}.")
    return said["pyproject.toml"]


def write_version(root: Path, version: str) -> None:
    """Write a version wherever one stands; raise ReleaseError if it has not the form 1.2.3 or 1.2.3rc1."""
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version: 1.2.3, or 1.2.3rc1.")
    for name, pattern in VERSIONED.items():
        path = root / name
        text = path.read_text(encoding="utf-8")
        found = re.search(pattern, text, re.M)
        if not found:
            raise ReleaseError(f"{name} says no version.")
        path.write_text(text[: found.start(1)] + version + text[found.end(1) :], encoding="utf-8")
    changes = root / CHANGES
    text = changes.read_text(encoding="utf-8")
    changes.write_text(re.sub(r"^## \S+ \(unreleased\)$", f"## {version} (unreleased)", text, flags=re.M), "utf-8")


def write_date(root: Path, version: str, date: str) -> None:
    """Date the entry of the changelog and the citation."""
    changes, citation = root / CHANGES, root / "CITATION.cff"
    changes.write_text(dated(changes.read_text(encoding="utf-8"), version, date), encoding="utf-8")
    text = re.sub(r"^date-released: .*\n", "", citation.read_text(encoding="utf-8"), flags=re.M)
    citation.write_text(re.sub(r"^(version: .*\n)", rf"\1date-released: {date}\n", text, flags=re.M), "utf-8")


def check_contents(path: Path) -> str:
    """Check what a wheel or source distribution holds, and its size.

    Parameters
    ----------
    path : Path
        A ``.whl`` or a ``.tar.gz``.

    Returns
    -------
    str
        A line for the screen.

    Raises
    ------
    ReleaseError
        If it is larger than 8 MB, or holds what it should not, or lacks what it should hold.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise ReleaseError(f"{path.name} has {size:,} bytes; more than {LARGEST:,} are too many.")
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        # beside the package: what says of the wheel, and the extension that JupyterLab looks for in a folder of its own
        strange = [
            name
            for name in names
            if not name.startswith("lattice_widgets/")
            and ".dist-info/" not in name.split("/", 1)[0] + "/"
            and not re.match(r"lattice_widgets-[^/]+\.data/data/share/jupyter/labextensions/lattice-widgets/", name)
        ]
        lacking = {
            "lattice_widgets/__init__.pyi",
            "lattice_widgets/py.typed",
            "lattice_widgets/notebooks/00_start.ipynb",
        }
        lacking -= set(names)
    else:
        with tarfile.open(path) as archive:
            names = [name.split("/", 1)[1] for name in archive.getnames() if "/" in name]
        strange = [name for name in names if name.startswith((".venv", "build/", "dist/", "runs/", "docs/api/"))]
        lacking = set(SOURCES) - set(names)
    strange += [name for name in names if name.endswith((".pyc", ".orig")) or "/.ipynb_checkpoints/" in name]
    if strange or lacking:
        raise ReleaseError(f"{path.name} holds {strange[:5]} that it should not, and lacks {sorted(lacking)}.")
    return f"{path.name}: {len(names)} files, {size:,} bytes"


def try_wheel(wheel: Path, version: str, here: bool) -> str:
    """Install the wheel away from the repository, import it, and let it name a simulated picture.

    Parameters
    ----------
    wheel : Path
        The wheel.
    version : str
        What it should be.
    here : bool
        Whether it uses the packages of this environment, instead of a bare one into which all are fetched.

    Returns
    -------
    str
        A line for the screen.

    Raises
    ------
    ReleaseError
        If it cannot be installed, or answers wrong.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python, environment = Path(sys.executable), {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        if here:
            run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder / "site", wheel)
            environment["PYTHONPATH"] = str(folder / "site")
        else:
            run(python, "-m", "venv", folder / "venv")
            python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
            run(python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", f"{wheel}[cpu]")
        (folder / "away").mkdir()
        printed = run(python, "-c", SMOKE, cwd=folder / "away", env=environment)
        found = json.loads(printed.splitlines()[-1])
        if not Path(found["where"]).resolve().is_relative_to(folder.resolve()) or found["version"] != version:
            raise ReleaseError(f"Not the wheel was tried, but {found['where']}, {found['version']}.")
        if found["geometry"] != "square" or "square" not in json.dumps(found["network"].get("verdict", "")):
            raise ReleaseError(f"The wheel does not know a square lattice: {found}.")
    return f"{wheel.name}: imports, and names a square lattice {'here' if here else 'in a bare environment'}"


def run(*command: object, **how: object) -> str:
    """Run a program and return what it prints; raise ReleaseError with its last words if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **how)  # type: ignore[call-overload]
    if done.returncode:
        raise ReleaseError(
            f"{' '.join(str(word) for word in command[:5])[:200]}: {(done.stdout + done.stderr)[-2000:]}"
        )
    return str(done.stdout)


@contextmanager
def restored_on_failure(root: Path) -> Iterator[None]:
    """Give the files that say version and date back as they were, if what follows fails."""
    before = {name: (root / name).read_bytes() for name in (*VERSIONED, CHANGES)}
    try:
        yield
    except BaseException:
        for name, content in before.items():
            (root / name).write_bytes(content)
        raise


def make(asked: argparse.Namespace) -> None:
    """Make the release that was asked for."""
    with restored_on_failure(ROOT):
        if asked.version:
            write_version(ROOT, asked.version)
        version = version_of(ROOT)
        if asked.tagged:
            when, _ = changelog_entry((ROOT / CHANGES).read_text(encoding="utf-8"), version)
            if asked.tagged != f"v{version}" or when == "unreleased":
                raise ReleaseError(f"The tag {asked.tagged} is put on version {version}, {when}.")
        else:
            write_date(ROOT, version, asked.date)
        asked.out.mkdir(parents=True, exist_ok=True)
        for old in [*asked.out.glob("*.whl"), *asked.out.glob("*.tar.gz")]:
            old.unlink()
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", asked.out, ROOT)
        wheel, sdist = next(asked.out.glob("*.whl")), next(asked.out.glob("*.tar.gz"))
        run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)
        print(check_contents(wheel), check_contents(sdist), sep="\n")
        print(try_wheel(wheel, version, asked.here))
        _, entry = changelog_entry((ROOT / CHANGES).read_text(encoding="utf-8"), version)
    text = ROOT / "build" / "tag.txt"
    text.parent.mkdir(exist_ok=True)
    text.write_text(f"lattice_widgets {version}\n\n{entry}\n", encoding="utf-8")
    if not asked.tagged:
        print(f"Now: git commit -am 'Release {version}' && git tag -a v{version} -F build/tag.txt --cleanup=whitespace")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", help="set it everywhere first")
    parser.add_argument("--tagged", metavar="TAG", help="change nothing; the tag must be that of the version")
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="of the release; today if not given")
    parser.add_argument("--here", action="store_true", help="try the wheel with the packages of this environment")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for wheel and source distribution")
    try:
        make(parser.parse_args())
    except ReleaseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
