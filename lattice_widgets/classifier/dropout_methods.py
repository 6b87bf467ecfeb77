"""What a classifier answers with dropout on: samples, their fast approximation, and a verdict."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets import old_names
from lattice_widgets.classifier.card import ModelCard
from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.familiarity import familiarity_of
from lattice_widgets.classifier.sampling.masks import check_count, check_seed
from lattice_widgets.classifier.sampling.sampler import BATCH, Sampler
from lattice_widgets.core.pictures.descriptor import Descriptor
from lattice_widgets.core.uncertainty.reliability import apply_temperature
from lattice_widgets.core.uncertainty.summary import Summary, summarize
from lattice_widgets.core.uncertainty.verdict import NetworkVerdict, abstain


class UncertainAnswers(ABC):
    """The methods of `Classifier` that make passes with dropout."""

    card: ModelCard

    @property
    @abstractmethod
    def sampler(self) -> Sampler:
        """What makes passes with dropout."""

    @abstractmethod
    def describe(self, images: ArrayLike | Sequence[ArrayLike]) -> Descriptor:
        """Return what the network sees of pictures."""

    @abstractmethod
    def run(self, descriptors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return probabilities and features without dropout."""

    @old_names.keywords(n_samples="n_passes")
    def sample(
        self, images: ArrayLike | Sequence[ArrayLike], n_passes: int = 5000, seed: int = 0, batch_size: int = BATCH
    ) -> NDArray[np.float32]:
        """Return the probabilities of many passes with dropout: Monte-Carlo dropout through all dropout layers.

        Parameters
        ----------
        images : array_like, shape (rows, cols) or (n, rows, cols), any real dtype
            Raw micrographs.
        n_passes : int
            Passes.
        seed : int
            From 0 to 2**64 - 1. Pass number i of a seed is the same whatever the number of passes, the batch size and the
            other pictures, but for the rounding of float32 (1e-6). All pictures see the same masks in the same pass.
        batch_size : int
            Rows (a pass of a picture) that go through the network at once. Changes speed and memory only.

        Returns
        -------
        ndarray, float32, shape (n_passes, n, len(classes))
            Each row sums to 1. Read-only.

        Raises
        ------
        ValueError
            As for `describe`; if a number is out of its range.
        ClassifierError
            As for `sampler`.

        Examples
        --------
        >>> import lattice_widgets as lw
        >>> picture = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], rotation=20)
        >>> samples = lw.load_classifier("paper").sample(picture.image, 200, seed=1)
        >>> samples.shape, lw.CLASSES[samples.mean(axis=0)[0].argmax()]
        ((200, 1, 6), 'square')
        """
        for samples in self.iter_samples(images, n_passes, seed, batch_size, n_passes):  # noqa: B007
            pass
        return samples

    @old_names.keywords(n_samples="n_passes")
    def iter_samples(
        self,
        images: ArrayLike | Sequence[ArrayLike],
        n_passes: int = 5000,
        seed: int = 0,
        batch_size: int = BATCH,
        every: int = 250,
    ) -> Iterator[NDArray[np.float32]]:
        """Yield what `sample` returns while it grows; to stop, stop asking.

        The first part comes after one batch, the next ones after ``every`` passes or a few more, the last has them all.
        Wrong input is told at the call, before the first part is asked for.

        Yields
        ------
        ndarray, float32, shape (done, n, len(classes))
            All passes done so far, read-only: a view of one array that is filled further, without a copy.
        """
        descriptors = self.describe(images).values
        return self.sampler.iter_samples(descriptors, n_passes, seed, batch_size, every)

    @old_names.keywords(n_samples="n_passes")
    def sample_fast(
        self, images: ArrayLike | Sequence[ArrayLike], n_passes: int = 1000, seed: int = 0
    ) -> NDArray[np.float32]:
        """Return an approximation of `sample`, some hundred times faster per sample: for maps and movies.

        Five passes go through the network up to its last dropout but one; each meets eight masks of that dropout, and each
        of these forty is shared by a fortieth of the samples, which have a mask each of the last dropout. The few masks
        are balanced: of five, each drops another fifth of a layer, so that together they do not shift the mean. All
        pictures see the same masks, and so does every call with the same seed, so that neighboring windows and following
        frames differ by what they show and not by chance. `fast_error` measures what that costs.

        Takes, returns and raises the same as `sample`; also a ClassifierError if a branch of the network goes around
        its last dropout.
        """
        return self.sampler.sample_fast(self.describe(images).values, n_passes, seed)

    @old_names.keywords(n_samples="n_passes")
    def summarize_fast(self, images: ArrayLike | Sequence[ArrayLike], n_passes: int = 1000, seed: int = 0) -> Summary:
        """Return mean, spread, entropy and mutual information of `sample_fast`, in bounded memory: an approximation."""
        values, sampler = self.describe(images).values, self.sampler
        # 250 pictures with 1000 samples are 6 MB
        parts = [values[first : first + 250] for first in range(0, len(values), 250)]
        return Summary.concatenate([summarize(sampler.sample_fast(part, n_passes, seed)) for part in parts])

    @old_names.keywords(n_samples="n_passes")
    def fast_error(
        self, images: ArrayLike | Sequence[ArrayLike], n_passes: int = 1000, seed: int = 0, n_checked: int = 16
    ) -> dict[str, float]:
        """Return how far `summarize_fast` is from full Monte-Carlo dropout with as many passes, on some of the pictures.

        Parameters
        ----------
        images, n_passes, seed
            As for `sample_fast`.
        n_checked : int
            Pictures to check, chosen at random by the seed; all if there are fewer. Each takes as long as `sample`.

        Returns
        -------
        dict
            Root mean squares of the differences: ``mean`` and ``spread`` [probability], ``entropy`` and
            ``mutual_information`` [bit]; ``sampling``, the standard error that the full passes have themselves
            [probability]; ``n_checked``. Also ``spread_ratio``, approximate over full, of the root mean square spreads.
        """
        values = self.describe(images).values
        chosen = np.random.default_rng(check_seed(seed)).permutation(len(values))[: check_count(n_checked, "n_checked")]
        fast = summarize(self.sampler.sample_fast(values[chosen], n_passes, seed))
        for samples in self.sampler.iter_samples(values[chosen], n_passes, seed, every=n_passes):  # noqa: B007
            pass
        full = summarize(samples)

        def rms(differences: NDArray[np.float64]) -> float:
            return float(np.sqrt(np.mean(differences**2)))

        names = {"mean": "mean", "spread": "std", "entropy": "entropy", "mutual_information": "mutual_information"}
        return {
            **{key: rms(getattr(fast, name) - getattr(full, name)) for key, name in names.items()},
            "sampling": rms(full.standard_error),
            "spread_ratio": rms(fast.std) / max(rms(full.std), 1e-12),
            "n_checked": float(len(chosen)),
        }

    def familiarity(self, images: ArrayLike | Sequence[ArrayLike]) -> NDArray[np.float64]:
        """Return how much pictures are like those the network was trained for, float64 (n,), from 0 to 1.

        1 for 99 % of simulated pictures; see `classifier.familiarity` for what it finds and what not. Takes and raises the
        same as `predict`; also a ClassifierError if the card has no calibration.
        """
        return familiarity_of(self.familiarity_statistics, *self.run(self.describe(images).values))

    @property
    def familiarity_statistics(self) -> dict[str, Any]:
        """What `classifier.familiarity` measures distances by; ClassifierError if the card has no calibration."""
        return self._calibration["familiarity"]

    def verdicts(self, summary: Summary, familiarity: ArrayLike | None = None) -> list[NetworkVerdict]:
        """Return for each picture a class or "not sure" with the reason, by the threshold and temperature of the card.

        Parameters
        ----------
        summary : Summary
            Of the samples of n pictures. The rule is that of `core.uncertainty.verdict.abstain`.
        familiarity : array_like, shape (n,), optional
            What `familiarity` returns for these pictures; without it, none counts as outside.

        Raises
        ------
        ValueError
            If there is not one familiarity from 0 to 1 for each picture.
        TypeError
            If `summary` is none.
        ClassifierError
            If the card has no calibration.
        """
        if not isinstance(summary, Summary):
            raise TypeError("A verdict needs the Summary of samples, as from summarize(samples).")
        calibration = self._calibration
        return abstain(summary, calibration["threshold"], familiarity, calibration["temperature"])

    def judge(self, images: ArrayLike | Sequence[ArrayLike], summary: Summary) -> list[NetworkVerdict]:
        """Return `verdicts` of a summary of the samples of these pictures, with their familiarity.

        Takes pictures as `sample`, and raises what `familiarity` and `verdicts` do.
        """
        return self.verdicts(summary, self.familiarity(images))

    def calibrated(self, means: ArrayLike) -> NDArray[np.float64]:
        """Return mean probabilities of samples, float64 (..., k), after the temperature of the card.

        Raises
        ------
        ClassifierError
            If the card has no calibration.
        """
        return apply_temperature(means, self._calibration["temperature"])

    def reliability(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean confidence, calibrated, and fraction of right answers, of the bins that hold test pictures.

        Raises
        ------
        ClassifierError
            If the card has no calibration.
        """
        curve = self._calibration["test"]["reliability"]
        filled = [number for number, count in enumerate(curve["count"]) if count]
        confidence, right = (
            np.array([curve[name][number] for number in filled]) for name in ("confidence", "accuracy")
        )
        return confidence, right

    @property
    def _calibration(self) -> dict[str, Any]:
        if not self.card.calibration:
            raise ClassifierError(
                f"The classifier {self.card.name!r} was not calibrated: give the path of its model card to "
                "'python -m lattice_widgets.training.calibration'."
            )
        return self.card.calibration
