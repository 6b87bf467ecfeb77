"""Say what ``import lattice_widgets`` costs in a fresh process, and fail when it loads more than it may.

A notebook, a command line and a test all begin with this import, so it must load nothing heavy. What it loads is counted, and
not how long that takes: a count is the same on every machine, and on a busy one too. The time is printed.
"""

import json
import subprocess
import sys

HEAVY = ("keras", "tensorflow", "matplotlib", "sklearn", "skimage", "dask", "distributed", "zarr", "openTSNE")
#: how many modules an import may load beside Python's own start
MODULES_ALLOWED = 100

PROGRAM = f"""
import json, sys, time
before, start = set(sys.modules), time.perf_counter()
import lattice_widgets
seconds = time.perf_counter() - start
loaded = set(sys.modules) - before
print(json.dumps([seconds, len(loaded), sorted(loaded & set({HEAVY!r}))]))
"""


def measure() -> tuple[float, int, list[str]]:
    """Import the package in a fresh process: its seconds, how many modules it loads, and which heavy packages."""
    run = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    seconds, modules, heavy = json.loads(run.stdout)
    return seconds, modules, heavy


if __name__ == "__main__":
    seconds, modules, heavy = measure()
    if heavy:
        sys.exit(f"import lattice_widgets loads {', '.join(heavy)}; import it where it is first used.")
    if modules > MODULES_ALLOWED:
        sys.exit(
            f"import lattice_widgets loads {modules} modules, more than {MODULES_ALLOWED}; see python -X importtime."
        )
    print(f"import lattice_widgets: {modules} modules in {seconds * 1000:.0f} ms, none of {', '.join(HEAVY)}")
