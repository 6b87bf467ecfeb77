"""Write the table of results into README.md: ``python lattice-bench/make_table.py``.

The figures are those of ``benchmarks/classifier.json`` and of every file of ``results/``, as ``lattice-widgets evaluate --out``
wrote them; the name of a file is the name in the table. Figures of another examination than the whole one are refused.
"""

import json
from pathlib import Path
from typing import Any

from lattice_widgets.training.evaluation import table
from lattice_widgets.training.exam import EXAM_SEED

HERE = Path(__file__).parent
README = HERE / "README.md"
OURS = HERE.parent / "benchmarks" / "classifier.json"
#: what is between these lines of the README is written here
BEGIN, END = "<!-- results: written by make_table.py -->", "<!-- end of results -->"


def all_results() -> dict[str, dict[str, Any]]:
    """Return suite -> name -> figures, of the kit and of all others.

    Raises
    ------
    ValueError
        If a file is not of the whole examination, or has more than one answer.
    """
    merged = json.loads(OURS.read_text(encoding="utf-8"))["suites"]
    for path in sorted((HERE / "results").glob("*.json")):
        written = json.loads(path.read_text(encoding="utf-8"))
        if (written["seed"], written["scale"]) != (EXAM_SEED, 1.0):
            raise ValueError(f"{path.name} is not of the whole examination: leave out --scale.")
        for suite, by_name in written["suites"].items():
            if len(by_name) != 1:
                raise ValueError(f"{path.name} has answers of several: examine one adapter alone.")
            (merged[suite][path.stem],) = by_name.values()
    return merged


def with_results(text: str) -> str:
    """Return the text of the README with the table between its two marks, a row for each suite of drawn pictures."""
    drawn = {suite: rows for suite, rows in all_results().items() if not suite.startswith("real pictures")}
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table(drawn)}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    README.write_text(with_results(README.read_text(encoding="utf-8")), encoding="utf-8")
