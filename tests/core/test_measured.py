"""A measured number is written with the digits that its error allows, by the rule of the Particle Data Group."""

import numpy as np
import pytest

import lattice_widgets as lw


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.827, 0.119, "0.83 ± 0.12"),  # the examples of the Review of Particle Physics
        (0.827, 0.367, "0.8 ± 0.4"),
        (0.8271, 0.0951, "0.83 ± 0.10"),
        (1234.5, 12.3, "1234 ± 12"),
        (-2.31, 0.04, "-2.31 ± 0.04"),
        (0.5, float("nan"), "0.5"),
        (0.25, 0.0, "0.25"),
    ],
)
def test_known_cases(value: float, error: float, text: str) -> None:
    assert lw.with_error(value, error) == text


def test_number_and_error_end_at_the_same_place_and_lose_little() -> None:
    rng = np.random.default_rng(4)
    for value, error in zip(rng.normal(size=300) * 10, 10 ** rng.uniform(-5, 0, 300), strict=True):
        one, other = lw.with_error(value, error, "nm").removesuffix(" nm").split(" ± ")
        assert len(one.partition(".")[2]) == len(other.partition(".")[2])
        assert float(other) == pytest.approx(error, rel=0.15)
        assert abs(float(one) - value) < 0.5 * error
