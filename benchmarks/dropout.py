"""Monte-Carlo dropout: the engine against the loop of single passes, the first partial answer, the fast approximation.

All in one run, so that the machine is the same for all; its load is printed because it decides most of the figures. Goals:
5000 passes of a picture in 2.5 s on two idle cores and 50 times faster than the loop, a first answer 150 ms after loading,
625 windows with 1000 samples in 3 s, 1.5 GB of memory at the most.
"""

import os
import resource
import time
from collections.abc import Callable

import numpy as np

import lattice_widgets as lw

PASSES = 5000
SINGLE = 100
REPEATS = 3


def clock(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of wall and of processors that some work takes."""
    wall, processors = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processors


def main() -> None:
    microscope = lw.Microscope(rows=176, cols=168, field_of_view=6, dose=1e7)
    image = lw.simulate_micrograph(lw.CRYSTALS["graphene"], microscope, rotation=20, seed=1).image
    positions = [(row, col) for row in range(0, 25 * 4, 4) for col in range(0, 25 * 4, 4)]
    windows = np.stack([image[row : row + 64, col : col + 64] for row, col in positions])
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")

    classifier = lw.load_classifier("paper")
    print(f"load: {clock(classifier.load)[0]:.1f} s")
    print(f"first partial answer: {1000 * clock(lambda: next(classifier.iter_samples(image)))[0]:.0f} ms (goal 150)")

    engine, processors = min(clock(lambda: classifier.sample(image, PASSES, seed=1)) for _ in range(REPEATS))
    network = lw.load_classifier("paper", backend="keras").sampler.passes.network
    descriptor = classifier.describe(image).values[..., None]
    network(descriptor, training=True)

    def single_passes() -> None:
        for _ in range(SINGLE):
            np.asarray(network(descriptor, training=True))

    loop = min(clock(single_passes)[0] for _ in range(REPEATS)) * PASSES / SINGLE
    print(f"{PASSES} passes: engine {engine:.2f} s (goal 2.5; {processors:.2f} s of processors), loop of single passes "
          f"{loop:.0f} s (from {SINGLE}): {loop / engine:.0f} times faster (goal 50)")  # fmt: skip

    fast, processors = min(clock(lambda: classifier.summarize_fast(windows)) for _ in range(REPEATS))
    print(f"fast approximation, {len(windows)} windows x 1000 samples, windows to summary: {fast:.2f} s (goal 3; "
          f"{processors:.2f} s of processors)")  # fmt: skip
    error = classifier.fast_error(windows, n_checked=8)
    print(f"its rms error on {error['n_checked']:.0f} windows: mean {error['mean']:.4f}, spread {error['spread']:.4f} "
          f"(ratio {error['spread_ratio']:.2f}), entropy {error['entropy']:.3f} bit, mutual information "
          f"{error['mutual_information']:.3f} bit; full passes scatter by {error['sampling']:.4f}")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB (goal 1500); load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
