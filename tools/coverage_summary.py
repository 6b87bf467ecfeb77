"""Print which share of the package's lines the last ``make test`` has run: in all, and for each sub-package.

``python tools/coverage_summary.py build/lines.json``, a file that SlipCover writes. What runs in processes of their own is not
counted: kernels of the browser tests and of notebooks, and command lines. ``ARGS`` that choose some tests give the lines of
these. Single lines that were not run stand in that file, for each module.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path


def count_lines(path: Path) -> tuple[Counter[str], Counter[str]]:
    """Count the statements, and those that were run, by sub-package; modules beside them stand under ``"."``."""
    statements: Counter[str] = Counter()
    run: Counter[str] = Counter()
    for file, lines in json.loads(path.read_text(encoding="utf-8"))["files"].items():
        _, *parts = Path(file).parts
        name = parts[0] if len(parts) > 1 else "."
        run[name] += len(lines["executed_lines"])
        statements[name] += len(lines["executed_lines"]) + len(lines["missing_lines"])
    return statements, run


def main() -> None:
    """Print the table; without a record say so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path, help="what SlipCover wrote")
    path = parser.parse_args().lines
    try:
        statements, run = count_lines(path)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"The record of the lines cannot be read: {error}")
    print(f"Lines run by the tests: {100 * run.total() / statements.total():.1f} % of {statements.total()}")
    for name, count in sorted(statements.items()):
        if count:
            print(f"  {'(beside them)' if name == '.' else name:<16}{100 * run[name] / count:6.1f} % of {count}")


if __name__ == "__main__":
    main()
