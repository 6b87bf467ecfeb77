"""What the training panel is asked, and what the program that trains says."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: bytes that Keras and TensorFlow take, and bytes for each picture; measured: 0.84 GB with 300 pictures, 0.97 GB with 2,000
_KERAS, _A_PICTURE = 0.9e9, 80_000


@dataclass(frozen=True)
class Request:
    """How many pictures, how many epochs, and which."""

    count: int
    epochs: int
    seed: int

    @property
    def memory(self) -> float:
        """Bytes that the program takes."""
        return _KERAS + self.count * _A_PICTURE

    @property
    def command(self) -> list[str]:
        """The program that trains, in a Python of its own. It is a command, so that nothing of it is imported here."""
        settings = (f"--count={self.count}", f"--epochs={self.epochs}", f"--seed={self.seed}")
        return [sys.executable, "-m", "lattice_widgets.training.watched", *settings]


@dataclass(frozen=True)
class Plan:
    """What the settings mean: pictures to learn from and to validate with together, those to validate with, epochs."""

    count: int
    validation: int
    epochs: int


@dataclass(frozen=True)
class Learned:
    """What one epoch brought.

    ``accuracy`` and ``val_accuracy`` are fractions, 0-1; ``confusion`` is (6, 6) counts, rows: truth, columns: answer.
    """

    accuracy: float
    val_accuracy: float
    confusion: tuple[tuple[int, ...], ...]


def plan_of(request: Request) -> Plan:
    """Return what the settings mean: a fifth of the pictures validates, as in the paper."""
    return Plan(request.count, request.count - request.count * 4 // 5, request.epochs)


def read_line(line: str) -> dict[str, Any]:
    """Return what a line of the program says; nothing if the line is none of its own.

    Examples
    --------
    >>> read_line('{"stage": "done"}')
    {'stage': 'done'}
    >>> read_line("a library says hello")
    {}
    """
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) and isinstance(said.get("stage"), str) else {}


def learned_of(said: dict[str, Any]) -> Learned:
    """Return the figures of an epoch."""
    confusion: Sequence[Sequence[int]] = said["confusion"]
    return Learned(said["accuracy"], said["val_accuracy"], tuple(tuple(map(int, row)) for row in confusion))
