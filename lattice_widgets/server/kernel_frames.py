"""The form of what a browser sends to a kernel: checked before anything of the server takes it apart.

Both forms begin with a table of offsets whose length the sender names. Jupyter's server believes that length, and runs a
loop of as many turns: see ``docs/upstream.md``.
"""

import json
import struct
from dataclasses import dataclass
from itertools import pairwise

V1 = "v1.kernel.websocket.jupyter.org"
CHANNELS = ("shell", "control", "stdin", "iopub")

#: more parts than any message of a widget has: some ten arrays
_MAX_PARTS = 1024
_MAX_HEADER = 64 * 1024
_MAX_WORD = 256
#: channel, header, parent header, metadata, content, and where the last part ends
_V1_OFFSETS = 6


@dataclass(frozen=True)
class Refusal:
    """Why a socket is closed.

    Attributes
    ----------
    code : int
        The websocket's close code (RFC 6455, section 7.4.1).
    reason : str
        English, at most 120 characters; nothing in it comes from the visitor.
    """

    code: int
    reason: str


def check_v1(frame: bytes | str) -> Refusal | None:
    """Check a message in the form ``v1.kernel.websocket.jupyter.org``.

    Parameters
    ----------
    frame : bytes or str
        As it came.

    Returns
    -------
    Refusal or None
        None if it is well formed: little-endian 64-bit count of offsets, the offsets, the channel's name, and at least
        four parts, of which the first is a header in JSON.
    """
    if isinstance(frame, str):
        return Refusal(1003, "This protocol has binary messages only.")
    count = int.from_bytes(frame[:8], "little")
    if not _V1_OFFSETS <= count <= _V1_OFFSETS + _MAX_PARTS:
        return Refusal(1007, "The number of parts is out of range.")
    start = 8 * (1 + count)
    if len(frame) < start:
        return Refusal(1007, "The message ends within its table of offsets.")
    offsets = struct.unpack_from(f"<{count}Q", frame, 8)
    fault = _check_offsets(offsets, start, len(frame))
    if fault:
        return fault
    channel = frame[offsets[0] : min(offsets[1], offsets[0] + _MAX_WORD)]
    if channel not in [name.encode() for name in CHANNELS]:
        return Refusal(1007, "There is no such channel.")
    return _check_header(frame[offsets[1] : offsets[2]])


def check_legacy(frame: bytes | str) -> Refusal | None:
    """Check a message of a socket without subprotocol: JSON, or a table of big-endian 32-bit offsets, JSON and arrays.

    Parameters
    ----------
    frame : bytes or str
        As it came.

    Returns
    -------
    Refusal or None
        None if its table is well formed. JSON is not read here: what it lacks Jupyter's server notices without harm.
    """
    if isinstance(frame, str):
        return None
    count = int.from_bytes(frame[:4], "big")
    if not 1 <= count <= _MAX_PARTS:
        return Refusal(1007, "The number of parts is out of range.")
    start = 4 * (1 + count)
    if len(frame) < start:
        return Refusal(1007, "The message ends within its table of offsets.")
    return _check_offsets(struct.unpack_from(f"!{count}I", frame, 4), start, len(frame))


def _check_offsets(offsets: tuple[int, ...], start: int, length: int) -> Refusal | None:
    """Offsets grow, begin behind their table and end within the message."""
    edges = (start, *offsets, length)
    if any(before > after for before, after in pairwise(edges)):
        return Refusal(1007, "The offsets of the parts are out of order.")
    return None


def _check_header(text: bytes) -> Refusal | None:
    """Check a header: a JSON object that says of what type the message is and which one."""
    if len(text) > _MAX_HEADER:
        return Refusal(1007, "The header is too long.")
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        return Refusal(1007, "The header is no JSON.")
    words = [header.get(name) for name in ("msg_type", "msg_id")] if isinstance(header, dict) else []
    if not words or not all(isinstance(word, str) and len(word) <= _MAX_WORD for word in words):
        return Refusal(1007, "The header does not say what the message is.")
    return None
