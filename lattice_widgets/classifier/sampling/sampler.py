"""Monte-Carlo dropout: many passes of a network, each with other parts of it masked (Gal & Ghahramani 2016).

A pass is one row of a batch, and a batch goes through one compiled function. What comes before the first dropout is the
same in every pass and is computed once. Random numbers were the bottleneck: they are drawn here, 16 bits for each masked
element, by a generator that depends on nothing but the seed and the number of the pass. All pictures of a call see the
same masks in the same pass, so the samples of a picture do not depend on what other pictures stand beside it.
"""

import operator
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.backend import ClassifierError
from lattice_widgets.classifier.sampling.dense_tail import DenseTail
from lattice_widgets.classifier.sampling.network_parts import NetworkPart, dropout_layers, path_between, sources_of
from lattice_widgets.memory import refuse_beyond_memory

#: the fast approximation: passes of the trunk of the network, up to its last dropout but one ...
TRUNKS = 5
#: ... and masks of that dropout for each of them
BRANCHES = 8
# Rows of a batch: the masked activations of 50 passes stay in the cache, those of 250 took a sixth longer.
BATCH = 50
_LEVELS = 1 << 16
#: bytes at the peak: of an answer, which is summarized in float64, and of the masks of a pass
_BYTES_PER_ANSWER, _BYTES_PER_PASS = 20, 512
# Streams of the fast approximation, far from the numbers of the passes: its error can be measured against full passes.
_TRUNK_STREAM, _BRANCH_STREAM, _TAIL_STREAM = 1 << 61, 1 << 62, 1 << 63


