"""Makers of hostile files: small files that make a careless reader open, show or take what is not theirs.

This folder is the campaign against the kit. A maker here writes one kind of evil file into a folder and returns its path;
a test beside it says what must happen: the file is refused in one clear sentence, no byte of another file comes back, no
process stays behind. Nothing here is anybody else's file: each maker writes its own, a few kilobytes at most.

To add one: write a maker with the signature ``maker(folder, secret)``, where `secret` is the file that must never come back
(for HDF5 links an HDF5 file with the same bytes, see `secret_hdf5`), put it into the table of its kind, and see in a bare
library, as `test_files_that_name_files.py` does, that the file does what it should: a harmless evil file proves nothing.
"""

import json
import struct
from pathlib import Path

import numpy as np
import tifffile

SIDE = 64
#: what must never come back: bytes as a file of passwords has them, in a pattern of their own
SECRET = (b"root:x:0:0:the secret of another file:/root:/bin/bash\n" * 100)[: SIDE * SIDE]
SECRET_PICTURE = np.frombuffer(SECRET, np.uint8).reshape(SIDE, SIDE)
OWN_PICTURE = np.add.outer(np.arange(SIDE), np.arange(SIDE)).astype(np.uint8)


def secret_file(folder: Path) -> Path:
    """The secret as plain bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "passwd").write_bytes(SECRET)
    return folder / "passwd"


def secret_hdf5(folder: Path) -> Path:
    """The secret as a picture in an HDF5 file, at ``/entry/data/data``."""
    folder.mkdir(parents=True, exist_ok=True)
    with _nexus(folder / "secret.h5") as file:
        file["entry/data"]["data"] = SECRET_PICTURE
    return folder / "secret.h5"


# --- HDF5 -------------------------------------------------------------------------------------------------------------


def _nexus(path: Path, **options):
    """An open NeXus file with an empty group of data; the picture is to be ``/entry/data/data``."""
    import h5py

    file = h5py.File(path, "w", **options)
    entry = file.create_group("entry")
    entry.attrs["NX_class"], entry.attrs["default"] = "NXentry", "data"
    data = entry.create_group("data")
    data.attrs["NX_class"], data.attrs["signal"] = "NXdata", "data"
    return file


def good_nexus(folder: Path, **options) -> Path:
    """A healthy file with all that stays inside: soft links, a reference, a virtual data set of its own."""
    import h5py

    with _nexus(folder / "good.nxs", **options) as file:
        file["entry/stored"] = OWN_PICTURE
        layout = h5py.VirtualLayout((SIDE, SIDE), np.uint8)
        layout[...] = h5py.VirtualSource(".", "entry/stored", (SIDE, SIDE))
        file["entry/data"].create_virtual_dataset("data", layout)
        file["entry/soft"] = h5py.SoftLink("/entry/data/data")
        file["entry/dangling"] = h5py.SoftLink("/nowhere")
        file["entry"].attrs["reference"] = file["entry/stored"].ref
    return folder / "good.nxs"


def circle(folder: Path) -> Path:
    """A healthy file, but for a hard link that leads back up."""
    import h5py

    with h5py.File(good_nexus(folder), "a") as file:
        file["entry/data/up"] = file["entry"]
    return (folder / "good.nxs").rename(folder / "circle.nxs")


def raw_storage(folder: Path, secret: Path, name: str = "raw.nxs", **options) -> Path:
    """A data set whose values lie in another file, as bytes."""
    with _nexus(folder / name, **options) as file:
        kept = [(str(secret), 0, SIDE * SIDE)]
        file["entry/data"].create_dataset("data", (SIDE, SIDE), np.uint8, external=kept)
    return folder / name


def raw_storage_of_velox(folder: Path, secret: Path) -> Path:
    """The same in an EMD file of the kind that Velox writes (``/Data/Image``)."""
    import h5py

    with h5py.File(folder / "velox.emd", "w") as file:
        image = file.create_group("Data/Image/0123456789abcdef0123456789abcdef")
        image.create_dataset("Data", (SIDE, SIDE, 1), np.uint8, external=[(str(secret), 0, SIDE * SIDE)])
        image["Metadata"] = np.zeros((10, 1), np.uint8)
    return folder / "velox.emd"


def raw_storage_of_emd(folder: Path, secret: Path) -> Path:
    """The same in an EMD file of the Berkeley kind."""
    import h5py

    with h5py.File(folder / "berkeley.emd", "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("experiments/image")
        group.attrs["emd_group_type"] = 1
        group.create_dataset("data", (SIDE, SIDE), np.uint8, external=[(str(secret), 0, SIDE * SIDE)])
        for number in (1, 2):
            group[f"dim{number}"] = np.arange(SIDE)
            group[f"dim{number}"].attrs["name"], group[f"dim{number}"].attrs["units"] = "xy"[number - 1], "nm"
    return folder / "berkeley.emd"


def raw_storage_of_hspy(folder: Path, secret: Path, suffix: str = "hspy") -> Path:
    """The same in a file of HyperSpy."""
    import h5py

    path = folder / f"hyperspy.{suffix}"
    with h5py.File(path, "w") as file:
        file.attrs["file_format"], file.attrs["file_format_version"] = "HyperSpy", "3.3"
        signal = file.create_group("Experiments/picture")
        signal.attrs["package"], signal.attrs["package_version"] = "", ""
        signal.create_dataset("data", (SIDE, SIDE), np.uint8, external=[(str(secret), 0, SIDE * SIDE)])
        for name in ("metadata", "original_metadata", "learning_results"):
            signal.create_group(name)
        signal.create_group("metadata/General").attrs["title"] = "picture"
        for number, axis in enumerate("yx"):
            group = signal.create_group(f"axis-{number}")
            group.attrs.update(name=axis, size=SIDE, scale=1.0, offset=0.0, units="nm", navigate=False)
    return path


def external_link(folder: Path, secret: Path, name: str = "link.nxs", **options) -> Path:
    """A data set that is a link into another HDF5 file."""
    import h5py

    with _nexus(folder / name, **options) as file:
        file["entry/data"]["data"] = h5py.ExternalLink(str(secret), "/entry/data/data")
    return folder / name


def external_group(folder: Path, secret: Path) -> Path:
    """A whole group that is a link into another HDF5 file, seen through a soft link."""
    import h5py

    with h5py.File(folder / "group.nxs", "w") as file:
        entry = file.create_group("entry")
        entry.attrs["NX_class"] = "NXentry"
        file["elsewhere"] = h5py.ExternalLink(str(secret), "/entry/data")
        entry["data"] = h5py.SoftLink("/elsewhere")
    return folder / "group.nxs"


def virtual(folder: Path, secret: Path, pattern: bool = False, name: str = "") -> Path:
    """A virtual data set whose source is another HDF5 file, by its name or by a pattern of names."""
    import h5py

    path = folder / (name or ("pattern.nxs" if pattern else "virtual.nxs"))
    with _nexus(path) as file:
        if not pattern:
            layout = h5py.VirtualLayout((SIDE, SIDE), np.uint8)
            layout[...] = h5py.VirtualSource(str(secret), "/entry/data/data", (SIDE, SIDE))
            file["entry/data"].create_virtual_dataset("data", layout)
            return path
        # "%b" stands for the number of the block: of secret%b.h5 the block 0 is secret0.h5
        space = h5py.h5s.create_simple((SIDE, SIDE), (h5py.h5s.UNLIMITED, SIDE))
        space.select_hyperslab((0, 0), (h5py.h5s.UNLIMITED, 1), (SIDE, 1), (SIDE, SIDE))
        source = h5py.h5s.create_simple((SIDE, SIDE))
        made = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        made.set_virtual(space, str(secret.with_name("secret%b.h5")).encode(), b"/entry/data/data", source)
        h5py.h5d.create(file["entry/data"].id, b"data", h5py.h5t.NATIVE_UINT8, space, made)
    secret.with_name("secret0.h5").write_bytes(secret.read_bytes())
    return path


def virtual_pattern(folder: Path, secret: Path) -> Path:
    """A virtual data set whose source is a pattern of names."""
    return virtual(folder, secret, pattern=True)


def deep(folder: Path, secret: Path) -> Path:
    """The data set in another file lies 3,000 groups deep, beyond a circle of hard links; a soft link leads there."""
    import h5py

    with _nexus(folder / "deep.nxs") as file:
        group = file.create_group("down")
        for _ in range(3000):
            group = group.create_group("d")
        group["circle"] = file["down"]
        group.create_dataset("data", (SIDE, SIDE), np.uint8, external=[(str(secret), 0, SIDE * SIDE)])
        file["entry/data"]["data"] = h5py.SoftLink(group.name + "/data")
    return folder / "deep.nxs"


def too_many_objects(folder: Path) -> Path:
    """One group with 100,001 links."""
    with _nexus(folder / "many.nxs", libver="latest") as file:
        group = file.create_group("many").id
        for number in range(100_001):
            group.links.create_soft(b"%d" % number, b"/entry")
        file["entry/data"]["data"] = OWN_PICTURE
    return folder / "many.nxs"


#: makers whose secret is plain bytes, and makers whose secret is an HDF5 file
RAW_STORAGE = [raw_storage, raw_storage_of_emd, raw_storage_of_velox, raw_storage_of_hspy, deep]
HDF5_LINKS = [external_link, external_group, virtual, virtual_pattern]


# --- companions -------------------------------------------------------------------------------------------------------


def empad(folder: Path, raw: str) -> Path:
    """The xml of an EMPAD detector, whose pictures are 130 x 128 float32 in a raw file of any name."""
    (folder / "scan.xml").write_text(
        f'<root><raw_file filename="{raw}"/><scan_parameters mode="series"><series_count>1</series_count>'
        '</scan_parameters><timestamp isoformat="2024-01-31T12:00:00"/></root>'
    )
    return folder / "scan.xml"


def empad_raw(path: Path) -> Path:
    """What such an xml names: one picture, whose numbers are a secret's."""
    path.write_bytes((SECRET * 17)[: 130 * 128 * 4])
    return path


