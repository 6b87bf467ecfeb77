"""A small sample, and what is left of a download of it."""

import io
import socket
from pathlib import Path

import numpy as np

PICTURE = np.random.default_rng(7).integers(0, 4000, (30, 44)).astype(np.uint16)


def _npy(values) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


CONTENT = _npy(PICTURE)


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


def one_sentence(error: BaseException) -> str:
    text = str(error)
    assert "\n" not in text
    assert "Traceback" not in text
    return text
