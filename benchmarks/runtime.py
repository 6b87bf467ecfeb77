"""The runtime against Keras, in one run: a picture, 625 windows, 5000 passes, and kernels: first answer and memory.

Both ways are measured in turns in the same process, so that the machine and its load are the same for both; the seconds of
processors are less disturbed by other work than those of the wall. Goals on two idle cores: a picture 5 ms, 625 windows no
longer than Keras, 5000 passes 1.0 s, the first answer 1.0 s after the import; a kernel with a simulator and an explorer that
answer 280 MB, the kernel of a dashboard's user, of several beside each other, 200 MB. The training panel, as it is opened, one
to two minutes.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

import lattice_widgets as lw
from lattice_widgets.classifier import Classifier

REPEATS = 3
#: a kernel that answers: seconds of the import, seconds from there to the first answer, and memory [MB]
FRESH = """
import json, resource, sys, time
begun = time.perf_counter()
import lattice_widgets as lw
imported = time.perf_counter()
import numpy as np
lw.load_classifier(backend={backend!r}).predict(np.random.default_rng(0).normal(size=(128, 128)))
answered = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([imported - begun, answered - imported, time.process_time(), peak]))
"""
#: kernels of dashboards that are measured beside each other, as in a class
USERS = 4
#: what a kernel holds; `network` is a classifier of the way that is measured
WIDGETS = {
    "simulator and explorer": """
import lattice_widgets as lw
network = lw.load_classifier(backend={backend!r}).load()
simulator = lw.LatticeSimulator(crystal="graphene", classifier=network)
explorer = lw.FFTExplorer("simulated_srtio3_stem", classifier=network)
await simulator.settled()
await explorer.settled()
print(len(simulator.probabilities), len(explorer.probabilities))
""",
    "a dashboard's user": """
import lattice_widgets as lw
network = lw.load_classifier(backend={backend!r}).load()
simulator = lw.LatticeSimulator(crystal="graphene", classifier=network)
await simulator.settled()
print(len(simulator.probabilities), 6)
""",
}


def clock(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of wall and of processors that some work takes."""
    wall, processors = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processors


def compare(title: str, unit: float, goal: str, pair: list[Classifier], work: Callable[[Classifier], object]) -> None:
    """Print the best times of some work by the runtime and by Keras, measured in turns."""
    for classifier in pair:
        work(classifier)
    times = [[clock(lambda c=classifier: work(c)) for classifier in pair] for _ in range(REPEATS)]
    (ours, our_processors), (theirs, their_processors) = (
        tuple(min(turn[number][which] for turn in times) / unit for which in (0, 1)) for number in (0, 1)
    )
    name = {1e-3: "ms", 1: "s"}[unit]
    print(f"{title:<32} runtime {ours:7.2f} {name} ({our_processors:.2f} of processors), Keras {theirs:7.2f} {name} "
          f"({their_processors:.2f}): {ours / theirs:.2f} of its time (goal {goal})")  # fmt: skip


def compare_all(name: str, picture: np.ndarray, windows: np.ndarray) -> None:
    """Print all comparisons of one network."""
    pair = [lw.load_classifier(name, backend=backend).load() for backend in ("runtime", "keras")]
    one, many = (pair[0].describe(images).values for images in (picture, windows))
    print(f"{name}:")
    compare("a picture", 1e-3, "5 ms", pair, lambda classifier: classifier.predict(picture))
    compare("625 windows", 1, "1.00", pair, lambda classifier: classifier.run(many))
    compare("5000 passes of a picture", 1, "1.0 s", pair, lambda classifier: classifier.sample(picture, 5000))
    compare(
        "fast approximation, 625 x 200",
        1,
        "1.00",
        pair,
        lambda classifier: classifier.sampler.sample_fast(many, 200, 0),
    )
    apart = max(np.abs(pair[0].run(seen)[0] - pair[1].run(seen)[0]).max() for seen in (one, many))
    print(f"{'farthest apart':<32} {apart:.1e} of probability (goal 1e-5)")


def kernel_memory(backend: str, what: str, count: int) -> tuple[float, float]:
    """Return the memory of a real kernel whose widgets have answered [MB], resident and proportional, mean of several."""
    from contextlib import ExitStack

    import psutil
    from jupyter_client.manager import KernelManager

    with ExitStack() as stack:
        processes = []
        for _ in range(count):
            manager = KernelManager(kernel_name="python3")
            manager.start_kernel()
            stack.callback(manager.shutdown_kernel, now=True)
            client = manager.blocking_client()
            client.start_channels()
            stack.callback(client.stop_channels)
            client.wait_for_ready(timeout=300)
            said: list[str] = []
            reply = client.execute_interactive(
                WIDGETS[what].format(backend=backend),
                timeout=600,
                output_hook=lambda message, said=said: said.append(message["content"].get("text", "")),
            )
            if reply["content"]["status"] != "ok" or "6 6" not in "".join(said):
                raise RuntimeError(f"{what}: {reply['content']}")
            processes.append(psutil.Process(manager.provisioner.process.pid))
        known = [process.memory_full_info() for process in processes]
        resident = sum(each.rss for each in known)
        # what several have in common counts once; not every system knows it
        proportional = sum(getattr(each, "pss", 0) or each.rss for each in known)
        return resident / count / 1e6, proportional / count / 1e6


async def panel_seconds() -> tuple[float, float]:
    """Return how long the training panel takes as it is opened [s], and how many validation pictures it names right then."""
    panel = lw.TrainingPanel()
    await panel.settled()
    begun = time.perf_counter()
    panel.train()
    await panel.finished()
    seconds = time.perf_counter() - begun
    if panel.state != "done":
        raise RuntimeError(f"The training panel is {panel.state}: {panel.error}")
    accuracy = panel.val_accuracy[-1]
    panel.close()
    return seconds, accuracy


def main() -> None:
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for backend in ("runtime", "keras"):
        command = [sys.executable, "-c", FRESH.format(backend=backend)]
        runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(2)]
        imported, answered, processors, peak = (min(values) for values in zip(*runs, strict=True))
        print(f"fresh kernel, {backend}: import {imported:.2f} s, first answer {answered:.2f} s later (goal 1.0; in all "
              f"{processors:.2f} s of processors), {peak:.0f} MB")  # fmt: skip
    for what, count, goal in (("simulator and explorer", 1, 280), ("a dashboard's user", USERS, 200)):
        (ours, ours_shared), (theirs, theirs_shared) = (
            kernel_memory(backend, what, count) for backend in ("runtime", "keras")
        )
        print(f"kernel, {what} (of {count}): runtime {ours:.0f} MB, {ours_shared:.0f} with what is shared counted once; "
              f"Keras {theirs:.0f} MB, {theirs_shared:.0f} (goal {goal})")  # fmt: skip
    rng = np.random.default_rng(0)
    picture, windows = rng.normal(size=(176, 168)), rng.normal(size=(625, 64, 64)).astype(np.float32)
    for name in ("default", "paper"):
        compare_all(name, picture, windows)
    seconds, accuracy = asyncio.run(panel_seconds())
    print(f"training panel: {seconds:.0f} s (goal 60 to 120), {100 * accuracy:.0f} % right")


if __name__ == "__main__":
    main()
