"""Monte-Carlo dropout: many passes of a network, each with other parts of it masked (Gal & Ghahramani 2016).

A pass is one row of a batch. What comes before the first dropout is the same in every pass and is computed once. All
pictures of a call see the same masks in the same pass, so the samples of a picture do not depend on what other pictures
stand beside it. Who runs the network does not matter: see `passes`.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.sampling.masks import Masks, check_count, check_seed
from lattice_widgets.classifier.sampling.passes import Passes, Piece
from lattice_widgets.memory import refuse_beyond_memory
from lattice_widgets.one_thread import each_part

#: the fast approximation: passes of the trunk of the network, up to its last dropout but one ...
TRUNKS = 5
#: ... and masks of that dropout for each of them
BRANCHES = 8
# Rows of a batch: the masked activations of so many passes stay in the cache, those of 250 took a sixth longer.
BATCH = 32
#: bytes at the peak: of an answer, which is summarized in float64, and of the masks of a pass
_BYTES_PER_ANSWER, _BYTES_PER_PASS = 20, 512
# Streams of the fast approximation, far from the numbers of the passes: its error can be measured against full passes.
_TRUNK_STREAM, _BRANCH_STREAM, _TAIL_STREAM = 1 << 61, 1 << 62, 1 << 63
# Passes of which at least two must differ.
_PROOF = 8


class Sampler:
    """The passes of one network with dropout.

    Parameters
    ----------
    passes : Passes
        The network, in pieces.

    Raises
    ------
    ClassifierError
        If the network gives the same answer in every pass.
    """

    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        self._masks = Masks(passes.shapes, passes.rates)
        self._cut: tuple[Piece, Piece, Piece] | None = None
        self._prove()

    def iter_samples(
        self, descriptors: NDArray[np.float32], n_passes: int, seed: int, batch_size: int = BATCH, every: int = 250
    ) -> Iterator[NDArray[np.float32]]:
        """Yield the passes done so far, float32 (done, n, k), for descriptors (n, size, size); see `Classifier`."""
        n_passes, batch_size, every = (
            check_count(value, name)
            for value, name in ((n_passes, "n_passes"), (batch_size, "batch_size"), (every, "every"))
        )
        return self._iterate(descriptors, n_passes, check_seed(seed), batch_size, every)

    def _iterate(
        self, descriptors: NDArray[np.float32], n_passes: int, seed: int, batch_size: int, every: int
    ) -> Iterator[NDArray[np.float32]]:
        values = self.passes.before(descriptors)
        n = len(descriptors)
        pictures = min(n, batch_size)
        passes = max(1, batch_size // pictures)
        samples = self._room_for(n_passes, n)

        def answer(start: int) -> None:
            stop = min(start + passes, n_passes)
            masks = self._masks.draw(range(start, stop), seed, range(len(self.passes.rates)))
            for first in range(0, n, pictures):
                part = slice(first, first + pictures)
                samples[start:stop, part] = self.passes.full([value[part] for value in values], masks)

        # the first partial answer at once, then one for every so many passes
        start, stop = 0, min(passes, n_passes)
        while start < n_passes:
            self._each(answer, range(start, stop, passes), (stop - start) * n)
            view = samples[:stop]
            view.flags.writeable = False
            yield view
            start, stop = stop, min(stop + -(-every // passes) * passes, n_passes)

    def sample_with_plain(
        self, descriptors: NDArray[np.float32], n_passes: int, seed: int
    ) -> tuple[NDArray[np.float32], tuple[NDArray[np.float32], NDArray[np.float32]] | None]:
        """Return `sample_fast`, and probabilities (n, k) and features (n, m) without dropout where they cost nothing more."""
        n_passes, seed = check_count(n_passes, "n_passes"), check_seed(seed)
        tail = self.passes.tail
        if tail is None:
            return self.sample_fast(descriptors, n_passes, seed), None
        values = self.passes.before(descriptors)[0]
        self._room_for(n_passes, len(descriptors))
        first = self._masks.draw_balanced([0], min(TRUNKS * BRANCHES, n_passes), seed, _BRANCH_STREAM)[0]
        last = self._masks.draw(range(_TAIL_STREAM, _TAIL_STREAM + n_passes), seed, [1])[0]
        return tail.sample(values, first, last), tail.plain(values)

    def sample_fast(self, descriptors: NDArray[np.float32], n_passes: int, seed: int) -> NDArray[np.float32]:
        """Return approximate samples, float32 (n_passes, n, k); see `Classifier.sample_fast`."""
        n_passes, seed = check_count(n_passes, "n_passes"), check_seed(seed)
        if self.passes.tail is not None:
            return self.sample_with_plain(descriptors, n_passes, seed)[0]
        samples = self._room_for(n_passes, len(descriptors))
        if self._cut is None:
            self._cut = self.passes.cut()
        trunk, branch, tail = self._cut
        branches = min(TRUNKS * BRANCHES, n_passes)
        last = len(self.passes.rates) - 1
        in_trunk = trunk.n_dropouts
        trunk_masks = self._masks.draw_balanced(range(in_trunk), TRUNKS, seed, _TRUNK_STREAM)
        branch_masks = self._masks.draw_balanced(range(in_trunk, last), branches, seed, _BRANCH_STREAM)
        tail_masks = self._masks.draw(range(_TAIL_STREAM, _TAIL_STREAM + n_passes), seed, [last])[0]

        def answer(first: int) -> None:
            part = slice(first, first + BATCH)
            values = self.passes.before(descriptors[part])
            for number in range(min(TRUNKS, branches)):
                middle = trunk(values, [mask[number : number + 1] for mask in trunk_masks])[0]
                own = range(number, branches, TRUNKS)
                features = branch([middle], [mask[number::TRUNKS] for mask in branch_masks])
                for row, which in enumerate(own):
                    # one row for all where the branches have no dropout of their own
                    some = features[min(row, len(features) - 1)]
                    samples[which::branches, part] = tail([some], [tail_masks[which::branches]])

        self._each(answer, range(0, len(descriptors), BATCH), len(descriptors))
        return samples

    def _each(self, answer: Callable[[int], None], firsts: Sequence[int], count: int) -> None:
        """Have each batch answered, on all processors where the network can be run so."""
        if self.passes.in_threads:
            each_part(answer, firsts, count)
        else:
            for first in firsts:
                answer(first)

    def _room_for(self, n_passes: int, n: int) -> NDArray[np.float32]:
        """Return an empty array for samples, or say that there are too many."""
        n_bytes = n_passes * (n * self.passes.n_classes * _BYTES_PER_ANSWER + _BYTES_PER_PASS)
        refuse_beyond_memory(f"{n_passes} passes of {n} pictures", n_bytes, "ask for fewer")
        try:
            return np.empty((n_passes, n, self.passes.n_classes), np.float32)
        except (MemoryError, ValueError) as error:  # ValueError: more than an address can reach
            raise ValueError(f"{n_passes} samples of {n} pictures do not fit into memory: ask for fewer.") from error

    def _prove(self) -> None:
        """Refuse a network whose dropout does nothing, for it would seem to be sure; this also warms up."""
        probes = np.random.default_rng(0).random((2, *self.passes.input_shape[:2]), dtype=np.float32)
        parts = [next(self.iter_samples(probe[None], _PROOF, 0)) for probe in probes]
        if not any(np.ptp(samples, axis=0).any() for samples in parts):
            raise ClassifierError(
                f"The network {self.passes.name!r} gives the same answer in every pass although its dropout is on: "
                "it has no uncertainty to show."
            )
