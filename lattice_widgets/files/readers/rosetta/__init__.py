"""dm3, dm4, emd, hspy and the rest through RosettaSciIO, imported only when such a file is opened."""

from __future__ import annotations

import importlib
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from lattice_widgets.files.readers.rosetta.companions import needs_companions, refuse_companions_elsewhere
from lattice_widgets.files.readers.rosetta.signals import image_of
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage
from lattice_widgets.files.selection import is_picture
from lattice_widgets.memory import refuse_beyond_memory

# Length of the file (4 bytes, from version 4 on 8) and byte order of the numbers follow the version.
_DM3 = tuple(b"\0\0\0\x03????\0\0\0" + order for order in (b"\0", b"\1"))
_DM4 = tuple(b"\0\0\0\x04????????\0\0\0" + order for order in (b"\0", b"\1"))

SPECIFICATION = ReaderSpecification(
    title="dm3, dm4, emd, hspy and the rest (RosettaSciIO, the extra ``formats``)",
    kinds=(Kind("dm3", (".dm3",), _DM3), Kind("dm4", (".dm4",), _DM4)),
    uploads=True,
    companions=True,
    other_suffixes=True,
    preloaded=("rsciio", "dask.array", "h5py"),
)

# Left out: those that have a reader of ours, and those that run or unpickle what a file says (netCDF evaluates an
# attribute as Python; zarr and mrcz files may name a pickle codec; USID and MSA bring no micrographs).
_LEFT_OUT = frozenset({"Image", "TIFF", "numpy", "netCDF", "ZSPY", "MRCZ", "MSA", "USID"})
#: suffixes of scanning probe microscopes that no reader declares, and whose files Gwyddion opens
NOT_READ = {
    "ibw": "Igor or Asylum Research", "stp": "WSxM", "top": "WSxM", "mtrx": "Omicron Matrix", "sm4": "RHK",
    "dat": "Createc or another program", "spm": "Bruker NanoScope", "par": "Omicron Scala", "nid": "Nanosurf",
    "sm2": "RHK", "sm3": "RHK", "mul": "Aarhus", "nanoscope": "Bruker NanoScope",
}  # fmt: skip
#: how their files begin, whatever their names: WSxM and Bruker number the channels in the suffix
_BEGINNINGS = {
    b"WSxM file": "WSxM", b"\\*File list": "Bruker NanoScope", b"ONTMATRX": "Omicron Matrix", b"[Paramco32]": "Createc",
    b"[Paramet32]": "Createc",
}  # fmt: skip
#: how spectra begin that lie beside the pictures of the same program
_SPECTRA = {b"Experiment\t": "a spectrum of Nanonis", b"Grid dim=": "a grid of spectra of Nanonis"}
#: a compressed array is mapped as if it were not: other numbers, without a word (docs/upstream.md)
_NOT_LAZILY = frozenset({"PantaRhei"})
_INSTALL = 'pip install "lattice-widgets[formats]"'


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the pictures and movies of a file that RosettaSciIO reads; spectra and 4D data are passed over.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Not needed here; every reader is given it.
    kind : str
        "dm3" or "dm4" where the content says so; else the suffix decides.
    upload_name : str or None
        The name that an upload had in the browser: RosettaSciIO's readers of files that come with companions are then
        not offered. None for a file on disk.

    Returns
    -------
    images : list of StoredImage
        One per data set of two or three dimensions that is a picture.

    Raises
    ------
    MicrographFileError
        Where RosettaSciIO is not installed, knows no such file, cannot read this one, or would open companions that
        must not be opened.
    """
    alone = upload_name is not None
    suffix = kind or path.suffix.lower().removeprefix(".")
    plugins = _plugins(suffix)
    if not plugins:
        with path.open("rb") as stream:
            head = stream.read(64)
        spectra = next((words for begins, words in _SPECTRA.items() if head.startswith(begins)), "")
        if spectra:
            raise MicrographFileError(f"it is {spectra}, not a picture")
        program = next((name for begins, name in _BEGINNINGS.items() if head.startswith(begins)), "")
        program = program or NOT_READ.get(suffix.rpartition("_")[2], "")
        if program:
            raise MicrographFileError(
                f"it is a file of {program}, which is not read here: open it in Gwyddion, which is free, and save it as gwy"
            )
        raise MicrographFileError("it is of a kind that no reader knows")
    offered = [plugin for plugin in plugins if not (alone and needs_companions(plugin["name"], suffix))]
    reasons: list[str] = []
    missing: list[str] = []
    others: list[StoredImage] = []
    for plugin in offered:
        if not alone:
            refuse_companions_elsewhere(plugin["name"], path)
            if plugin["name"] in _NOT_LAZILY:
                _refuse_beyond_memory(path)
        try:
            images = [image_of(signal, index) for index, signal in enumerate(_read(plugin, path)) if signal]
        # A foreign reader fails in any way it likes; what it says goes into one sentence.
        except MemoryError:
            raise
        except Exception as error:
            if isinstance(error, ImportError):
                missing.append(f"{plugin['name']}: {_first_line(error)}")
            reasons.append(f"{plugin['name']}: {_first_line(error)}")
            continue
        if any(is_picture(image) for image in images):
            return images
        others += images  # two readers may know a suffix, and take a file of the other's for an empty one
    if others:
        return others
    if missing:
        raise MicrographFileError(f"its reader needs a package that is not installed ({'; '.join(missing)})")
    if len(offered) < len(plugins):
        raise MicrographFileError(
            f".{suffix} files come with other files beside them, and an upload is one file: open it where they lie"
        )
    raise MicrographFileError(
        "it is damaged, cut off or of another kind (RosettaSciIO says: " + "; ".join(reasons) + ")"
    )


def _plugins(suffix: str) -> list[dict[str, Any]]:
    try:
        from rsciio import IO_PLUGINS
    except ImportError:
        raise MicrographFileError(f"reading .{suffix} files needs RosettaSciIO: {_INSTALL}") from None
    return [
        plugin
        for plugin in IO_PLUGINS
        if plugin["name"] not in _LEFT_OUT and suffix in [word.lower() for word in plugin["file_extensions"]]
    ]


def _read(plugin: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """Return all data sets, lazily where the reader can: a movie's frames are then read only when asked for."""
    module = importlib.import_module(plugin["api"])
    if plugin["name"] in _NOT_LAZILY:
        return module.file_reader(str(path))
    # The spectra of a Velox file would need one more library, and are not wanted.
    options = {"select_type": "images"} if plugin["name"] == "EMD" else {}
    try:
        return module.file_reader(str(path), lazy=True, **options)
    except (NotImplementedError, TypeError, ValueError):  # a ValueError for color pictures in dm3 and dm4 files
        return module.file_reader(str(path), **options)


def _refuse_beyond_memory(path: Path) -> None:
    """Refuse an archive that takes more memory than there is, once it is unpacked and copied."""
    with zipfile.ZipFile(path) as archive:
        n_bytes = 2 * sum(member.file_size for member in archive.infolist())
    try:
        refuse_beyond_memory(f"{path.name} is too large: reading it", n_bytes, "save a smaller part")
    except ValueError as error:
        raise MicrographFileError(str(error)) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
