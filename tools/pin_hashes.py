"""Write `requirements-hashed.txt`: what Binder installs, each package with the version of `constraints.txt` and its checksums.

``pip install --require-hashes -r requirements-hashed.txt`` takes nothing else, whoever stands between this machine and the
registry. To be run after a change of ``constraints.txt`` or of the requirements, in the environment of the tests::

    python tools/pin_hashes.py            # minutes: asks the registry for the checksums of every file of every version
    python tools/pin_hashes.py --check    # has pip look whether all can be had, and installs nothing
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CONSTRAINTS, HASHED = ROOT / "constraints.txt", ROOT / "requirements-hashed.txt"
#: what is installed, and what builds this package
WANTED = ("lattice-widgets[formats,stm]", "hatchling")
#: what Binder does without: FFmpeg alone has 170 MB, and only mp4 and avi need it
LEFT_OUT = {"imageio-ffmpeg"}
HEAD = """\
# Made by tools/pin_hashes.py from constraints.txt: what Binder installs (Linux, Python 3.11), with the checksums of all files
# that the registry has of each version. pip install --require-hashes -r requirements-hashed.txt, then
# pip install --no-deps --no-build-isolation . for the package itself.
"""


def pinned() -> dict[str, str]:
    """Return the versions of `constraints.txt`, by canonical name."""
    lines = (line.partition("#")[0].strip() for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines())
    pins = [Requirement(line) for line in lines if line]
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}


def needed(wanted: tuple[str, ...] = WANTED) -> set[str]:
    """Return the canonical names of all that these requirements need on this machine, themselves but for this package."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in wanted]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        each = waiting.pop()
        name = canonicalize_name(each.name)
        if (name, frozenset(each.extras)) in seen:
            continue
        seen.add((name, frozenset(each.extras)))
        found.add(name)
        try:
            texts = requires(name) or []
        except PackageNotFoundError:
            raise SystemExit(f"{name} is not installed here: run this in the environment of the tests.") from None
        for text in texts:
            further = Requirement(text)
            environments = [{**default_environment(), "extra": extra} for extra in (each.extras or {""})]
            if further.marker is None or any(further.marker.evaluate(one) for one in environments):
                waiting.append(further)
    return found - {"lattice-widgets"} - LEFT_OUT


def write() -> None:
    """Ask the registry, with the well-kept pip-tools in an environment of their own."""
    pins = pinned()
    missing = sorted(needed() - set(pins))
    if missing:
        raise SystemExit(f"constraints.txt has no version of {', '.join(missing)}.")
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "environment" / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pip-tools"], check=True)
        wanted = Path(folder) / "wanted.in"
        wanted.write_text("".join(f"{name}=={pins[name]}\n" for name in sorted(needed())), encoding="utf-8")
        made = Path(folder) / "made.txt"
        quiet = ("--quiet", "--no-header", "--no-annotate", "--no-emit-options", "--strip-extras", "--allow-unsafe")
        command = [str(python), "-m", "piptools", "compile", *quiet, "--generate-hashes", "--no-config"]
        subprocess.run([*command, "--pip-args=--no-deps", "--output-file", str(made), str(wanted)], check=True)
        lines = [
            line for line in made.read_text(encoding="utf-8").splitlines() if line and not line.startswith(("--", "#"))
        ]
    HASHED.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def check() -> int:
    """Have pip look in an empty environment whether all can be had with these checksums; return its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "environment" / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
        command = [str(python), "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--require-hashes"]
        return subprocess.run([*command, "-r", str(HASHED)]).returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="look whether pip finds all of it")
    if parser.parse_args().check:
        sys.exit(check())
    write()
