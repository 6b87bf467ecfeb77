"""What is imported is declared, and what is declared is imported."""

import ast
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
#: module -> its distribution, where the names differ
DISTRIBUTIONS = {"PIL": "pillow", "rsciio": "rosettasciio", "opentsne": "openTSNE"}
#: comes with an extra of another distribution: dask[distributed], imageio[ffmpeg]
BY_EXTRA = {"distributed": "dask", "imageio_ffmpeg": "imageio"}
#: what other packages import, for us: tifffile unpacks with the one, Jupyter starts kernels with the other
FOR_US = {"imagecodecs", "ipykernel"}
#: Keras runs on it too where a user has chosen so; nothing is asked of others
OPTIONAL = {"jax"}


def imported() -> dict[str, str]:
    """Distribution of each module that the package imports, and one file that does it."""
    found = {}
    for path in sorted((ROOT / "lattice_widgets").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules = [node.module]
            else:
                continue
            for module in modules:
                top = module.split(".")[0]
                if top not in {"lattice_widgets", *OPTIONAL, *sys.stdlib_module_names}:
                    found[canonicalize_name(DISTRIBUTIONS.get(top, BY_EXTRA.get(top, top)))] = str(
                        path.relative_to(ROOT)
                    )
    return found


def declared(*extras: str) -> set[str]:
    texts = [*PROJECT["dependencies"], *(text for extra in extras for text in PROJECT["optional-dependencies"][extra])]
    return {canonicalize_name(Requirement(text).name) for text in texts}


def test_what_is_imported_is_declared() -> None:
    allowed = declared("train", "formats", "stm")
    assert {name: where for name, where in imported().items() if name not in allowed} == {}


def test_what_is_declared_is_imported() -> None:
    # one of the two builds of TensorFlow stands for both
    assert declared("formats") - set(imported()) == FOR_US
    assert "tensorflow" in imported()


#: distribution -> the first version without a hole that is known, and where it is described
MENDED_IN = {
    "jupyter-core": ("5.8.1", "CVE-2025-30167: a configuration file of another user is read (Windows)"),
    "jupyter-server": ("2.14.1", "CVE-2024-35178: hashes of passwords leak (Windows)"),
    "jupyterlab": ("4.4.8", "CVE-2025-59842: links in LaTeX without noopener; CVE-2024-43805 before it"),
    "keras": ("3.12", "CVE-2025-12058 and CVE-2025-12060: a model file reads and writes other files"),
    "pillow": (
        "11.3",
        "CVE-2025-48379: a DDS picture writes past its buffer; CVE-2024-28219, CVE-2023-50447 before it",
    ),
    "requests": ("2.32.4", "CVE-2024-47081: the password of one host goes to another"),
    "tornado": ("6.5", "CVE-2025-47287: a form fills the log and stops the server; CVE-2024-52804 before it"),
}


def test_no_version_with_a_known_hole_is_let_in() -> None:
    extras = PROJECT["optional-dependencies"]
    texts = [*PROJECT["dependencies"], *(text for extra in extras.values() for text in extra)]
    lets_in = {}
    for requirement in map(Requirement, texts):
        name = canonicalize_name(requirement.name)
        if name in MENDED_IN:
            mended, _ = MENDED_IN[name]
            below = f"{mended}.dev0"
            lowest = [each.version for each in requirement.specifier if each.operator in {">=", "=="}]
            lets_in[name] = not lowest or Version(lowest[0]) < Version(below)
    assert lets_in == dict.fromkeys(MENDED_IN, False)
