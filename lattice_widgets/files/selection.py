"""Which data set and which frames of a file are read, and what is refused before any pixel is."""

from __future__ import annotations

from collections import Counter

import numpy as np

from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage


def find_dataset(names: list[str], asked: str | int) -> int | None:
    """Find a data set by its name, by a part of it that only one has, or by its number.

    Parameters
    ----------
    names : list of str
        Of the data sets.
    asked : str or int
        The name, in any case of letters, or the number, from 0; as a word too.

    Returns
    -------
    number : int or None
        None if there is no such data set, or several.

    Examples
    --------
    >>> find_dataset(["Z forward", "Z backward"], "back"), find_dataset(["a", "b"], "-1"), find_dataset(["a", "b"], "c")
    (1, 1, None)
    """
    if asked in names:
        return names.index(str(asked))
    if isinstance(asked, str):
        lower = [name.casefold() for name in names]
        word = asked.strip().casefold()
        if lower.count(word) == 1:
            return lower.index(word)
        if not word.removeprefix("-").isdecimal():
            within = [number for number, name in enumerate(lower) if word and word in name]
            return within[0] if len(within) == 1 else None
        asked = int(word)
    return asked % len(names) if -len(names) <= asked < len(names) else None


def choose(images: list[StoredImage], key: str | int | None, name: str) -> tuple[StoredImage, list[str]]:
    """The data set that `key` asks for, else the largest one that is a picture, with a note about the choice."""
    names = [image.name for image in images]
    listed = ", ".join(repr(n) for n in names[:12]) + (", ..." if len(names) > 12 else "")
    if key is not None:
        position = find_dataset(names, key)
        if position is None:
            raise MicrographFileError(f"{name} has no data set {key!r}; it has {listed or 'none'}.")
        image = images[position]
        refuse_unless_picture(image, name)
        return image, []
    pictures = [image for image in images if is_picture(image)]
    if not pictures:
        if not images:
            raise MicrographFileError(f"{name} holds no picture.")
        refuse_unless_picture(images[0], name)
    image = max(pictures, key=lambda picture: np.prod(picture.shape, dtype=object))
    return image, [f"of {len(images)} data sets ({listed}) the largest was taken: {image.name!r}"] if len(
        images
    ) > 1 else []


def names_of_pictures(images: list[StoredImage]) -> tuple[str, ...]:
    """Return by which names the pictures and movies of a file are asked for: the number, where a name is none of its own."""
    times = Counter(image.name for image in images)
    return tuple(
        image.name if image.name and times[image.name] == 1 else str(number)
        for number, image in enumerate(images)
        if is_picture(image)
    )


def is_picture(image: StoredImage) -> bool:
    """Tell whether a data set is a picture or a movie.

    Parameters
    ----------
    image : StoredImage
        The data set.

    Returns
    -------
    picture : bool
        False for what `refuse_unless_picture` refuses.
    """
    return not image.instead and len(image.shape) in (2, 3) and 0 not in image.shape and image.dtype.kind in "biuf"


def refuse_unless_picture(image: StoredImage, name: str) -> None:
    """Say why a data set is not a micrograph; do nothing when it is one."""
    shape = " x ".join(str(size) for size in image.shape) or "a single number"
    if image.instead:
        raise MicrographFileError(f"{name} holds {image.instead} ({shape}), not a picture or a movie.")
    if image.dtype.kind == "c":
        raise MicrographFileError(f"{name} holds complex numbers: save their magnitude or phase instead.")
    if image.dtype.kind not in "biuf":
        raise MicrographFileError(f"{name} holds values of type {image.dtype}, not numbers.")
    if len(image.shape) not in (2, 3):
        raise MicrographFileError(
            f"{name} holds {len(image.shape)}-dimensional data ({shape}), not a picture (rows x cols) "
            "or a movie (frames x rows x cols)."
        )
    if 0 in image.shape:
        raise MicrographFileError(f"{name} holds an array without values ({shape}).")


def chosen_frames(image: StoredImage, frames: int | slice | None) -> slice:
    """Frames asked for as a slice; one number is a slice of one."""
    if frames is None:
        return slice(None)
    if len(image.shape) != 3:
        raise MicrographFileError("it is a single picture, so there are no frames to choose from")
    count = image.shape[0]
    selected = frames if isinstance(frames, slice) else slice(frames, frames + 1 or None)
    if (not isinstance(frames, slice) and not -count <= frames < count) or not range(count)[selected]:
        raise MicrographFileError(f"frames={frames!r} selects nothing: it has {count} frames, 0 to {count - 1}")
    return selected


def too_large(name: str, size: int, limit: int, movie: bool = False) -> str:
    """Sentence for what is larger than the limit (sizes in bytes), with the way around it."""
    fewer = "choose fewer frames with frames=slice(...), or " if movie else ""
    return (
        f"{name} has {size / 1e9:.3g} GB, more than the limit of {limit / 1e9:.3g} GB: {fewer}"
        f"pass max_bytes={size} to read it if the memory allows."
    )
