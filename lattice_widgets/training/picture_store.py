"""Simulated descriptors for training, made ahead by other processes and kept in files.

Pictures are made in blocks of `BLOCK`; a block depends on the seed and its number alone, so that an interrupted training
goes on with the same pictures, and a second one finds them made.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.descriptor import Recipe, make_descriptor
from lattice_widgets.training.pictures.broad import simulate_broad
from lattice_widgets.training.pictures.varied import VariedExample, simulate_varied

#: pictures in a block
BLOCK = 4096
#: how often a picture is aligned with its strongest spot, its second, its third
RANK_ODDS = (0.7, 0.2, 0.1)
#: stream of pictures -> the function that draws one of them
STREAMS: dict[str, Callable[[int, int], VariedExample]] = {"varied": simulate_varied, "broad": simulate_broad}


def make_block(
    recipe: Recipe, seed: int, number: int, count: int, stream: str = "varied"
) -> tuple[NDArray[np.float16], NDArray[np.int8]]:
    """Return the right halves of descriptors, float16 (count, size, size // 2 + 2), and their labels, (count,).

    Parameters
    ----------
    recipe : Recipe
        How the descriptors are made.
    seed, number : int
        Which stream, and which block of it.
    count : int
        Pictures in a block.
    stream : {"varied", "broad"}
        What is drawn.
    """
    halves = np.empty((count, recipe.size, recipe.size // 2 + 2), np.float16)
    labels = np.empty(count, np.int8)
    for row in range(count):
        index = number * count + row
        example = STREAMS[stream](seed, index)
        rank = int(np.random.default_rng([seed, index, 1]).choice(len(RANK_ODDS), p=RANK_ODDS))
        values = make_descriptor(example.image[None], recipe, rank=rank if recipe.aligned else 0).values[0]
        halves[row], labels[row] = values[:, recipe.size // 2 - 2 :], example.label
    return halves, labels


def _write_block(folder: Path, recipe: Recipe, seed: int, stream: str, number: int, count: int) -> Path:
    path = folder / f"{seed}_{number:05d}_{count}.npz"
    if not path.exists():
        halves, labels = make_block(recipe, seed, number, count, stream)
        unfinished = path.with_suffix(f".{os.getpid()}.unfinished")
        with unfinished.open("wb") as file:
            np.savez(file, halves=halves, labels=labels)
        unfinished.replace(path)
    return path


class PictureStore:
    """Blocks of a stream, made in order by other processes; ask for them in order too.

    Parameters
    ----------
    folder : Path
        Where the files lie; those of another recipe or stream must not.
    recipe : Recipe
        How the descriptors are made.
    seed : int
        Which stream.
    count : int
        Pictures in a block.
    pool : concurrent.futures.Executor
        Who makes them.
    stream : {"varied", "broad"}
        What is drawn.
    """

    def __init__(
        self, folder: Path, recipe: Recipe, seed: int, count: int, pool: ProcessPoolExecutor, stream: str = "varied"
    ) -> None:
        self._arguments = (folder, recipe, seed, stream)
        self._count = count
        self._pool = pool
        self._coming: dict[int, Future[Path]] = {}

    def order(self, numbers: Sequence[int]) -> None:
        """Have blocks made, if nobody did, in this order."""
        for number in numbers:
            if number not in self._coming:
                self._coming[number] = self._pool.submit(_write_block, *self._arguments, number, self._count)

    def take(
        self, numbers: Sequence[int], progress: Callable[[int, int], None] = lambda *_: None
    ) -> tuple[NDArray[np.float16], NDArray[np.int8]]:
        """Return blocks one after the other, as `make_block` does; waits until they are made."""
        self.order(numbers)
        halves, labels = [], []
        for done, number in enumerate(numbers):
            progress(done, len(numbers))
            with np.load(self._coming[number].result(), allow_pickle=False) as block:
                halves.append(block["halves"])
                labels.append(block["labels"])
        return np.concatenate(halves), np.concatenate(labels)


@contextmanager
def open_store(
    folder: Path, recipe: Recipe, seed: int, count: int, workers: int, stream: str = "varied"
) -> Iterator[PictureStore]:
    """Give a store whose pictures are made by so many processes; what is not begun is dropped at the end.

    Raises
    ------
    ValueError
        If the folder holds pictures that were described in another way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "recipe.txt"
    words = repr(sorted(asdict(recipe).items()))
    if note.exists() and note.read_text() != words:
        raise ValueError(f"The folder {folder} holds pictures that were described in another way: choose another one.")
    note.write_text(words)
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        yield PictureStore(folder, recipe, seed, count, pool, stream)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def whole(halves: NDArray[np.float16]) -> NDArray[np.float16]:
    """Return descriptors (n, size, size, 1) for the network, which looks at their right halves only."""
    n, size, columns = halves.shape
    out = np.zeros((n, size, size, 1), halves.dtype)
    out[:, :, size - columns :, 0] = halves
    return out


def mirrored_at_random(halves: NDArray[np.float16], rng: np.random.Generator) -> NDArray[np.float16]:
    """Return right halves of which every other, at random, is mirrored up and down: every class stays what it is."""
    out = halves.copy()
    chosen = rng.random(len(halves)) < 0.5
    # the first row has no partner
    out[chosen, 1:] = halves[chosen, :0:-1]
    return out
