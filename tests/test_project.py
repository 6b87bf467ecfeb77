"""The project as a whole: what the wheel holds, what an import costs, what the pins allow, what no file may name."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lattice_widgets
from lattice_widgets.classifier.card import WEIGHTS

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
#: folders that a clone does not hold
NOT_OURS = {".git", ".hypothesis", ".venv", "build", "dist", "node_modules", "runs", "test-results"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)$")


def files_of_the_repository() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith(("cache", "cache__"))]
        yield from (Path(folder) / name for name in names)


def texts_of_the_repository() -> Iterator[tuple[Path, str]]:
    for path in files_of_the_repository():
        data = path.read_bytes()
        if b"\0" not in data:
            yield path.relative_to(ROOT), data.decode("utf-8", errors="replace")


def pins(file: str = "constraints.txt") -> dict[str, str]:
    lines = (ROOT / file).read_text().splitlines()
    return {canonicalize_name(found[1]): found[2] for line in lines if (found := PIN.match(line))}


def load_tool(name: str) -> ModuleType:
    """Return a program of `tools/` as a module."""
    specification = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert specification
    assert specification.loader
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    return tool


pin_hashes = load_tool("pin_hashes")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built the way a release is: from the source distribution. Nothing is downloaded for it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


def test_wheel_holds_the_package_whole_and_nothing_else(wheel: Path) -> None:
    in_package = {
        path.relative_to(ROOT).as_posix()
        for path in files_of_the_repository()
        if ROOT / "lattice_widgets" in path.parents and path.suffix != ".pyc"
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    information = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    notebooks = {
        f"lattice_widgets/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.*") if path.is_file()
    }
    assert "lattice_widgets/notebooks/00_start.ipynb" in notebooks
    # every JupyterLab of the environment finds its extension there
    extension = {name for name in names if name.split("/")[0].endswith(".data")}
    assert {name.partition("/data/share/jupyter/")[2] for name in extension} == {
        name.removeprefix("lattice_widgets/server/share/") for name in in_package if "/share/labextensions/" in name
    }
    assert names - information - extension == in_package | notebooks
    assert any(name.endswith("licenses/LICENSE") for name in information)
    assert {"lattice_widgets/py.typed", "lattice_widgets/__init__.pyi"} <= names
    assert wheel.stat().st_size < 10_000_000, "the wheel is larger than 10 MB"


def test_wheel_works_alone(wheel: Path, tmp_path: Path) -> None:
    """Away from the repository: every public name is there, and the registry of the real pictures is found."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    program = (
        "import lattice_widgets as lw; print(lw.__file__); print(len([getattr(lw, name) for name in lw.__all__]));"
        "print(*lw.list_samples())"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    where, names, samples = run.stdout.splitlines()[-3:]
    assert Path(where).is_relative_to(tmp_path)
    assert int(names) == len(lattice_widgets.__all__)
    assert "graphene" in samples


def test_importing_loads_nothing_heavy() -> None:
    program = (
        "import sys, lattice_widgets; print(*{'keras', 'tensorflow', 'matplotlib', 'sklearn'} & set(sys.modules));"
        "print(lattice_widgets.__file__)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.splitlines() == ["", lattice_widgets.__file__]


def test_version_is_the_same_everywhere() -> None:
    assert lattice_widgets.__version__ == PYPROJECT["project"]["version"]
    assert lattice_widgets.__version__ in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("file", ["constraints.txt", "constraints-oldest.txt"])
def test_every_requirement_is_pinned_to_a_version_that_it_allows(file: str) -> None:
    project, pinned = PYPROJECT["project"], pins(file)
    extras = project["optional-dependencies"]
    texts = [
        *project["dependencies"],
        *(text for extra in ("train", "formats", "docs", "dev") for text in extras[extra]),
    ]
    wanted = [Requirement(text) for text in texts]
    wanted = [requirement for requirement in wanted if requirement.name != project["name"]]
    assert len(wanted) > 15
    for requirement in wanted:
        name = canonicalize_name(requirement.name)
        if name == "tensorflow" and file == "constraints-oldest.txt":  # tensorflow-cpu stands there alone
            continue
        assert name in pinned, f"{file} does not pin {name}"
        assert requirement.specifier.contains(pinned[name]), f"{requirement} does not allow the pinned {pinned[name]}"


@pytest.mark.parametrize("file", ["constraints.txt", "constraints-oldest.txt"])
def test_constraints_hold_versions_only(file: str) -> None:
    lines = [line for line in (ROOT / file).read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not PIN.match(line)] == []
    assert len(pins(file)) == len(lines), "a package is pinned twice"


def test_what_binder_installs_has_checksums_and_the_versions_of_the_constraints() -> None:
    text = pin_hashes.HASHED.read_text(encoding="utf-8")
    blocks = [block for block in re.split(r"\n(?=[a-z0-9])", text) if not block.startswith("#")]
    versions: dict[str, str] = {}
    for block in blocks:
        first, *hashes = block.rstrip().split(" \\\n    ")
        name, _, version = first.partition("==")
        versions[canonicalize_name(name)] = version
        assert hashes
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes), block
    assert len(blocks) == len(versions) > 100
    assert versions.items() <= pins().items()


