"""Write the conda recipe from pyproject.toml, so that no dependency is listed twice.

    python tools/make_conda_recipe.py       conda/recipe/recipe.yaml, for this checkout
    python tools/make_conda_recipe.py --sdist dist/lattice_widgets-0.1.0.tar.gz --url URL --maintainer NAME
                                            build/conda/recipe.yaml, as conda-forge wants it: address and sum of a release

``rattler-build build --recipe conda/recipe`` builds the first. The recipe is of format 1 (CEP 13, CEP 14); packages are called
as conda-forge calls them.
"""

import argparse
import hashlib
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "conda" / "recipe" / "recipe.yaml"
#: what conda-forge calls it, where that differs; an extra is a package of its own there
CONDA = {
    "dask": ("dask-core", "distributed"),
    "imageio": ("imageio", "imageio-ffmpeg"),
    "jupyter-core": ("jupyter_core",),
    "jupyter-server": ("jupyter_server",),
    "jupyterlab-server": ("jupyterlab_server",),
    "matplotlib": ("matplotlib-base",),
    "openTSNE": ("opentsne",),
}
#: extras that a user may add: nothing is installed, but what is must not be older
EXTRAS = ("train", "formats")


def project() -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def conda_of(texts: list[str]) -> list[str]:
    """Return requirements as conda writes them, sorted, without markers; a bound goes to the first of several packages."""
    found = set()
    for text in texts:
        wanted = Requirement(text)
        first, *more = CONDA.get(wanted.name, (wanted.name,))
        found |= {f"{first} {wanted.specifier}".strip(), *more}
    return sorted(found, key=str.lower)


def constraints() -> list[str]:
    """Return the requirements of the extras; of two builds of one package, which share their bound, the plain one."""
    extras = project()["project"]["optional-dependencies"]
    return conda_of([text for extra in EXTRAS for text in extras[extra] if not text.startswith("tensorflow-cpu")])


def recipe(source: list[str], maintainers: list[str]) -> str:
    """Return the text of the recipe.

    Parameters
    ----------
    source : list of str
        The lines below ``source:``.
    maintainers : list of str
        Names on GitHub of who keeps the recipe; none for one that only builds a checkout.
    """
    about = project()["project"]
    (script, entry), *_ = about["scripts"].items()
    minimum = about["requires-python"].removeprefix(">=")
    lines = [
        "# Written by tools/make_conda_recipe.py from pyproject.toml: do not edit.",
        "schema_version: 1",
        "",
        "context:",
        f'  version: "{about["version"]}"',
        f'  python_min: "{minimum}"',
        "",
        "package:",
        f"  name: {about['name']}",
        "  version: ${{ version }}",
        "",
        "source:",
        *source,
        "",
        "build:",
        "  number: 0",
        "  noarch: python",
        "  script: ${{ PYTHON }} -m pip install . -vv --no-deps --no-build-isolation",
        "  python:",
        "    entry_points:",
        f"      - {script} = {entry}",
        "",
        "requirements:",
        "  host:",
        "    - python ${{ python_min }}.*",
        *(f"    - {each}" for each in conda_of(project()["build-system"]["requires"])),
        "    - pip",
        "  run:",
        "    - python >=${{ python_min }}",
        *(f"    - {each}" for each in conda_of(about["dependencies"])),
        "  run_constraints:",
        *(f"    - {each}" for each in constraints()),
        "",
        "tests:",
        "  - python:",
        "      imports:",
        "        - lattice_widgets",
        "        - lattice_widgets.widgets",
        "      pip_check: true",
        "      python_version: ${{ python_min }}.*",
        "  - requirements:",
        "      run:",
        "        - python ${{ python_min }}.*",
        "    script:",
        f"      - {script} --help",
        # a picture that is drawn, its lattice, and a widget: nothing is fetched
        "      - >-",
        '        python -c "import lattice_widgets as lw;',
        "        taken = lw.simulate_micrograph(lw.CRYSTALS['graphene'], seed=1);",
        "        assert lw.name_lattice(taken.image).classes == ('hexagonal',);",
        "        assert lw.fit_lattice(taken.image, taken.pixel_size).bravais_type == 'hexagonal';",
        '        lw.LatticeSimulator()"',
        "",
        "about:",
        f"  license: {about['license']}",
        f"  license_file: {about['license-files'][0]}",
        f"  summary: {about['description']}",
    ]
    if maintainers:
        lines += ["", "extra:", "  recipe-maintainers:", *(f"    - {name}" for name in maintainers)]
    return "\n".join(lines) + "\n"


def of_checkout() -> str:
    """Return the recipe that builds this checkout."""
    return recipe(["  path: ../.."], [])


def of_release(sdist: Path, url: str, maintainers: list[str]) -> str:
    """Return the recipe of a source distribution that lies at an address."""
    return recipe([f"  url: {url}", f"  sha256: {hashlib.sha256(sdist.read_bytes()).hexdigest()}"], maintainers)


def main() -> None:
    """Write one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sdist", type=Path, help="the source distribution of the release")
    parser.add_argument("--url", help="where it lies")
    parser.add_argument("--maintainer", action="append", default=[], help="name on GitHub; may be given more than once")
    asked = parser.parse_args()
    if asked.sdist is None:
        RECIPE.write_text(of_checkout(), encoding="utf-8")
        print(RECIPE.relative_to(ROOT))
        return
    if not asked.url or not asked.maintainer:
        parser.error("a recipe of a release needs --url and --maintainer")
    out = ROOT / "build" / "conda" / "recipe.yaml"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(of_release(asked.sdist, asked.url, asked.maintainer), encoding="utf-8")
    print(out.relative_to(ROOT))


if __name__ == "__main__":
    main()
