"""What a script sets and does with the explorer: its traits, and the methods that need no screen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import traitlets as t
import xarray as xr

from lattice_widgets.classifier import list_classifiers
from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.drift_correction import drift_correction
from lattice_widgets.core.pictures.tapers import TAPERS
from lattice_widgets.core.uncertainty.window_study import StudiedWindow
from lattice_widgets.language import N_, _
from lattice_widgets.runner import NewestWins
from lattice_widgets.samples.collection import list_samples
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.explorer import texts as texts_explorer
from lattice_widgets.widgets.explorer.figure import figure_of
from lattice_widgets.widgets.explorer.pins import frame_of, pin_of, save_pins
from lattice_widgets.widgets.explorer.work import Looked, Measured, Opened, Study
from lattice_widgets.widgets.parts.sources import Thing, ThingOf

#: types that the drift surgeon can presume, the ones that fix both of its numbers first
PRESUMED = ("hexagonal", "square", "centered rectangular", "rectangular")


def _float(default: float, low: float, high: float, help: str, **tags: Any) -> Any:
    return t.Float(default, min=low, max=high, help=help).tag(**tags)


class ExplorerTools(LatticeWidget):
    """The traits of the explorer and what can be done with its answers. `FFTExplorer` shows them.

    Traits tagged ``of_picture`` belong to the picture: see `PictureMemory`.
    """

    source = Thing("graphene_stm", help="Name of a sample, path of a file, or an array.").tag(request=True)
    frame = t.Int(0, min=0, max=100_000, help=N_("Which picture of a movie.")).tag(
        request=True, of_picture=True, label=N_("frame")
    )
    window = t.Tuple(help="The window (row, col, height, width) [px of the picture]; () at first: all of it.").tag(
        request=True, of_picture=True
    )
    taper = t.Enum(TAPERS, "hann", help=N_("How the window fades out before its transform.")).tag(
        request=True, label=N_("taper")
    )
    frequency_range = _float(
        0.0, 0.0, 1e6, "Largest frequency shown, in 1/nm or 1/px; 0: what is interesting.",
        request=True, of_picture=True,
    )  # fmt: skip
    d_spacing = _float(0.0, 0.0, 1e6, "Spacing of the ring over the transform, in nm or px; 0: none.", of_picture=True)
    scale = _float(
        0.0, -60.0, 100.0, N_("Stretch of the slow scan axis (down) that is applied."),
        request=True, of_picture=True, label=N_("stretch"), unit="%", step=0.05, format=".2f",
    )  # fmt: skip
    shear = _float(
        0.0, -60.0, 60.0, N_("Shift along the scan lines that is applied, in percent of the distance down."),
        request=True, of_picture=True, label=N_("shear"), unit="%", step=0.05, format=".2f",
    )  # fmt: skip
    presume: Any = t.Enum(PRESUMED, "hexagonal", help=N_("What the drift surgeon takes the crystal to be.")).tag(
        of_picture=True, label=N_("presume")
    )
    line_time = _float(
        0.0, 0.0, 1e4, N_("Time for one scan line [s], for the drift velocity; 0: not known."), of_picture=True
    )
    spot = t.Tuple(help="Frequency (row, col) of the spot that is asked [1/px]; (): none.").tag(
        request=True, of_picture=True
    )
    spot_off = t.Bool(False, help=N_("Whether that spot is taken out of the picture.")).tag(
        request=True, of_picture=True, label=N_("switch this spot off")
    )
    classifier = t.Enum(list_classifiers(), "default", help=N_("The network that answers.")).tag(
        request=True, label=N_("network")
    )

    image = ThingOf(xr.DataArray, read_only=True, allow_none=True, help="The picture, (row, col), as in the file.")
    fit = t.Instance(LatticeFit, read_only=True, allow_none=True, help="The lattice of the window; None if none.")
    probabilities = t.Tuple(read_only=True, help="Probability of each class, in the order of `CLASSES`; () before.")
    message = t.Unicode("", read_only=True, help="What network and geometry say, in words.")
    drift_message = t.Unicode("", read_only=True, help="Which stretch and shear give the presumed type, in words.")
    studied: t.List[StudiedWindow] = t.List(read_only=True, help="Windows studied so far, largest first.").tag(
        of_picture=True
    )
    pins = t.List(t.Dict(), read_only=True, help="Pinned windows, in the order of pinning.").tag(of_picture=True)

    #: the last answers
    _opened: Opened | None = None
    _looked: Looked | None = None
    _measured: Measured | None = None
    _spot_width = t.Float(
        None, allow_none=True, help="Width of the holes through which the spot is asked [1/px]; None: the usual one."
    ).tag(of_picture=True)
    _student: NewestWins

    def whole(self) -> None:
        """Make the window the whole picture."""
        if self._opened is not None:
            self.window = self._opened.whole

    def correct(self) -> None:
        """Apply the stretch and shear that make the lattice the presumed type; it is the user who presumes it."""
        measured = self._measured
        if measured is None or measured.uncorrected is None:
            return
        found = drift_correction(measured.uncorrected, self.presume)
        low, high = (self.traits()["scale"].min, self.traits()["scale"].max)
        with self.hold_trait_notifications():
            self.scale = float(np.clip(found.scale, low, high))
            self.shear = float(np.clip(found.shear, self.traits()["shear"].min, self.traits()["shear"].max))

    def ask_spot(self, frequency: Sequence[float]) -> None:
        """Ask the spot nearest to a frequency (row, col) in 1/nm, or 1/px where no pixel size is known; () asks none.

        Raises
        ------
        ValueError
            If there is no spot yet.
        """
        if not len(frequency):
            with self.hold_trait_notifications():
                self.spot, self.spot_off = (), False
            return
        if self._measured is None or not len(self._measured.spots):
            raise ValueError(_("No spot has been found in this window."))
        places = self._measured.spots.frequency
        both = np.concatenate([places, -places])
        nearest = int(np.hypot(*(both - np.asarray(frequency)).T).argmin()) % len(places)
        size = (self._opened.pixel_size if self._opened else None) or 1.0
        chosen = places[nearest] * size
        fit = self._measured.fit
        # holes wide enough to follow the picture, narrow enough to leave the neighboring spots alone
        shortest = np.hypot(*fit.lattice.reciprocal().reduced().vectors[0]) * size if fit else np.hypot(*chosen)
        self._spot_width = 0.12 * float(shortest)
        self.spot = (float(chosen[0]), float(chosen[1]))

    def study(self) -> None:
        """Ask the network of ever smaller windows around this place; `studied` fills in."""
        classifier = self.ready_classifier(self.classifier)
        if self._opened is None or classifier is None:
            return
        row, col, height, width = self.window
        self._student.submit(Study(self._opened, (row + height / 2, col + width / 2), 0, classifier))

    def pin(self, name: str = "") -> None:
        """Keep the results of this window under a name."""
        if self._measured is not None:
            taken = {pin["name"] for pin in self.pins}
            wanted = name.strip() or _("window {number}").format(number=len(self.pins) + 1)
            number = 2
            unique = wanted
            while unique in taken:
                unique, number = f"{wanted} ({number})", number + 1
            self.set_trait("pins", [*self.pins, pin_of(unique, self._measured)])

    def unpin(self, name: str | None = None) -> None:
        """Forget a pinned window; the last one if no name is given."""
        kept = self.pins[:-1] if name is None else [pin for pin in self.pins if pin["name"] != name]
        self.set_trait("pins", kept)

    def table(self) -> pd.DataFrame:
        """Return the pinned windows: one row each, by name; lengths in the unit of the column ``unit``."""
        return frame_of(self.pins)

    def save_table(self, path: str | Path) -> Path:
        """Write the pinned windows as CSV, and return where.

        Raises
        ------
        ValueError
            If nothing is pinned.
        OSError
            If the file cannot be written.
        """
        return save_pins(self.pins, path)

    def code(self) -> str:
        """Return the lines that repeat this view without the widget."""
        if self._looked is None:
            return ""
        take = f"[{self.frame}]" if self._opened and self._opened.frames > 1 else ""
        if isinstance(self.source, str | Path):
            reads = "load_sample" if str(self.source) in {one.name for one in list_samples()} else "read_micrograph"
            source = f"picture = lw.{reads}({str(self.source)!r}){take}"
        else:
            source = (
                f"import xarray as xr\n\npicture = xr.DataArray(array){take}  # the array that the widget was given"
            )
        look = self._looked.look
        spot = look.spot if look.spot_off else ()
        return texts_explorer.code_of(
            source, self._looked.window, look.scale, look.shear, spot, look.spot_width, str(self.classifier)
        )

    def figure(self) -> Any:
        """Return a figure for print of what is shown, a Matplotlib figure: ``explorer.figure().savefig("window.svg")``.

        Raises
        ------
        ValueError
            If nothing is measured yet.
        """
        return figure_of(self._measured)

    @t.validate("window")
    def _check_window(self, proposal: dict[str, Any]) -> tuple[int, ...]:
        window = proposal["value"]
        if len(window) not in (0, 4) or any(int(part) != part for part in window):
            raise t.TraitError(f"window is () or four whole numbers (row, col, height, width), not {window}.")
        window = tuple(int(part) for part in window)
        if window and (min(window[:2]) < 0 or min(window[2:]) < 1):
            raise t.TraitError(f"window starts inside the picture and has a size, unlike {window}.")
        return window
