"""Make the site: JupyterLite with this package and its lessons, a folder of static files that needs no server of its own.

Everything runs in the visitor's browser: Python (Pyodide), the package, the widgets. A published site takes Pyodide from
where its makers publish it; ``--pyodide FOLDER`` puts a copy into the site, which then asks nobody else for anything.
``--serve`` shows the site that was made.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parents[1]
#: the Python that has JupyterLite, if it is another
PYTHON = os.environ.get("LATTICE_WIDGETS_SITE_PYTHON", sys.executable)
CONSTRAINTS = ROOT / "constraints.txt"
#: the version that jupyterlite-pyodide-kernel 0.6 is made for
PYODIDE = "0.27.7"
#: what Pyodide itself brings
FROM_PYODIDE = ("numpy", "scipy", "pandas", "matplotlib", "pillow")
#: wheels of pure Python that go with ours: what the widgets import, in the versions of constraints.txt. The part of ipywidgets
#: that runs in the page is JupyterLite's own extension, and needs no wheel
WHEELS = (
    "anywidget",
    "asteval",
    "bqplot",
    "bqscales",
    "comm",
    "dill",
    "filelock",
    "ipywidgets",
    "lazy-loader",
    "lmfit",
    "periodictable",
    "psygnal",
    "tifffile",
    "traittypes",
    "typing-extensions",
    "uncertainties",
    "xarray",
)
#: of those, the last version that takes the NumPy and pandas of that Pyodide
OLDER = {"xarray": "2024.11.0"}
#: start and lessons
NOTEBOOKS = ("00_*.ipynb", "03_*.ipynb", "1?_*.ipynb")
FIRST_CELL = """\
# This notebook runs in your browser, and loads its packages first: that takes a moment.
import logging, piplite
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # says that it looks for fonts, in red
await piplite.install({packages}, deps=False)"""
#: files for those who develop JupyterLab, and for browsers older than WebAssembly
NEVER_ASKED_FOR = ("*.map", "fa-*.svg", "fa-*.eot")
#: parts of JupyterLab that are of no use here
LEFT_OUT = ("@voila-dashboards/jupyterlab-preview", "jupyter-matplotlib")


def main() -> None:
    """Make the site, or show it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "site", help="folder of the site (default: %(default)s)"
    )
    parser.add_argument(
        "--pyodide", type=Path, help=f"folder with Pyodide {PYODIDE} and its packages, to be put into the site"
    )
    parser.add_argument("--serve", action="store_true", help="show the site, which is made first where there is none")
    parser.add_argument("--port", type=int, default=8000, help="where to show it (default: %(default)s)")
    chosen = parser.parse_args()
    if not chosen.serve or not (chosen.out / "lab" / "index.html").exists():
        make(chosen.out, chosen.pyodide)
    if chosen.serve:
        serve(chosen.out, chosen.port)


def make(out: Path, pyodide: Path | None = None) -> None:
    """Make the site in a folder, which is made anew.

    Parameters
    ----------
    out : pathlib.Path
        The folder of the site.
    pyodide : pathlib.Path, optional
        Folder with ``pyodide.js``, ``pyodide-lock.json`` and the packages.
    """
    with tempfile.TemporaryDirectory(prefix="lattice_widgets_site_") as made:
        work = Path(made)
        wheels = gather_wheels(work / "wheels")
        copy_notebooks(work / "contents")
        command = [
            PYTHON,
            "-m",
            "jupyter",
            "lite",
            "build",
            "--lite-dir",
            str(work),
            "--output-dir",
            str(work / "site"),
        ]
        command += ["--contents", str(work / "contents")]
        for wheel in wheels:
            command += ["--piplite-wheels", str(wheel)]
        if pyodide is not None:
            bundle = work / f"pyodide-{PYODIDE}.tar.bz2"
            with tarfile.open(bundle, "w:bz2", compresslevel=1) as archive:
                archive.add(pyodide, "pyodide")
            command += ["--pyodide", str(bundle)]
        write_settings(work, pyodide is not None)
        subprocess.run(command, check=True, cwd=work)
        for pattern in NEVER_ASKED_FOR:
            for path in (work / "site").rglob(pattern):
                path.unlink()
        give_icons(work / "site")
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(work / "site", out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"The site is in {out}: {size / 1e6:.0f} MB.")


def gather_wheels(folder: Path) -> list[Path]:
    """Build our wheel, fetch those that it imports, and return their paths."""
    folder.mkdir(parents=True)
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)], check=True
    )
    pure = ["--implementation", "py", "--abi", "none", "--platform", "any", "--only-binary", ":all:"]
    pinned = {
        name.replace("_", "-").lower(): version
        for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", CONSTRAINTS.read_text())
    }
    names = [f"{name}=={version}" for name, version in {name: OLDER.get(name, pinned[name]) for name in WHEELS}.items()]
    subprocess.run([*pip, "download", "--no-deps", *pure, "--dest", str(folder), *names], check=True)
    return sorted(folder.glob("*.whl"))


def copy_notebooks(folder: Path) -> None:
    """Copy the notebooks, each with a first cell that loads the packages, and without its outputs."""
    folder.mkdir(parents=True)
    first = FIRST_CELL.format(packages=[*FROM_PYODIDE, *WHEELS, "lattice-widgets"])
    for pattern in NOTEBOOKS:
        for path in sorted((ROOT / "notebooks").glob(pattern)):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            cell = {
                "cell_type": "code",
                "execution_count": None,
                "id": "packages",
                "metadata": {},
                "outputs": [],
                "source": first,
            }
            cell["metadata"] = {"jupyter": {"source_hidden": True}}
            notebook["cells"].insert(1, cell)  # below the title
            for each in notebook["cells"]:
                if each["cell_type"] == "code":
                    each.update(outputs=[], execution_count=None)
            notebook["metadata"].pop("widgets", None)
            notebook["metadata"]["kernelspec"] = {
                "name": "python",
                "display_name": "Python (Pyodide)",
                "language": "python",
            }
            (folder / path.name).write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")


def give_icons(site: Path) -> None:
    """Name the icon in pages that name none: a browser would ask for one at the root of the host, which may not be ours."""
    icon = site / "static" / "favicons" / "favicon.ico"
    for page in site.rglob("index.html"):
        text = page.read_text(encoding="utf-8")
        if 'rel="icon"' not in text:
            place = Path(os.path.relpath(icon, page.parent)).as_posix()
            link = f'<link rel="icon" type="image/x-icon" href="{place}" class="idle favicon">'
            page.write_text(text.replace("</head>", f"{link}</head>", 1), encoding="utf-8")


def write_settings(folder: Path, own_pyodide: bool) -> None:
    """Write what JupyterLite shall know."""
    kernel: dict[str, object] = {"disablePyPIFallback": True}
    if own_pyodide:
        kernel["pyodideUrl"] = "./static/pyodide/pyodide.js"
    settings = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "lattice_widgets",
            "exposeAppInBrowser": True,
            "disabledExtensions": list(LEFT_OUT),
            "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
        },
    }
    (folder / "jupyter-lite.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")


class Handler(SimpleHTTPRequestHandler):
    """Static files, with the types that browsers want."""

    extensions_map: ClassVar[dict[str, str]] = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".wasm": "application/wasm",
        ".mjs": "text/javascript",
    }

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing of each file."""


def serve(folder: Path, port: int) -> None:
    """Show a site until Ctrl+C."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(folder))) as server:
        print(f"http://127.0.0.1:{server.server_port}/lab/index.html?path=00_start.ipynb (Ctrl+C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
