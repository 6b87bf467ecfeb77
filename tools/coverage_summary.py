"""Print which share of the package's lines the last ``make test`` has run: in all, and for each sub-package.

What runs in processes of their own is not counted: kernels of the browser tests and of notebooks, and command lines. ``ARGS``
that choose some tests give the lines of these. For single lines: ``.venv/bin/coverage html``.
"""

import sys
from collections import Counter
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import CoverageException

PACKAGE = Path(__file__).parents[1] / "lattice_widgets"


def count_lines(coverage: Coverage) -> tuple[Counter[str], Counter[str]]:
    """Count the statements, and those that were run, by sub-package; modules beside them stand under ``"."``."""
    statements: Counter[str] = Counter()
    run: Counter[str] = Counter()
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        name = parts[0] if len(parts) > 1 else "."
        _, all_lines, _, missed, _ = coverage.analysis2(str(path))
        statements[name] += len(all_lines)
        run[name] += len(all_lines) - len(missed)
    return statements, run


def main() -> None:
    """Print the table; without a record say so."""
    coverage = Coverage()
    try:
        coverage.load()
        if not coverage.get_data().measured_files():
            sys.exit("No lines are recorded: make test records them.")
        statements, run = count_lines(coverage)
    except CoverageException as error:
        sys.exit(f"The record of the lines cannot be read: {error}")
    print(f"Lines run by the tests: {100 * run.total() / statements.total():.1f} % of {statements.total()}")
    for name, count in sorted(statements.items()):
        if count:
            print(f"  {'(beside them)' if name == '.' else name:<16}{100 * run[name] / count:6.1f} % of {count}")


if __name__ == "__main__":
    main()