class Sampler:
    """The passes of one network with dropout.

    Raises
    ------
    ClassifierError
        If the network has no dropout, or does not prove that it is stochastic with dropout and deterministic without.
    """

    def __init__(self, network: Any) -> None:
        self.network = network
        self._dropouts = dropout_layers(network)
        layers = path_between(network, [network.input], network.output)
        masked: set[int] = set()
        starts: dict[int, Any] = {}
        for layer in layers:
            sources = sources_of(layer)
            if layer in self._dropouts or any(id(source) in masked for source in sources):
                masked.add(id(layer.output))
                starts.update({id(source): source for source in sources if id(source) not in masked})
        self._starts = list(starts.values())
        self._before = [layer for layer in layers if id(layer.output) not in masked]
        self._full = NetworkPart(network, self._starts, network.output)
        # The 16-bit words of a pass, the dropouts one after the other, each beginning at a whole 64-bit word.
        self._shapes = [tuple(layer.output.shape[1:]) for layer in self._dropouts]
        self._sizes = [int(np.prod(shape)) for shape in self._shapes]
        self._offsets = np.cumsum([0, *((size + 3) // 4 * 4 for size in self._sizes)])
        self._thresholds = [max(1, round(layer.rate * _LEVELS)) for layer in self._dropouts]
        self._cut: tuple[NetworkPart, NetworkPart, NetworkPart] | None = None
        self._tail = DenseTail.of(network, self._dropouts)
        self._start = NetworkPart(network, [network.input], self._starts[0]) if self._tail is not None else None
        self._prove()

    def iter_samples(
        self, descriptors: NDArray[np.float32], n_samples: int, seed: int, batch_size: int = BATCH, every: int = 250
    ) -> Iterator[NDArray[np.float32]]:
        """Yield the passes done so far, float32 (done, n, k), for descriptors (n, size, size); see `Classifier`."""
        n_samples, batch_size, every = (
            check_count(value, name)
            for value, name in ((n_samples, "n_samples"), (batch_size, "batch_size"), (every, "every"))
        )
        return self._iterate(descriptors, n_samples, check_seed(seed), batch_size, every)

    def _iterate(
        self, descriptors: NDArray[np.float32], n_samples: int, seed: int, batch_size: int, every: int
    ) -> Iterator[NDArray[np.float32]]:
        values = self._compute_before(descriptors)
        n = len(descriptors)
        pictures = min(n, batch_size)
        passes = max(1, batch_size // pictures)
        samples = self._room_for(n_samples, n)
        shown = 0
        for start in range(0, n_samples, passes):
            stop = min(start + passes, n_samples)
            masks = self._draw_masks(range(start, stop), seed, range(len(self._dropouts)))
            for first in range(0, n, pictures):
                part = slice(first, first + pictures)
                samples[start:stop, part] = self._full([value[part] for value in values], masks)
            # the first partial answer at once, then one for every so many passes
            if shown == 0 or stop - shown >= every or stop == n_samples:
                shown = stop
                view = samples[:stop]
                view.flags.writeable = False
                yield view

    def sample_with_plain(
        self, descriptors: NDArray[np.float32], n_samples: int, seed: int
    ) -> tuple[NDArray[np.float32], tuple[NDArray[np.float32], NDArray[np.float32]] | None]:
        """Return `sample_fast`, and probabilities (n, k) and features (n, m) without dropout where they cost nothing more."""
        n_samples, seed = check_count(n_samples, "n_samples"), check_seed(seed)
        if self._tail is None:
            return self.sample_fast(descriptors, n_samples, seed), None
        values = self._compute_before(descriptors)[0]
        self._room_for(n_samples, len(descriptors))
        first = self._draw_balanced_masks([0], min(TRUNKS * BRANCHES, n_samples), seed, _BRANCH_STREAM)[0]
        last = self._draw_masks(range(_TAIL_STREAM, _TAIL_STREAM + n_samples), seed, [1])[0]
        return self._tail.sample(values, first, last), self._tail.plain(values)

    def sample_fast(self, descriptors: NDArray[np.float32], n_samples: int, seed: int) -> NDArray[np.float32]:
        """Return approximate samples, float32 (n_samples, n, k); see `Classifier.sample_fast`."""
        n_samples, seed = check_count(n_samples, "n_samples"), check_seed(seed)
        if self._tail is not None:
            return self.sample_with_plain(descriptors, n_samples, seed)[0]
        samples = self._room_for(n_samples, len(descriptors))
        trunk, branch, tail = self._cut_before_last_dropouts()
        branches = min(TRUNKS * BRANCHES, n_samples)
        last = len(self._dropouts) - 1
        in_trunk = len(trunk.dropouts)
        trunk_masks = self._draw_balanced_masks(range(in_trunk), TRUNKS, seed, _TRUNK_STREAM)
        branch_masks = self._draw_balanced_masks(range(in_trunk, last), branches, seed, _BRANCH_STREAM)
        tail_masks = self._draw_masks(range(_TAIL_STREAM, _TAIL_STREAM + n_samples), seed, [last])[0]
        for first in range(0, len(descriptors), BATCH):
            part = slice(first, first + BATCH)
            values = self._compute_before(descriptors[part])
            for number in range(min(TRUNKS, branches)):
                middle = trunk(values, [mask[number : number + 1] for mask in trunk_masks])[0]
                own = range(number, branches, TRUNKS)
                features = branch([middle], [mask[number::TRUNKS] for mask in branch_masks])
                for row, which in enumerate(own):
                    # one row for all where the branches have no dropout of their own
                    some = features[min(row, len(features) - 1)]
                    samples[which::branches, part] = tail([some], [tail_masks[which::branches]])
        return samples

    def _room_for(self, n_samples: int, n: int) -> NDArray[np.float32]:
        """Return an empty array for samples, or say that there are too many."""
        n_bytes = n_samples * (n * self.network.output.shape[-1] * _BYTES_PER_ANSWER + _BYTES_PER_PASS)
        refuse_beyond_memory(f"{n_samples} passes of {n} pictures", n_bytes, "ask for fewer")
        try:
            return np.empty((n_samples, n, self.network.output.shape[-1]), np.float32)
        except (MemoryError, ValueError) as error:  # ValueError: more than an address can reach
            raise ValueError(f"{n_samples} samples of {n} pictures do not fit into memory: ask for fewer.") from error

    def _compute_before(self, descriptors: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return what every pass has in common: the values where the part with dropout begins, each (n, ...)."""
        import keras

        parts = []
        for first in range(0, len(descriptors), 2 * BATCH):
            if self._start is not None:
                parts.append([self._start([descriptors[first : first + 2 * BATCH, :, :, None]], [])[0]])
                continue
            rows = keras.ops.convert_to_tensor(descriptors[first : first + 2 * BATCH, :, :, None])
            values = {id(self.network.input): rows}
            for layer in self._before:
                inputs = [values[id(source)] for source in sources_of(layer)]
                values[id(layer.output)] = layer(inputs[0] if len(inputs) == 1 else inputs, training=False)
            parts.append([keras.ops.convert_to_numpy(values[id(start)]) for start in self._starts])
        return [np.concatenate(part) for part in zip(*parts, strict=True)]

    def _draw_masks(self, numbers: Sequence[int], seed: int, chosen: Sequence[int]) -> list[NDArray[np.bool_]]:
        """Return for some successive dropouts which elements are kept in some passes, each bool (len(numbers), ...)."""
        masks = [np.empty((len(numbers), self._sizes[k]), bool) for k in chosen]
        for row, number in enumerate(numbers):
            words = _words(seed, number, self._offsets[chosen[-1] + 1] - self._offsets[chosen[0]])
            for k, mask in zip(chosen, masks, strict=True):
                offset = self._offsets[k] - self._offsets[chosen[0]]
                np.greater_equal(words[offset : offset + self._sizes[k]], self._thresholds[k], out=mask[row])
        return [mask.reshape(-1, *self._shapes[k]) for k, mask in zip(chosen, masks, strict=True)]

    def _draw_balanced_masks(
        self, chosen: Sequence[int], count: int, seed: int, stream: int
    ) -> list[NDArray[np.bool_]]:
        """Return masks of some dropouts that are balanced: at 20 %, each element is dropped once in five of them.

        Each mask taken alone is as random as any; together they leave the mean of a layer where it is without dropout,
        which takes most of the error out of so few of them.
        """
        masks = []
        for k in chosen:
            group = max(2, round(_LEVELS / self._thresholds[k]))
            rows = np.empty((count, self._sizes[k]), bool)
            for row in range(count):
                number, turn = divmod(row, group)
                words = _words(seed, stream + number, self._offsets[-1])[self._offsets[k] :][: self._sizes[k]]
                # overflows on purpose: turned around the circle of 16-bit numbers
                np.greater_equal(words + np.uint16(turn * _LEVELS // group), self._thresholds[k], out=rows[row])
            masks.append(rows.reshape(-1, *self._shapes[k]))
        return masks

    def _cut_before_last_dropouts(self) -> tuple[NetworkPart, NetworkPart, NetworkPart]:
        """Return the network in three parts: to the last dropout but one, from there to the last one, and the rest.

        Where a branch goes around the last dropout but one, the first part reaches to the last one and the second is empty.
        """
        if self._cut is None:
            features = self._dropouts[-1].input
            tail = NetworkPart(self.network, [features], self.network.output)
            middle = self._dropouts[-2].input if len(self._dropouts) > 1 else features
            try:
                branch = NetworkPart(self.network, [middle], features)
            except ClassifierError:
                middle = features
                branch = NetworkPart(self.network, [middle], features)
            self._cut = NetworkPart(self.network, self._starts, middle), branch, tail
        return self._cut

    def _prove(self) -> None:
        """Refuse a network that is not what it seems; this also compiles and warms up.

        In Keras 3 a dropout can be there and yet do nothing, or be on for good.
        """
        import keras

        network = self.network
        probes = np.random.default_rng(0).random((2, *network.input.shape[1:]), dtype=np.float32)
        without, again = (keras.ops.convert_to_numpy(network(probes, training=False)) for _ in range(2))
        values = self._compute_before(probes[..., 0])
        walked = keras.ops.convert_to_numpy(self._full.run([keras.ops.convert_to_tensor(v) for v in values], None))
        if not (np.array_equal(without, again) and np.allclose(without, walked, atol=1e-4)):
            raise ClassifierError(
                f"The network {network.name!r} gives other answers each time although its dropout is off, "
                "or has parts that the sampling does not know: its uncertainty cannot be trusted."
            )
        samples = next(self.iter_samples(probes[:1, ..., 0], BATCH, 0))
        samples = np.concatenate([samples, next(self.iter_samples(probes[1:, ..., 0], BATCH, 0))], axis=1)
        if not np.ptp(samples, axis=0).any():
            raise ClassifierError(
                f"The network {network.name!r} gives the same answer in every pass although its dropout is on: "
                "it has no uncertainty to show."
            )


def _words(seed: int, number: int, count: int) -> NDArray[np.uint16]:
    """Return the random 16-bit words of a pass; ``count`` is a multiple of 4."""
    # SFC64 draws them in half the time of Philox, a quarter of that of TensorFlow's own stateless numbers
    raw = np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(number,))).random_raw(int(count) // 4)
    return raw.astype("<u8", copy=False).view(np.uint16)


def check_seed(seed: int) -> int:
    """Return a seed as an int, or say why it is none.

    Raises
    ------
    ValueError
        If it is not a whole number from 0 to 2**64 - 1.
    """
    try:
        value = operator.index(seed)
    except TypeError as error:
        raise ValueError(f"The seed must be a whole number, not {seed!r}.") from error
    if not 0 <= value < 1 << 64:
        raise ValueError(f"The seed must be from 0 to 2**64 - 1, not {value}.")
    return value


def check_count(value: int, name: str) -> int:
    """Return a number of something as an int, or say why it is none.

    Raises
    ------
    ValueError
        If it is not a whole number of at least 1.
    """
    try:
        count = operator.index(value)
    except TypeError as error:
        raise ValueError(f"{name} must be a whole number, not {value!r}.") from error
    if count < 1:
        raise ValueError(f"{name} must be at least 1, not {count}.")
    return count
