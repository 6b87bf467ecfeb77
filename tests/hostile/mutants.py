"""Mutants of healthy files: one of each kind that the kit reads, and ways to damage one, always the same by their number."""

import importlib
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.microscope_files import hyperspy_signal, write_dm3, write_sxm

_ROWS, _COLS = np.mgrid[:32, :40]
PICTURE = (100 + 60 * np.cos(2 * np.pi * _ROWS / 7) + 40 * np.sin(2 * np.pi * _COLS / 9)).astype(np.uint8)
MOVIE = np.stack([PICTURE, PICTURE[::-1], PICTURE[:, ::-1]]).astype(np.uint16)
_LENGTHS = [("t", 500.0, "ms", True), ("y", 0.2, "Å", False), ("x", 0.2, "Å", False)]
_OME = (
    '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image '
    'ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" SizeX="40" SizeY="32" SizeC="1" SizeZ="1" '
    'SizeT="3" PhysicalSizeX="0.5" PhysicalSizeXUnit="nm" PhysicalSizeY="0.5" PhysicalSizeYUnit="nm"><Channel '
    'ID="Channel:0:0" SamplesPerPixel="1"/><TiffData/></Pixels></Image></OME>'
)


def _gray(suffix: str) -> Callable[[Path], None]:
    return lambda path: Image.fromarray(PICTURE).save(path, suffix)


def _png(path: Path) -> None:
    texts = PngInfo()
    for name, value in {"Gwy::XReal": "4e-9", "Gwy::YReal": "3.2e-9", "Gwy::XYUnit": "m"}.items():
        texts.add_text(name, value)
    Image.fromarray(MOVIE[0]).save(path, pnginfo=texts)


def _gif(path: Path) -> None:
    frames = [Image.fromarray(frame.astype(np.uint8)) for frame in MOVIE]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=200)


def _tif(**options: object) -> Callable[[Path], None]:
    return lambda path: tifffile.imwrite(path, MOVIE, photometric="minisblack", **options)


def _npz(path: Path) -> None:
    np.savez_compressed(path, image=MOVIE, pixel_size_nm=0.02, frame_interval_s=0.5)


def _gwyddion_text(path: Path) -> None:
    lines = "\n".join("\t".join(map(str, row)) for row in PICTURE)
    path.write_text(f"# Channel: Topography\n# Width: 4 nm\n# Height: 3.2 nm\n# Value units: m\n{lines}\n")


def _gwy(path: Path) -> None:
    objects = importlib.import_module("gwyfile.objects")
    field = objects.GwyDataField(PICTURE.astype(float), xreal=4e-9, yreal=3.2e-9, si_unit_xy="m", si_unit_z="m")
    container = objects.GwyContainer()
    container["/0/data"], container["/0/data/title"] = field, "Topography"
    container.tofile(str(path))


def _hdf5(path: Path) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("scan/movie", data=MOVIE, chunks=(1, 16, 40), compression="gzip")
        file["scan/picture"] = PICTURE
        file["scan/movie"].attrs["element_size_um"] = [1.0, 3e-5, 3e-5]


def _by_rosetta(module: str, values: np.ndarray = MOVIE) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        axes = _LENGTHS[-values.ndim :]
        importlib.import_module(f"rsciio.{module}").file_writer(str(path), hyperspy_signal(values, axes))

    return write


def _mrc(path: Path) -> None:
    header = bytearray(1024)
    struct.pack_into("<10i", header, 0, 40, 32, 3, 6, 0, 0, 0, 40, 32, 3)
    struct.pack_into("<3f", header, 40, 80.0, 64.0, 3.0)
    header[208:216] = b"MAP \x44\x44\0\0"
    path.write_bytes(bytes(header) + MOVIE.tobytes())


def _wdf(path: Path) -> None:
    """As much of a Raman map as its reader follows: a chain of blocks, each with its length."""
    blocks = [(b"WDF1", 512), (b"TEXT", 40), (b"DATA", 16 + 4 * 32), (b"XLST", 100), (b"ORGN", 64), (b"WXIS", 48)]
    path.write_bytes(b"".join(struct.pack("<4sIQ", name, 1, size).ljust(size, b"\1") for name, size in blocks))


def _elid(path: Path) -> None:
    import bz2

    path.write_bytes(bz2.compress(b"EID2" + struct.pack("<8i", 4, 5, 1, 1, 4, 4, 1, 1) + bytes(range(256)) * 4))


def _zarr(path: Path) -> None:
    import zarr

    array = zarr.open_array(str(path), mode="w", shape=MOVIE.shape, chunks=(1, 32, 40), dtype="u2", zarr_format=2)
    array[...] = MOVIE


