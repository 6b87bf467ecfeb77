"""Say what ``import lattice_widgets`` costs in a fresh process, and fail when it is more than it may be.

A notebook, a command line and a test all begin with this import, so it must load nothing heavy.
"""

import subprocess
import sys

SECONDS_ALLOWED = 0.5
HEAVY = ("keras", "tensorflow", "matplotlib", "sklearn")
#: the best of several processes: the machine may be busy with something else
PROCESSES = 5

PROGRAM = f"""
import sys, time
start = time.perf_counter()
import lattice_widgets
seconds = time.perf_counter() - start
print(seconds, *sorted(set(sys.modules) & set({HEAVY!r})))
"""


def measure() -> tuple[float, set[str]]:
    """Import the package in fresh processes: the quickest one's seconds, and the heavy packages loaded."""
    seconds, loaded = [], set()
    for _ in range(PROCESSES):
        words = subprocess.run(
            [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
        ).stdout.split()
        seconds.append(float(words[0]))
        loaded.update(words[1:])
    return min(seconds), loaded


if __name__ == "__main__":
    best, heavy = measure()
    if heavy:
        sys.exit(f"import lattice_widgets loads {', '.join(sorted(heavy))}; import it where it is first used.")
    if best >= SECONDS_ALLOWED:
        sys.exit(f"import lattice_widgets takes {best:.2f} s, more than {SECONDS_ALLOWED} s; see python -X importtime.")
    print(f"import lattice_widgets: {best * 1000:.0f} ms, none of {', '.join(HEAVY)}")
