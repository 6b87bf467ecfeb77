"""Pictures of known strain, the widget made of one, and the values that the browser is sent."""

import numpy as np

import lattice_widgets as lw
from lattice_widgets.views.canvas.map_canvas import MapCanvas

SHAPE = (150, 260)
#: from this column on atoms are further apart, along the rows
BOUNDARY = 130
#: a window of known size, so that places are where the tests look
WINDOW = 91


def noisy(picture: np.ndarray, seed: int) -> np.ndarray:
    return picture + np.random.default_rng(seed).normal(0, 0.05, picture.shape)


def values_of(canvas: MapCanvas) -> np.ndarray:
    """What the browser is sent."""
    rows = len(np.frombuffer(canvas.map_rows, np.float32))
    return np.frombuffer(canvas.map_values, np.float32).reshape(rows, -1)


async def made(picture: object, **settings: object) -> lw.StrainMap:
    widget = lw.StrainMap(picture, **{"window_size": WINDOW, **settings})
    await widget.settled()
    return widget
