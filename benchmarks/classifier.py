"""How often the bundled networks and plain geometry name a lattice right, and how long one answer takes.

The examination is that of ``lattice-widgets evaluate``; real pictures are added where they lie beside the checkout. Prints the
table of the README and, for each suite, the troubles it is worst at; writes benchmarks/classifier.json.
"""

import json
import time
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

import lattice_widgets as lw
from lattice_widgets.cli import app

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "shared" / "data" / "manifest.json"
#: goals: one answer [s], 625 windows [s]
GOALS = (0.010, 2.0)


def main() -> None:
    real = ["--pictures", str(PICTURES)] if PICTURES.exists() else []
    result = CliRunner().invoke(app, ["evaluate", "--out", str(HERE / "classifier.json"), *real])
    print(result.output)
    if result.exit_code:
        raise SystemExit(1)
    suites = json.loads((HERE / "classifier.json").read_text())["suites"]
    for suite, by_name in suites.items():
        details = by_name["default"]["by_detail"].items()
        worst = sorted((detail["accuracy"], name) for name, detail in details)[:4]
        print(f"{suite}: " + ", ".join(f"{name} {accuracy:.2f}" for accuracy, name in worst))
    classifier = lw.load_classifier().load()
    picture = np.random.default_rng(0).normal(size=(512, 512))
    windows = np.random.default_rng(0).normal(size=(625, 128, 128)).astype(np.float32)
    classifier.predict(picture)
    classifier.predict(windows[:64])
    times = []
    for _ in range(20):
        start = time.perf_counter()
        classifier.run(classifier.describe(picture[:256, :256]).values)
        times.append(time.perf_counter() - start)
    start = time.perf_counter()
    classifier.predict(windows)
    print(f"one picture of 256 x 256: {1000 * np.median(times):.1f} ms (goal {1000 * GOALS[0]:.0f})")
    print(f"625 windows of 128 x 128: {time.perf_counter() - start:.2f} s (goal {GOALS[1]:.0f})")


if __name__ == "__main__":
    main()