def ripple(folder: Path) -> Path:
    """The text of a ripple file, whose values lie in the raw file beside it."""
    words = {"width": SIDE, "height": SIDE, "depth": 1, "offset": 0, "data-length": 1, "data-type": "unsigned"}
    words |= {"byte-order": "dont-care", "record-by": "dont-care"}
    lines = "".join(f"{name}\t{value}\n" for name, value in words.items())
    (folder / "map.rpl").write_text("key\tvalue\n" + lines)
    return folder / "map.rpl"


def ome(folder: Path, companion: str, name: str = "part.ome.tif") -> Path:
    """An OME-TIFF whose second frame lies in another file."""
    uuid, other = "urn:uuid:11111111-0000-0000-0000-000000000001", "urn:uuid:11111111-0000-0000-0000-000000000002"
    pages = "".join(
        f'<TiffData FirstT="{t}" FirstC="0" FirstZ="0" IFD="0" PlaneCount="1"><UUID FileName="{file}">{each}</UUID>'
        "</TiffData>"
        for t, (file, each) in enumerate([(name, uuid), (companion, other)])
    )
    description = (
        '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
        f'UUID="{uuid}"><Image ID="Image:0" Name="series"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" '
        f'SizeX="{SIDE}" SizeY="{SIDE}" SizeC="1" SizeZ="1" SizeT="2" PhysicalSizeX="0.02" PhysicalSizeXUnit="nm" '
        f'PhysicalSizeY="0.02" PhysicalSizeYUnit="nm"><Channel ID="Channel:0:0" SamplesPerPixel="1"/>{pages}</Pixels>'
        "</Image></OME>"
    )
    tifffile.imwrite(folder / name, OWN_PICTURE, description=description, metadata=None)
    return folder / name


