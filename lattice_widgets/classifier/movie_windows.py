"""A classifier as the pipeline wants it: windows in, passes with dropout and whether it is sure out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.card import find_card
from lattice_widgets.classifier.familiarity import familiarity_of
from lattice_widgets.classifier.inference import Classifier, load_classifier
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.movies.frame_analysis import WindowAnswers
from lattice_widgets.core.pictures.descriptor import make_descriptor
from lattice_widgets.core.uncertainty.summary import Summary, summarize
from lattice_widgets.one_thread import each_part

# windows whose spectra are made at once: they stay in the cache
_TOGETHER = 32


@dataclass(frozen=True)
class WindowClassifier:
    """Windows -> `WindowAnswers`. Can be sent to another process, where the network is loaded once.

    Parameters
    ----------
    name : str
        Of a bundled classifier, or the path of a model card.
    n_passes : int
        Passes with dropout (the fast approximation); 0 for plain probabilities, without spread or abstention.
    seed : int
        The same seed, the same numbers.
    """

    name: str = "default"
    n_passes: int = 200
    seed: int = 0

    @property
    def classifier(self) -> Classifier:
        """The classifier; loaded once per process."""
        return load_classifier(self.name)

    def card_path(self) -> Path:
        """Return where the model card lies."""
        return find_card(self.name).resolve()

    def __call__(self, windows: NDArray) -> WindowAnswers:
        """Return what the classifier says about windows, shape (n, size, size); a blank one is noise.

        Raises
        ------
        ClassifierError
            As for `Classifier.sampler`.
        """
        network = self.classifier.load()
        noise = CLASSES.index("noise")
        blank = windows.min(axis=(1, 2)) == windows.max(axis=(1, 2))

        def see(first: int) -> NDArray[np.float32]:
            return make_descriptor(windows[first : first + _TOGETHER], network.recipe, keep_all=True).values

        descriptors = np.concatenate(each_part(see, range(0, len(windows), _TOGETHER), len(windows)))
        if self.n_passes == 0:
            samples = network.run(descriptors)[0][None]
            sure = np.ones(len(windows), bool)
        else:
            samples, plain = network.sampler.sample_with_plain(descriptors, self.n_passes, self.seed)
            sure = self._sure(network, summarize(samples), plain or network.run(descriptors))
        samples[:, blank] = 0
        samples[:, blank, noise] = 1
        sure[blank] = True
        return WindowAnswers(samples, sure)

    @staticmethod
    def _sure(network: Classifier, summary: Summary, plain: tuple[NDArray, NDArray]) -> NDArray[np.bool_]:
        """Return whether each window is answered; all are where the classifier was never calibrated."""
        if not network.card.calibration:
            return np.ones(len(summary.mean), bool)
        familiarity = familiarity_of(network.card.calibration["familiarity"], *plain)
        return np.array([verdict.label is not None for verdict in network.verdicts(summary, familiarity)])