@pytest.mark.skipif(
    sys.platform != "linux" or sys.version_info[:2] != (3, 11),
    reason="the checksums are for Binder: Linux, Python 3.11",
)
def test_all_that_binder_needs_has_checksums() -> None:
    named = re.findall(r"^([A-Za-z0-9][\w.-]*)==", pin_hashes.HASHED.read_text(encoding="utf-8"), re.MULTILINE)
    assert {canonicalize_name(name) for name in named} == pin_hashes.needed(), "run python tools/pin_hashes.py"


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    hosts = [("py" + "pi", "org"), ("python" + "hosted", "org"), ("anaconda", "org"), ("npm" + "js", "org")]
    hosts += [("yarn" + "pkg", "com"), ("un" + "pkg", "com"), ("js" + "delivr", "net"), ("esm", "sh"), ("crates", "io")]
    forbidden = re.compile(
        "|".join(
            [*(rf"\b{name}\.{end}\b" for name, end in hosts), r"(?<![\w.])/(?:root|work|home)/\w+", r"\bfile:///\w"]
        )
    )
    assert forbidden.search("see https://" + ".".join(hosts[0])), "the pattern finds nothing"
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts_of_the_repository()
        if path != Path(__file__).relative_to(ROOT)
        for number, line in enumerate(text.splitlines(), 1)
        if forbidden.search(line)
    ]
    assert found == []


def test_no_real_picture_is_committed() -> None:
    shared = ROOT.parent / "shared" / "data"
    if not shared.is_dir():
        pytest.skip("the real pictures are not beside this repository (../shared/data)")
    sizes = {path.stat().st_size: path for path in shared.iterdir() if path.is_file()}
    for path in files_of_the_repository():
        twin = sizes.get(path.stat().st_size)
        assert twin is None or twin.read_bytes() != path.read_bytes(), f"{path} is {twin.name}, not ours to ship"


@pytest.mark.parametrize("name", [".ci/run", "binder/postBuild", "tools/create_venv.sh"])
def test_shell_program_stops_at_the_first_error(name: str) -> None:
    path = ROOT / name
    text = path.read_text()
    assert os.access(path, os.X_OK), f"{name} is not executable"
    assert re.search(r"^set -\w*e", text, re.MULTILINE)
    shell = shutil.which("bash" if "bash" in text.splitlines()[0] else "sh")
    assert shell
    subprocess.run([shell, "-n", str(path)], check=True)


def test_binder_installs_the_package_with_the_pins() -> None:
    recipe = (ROOT / "binder" / "postBuild").read_text()
    assert "--require-hashes --requirement requirements-hashed.txt" in recipe
    found = re.search(r"--no-deps --no-build-isolation '(\.\[([a-z,]+)\])'", recipe)
    assert found
    assert pin_hashes.WANTED[0] == f"lattice-widgets{found[1].removeprefix('.')}", "other packages than have checksums"
    extras = set(found[2].split(","))
    assert extras <= set(PYPROJECT["project"]["optional-dependencies"])
    assert not extras & {"train", "cpu", "gpu", "dev"}, "nobody trains on Binder: TensorFlow would be half of the image"
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert Requirement(f"python{PYPROJECT['project']['requires-python']}").specifier.contains(version)


def test_readme_commands_are_those_of_the_makefile_and_of_ci() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^\s*(?:\$ )?make ([a-z]+)", readme, re.MULTILINE))
    assert {"lab", "test"} <= named <= targets
    assert "make test" in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_figures_of_the_readme_are_those_of_the_examination() -> None:
    tool = load_tool("make_network")
    for page in tool.PAGES:
        text = page.read_text(encoding="utf-8")
        assert text == tool.with_table(text), "run python tools/make_network.py default --from table"
    shipped = {
        card.stem: json.loads(card.read_text(encoding="utf-8"))["weights_sha256"] for card in WEIGHTS.glob("*.json")
    }
    assert json.loads(tool.FIGURES.read_text(encoding="utf-8"))["weights_sha256"] == shipped


def test_files_and_folders_stay_small() -> None:
    limits = {".py": 300, ".js": 400}
    files = [path for path in (ROOT / "lattice_widgets").rglob("*") if path.suffix in limits]
    assert len(files) > 400
    long = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in files}
    assert {path: lines for path, lines in long.items() if lines > limits[Path(path).suffix]} == {}
    folders = Counter(path.parent for path in files if path.suffix == ".py" and path.name != "__init__.py")
    assert {str(folder.relative_to(ROOT)): count for folder, count in folders.items() if count > 16} == {}


def test_tests_hardly_reach_into_private_attributes() -> None:
    """What is tested is what users, pages and kernels see; each exception is a debt."""
    framework = {"_replace", "_asdict", "_fields", "_make", "_exit"}
    reached = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and re.match("_[a-z]", node.attr)
        and node.attr not in framework
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    ]
    assert len(reached) <= 60, "\n".join(reached)
