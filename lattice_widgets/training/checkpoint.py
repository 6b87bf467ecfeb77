"""What a training leaves after each epoch, so that it can be stopped at any time and go on."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np


def claim(kept: Path, settings: dict[str, Any]) -> None:
    """Note the settings of a training, or refuse if another one was begun there."""
    kept.mkdir(parents=True, exist_ok=True)
    note = kept / "settings.json"
    if note.exists() and json.loads(note.read_text()) != settings:
        raise ValueError(
            f"The folder {kept} holds the beginning of a training with other settings: delete it or choose another folder."
        )
    note.write_text(json.dumps(settings))


def keep(kept: Path, network: Any, epoch: int, history: dict[str, list[float]]) -> None:
    """Write what a training has reached: weights, the optimizer's state, finished epochs and their history."""
    arrays = [np.asarray(value) for value in (*network.get_weights(), *map(_array, network.optimizer.variables))]
    buffer = io.BytesIO()
    np.savez(buffer, *arrays, epoch=epoch, history=json.dumps(history))
    unfinished = kept / "state.unfinished"
    unfinished.write_bytes(buffer.getvalue())
    unfinished.replace(kept / "state.npz")


def _array(variable: Any) -> np.ndarray:
    import keras

    return keras.ops.convert_to_numpy(variable)


def resume(kept: Path, network: Any) -> tuple[int, dict[str, list[float]]]:
    """Put a network and its optimizer where they were; return the number of finished epochs and their history."""
    path = kept / "state.npz"
    if not path.exists():
        return 0, {}
    with np.load(path, allow_pickle=False) as state:
        count = len(network.get_weights())
        arrays = [state[f"arr_{number}"] for number in range(len(state.files) - 2)]
        network.set_weights(arrays[:count])
        for variable, value in zip(network.optimizer.variables, arrays[count:], strict=True):
            variable.assign(value)
        return int(state["epoch"]), json.loads(str(state["history"]))
