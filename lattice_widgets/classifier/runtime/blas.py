"""The matrix product of SciPy's BLAS, called so that other threads of Python go on meanwhile.

SciPy's and not NumPy's, whose own is a hundred times slower where NumPy was built without one, as in WebAssembly.
`scipy.linalg.blas.sgemm` keeps Python's lock while it multiplies; the same function, called by its address, does not. SciPy
gives that address to programs in Cython: https://docs.scipy.org/doc/scipy/reference/linalg.cython_blas.html
"""

import ctypes
import sys
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import sgemm

_AS_IT_IS, _TURNED = ctypes.c_char(b"N"), ctypes.c_char(b"T")


def multiply(
    left: NDArray[np.float32],
    right: NDArray[np.float32],
    out: NDArray[np.float32],
    *,
    added: bool = False,
    turned: bool = False,
) -> None:
    """Put the product of (n, m) and (m, k) into an array (n, k), or add it to what is there.

    Parameters
    ----------
    left, right, out : ndarray, float32, C-contiguous
        Shapes (n, m), (m, k) and (n, k). Rows of `out` may lie apart.
    added : bool
        Whether it is added.
    turned : bool
        Whether `left` is given as its own transpose, of shape (m, n).

    Raises
    ------
    ValueError
        If an array is of another kind: what is called reads and writes memory without asking.
    """
    (n, m), k = left.shape[:: -1 if turned else 1], right.shape[1]
    arrays = (left, right, out)
    fits = right.shape[0] == m and out.shape == (n, k)
    whole = all(one.flags.c_contiguous for one in (left, right, *out[:1]))
    apart, over = divmod(out.strides[0], 4)
    follow = n < 2 or (apart >= k and not over)
    if not (fits and whole and follow and all(one.dtype == np.float32 for one in arrays)):
        raise ValueError(f"Arrays of {[(one.shape, str(one.dtype)) for one in arrays]} cannot be multiplied here.")
    if not n or not k:
        return
    function = _by_address()
    if function is None or not m:
        # what is given as the place of the result is not written to where its rows lie apart
        made = sgemm(
            np.float32(1), right.T, left.T, beta=np.float32(added), c=out.T, overwrite_c=True, trans_b=turned
        ).T
        if not out.flags.c_contiguous:
            out[:] = made
        return
    # BLAS counts along columns: read in the order of C, each array is its own transpose, and their order turns around
    counts = [ctypes.byref(ctypes.c_int(number)) for number in (k, n, m)]
    next_row = ctypes.byref(ctypes.c_int(apart if n > 1 else k))
    one, beta = ctypes.byref(ctypes.c_float(1)), ctypes.byref(ctypes.c_float(added))
    kept, as_given = ctypes.byref(_AS_IT_IS), ctypes.byref(_TURNED if turned else _AS_IT_IS)
    next_left = counts[1] if turned else counts[2]
    function(
        kept, as_given, *counts, one, right.ctypes.data, counts[0], left.ctypes.data, next_left, beta, out.ctypes.data, next_row
    )  # fmt: skip


@lru_cache(maxsize=1)
def _by_address() -> Any:
    """Return sgemm as ctypes calls it, or None where that cannot be: in a browser there is no other thread anyway."""
    if sys.platform == "emscripten":
        return None
    from scipy.linalg import cython_blas

    capsule = cython_blas.__pyx_capi__["sgemm"]
    name, pointer = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 13)(pointer(capsule, name(capsule)))
