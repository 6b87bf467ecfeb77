"""Keras and what it runs on, imported when first needed and quietly: for training, and to check the runtime."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lattice_widgets.classifier.errors import ClassifierError


@contextmanager
def _no_startup_messages() -> Iterator[None]:
    """Hide what TensorFlow writes straight to the terminal when it starts, which would stand in a red box in a notebook.

    It comes from C++ before any log level holds. What is written is kept, and shown if the import fails.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as hidden:
        os.dup2(hidden.fileno(), 2)
        try:
            yield
        except BaseException:
            hidden.seek(0)
            os.write(terminal, hidden.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


def import_keras() -> Any:
    """Import Keras with its backend, quietly.

    Raises
    ------
    ClassifierError
        If Keras or its backend is not installed, with the command that installs it.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with _no_startup_messages():
            import keras
    except ImportError as error:
        raise ClassifierError(
            "This needs Keras and TensorFlow, which are not installed: run 'pip install \"lattice-widgets[train]\"' "
            f"and restart the kernel. ({error})"
        ) from error
    return keras
