"""Windows over pictures whose pixels know where they are."""

import numpy as np
import pytest

from lattice_widgets.core.pictures.windows import take_window, window_positions, window_view


@pytest.mark.parametrize("length", [16, 31, 64, 100, 101])
@pytest.mark.parametrize("window_size", [1, 7, 16])
@pytest.mark.parametrize("step", [1, 5, 16, 200])
def test_windows_cover_every_pixel_and_never_stick_out(length, window_size, step):
    starts = window_positions(length, window_size, step)
    assert starts[0] == 0
    assert starts[-1] == length - window_size
    gaps = np.diff(starts)
    assert (gaps > 0).all()
    assert (gaps[:-1] == step).all()
    assert (gaps <= step).all()
    if step <= window_size:
        covered = np.zeros(length, dtype=bool)
        for start in starts:
            covered[start : start + window_size] = True
        assert covered.all()


def test_the_windows_are_views_of_the_right_pixels():
    rows, cols = np.mgrid[:30, :45]
    image = 1000 * rows + cols
    view = window_view(image, 8)
    assert view.shape == (23, 38, 8, 8)
    assert np.shares_memory(view, image)
    assert not view.flags.writeable
    for row, col in ((0, 0), (22, 37), (5, 30)):
        assert view[row, col, 0, 0] == 1000 * row + col
        np.testing.assert_array_equal(view[row, col], image[row : row + 8, col : col + 8])


def test_the_windows_of_a_movie():
    movie = np.arange(3 * 20 * 26).reshape(3, 20, 26)
    view = window_view(movie, 6)
    assert view.shape == (3, 15, 21, 6, 6)
    np.testing.assert_array_equal(view[2, 4, 9], movie[2, 4:10, 9:15])


def test_one_window_of_a_picture_and_of_a_movie():
    movie = np.arange(2 * 20 * 26).reshape(2, 20, 26)
    window = take_window(movie, 3, 9, 5, 17)
    np.testing.assert_array_equal(window, movie[:, 3:8, 9:26])
    assert np.shares_memory(window, movie)
    np.testing.assert_array_equal(take_window(movie[1], 0, 0, 20, 26), movie[1])


def test_a_window_that_does_not_fit():
    with pytest.raises(ValueError, match=r"^The window \(33 px\) is larger than the picture \(32 px\)\.$"):
        window_positions(32, 33, 4)
    with pytest.raises(ValueError, match="larger than the picture"):
        window_view(np.zeros((40, 20)), 30)
    with pytest.raises(ValueError, match="larger than the picture"):
        window_view(np.zeros((20, 40)), 30)
    for size, step in ((0, 1), (4, 0), (4, -2)):
        with pytest.raises(ValueError, match="are at least 1 px"):
            window_positions(32, size, step)


@pytest.mark.parametrize(
    "place", [(-1, 0, 4, 4), (0, -1, 4, 4), (0, 0, 0, 4), (0, 0, 4, 0), (17, 0, 4, 4), (0, 27, 4, 4)]
)
def test_a_window_outside_the_picture(place):
    row, col, height, width = place
    sentence = rf"^The window at \({row}, {col}\) of {height} x {width} px does not lie inside 20 x 30 px\.$"
    with pytest.raises(ValueError, match=sentence):
        take_window(np.zeros((20, 30)), *place)
