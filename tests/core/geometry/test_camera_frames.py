"""Frames of a camera without a beam: columns and blocks of rows with offsets of their own, and nothing else to see."""

import numpy as np
import pytest

import lattice_widgets as lw

KINDS = [
    {}, {"size": 128}, {"size": 200, "steps": 4}, {"row": 1.0}, {"noise": 0.1}, {"noise": 0.05, "steps": 4}, {"size": 512},
]  # fmt: skip


def frame(seed: int, size: int = 256, row: float = 0.3, noise: float = 0.3, steps: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    picture = np.tile(rng.normal(0, 1, size), (size, 1))
    picture += np.repeat(rng.normal(0, row, steps), size // steps)[:, None]
    return picture + rng.normal(0, noise, picture.shape)


def test_they_end_in_a_reason_and_hardly_ever_in_a_lattice() -> None:
    found, reasons = [], []
    for kind in KINDS:
        for seed in range(2 if kind.get("size") == 512 else 6):
            try:
                found.append(lw.fit_lattice(frame(seed, **kind)).bravais_type)
            except lw.LatticeNotFound as reason:
                reasons.append(str(reason))
    assert len(found) <= 2, found
    assert all(reason.endswith(".") and "matrix" not in reason for reason in reasons)


@pytest.mark.parametrize("kind", KINDS[:3], ids=str)
def test_one_opinion_without_an_answer_does_not_take_the_other_along(kind: dict[str, float]) -> None:
    picture = frame(1, **kind)
    assert lw.name_lattice(picture).reasons
    assert lw.load_classifier().predict(picture).sum() == pytest.approx(1, abs=1e-5)
