"""What is imported is declared, and what is declared is imported."""

import ast
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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
