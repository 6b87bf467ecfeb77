"""What runs in the process of an upload: it reads one file and leaves plain numbers in its folder, or a sentence.

It is started as a script in its own folder; standard input says what to do (see `process.read_upload`). It leaves
``values.npy``, ``positions.npy`` and, last of all, ``answer.json``.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module, util
from pathlib import Path
from typing import Any


def main() -> None:
    """Read the upload that standard input describes."""
    request = json.load(sys.stdin)
    sys.path[:] = request["sys_path"]
    confinement = import_module("lattice_widgets.files.uploads.confinement")
    confinement.limit_resources(request["seconds"], request["memory"])
    reading = import_module("lattice_widgets.files.reading")
    folder = Path.cwd()
    try:
        _load(import_module("lattice_widgets.files.kinds").preloaded_for(folder / request["file"]))
        refused = confinement.confine(folder)
        answer = _read(reading, folder, request, refused)
    except MemoryError:
        answer = {"ended": "memory"}
    (folder / "unfinished.json").write_text(json.dumps(answer), encoding="utf-8")
    (folder / "unfinished.json").replace(folder / "answer.json")


def _load(modules: tuple[str, ...]) -> None:
    """Load what a reader imports late, before the process is confined to what is in the folders of code."""
    # dask asks for it before it computes; one process has no use for it, and it reads and starts much of its own
    sys.modules["distributed"] = None  # type: ignore[assignment]
    for module in modules:
        if util.find_spec(module.partition(".")[0]):
            import_module(module)
    if "dask" in sys.modules:
        sys.modules["dask"].config.set(scheduler="synchronous")  # no threads


def _read(reading: Any, folder: Path, request: dict[str, Any], refused: list[str]) -> dict[str, Any]:
    import numpy as np

    frames = slice(*request["frames"]) if isinstance(request["frames"], list) else request["frames"]
    name = request["name"]
    try:
        picture = reading.read_plain(
            folder / request["file"], name, request["key"], frames, request["max_bytes"], upload=True
        )
    except reading.MicrographFileError as error:
        if refused and not any(path.startswith(("/proc", "/sys")) for path in refused):
            return {"error": f"{name} cannot be read: it asks for another file, and an upload is one file."}
        return {"error": str(error).replace(str(folder / request["file"]), name).replace(str(folder), "")}
    np.save(folder / "values.npy", picture.values, allow_pickle=False)
    if picture.frame_positions is not None:
        np.save(folder / "positions.npy", picture.frame_positions, allow_pickle=False)
    kept = ("format", "dataset", "notes", "pixel_size", "frame_unit", "single", "datasets", "calibration")
    return {"picture": {each: getattr(picture, each) for each in kept}}


if __name__ == "__main__":
    main()
