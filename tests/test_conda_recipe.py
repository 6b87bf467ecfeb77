"""The conda recipe asks for what pyproject.toml asks for, and tests what it builds."""

import hashlib
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RECIPE = yaml.safe_load((ROOT / "conda" / "recipe" / "recipe.yaml").read_text())


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    specification = importlib.util.spec_from_file_location("conda_recipe", ROOT / "tools" / "make_conda_recipe.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def bounds(lines: list[str]) -> dict[str, SpecifierSet]:
    """Each package of the recipe with its bound."""
    parts = [line.partition(" ") for line in lines]
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) for name, _, _ in parts), "conda has small letters only"
    return {name: SpecifierSet("" if "$" in bound else bound) for name, _, bound in parts}


def test_it_is_written_by_the_tool(tool: ModuleType) -> None:
    assert tool.RECIPE.read_text(encoding="utf-8") == tool.of_checkout(), "run python tools/make_conda_recipe.py"


def test_every_dependency_is_there_with_its_bound_and_nothing_else(tool: ModuleType) -> None:
    run = bounds(RECIPE["requirements"]["run"])
    for text in PROJECT["dependencies"]:
        wanted = Requirement(text)
        name, *more = tool.CONDA.get(wanted.name, (wanted.name,))
        assert run.pop(name) == wanted.specifier, text
        for extra in more:
            assert wanted.extras
            run.pop(extra)
    assert set(run) == {"python"}
    assert RECIPE["context"]["python_min"] == PROJECT["requires-python"].removeprefix(">=")
    assert set(bounds(RECIPE["requirements"]["host"])) == {"python", "hatchling", "pip"}
    limits = bounds(RECIPE["requirements"]["run_constraints"])
    for extra in tool.EXTRAS:
        for text in PROJECT["optional-dependencies"][extra]:
            wanted = Requirement(text)
            assert limits[wanted.name.removesuffix("-cpu")] == wanted.specifier


def test_what_it_tests_is_true_here(tmp_path: Path) -> None:
    """The command of its test, word by word as a shell runs it, beside no source."""
    (python,) = [line for test in RECIPE["tests"] for line in test.get("script", ()) if line.startswith("python")]
    (code,) = re.fullmatch(r'python -c "(.*)"', python).groups()  # type: ignore[union-attr]
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "MPLCONFIGDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    (script,) = PROJECT["scripts"].items()
    assert RECIPE["build"]["python"]["entry_points"] == [" = ".join(script)]


def test_the_recipe_of_a_release_names_its_file_and_who_keeps_it(tool: ModuleType, tmp_path: Path) -> None:
    sdist = tmp_path / "kit.tar.gz"
    sdist.write_bytes(b"a release")
    made = yaml.safe_load(tool.of_release(sdist, "https://example.org/kit.tar.gz", ["somebody"]))
    assert made["source"] == {
        "url": "https://example.org/kit.tar.gz",
        "sha256": hashlib.sha256(b"a release").hexdigest(),
    }
    assert made["extra"] == {"recipe-maintainers": ["somebody"]}
    assert {name: part for name, part in made.items() if name not in ("source", "extra")} == {
        name: part for name, part in RECIPE.items() if name != "source"
    }
