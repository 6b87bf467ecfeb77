"""What the registry file says of the sample micrographs: the one place where they are described."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BUNDLED = "bundled:"
"""Begins the address of a file that comes with the package."""

#: what the comment lines above an entry say; "note" may be left out
_KEYS = ("title", "source", "licence", "pixel_size_nm", "shape", "lattice_of_crystal", "lattice_as_measured")


class SampleError(OSError):
    """A sample cannot be had. Its message says why and what helps."""


@dataclass(frozen=True)
class Sample:
    """A sample micrograph as the registry describes it.

    Parameters
    ----------
    name : str
        What to ask for, e.g. "graphene_stm".
    title : str
        What the picture shows.
    source : str
        Whose it is.
    licence : str
        Under which terms.
    pixel_size : float or None
        nm per pixel; None where nobody knows.
    shape : tuple of int
        (rows, cols) or (frames, rows, cols).
    lattice_of_crystal : str
        Class of the crystal's own lattice.
    lattice_as_measured : str
        Class of the lattice in the picture, which drift can make another one.
    bundled : bool
        True where the file comes with the package, False where it is fetched when asked for.
    file_name : str
        With its suffix; works as a name too.
    url : str
        Public address, or ``bundled:`` and the path inside the package.
    sha256 : str
        Hash of the file.
    note : str
        What else to know; may be empty.
    """

    name: str
    title: str
    source: str
    licence: str
    pixel_size: float | None
    shape: tuple[int, ...]
    lattice_of_crystal: str
    lattice_as_measured: str
    bundled: bool
    file_name: str
    url: str
    sha256: str
    note: str = ""


def read_registry(path: Path) -> list[Sample]:
    """Samples that a registry file describes, in its order.

    Parameters
    ----------
    path : pathlib.Path
        In the format that ``registry.txt`` explains.

    Returns
    -------
    samples : list of Sample

    Raises
    ------
    ValueError
        Naming file, line and what is missing there.
    """
    samples: list[Sample] = []
    about: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            about = {}
        elif line.startswith("#"):
            key, colon, value = line.lstrip("# ").partition(":")
            if colon and key in (*_KEYS, "note"):
                about[key] = value.strip()
        else:
            try:
                missing = [key for key in _KEYS if key not in about]
                if missing:
                    raise ValueError(f"missing above it: {', '.join(f'# {key}: ...' for key in missing)}")
                samples.append(_sample(line, about))
            except ValueError as error:
                raise ValueError(
                    f"{path.name}, line {number}: {line.split()[0]} is not described in full ({error})"
                ) from error
            about = {}
    return samples


def _sample(line: str, about: dict[str, str]) -> Sample:
    file_name, sha256, url = line.split()
    size = about["pixel_size_nm"]
    return Sample(
        name=Path(file_name).stem,
        title=about["title"],
        source=about["source"],
        licence=about["licence"],
        pixel_size=None if size == "unknown" else float(size),
        shape=tuple(int(word) for word in about["shape"].split(" x ")),
        lattice_of_crystal=about["lattice_of_crystal"],
        lattice_as_measured=about["lattice_as_measured"],
        bundled=url.startswith(BUNDLED),
        file_name=file_name,
        url=url,
        sha256=sha256.lower(),
        note=about.get("note", ""),
    )
