"""The public names: what editors, type checkers and people see is what there is."""

import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lattice_widgets

ROOT = Path(__file__).parents[1]
STUB = ROOT / "lattice_widgets" / "__init__.pyi"
SCRIPT = """\
import lattice_widgets as lw
reveal_type(lw.fit_lattice)
reveal_type(lw.FFTExplorer)
reveal_type(lw.analyze_movie)
"""


def test_stub_and_package_name_the_same() -> None:
    imports = [node for node in ast.parse(STUB.read_text()).body if isinstance(node, ast.ImportFrom)]
    aliases = [alias for node in imports for alias in node.names]
    assert all(alias.name == alias.asname for alias in aliases), "a stub shows only names imported as themselves"
    assert sorted(alias.name for alias in aliases) == sorted(lattice_widgets.__all__)
    assert sorted(dir(lattice_widgets)) == sorted(lattice_widgets.__all__)
    assert isinstance(lattice_widgets.__version__, str)


@pytest.mark.parametrize("name", lattice_widgets.__all__)
def test_public_name_is_where_it_is_said_to_be(name: str) -> None:
    public = getattr(lattice_widgets, name)
    assert name in dir(lattice_widgets)
    if callable(public):
        module = importlib.import_module(public.__module__)
        assert public.__module__.startswith("lattice_widgets.")
        assert getattr(module, name) is public
        assert (public.__doc__ or "").strip(), f"{name} says nothing about itself"


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="attribute LatticeTransmogrifier"):
        lattice_widgets.LatticeTransmogrifier  # noqa: B018


def test_a_type_checker_sees_real_types(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(SCRIPT)
    # here, and with the settings of `make check`: what that has found out about the package is not found out again
    run = subprocess.run([sys.executable, "-m", "mypy", script], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    fit, explorer, analysis = re.findall(r'Revealed type is "(.+)"', run.stdout)
    assert fit.endswith("-> lattice_widgets.core.geometry.lattice_fit.LatticeFit")
    assert explorer.endswith("-> lattice_widgets.widgets.explorer.widget.FFTExplorer")
    assert re.search(r"-> xarray\.[\w.]*Dataset$", analysis)
    assert "pixel_size:" in fit, "parameters are lost"


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_use_public_names_only(path: Path) -> None:
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    source = "\n".join("".join(cell["source"]) for cell in cells)
    assert re.findall(r"^.*lattice_widgets\..*$", source, re.MULTILINE) == []
    unknown = set(re.findall(r"\blw\.([A-Za-z]\w*)", source)) - set(lattice_widgets.__all__)
    assert unknown == set()
