"""The drawing of a network: its numbers are those of the network that answers."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.classifier.card import read_weights
from lattice_widgets.classifier.inside import look_inside

PICTURE = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], rotation=20, seed=1).image


@pytest.mark.parametrize("name", ["paper", "default"])
def test_the_last_stages_are_what_the_network_says(name: str) -> None:
    classifier = lw.load_classifier(name)
    stages = look_inside(PICTURE, classifier)
    assert np.allclose(stages[-1].values, classifier.predict(PICTURE)[0], atol=1e-6)
    assert np.allclose(stages[-2].values, classifier.features(PICTURE)[0], atol=1e-4)
    if name == "paper":  # batch normalization is within the convolutions
        weights = read_weights(classifier.card, classifier.card_path)
        assert sum(stage.n_weights for stage in stages) == sum(array.size for array in weights)


def test_the_drawing_says_sizes_weights_and_dropout() -> None:
    figure = lw.draw_network(PICTURE)
    said = "\n".join(axes.get_xlabel() for axes in figure.axes)
    assert "62 × 32 × 16\nfilters of 3 × 3\n160 weights\ndropout 20 %" in said
    assert [axes.get_title() for axes in figure.axes].count("convolution") == 3
    bars = [bar.get_width() for bar in figure.axes[-1].patches]
    assert np.argmax(bars) == lw.CLASSES.index("square")
