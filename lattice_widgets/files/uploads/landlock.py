"""Landlock, the Linux kernel's own limit of what a process may open; it holds for C libraries too.

From https://docs.kernel.org/userspace-api/landlock.html (kernel 5.13 and later). No rights are needed, none come back.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence

# The same numbers on every processor but alpha.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PR_SET_NO_NEW_PRIVS = 38
_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE
# How many rights on files each version of the interface knows: moving from 2 on, cutting off from 3, devices from 5.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_BIND_AND_CONNECT = 3


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def available() -> bool:
    """Tell whether the kernel has Landlock."""
    return _version(ctypes.CDLL(None, use_errno=True)) >= 1


def _version(libc: ctypes.CDLL) -> int:
    return libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)


def restrict(readable: Sequence[str], writable: str) -> bool:
    """Let this process, from now on, read only below some paths and write only below one.

    Parameters
    ----------
    readable : sequence of str
        Files and folders; those that do not exist are passed over.
    writable : str
        A folder.

    Returns
    -------
    restricted : bool
        False where the kernel has no Landlock: then nothing has changed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = _version(libc)
    if version < 1:
        return False
    every = (1 << _RIGHTS[min(version, max(_RIGHTS))]) - 1
    wanted = _Ruleset(every, _BIND_AND_CONNECT if version >= 4 else 0)
    size = ctypes.sizeof(wanted) if version >= 4 else ctypes.sizeof(ctypes.c_uint64)
    rules = libc.syscall(_CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(size), 0)
    if rules < 0:
        return False
    try:
        for path in readable:
            _allow(libc, rules, path, _EXECUTE | _READ_FILE | _READ_DIR)
        _allow(libc, rules, writable, every)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0))):
            return False
        return libc.syscall(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _PathBeneath(rights if os.path.isdir(path) else rights & _OF_FILES, opened)
        libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)
