"""Scans that were stopped: the finished part is found, used and announced by whoever looks at the picture."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.pictures.content.margins import content_of
from lattice_widgets.core.pictures.content.scanned import scanned_box
from lattice_widgets.core.pictures.picture import Picture


@pytest.fixture(scope="module")
def square() -> np.ndarray:
    rows, cols = np.mgrid[:200, :240]
    noise = np.random.default_rng(0).normal(0, 0.2, rows.shape)
    return np.cos(2 * np.pi * (rows + 0.3 * cols) / 7) + np.cos(2 * np.pi * (cols - 0.3 * rows) / 7) + noise


def _slow_largest(good: np.ndarray) -> int:
    best = 0
    for top in range(len(good)):
        for bottom in range(top + 1, len(good) + 1):
            run = 0
            for is_good in good[top:bottom].all(axis=0):
                run = run + 1 if is_good else 0
                best = max(best, run * (bottom - top))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_it_is_the_largest_box_without_a_gap(seed):
    rng = np.random.default_rng(seed)
    values = np.ones(rng.integers(5, 14, 2))
    for _ in range(3):
        top, left = (rng.integers(0, n) for n in values.shape)
        values[top : top + rng.integers(1, 4), left : left + rng.integers(1, 4)] = rng.choice([np.nan, np.inf])
    good = np.isfinite(values)
    largest = _slow_largest(good)
    box = scanned_box(values)
    if box is None:
        assert largest < good.sum() / 2
        return
    top, left, height, width = box
    assert good[top : top + height, left : left + width].all()
    assert height * width == largest


@pytest.mark.parametrize(
    ("gap", "box"),
    [
        (np.s_[120:], (0, 0, 120, 240)),
        (np.s_[:70], (70, 0, 130, 240)),
        (np.s_[:, 150:], (0, 0, 200, 150)),
        (np.s_[120, 31:], (121, 0, 79, 240)),
        (np.s_[[0, 1, 198]], (2, 0, 196, 240)),
    ],
)
def test_every_opinion_uses_the_finished_part_and_says_so(square, gap, box):
    scan = square.copy()
    scan[gap] = np.nan
    if gap == np.s_[120, 31:]:
        scan[:120] = np.nan
    top, left, height, width = box
    part = square[top : top + height, left : left + width]
    content = content_of(scan)
    assert (content.top, content.left) == (top, left)
    np.testing.assert_array_equal(content.values, part)
    words = f"What was not scanned was left out: {height} x {width} px from row {top}, column {left} are used."
    assert str(content.notes[0]) == words
    assert Picture(scan).scanned == box
    fit, alone = lw.fit_lattice(scan), lw.fit_lattice(part)
    np.testing.assert_array_equal(fit.vectors, alone.vectors)
    assert str(fit.left_out[0]) == words
    network = lw.load_classifier()
    np.testing.assert_array_equal(network.predict(scan), network.predict(part))
    assert lw.name_lattice(scan).classes == lw.name_lattice(part).classes == ("square",)
    mask = lw.find_lattices(scan)[0].mask
    assert mask.shape == scan.shape
    assert not mask[~np.isfinite(scan)].any()
    assert lw.map_lattice(scan).strain_xx.notnull().any()


def test_all_of_it_is_all_that_was_scanned(square):
    scan = square.copy()
    scan[120:] = np.nan
    assert content_of(scan, keep_all=True).values.shape == (120, 240)


def test_a_margin_within_the_finished_part_is_left_out_too(square):
    scan = np.pad(square, 20, constant_values=9.0)
    scan[150:] = np.nan
    content = content_of(scan)
    assert (content.top, content.left, content.values.shape) == (20, 20, (130, 240))
    assert len(content.notes) == 2


def test_gaps_everywhere_are_refused_in_one_sentence(square):
    scan = square.copy()
    scan[::9, ::9] = np.nan
    for refuses in (lw.fit_lattice, lw.name_lattice, lw.load_classifier().predict, Picture, content_of):
        with pytest.raises(ValueError, match=r"^The picture holds NaN or infinite values: fill them first, each from"):
            refuses(scan)


def test_a_scan_that_hardly_began_is_none():
    scan = np.full((64, 64), np.nan)
    scan[:9] = np.random.default_rng(0).normal(size=(9, 64))
    with pytest.raises(ValueError, match=r"holds only 9 x 64 px that were scanned, not NaN: 16 px each way are needed"):
        check_image(scan, gaps=True)
    with pytest.raises(ValueError, match="holds nothing but NaN or infinite values: nothing of it was scanned"):
        check_image(np.full((64, 64), np.nan), gaps=True)
    scan[:20] = 3.0
    with pytest.raises(ValueError, match="constant"):
        lw.fit_lattice(scan)