def ome_secret(path: Path) -> Path:
    """What such a file names: a TIFF with the secret."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, SECRET_PICTURE, metadata=None)
    return path


def ndtiff(folder: Path, companion: str) -> Path:
    """A TIFF of Micro-Manager's NDTiff kind, whose index names another file."""
    summary = json.dumps({"Prefix": "nd"}).encode()
    tifffile.imwrite(folder / "nd.tif", OWN_PICTURE, metadata=None)
    stored = bytearray((folder / "nd.tif").read_bytes())
    # the header of version 3, between the TIFF's own and its first page, is all that tells the kind
    head = struct.pack("<IIII", 483729, 3, 2355492, len(summary)) + summary
    (folder / "nd.tif").write_bytes(_with_gap(stored, head))
    with (folder / "NDTiff.index").open("wb") as stream:
        for time, name in enumerate(["nd.tif", companion]):
            axes = json.dumps({"time": time}).encode()
            with tifffile.TiffFile(folder / name) as tif:
                offset = tif.pages[0].dataoffsets[0]
            stream.write(struct.pack("<I", len(axes)) + axes + struct.pack("<I", len(name)) + name.encode())
            stream.write(struct.pack("<IIIIIIII", offset, SIDE, SIDE, 0, 0, 0, 0, 0))
    return folder / "nd.tif"


def _with_gap(stored: bytearray, head: bytes) -> bytes:
    """A TIFF with bytes behind its first eight; its page and its pixels move to the end."""
    base = 8 + len(head) + (len(head) % 2)
    with_gap = bytearray(base)
    with_gap[:4] = stored[:4]
    with_gap[8 : 8 + len(head)] = head
    pixels = base
    with_gap += OWN_PICTURE.tobytes() + b"{}      "
    struct.pack_into("<I", with_gap, 4, len(with_gap))
    tags = [(256, 4, SIDE), (257, 4, SIDE), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, pixels), (277, 3, 1)]
    tags += [(278, 4, SIDE), (279, 4, SIDE * SIDE)]
    with_gap += struct.pack("<H", len(tags) + 1)
    for code, kind, value in tags:
        with_gap += struct.pack("<HHII", code, kind, 1, value)
    with_gap += struct.pack("<HHII", 51123, 2, 8, pixels + SIDE * SIDE)  # Micro-Manager's own tag
    return bytes(with_gap + bytes(4))
