import numpy as np
import pytest

from lattice_widgets.core.embedding.distances import class_agreement, class_distances, neighborhood_quality
from lattice_widgets.core.embedding.tsne import Embedding, embed, embed_steps


@pytest.fixture(scope="module")
def features():
    """Six groups of 25 in 32 dimensions, of which the last is far from all others."""
    rng = np.random.default_rng(3)
    centers = rng.normal(0, 0.9, (6, 32))
    centers[5] += 6
    labels = np.repeat(np.arange(6), 25)
    return centers[labels] + rng.normal(0, 1, (150, 32)), labels


@pytest.fixture(scope="module")
def finished(features):
    *_, last = embed_steps(features[0], 10, seed=4)
    return last


def test_the_same_seed_gives_the_same_map(features, finished):
    np.testing.assert_array_equal(embed(features[0], 10, seed=4), finished.points)


def test_neighbors_agree_in_class_far_better_after_than_before(features, finished):
    _, labels = features
    first = next(iter(embed_steps(features[0], 10, seed=4)))
    # two principal components cannot part six groups; the map can
    assert class_agreement(first.points, labels) < 0.75
    assert class_agreement(finished.points, labels) > 0.95


def test_the_map_keeps_neighbors_that_a_random_map_does_not(features, finished):
    kept = neighborhood_quality(features[0], finished.points)
    shuffled = neighborhood_quality(features[0], np.random.default_rng(0).permutation(finished.points))
    assert kept.shape == (150,)
    assert kept.mean() > 0.4
    assert abs(shuffled.mean() - 10 / 149) < 0.03
    np.testing.assert_array_equal(neighborhood_quality(features[0], features[0]), 1)


def test_new_points_go_to_their_group_and_move_nothing(features, finished):
    values, labels = features
    before = finished.points.copy()
    rng = np.random.default_rng(9)
    chosen = rng.integers(0, 150, 20)
    near = values[chosen] + rng.normal(0, 0.3, (20, 32))
    places, far = finished.place(near)
    again, _ = finished.place(near)
    np.testing.assert_array_equal(finished.points, before)
    np.testing.assert_array_equal(places, again)
    nearest = np.linalg.norm(places[:, None] - finished.points, axis=2).argmin(axis=1)
    assert (labels[nearest] == labels[chosen]).mean() > 0.9
    assert not far.any()
    # what is placed with them does not matter
    alone, _ = finished.place(near[:3])
    np.testing.assert_allclose(alone, places[:3], atol=0.5)


def test_what_is_far_from_all_pictures_is_said_to_be(finished):
    _, far = finished.place(np.full((2, 32), 60.0))
    assert far.all()


def test_a_ready_map_takes_new_points_like_the_one_just_made(features, finished):
    ready = Embedding(finished.features, finished.points, 10.0, 4)
    np.testing.assert_allclose(ready.place(features[0][:5])[0], finished.place(features[0][:5])[0], atol=1e-4)


def test_distances_between_classes_are_those_of_their_centers(features):
    found = class_distances(*features)
    assert found.mean.shape == (6, 6)
    np.testing.assert_allclose(found.mean, found.mean.T)
    # the sixth group is far away, in all dimensions
    assert found.mean[5, :5].min() > 2 * found.mean[:5, :5].max()
    # two points of one unit Gaussian in 32 dimensions are sqrt(64) apart
    np.testing.assert_allclose(np.diag(found.mean), 8, rtol=0.05)


def test_a_class_without_pictures_has_no_distance():
    found = class_distances([[0.0, 0], [1, 0], [0, 2]], [0, 0, 2], 3)
    assert np.isnan(found.mean[1]).all()
    assert np.isnan(found.mean[2, 2])
    assert found.mean[0, 0] == 1


@pytest.mark.parametrize(
    ("values", "perplexity", "sentence"),
    [
        (np.zeros((3, 8)), 1, "at least 4 pictures; there are 3"),
        (np.full((9, 8), np.nan), 2, "not finite"),
        (np.zeros(9), 2, "one row a picture"),
        ([[1, 2], [3]], 2, "regular array"),
        (np.eye(9), 5, "perplexity must be from 1 to 2.667"),
        (np.eye(9), 0, "perplexity must be from 1"),
    ],
)
def test_what_makes_no_map_is_told_in_one_sentence(values, perplexity, sentence):
    with pytest.raises(ValueError, match=sentence):
        embed(values, perplexity)


def test_mismatched_lengths_are_told(features, finished):
    with pytest.raises(ValueError, match="one class for each of the 150"):
        class_distances(features[0], features[1][:9])
    with pytest.raises(ValueError, match="150 rows of features but 9 points"):
        neighborhood_quality(features[0], finished.points[:9])
    with pytest.raises(ValueError, match="32 numbers each, the new ones 5"):
        finished.place(np.zeros((2, 5)))


def test_the_smallest_map():
    points = embed(np.eye(4), perplexity=1)
    assert points.shape == (4, 2)
    assert np.isfinite(points).all()
