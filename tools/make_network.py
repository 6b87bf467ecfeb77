"""Make a network that ships: train it, calibrate it, draw its map, examine it, and write the table of the README.

``python tools/make_network.py default`` (or ``make network ARGS=default``) does all of it, in this order, and takes hours;
training goes on where it was stopped. ``--from map`` begins at a later step. What each step leaves is what the next one reads:

1. ``train``: ``runs/NAME``, by ``lattice-widgets train``, which also calibrates;
2. ``ship``: card and weights, in ``lattice_widgets/classifier/weights``;
3. ``map``: the example map of the embedding viewer, beside them;
4. ``verdict``: the rule of the joint verdict, by ``tools/make_verdict.py``, for ``default``;
5. ``examine``: ``benchmarks/classifier.json``, by ``lattice-widgets evaluate``; ``--pictures`` adds real ones;
6. ``table``: the table of the README, of the page "Where it fails", and of lattice-bench.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
STEPS = ("train", "ship", "map", "verdict", "examine", "table")
FIGURES = ROOT / "benchmarks" / "classifier.json"
#: the pages with the table; what is between these lines of them is written here
PAGES = (ROOT / "README.md", ROOT / "docs" / "where_it_fails.md")
BEGIN, END = "<!-- figures: written by tools/make_network.py -->", "<!-- end of figures -->"
NEAR_BEGIN, NEAR_END = "<!-- nearness: written by tools/make_network.py -->", "<!-- end of nearness -->"


def table_of(figures: dict[str, Any]) -> list[str]:
    """Return the lines of the table: a row a suite, with the joint verdict and its sets, both networks, and geometry."""
    lines = [
        "| right, of | pictures | joint verdict (95 %) | wrong, of those above 0.95 | its set holds the truth | its size "
        "| `default` | `paper` | geometry |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for suite, by_name in figures["suites"].items():
        joint = by_name["joint"]
        low, high = joint["interval"]
        cells = [
            suite,
            str(joint["count"]),
            f"**{joint['accuracy']:.3f}** ({low:.2f}–{high:.2f})",
            f"{joint['sure']['wrong']} of {joint['sure']['count']}",
            f"{joint['set']['coverage']:.3f}",
            f"{joint['set']['mean_size']:.2f}",
            *(f"{by_name[name]['accuracy']:.3f}" for name in ("default", "paper", "geometry")),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def sentence_of(figures: dict[str, Any]) -> str:
    """Return how many sure answers of the joint verdict were wrong, and how many of them were about real pictures."""
    from lattice_widgets.training.evaluation import REAL

    sure = {suite: by_name["joint"]["sure"] for suite, by_name in figures["suites"].items()}
    wrong, count = (sum(each[key] for each in sure.values()) for key in ("wrong", "count"))
    real = [each for suite, each in sure.items() if suite in REAL]
    wrong_real, count_real = (sum(each[key] for each in real) for key in ("wrong", "count"))
    return (
        f"Of the {count} answers of the joint verdict that were stated with more than 0.95, {wrong} were wrong. "
        f"{count_real} of them were about real pictures, of which {wrong_real or 'none'} {'was' if wrong_real < 2 else 'were'}"
        " wrong: too few to promise anything there."
    )


def nearness_of(figures: dict[str, Any]) -> list[str]:
    """Return the lines of a table: how often each is right about lattices that are near to a higher type."""
    from lattice_widgets.training.exam import NEARNESS, SUITES

    by_name = figures["suites"][SUITES[0]]
    lines = [
        "| strain to the next higher type | pictures | joint verdict | `default` | geometry |",
        "|---|---|---|---|---|",
    ]
    for band in NEARNESS:
        shares = [by_name[name]["by_detail"][band] for name in ("joint", "default", "geometry")]
        right = [f"{each['accuracy']:.2f}" for each in shares]
        lines.append(f"| {band} | {shares[0]['count']} | {' | '.join(right)} |")
    return lines


def between(text: str, begin: str, end: str, lines: list[str]) -> str:
    """Return a text with these lines between its two marks."""
    before, rest = text.split(begin)
    return "\n".join([f"{before}{begin}", "", *lines, "", f"{end}{rest.split(end)[1]}"])


def with_table(text: str) -> str:
    """Return the text of a page with the tables of the examination between their marks."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    text = between(text, BEGIN, END, [*table_of(figures), "", sentence_of(figures)])
    return between(text, NEAR_BEGIN, NEAR_END, nearness_of(figures)) if NEAR_BEGIN in text else text


def run(*words: str) -> None:
    """Run a command of the kit with this interpreter; stop if it fails."""
    subprocess.run([sys.executable, "-m", "lattice_widgets.cli", *words], cwd=ROOT, check=True)


def main() -> None:
    """Do the steps, from the one that is named on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=("default", "paper"))
    parser.add_argument("--from", dest="first", choices=STEPS, default=STEPS[0], help="the step to begin with")
    parser.add_argument("--pictures", metavar="LIST.json", help="real pictures to examine on")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from lattice_widgets.classifier.card import WEIGHTS

    for step in STEPS[STEPS.index(options.first) :]:
        print(f"== {step}", flush=True)
        if step == "train":
            run("train", options.name, "--out", str(ROOT / "runs" / options.name))
        elif step == "ship":
            for suffix in ("json", "npz"):
                shutil.copyfile(
                    ROOT / "runs" / options.name / f"{options.name}.{suffix}", WEIGHTS / f"{options.name}.{suffix}"
                )
        elif step == "map":
            from lattice_widgets.classifier import load_classifier
            from lattice_widgets.training.make_example_map import write_example_map

            print(write_example_map(load_classifier(options.name)))
        elif step == "verdict":
            if options.name == "default":  # the paper's network is shown as it was: it answers alone
                subprocess.run([sys.executable, str(ROOT / "tools" / "make_verdict.py"), options.name], check=True)
        elif step == "examine":
            pictures = ["--pictures", options.pictures] if options.pictures else []
            run("evaluate", "--out", str(FIGURES), *pictures)
        else:
            for page in PAGES:
                page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
            subprocess.run([sys.executable, str(ROOT / "lattice-bench" / "make_table.py")], check=True)


if __name__ == "__main__":
    main()
