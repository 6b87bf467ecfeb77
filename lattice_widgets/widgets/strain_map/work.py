"""What the strain map asks of the core, in order: open a picture, map its lattice, check the map by window fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.maps.scan.undistort import Undistorted
from lattice_widgets.core.pictures.picture import Picture
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.records.kinds.strain import measure
from lattice_widgets.records.kinds.undistorted import take_out
from lattice_widgets.widgets.opening.sources import load_source

__all__ = ["Mapped", "Opened", "Pause", "Request", "look"]

#: longest side of a picture on the screen [px]
_SCREEN = 1024
#: signs of life before a picture is mapped anew: a hand that moves on stops them
_PAUSES = 4


@dataclass(frozen=True, eq=False)
class Opened:
    """A picture, and what is made of it once.

    Attributes
    ----------
    source : Any
        What it was asked for by, as `pixel_size_given` and `dataset`.
    frame, frames : int
        Which picture of how many.
    image : xarray.DataArray
        (row, col), with square pixels.
    values : ndarray, shape (rows, cols)
        Its values.
    pixel_size : float or None
        [nm].
    step : int
        Pixels of the picture, along each axis, in one of the screen.
    shown : ndarray
        What the screen shows.
    undistort : str
        What was presumed of the lattice, so that the distortion of the scan could be taken out; empty: as scanned.
    straight : Undistorted or None
        What was taken out.
    """

    source: Any
    frame: int
    frames: int
    image: xr.DataArray
    values: NDArray
    pixel_size: float | None
    step: int
    shown: NDArray
    pixel_size_given: PixelSizeGiven | None = None
    dataset: str | int | None = None
    undistort: str = ""
    straight: Undistorted | None = None

    def answers(self, asked: Any) -> bool:
        """Tell whether this is the picture that a request, or a widget, asks for."""
        settings = (self.frame, self.pixel_size_given, self.dataset, self.undistort)
        other = (asked.frame, asked.pixel_size, asked.dataset, asked.undistort)
        return self.source is asked.source and settings == other

    def on_screen(self, position: Any) -> Any:
        """Return where the middle of a pixel of the picture lies on the screen, counted in its pixels."""
        return (position + 0.5) / self.step - 0.5

    def in_picture(self, position: Any) -> Any:
        """Return where the middle of a pixel of the screen lies in the picture."""
        return (position + 0.5) * self.step - 0.5


@dataclass(frozen=True, eq=False)
class Request:
    """Which picture to map, and against what."""

    source: Any
    pixel_size: PixelSizeGiven | None
    dataset: str | int | None
    frame: int
    undistort: str
    window_size: int
    reference: Any
    compare: bool
    opened: Opened | None


@dataclass(frozen=True, eq=False)
class Mapped:
    """The maps of a picture; ``compared`` tells whether window fits are among them."""

    request: Request
    opened: Opened
    maps: xr.Dataset
    compared: bool = False


class Pause:
    """Nothing new: a place where a newer request can take over."""


def open_picture(request: Request) -> Opened:
    """Return the picture that is asked for; ValueError or OSError with one sentence if it cannot be read."""
    stack = load_source(request.source, request.pixel_size, request.dataset)
    frames = 1 if stack.ndim == 2 else len(stack)
    picture = Picture.of(stack, request.frame)
    image, straight = stack if stack.ndim == 2 else stack[request.frame], None
    if request.undistort:
        straight = take_out(image, request.undistort)
        image, picture = straight.picture, Picture.of(straight.picture)
    values = picture.values
    step = -(-max(values.shape) // _SCREEN)
    known = (picture.pixel_size, step, reduce_picture(values, step), request.pixel_size, request.dataset)
    return Opened(request.source, request.frame, frames, image, values, *known, request.undistort, straight)


def look(request: Request) -> Iterator[Opened | Mapped | Pause]:
    """Yield the picture if it is new, its maps, and these once more with those of window fits if that is asked for."""
    opened = request.opened
    if opened is None or not opened.answers(request):
        opened = open_picture(request)
        yield opened
    else:
        for _pause in range(_PAUSES):
            yield Pause()
    how = (opened.values, opened.pixel_size, calibration_of(opened.image), request.reference, request.window_size)
    yield Mapped(request, opened, measure(*how))
    if request.compare:
        yield Mapped(request, opened, measure(*how, method="both"), True)
