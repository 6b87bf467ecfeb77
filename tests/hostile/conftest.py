"""The table of the campaign: what was attacked, what did not hold, and what may not hold."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.hostile.campaign import FIGURES, LARGE, record

#: its tests are the attacks
_REFERENCES = "test_files_that_name_files.py"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where a target was missed, whatever the tests say."""
    if LARGE and session.exitstatus == 0 and any(figure.missed for figure in FIGURES.values()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a row for each kind of attack, and one for each figure, with its target."""
    attacked: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            place = Path(str(report.location[0]))
            if getattr(report, "when", "") != "call" and outcome == "passed":
                continue
            attacked[place.name] += 1
            failed[place.name] += outcome != "passed"
    if not attacked:
        return
    write = terminalreporter.write_line
    terminalreporter.section("the campaign")
    write(f"{'attack':56} {'tests':>7} {'did not hold':>13} {'target':>7}")
    for name in sorted(attacked):
        write(f"{_title(name):56.56} {attacked[name]:7d} {failed[name]:13d} {0:7d}")
    if attacked.get(_REFERENCES):
        record("followed references", failed[_REFERENCES], 0, attacked[_REFERENCES])
    for name, figure in sorted(FIGURES.items()):
        value = f"{figure.value:.4g} {figure.unit}".strip()
        target = "" if figure.target is None else f"{figure.target:.4g}"
        write(f"{name:56.56} {figure.attacks:7d} {value:>13} {target:>7}{'  missed' if figure.missed else ''}")


def _title(name: str) -> str:
    """Return the first words of what a file of tests says of itself."""
    module = sys.modules.get(name.removesuffix(".py"))
    words = (module.__doc__ or name) if module else name
    return words.strip().splitlines()[0].split(":")[0].split(";")[0]