#: name of a healthy file -> what writes it
MAKERS: dict[str, Callable[[Path], None]] = {
    "gray.png": _png,
    "gray.bmp": _gray("bmp"),
    "gray.jpg": _gray("jpeg"),
    "movie.gif": _gif,
    "strips.tif": _tif(rowsperstrip=5),
    "packed.tif": _tif(rowsperstrip=5, compression="zlib"),
    "tiles.tif": _tif(tile=(16, 16), bigtiff=True),
    "imagej.tif": _tif(imagej=True, resolution=(20.0, 20.0), metadata={"unit": "nm", "finterval": 0.5, "axes": "TYX"}),
    "told.ome.tif": _tif(description=_OME, metadata=None),
    "movie.npy": lambda path: np.save(path, MOVIE),
    "movie.npz": _npz,
    "scan.sxm": lambda path: write_sxm(
        path, {"Z": np.stack([PICTURE] * 2), "Current": np.stack([PICTURE + 1.0] * 2)}, (3.2e-9, 4e-9)
    ),
    "gwyddion.txt": _gwyddion_text,
    "channels.gwy": _gwy,
    "haadf.dm3": lambda path: write_dm3(path, PICTURE.astype(np.int32), (0.2, 0.2), "nm"),
    "plain.h5": _hdf5,
    "movie.hspy": _by_rosetta("hspy"),
    "movie.emd": _by_rosetta("emd"),
    "movie.nxs": _by_rosetta("nexus"),
    "surface.sur": _by_rosetta("digitalsurf", PICTURE),
    "semper.unf": _by_rosetta("semper", PICTURE.astype(np.float32)),
    "panta.prz": _by_rosetta("pantarhei", PICTURE),
    "movie.mrc": _mrc,
    "raman.wdf": _wdf,
    "phenom.elid": _elid,
    "movie.zarr": _zarr,
}
#: these are no healthy ones: nothing but a microscope writes them
UNREADABLE = {"raman.wdf", "phenom.elid"}
_EXTREMES = [0, 1, 2, 255, 2**15, 2**16 - 1, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1]
_WORDS = [b"0", b"-1", b"1", b"99999999999", b"1e400", b"nan", b"4294967296", b"", b"../../x", b"\xff\xfe"]


def damaged(content: bytes, numbers: random.Random) -> tuple[str, bytes]:
    """Damage the content of a file in one of eight ways, more often near its beginning, where its numbers stand."""
    kind = numbers.choice(["bits", "number", "number", "cut", "lose", "twice", "zeros", "noise", "word"])
    out = bytearray(content)
    place = int(len(out) * numbers.random() ** 3)
    length = numbers.choice([1, 2, 4, 8, 64, 512])
    if kind == "bits":
        for _ in range(numbers.randint(1, 8)):
            out[int(len(out) * numbers.random() ** 3)] ^= 1 << numbers.randrange(8)
    elif kind == "number":
        code = numbers.choice("BHIQ")
        size = struct.calcsize(code)
        stored = struct.pack(numbers.choice("<>") + code, numbers.choice(_EXTREMES) % 256**size)
        place = place // size * size
        out[place : place + size] = stored
    elif kind == "cut":
        del out[numbers.randrange(len(out)) :]
    elif kind == "lose":
        del out[place : place + length]
    elif kind == "twice":
        out[place:place] = out[place : place + length]
    elif kind == "zeros":
        out[place : place + length] = bytes(length)
    elif kind == "noise":
        out[place : place + length] = numbers.randbytes(length)
    else:
        found = list(re.finditer(rb"\d+", bytes(out[:20_000])))
        if found:
            word = numbers.choice(found)
            out[word.start() : word.end()] = numbers.choice(_WORDS)
    return kind, bytes(out)


def write_mutant(healthy: Path, number: int, folder: Path) -> tuple[str, Path]:
    """Write the mutant of a file, or of a folder of which one file is damaged; return how it was damaged, and where it is."""
    numbers = random.Random(f"{healthy.name} {number}")
    if healthy.is_file():
        kind, content = damaged(healthy.read_bytes(), numbers)
        (folder / healthy.name).write_bytes(content)
        return kind, folder / healthy.name
    path = folder / healthy.name
    for part in sorted(healthy.rglob("*")):
        if part.is_file():
            (path / part.relative_to(healthy)).parent.mkdir(parents=True, exist_ok=True)
            (path / part.relative_to(healthy)).write_bytes(part.read_bytes())
    victim = numbers.choice(sorted(part for part in path.rglob("*") if part.is_file()))
    kind, content = damaged(victim.read_bytes(), numbers)
    victim.write_bytes(content)
    return f"{kind} of {victim.relative_to(path)}", path
