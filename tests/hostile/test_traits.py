"""Any value for any setting: it is taken, or refused in one sentence; the widget lives on, and nothing "should not happen"."""

import asyncio
import contextlib
import enum
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets as t
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import lattice_widgets as lw
from lattice_widgets.widgets.base import LatticeWidget
from tests.hostile.campaign import many, record

PICTURE = np.add.outer(np.arange(64.0) % 7, np.arange(64.0) % 5)
MAKERS: dict[str, Callable[[], LatticeWidget]] = {
    "LatticeSimulator": lw.LatticeSimulator,
    "ProbabilityPanel": lw.ProbabilityPanel,
    "FFTExplorer": lambda: lw.FFTExplorer(PICTURE),
    "MicrographReader": lambda: lw.MicrographReader(source=PICTURE),
    "MovieScrubber": lambda: lw.MovieScrubber(np.stack([PICTURE] * 3)),
    "EmbeddingViewer": lw.EmbeddingViewer,
    "LatticeMap": lw.LatticeMap,
    "Quiz": lw.Quiz,
    "Prediction": lw.Prediction,
    "BeamEnergy": lw.BeamEnergy,
    "TrainingPanel": lw.TrainingPanel,
    "FolderTable": lw.FolderTable,
    "StrainMap": lambda: lw.StrainMap(np.tile(PICTURE, (2, 2))),
}


class Color(enum.Enum):
    RED = 1


class Rude:
    """Compares with nothing, has no words, no length and no truth."""

    def _raise(self, *_: object) -> Any:
        raise RuntimeError("rude")

    __eq__ = __len__ = __bool__ = __iter__ = __array__ = _raise  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


_NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(
        [float("nan"), float("inf"), -float("inf"), -0.0, 1e-320, 10**400, 2**31 - 1, 2**63, -1, 0, 1, True]
    ),
    st.complex_numbers(),
    st.sampled_from([np.float32("nan"), np.int8(-3), np.uint64(2**64 - 1), np.bool_(True), np.float64("inf")]),
)
_WORDS = st.one_of(
    st.text(st.characters(), max_size=20),
    st.sampled_from(
        ["\ud800", "", "\x00", "../../x", "<img src=x onerror=alert(1)>", "a" * 10_000, "=1+1", "graphene"]
    ),
    st.binary(max_size=8),
)
_ARRAYS = st.sampled_from(
    [
        np.zeros(0), np.zeros(3), np.zeros((8, 8)), np.full((64, 64), np.nan), np.zeros((2, 3, 4, 5)), np.array("a"),
        np.array([1, "a"], object), np.array(["graphene"]), np.array(1.5), np.ma.masked_all(3), np.array([], "M8[s]"),
    ]
)  # fmt: skip
_ODD = st.sampled_from(
    [None, ..., NotImplemented, Color.RED, object(), int, len, Path("x"), {1}, range(3), slice(1), Rude()]
)
_PLAIN = st.one_of(_NUMBERS, _WORDS, _ARRAYS, _ODD)
VALUES = st.one_of(
    _PLAIN,
    st.lists(_PLAIN, max_size=5),
    st.tuples(_PLAIN, _PLAIN),
    st.tuples(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS),
    st.dictionaries(st.one_of(st.text(max_size=3), st.integers()), _PLAIN, max_size=3),
)


def own_settings(kind: type[LatticeWidget]) -> list[str]:
    """Name the settings of a widget that are its own and that a user may set."""
    known = LatticeWidget.class_trait_names()
    return sorted(name for name, trait in kind.class_traits().items() if name not in known and not trait.read_only)


def wrong_about(widget: LatticeWidget) -> str:
    """Say what is wrong with a widget after any value; empty if nothing is."""
    if "should not happen" in widget.error:
        return widget.error
    for part in [widget, *widget.children]:
        state = {key: value for key, value in part.get_state().items() if isinstance(value, str | int | float | None)}
        try:
            json.dumps(state, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            return "a state that cannot be sent"
    return ""


async def attack(widget: LatticeWidget, name: str, value: object) -> str:
    """Set a setting, wait, set it back; say what went wrong."""
    before = getattr(widget, name)
    try:
        setattr(widget, name, value)
    except (t.TraitError, TypeError, ValueError) as refused:
        if not isinstance(refused, t.TraitError):
            return f"{type(refused).__name__}: {refused}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    await widget.settled()
    wrong = wrong_about(widget)
    with contextlib.suppress(t.TraitError):
        setattr(widget, name, before)
    await widget.settled()
    if not wrong and widget.error:
        wrong = f"still said with the old setting: {widget.error}"
    return wrong


@pytest.mark.parametrize("kind", MAKERS)
def test_any_value(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wrong: dict[str, str] = {}
    number = 0

    async def main() -> None:
        widget = MAKERS[kind]()
        await widget.settled()
        names = own_settings(type(widget))

        @settings(
            max_examples=many(60, 1300), database=None, deadline=None, derandomize=True,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(st.sampled_from(names), VALUES)
        def choose(name: str, value: object) -> None:
            chosen.append((name, value))

        chosen: list[tuple[str, object]] = []
        choose()
        nonlocal number
        for name, value in chosen:
            number += 1
            said = await attack(widget, name, value)
            if said:
                wrong[f"{name} = {_repr(value)}"] = said[:200]
                widget.close()
                widget = MAKERS[kind]()
                await widget.settled()
        assert widget.comm is not None
        widget.close()

    asyncio.run(main())
    record("wrong exception classes: random settings", len(wrong), 0, number)
    assert wrong == {}, "\n".join(f"{key}: {value}" for key, value in wrong.items())


def _repr(value: object) -> str:
    try:
        return repr(value)[:80]
    except Exception:
        return type(value).__name__
