"""Small files as microscopes write them, for the tests: DigitalMicrograph dm3 and Nanonis sxm.

No library writes these two, so the tests do: as little of each format as a reader needs.
"""

import struct
from pathlib import Path

import numpy as np


def write_dm3(path: Path, values: np.ndarray, pixel_size: tuple[float, float], units: str) -> None:
    """Write a dm3 file with one picture and its calibration, (row, col) in `units`.

    `values` is int32 (rows, cols), or uint8 (rows, cols, 3) for a color picture.
    """
    rows, cols = values.shape[:2]
    if values.ndim == 3:
        # blue, green, red and alpha: four bytes that DigitalMicrograph calls one 32-bit number
        content = np.dstack([values[..., ::-1], np.full((rows, cols), 255, np.uint8)]).tobytes()
    else:
        content = values.astype("<i4").tobytes()
    axes = {
        "Dimension": [
            {"Origin": _float(0.0), "Scale": _float(size), "Units": _text(units)}
            for size in (pixel_size[1], pixel_size[0])
        ]
    }
    brightness = {"Origin": _float(0.0), "Scale": _float(1.0), "Units": _text("")}
    image = {
        "ImageData": {
            "Calibrations": {"Brightness": brightness, **axes, "DisplayCalibratedUnits": _long(1)},
            "Data": _data((20, 3, rows * cols), content),
            "DataType": _long(7 if values.ndim == 2 else 23),
            "Dimensions": [_long(cols), _long(rows)],
            "PixelDepth": _long(4),
        },
        "ImageTags": {"DataBar": {"Device Name": _text("DigiScan")}},
        "Name": _text("HAADF"),
    }
    body = _group({"DocumentObjectList": [{"ImageSource": _long(0)}], "ImageList": [image], "InImageMode": _long(1)})
    path.write_bytes(struct.pack(">iii", 3, len(body), 1) + body + bytes(8))


def _group(tags: dict | list) -> bytes:
    items = list(tags.items()) if isinstance(tags, dict) else [("", tag) for tag in tags]
    out = struct.pack(">BBi", 0, 0, len(items))
    for name, tag in items:
        is_group = isinstance(tag, dict | list)
        out += struct.pack(">Bh", 20 if is_group else 21, len(name)) + name.encode("latin-1")
        out += _group(tag) if is_group else tag
    return out


def _data(description: tuple[int, ...], content: bytes) -> bytes:
    return b"%%%%" + struct.pack(f">i{len(description)}i", len(description), *description) + content


def _long(value: int) -> bytes:
    return _data((3,), struct.pack("<i", value))


def _float(value: float) -> bytes:
    return _data((6,), struct.pack("<f", value))


def _text(value: str) -> bytes:
    return _data((20, 4, len(value)), value.encode("utf-16-le"))


def write_sxm(
    path: Path,
    channels: dict[str, np.ndarray],
    field_m: tuple[float, float],
    direction: str = "down",
    unit: str = "m",
    comment: str = "",
    pixels: str = "",
) -> None:
    """Write a Nanonis scan: each channel (2, rows, cols) forward and backward as shown; field (height, width) in m.

    `comment` and `pixels`, "cols rows", go into the header as they are.
    """
    _, rows, cols = next(iter(channels.values())).shape
    pixels = pixels or f"       {cols}       {rows}"
    table = "\n".join(f"\t{index}\t{name}\t{unit}\tboth\t1.0E+0\t0.0E+0" for index, name in enumerate(channels))
    header = (
        ":NANONIS_VERSION:\n2\n:SCANIT_TYPE:\n              FLOAT            MSBFIRST\n"
        f":SCAN_PIXELS:\n{pixels}\n:SCAN_RANGE:\n           {field_m[1]:.6E}           {field_m[0]:.6E}\n"
        f":SCAN_DIR:\n{direction}\n:COMMENT:\n{comment}\n:DATA_INFO:\n\tChannel\tName\tUnit\tDirection\tCalibration\tOffset\n{table}\n\n"
        ":SCANIT_END:\n\n\n"
    )
    stored = b""
    for both in channels.values():
        for picture, step in zip(both, (1, -1), strict=True):  # the tip comes back from the right
            lines = picture[::-1] if direction == "up" else picture
            stored += lines[:, ::step].astype(">f4").tobytes()
    path.write_bytes(header.encode("latin-1") + b"\x1a\x04" + stored)


def hyperspy_signal(values: np.ndarray, axes: list[tuple[str, float, str, bool]], title: str = "stack") -> dict:
    """Return a data set as the writers of RosettaSciIO take it; axes are (name, scale, units, navigate)."""
    return {
        "data": values,
        "axes": [
            {
                "_type": "UniformDataAxis",
                "name": name,
                "size": values.shape[index],
                "scale": scale,
                "offset": 0.0,
                "units": units,
                "navigate": navigate,
                "is_binned": False,
                "index_in_array": index,
            }
            for index, (name, scale, units, navigate) in enumerate(axes)
        ],
        "metadata": {"General": {"title": title}, "Signal": {"signal_type": ""}},
        "original_metadata": {},
        "attributes": {"_lazy": False, "ragged": False},
        "learning_results": {},
        "models": {},
        "tmp_parameters": {},
        "package_info": {"package": "tests", "package_version": "0"},
        "package": "tests",
        "package_version": "0",
    }
