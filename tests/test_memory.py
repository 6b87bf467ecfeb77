"""What is free inside the process goes back to the system."""

import subprocess
import sys
import textwrap

import pytest

from tests.patience import PATIENCE

GAPS = """
    import psutil
    from lattice_widgets.memory import give_back_memory

    held = lambda: psutil.Process().memory_info().rss
    blocks = [bytearray(50_000) for _ in range(2000)]
    del blocks[::2], blocks[:-1:2]  # gaps of 150 kB between what stays
    before = held()
    give_back_memory()
    print(before - held())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only the C library of Linux is asked to give memory back")
def test_gaps_between_what_stays_are_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(GAPS)], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert int(done.stdout) > 30_000_000
