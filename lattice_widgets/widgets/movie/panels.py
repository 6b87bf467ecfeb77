"""The parts of the movie scrubber around movie and chart: run, window, export, stop light, still picture."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.pictures.reduction import reduce_spectrum
from lattice_widgets.core.pictures.spectra import Spectrum
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.movie.movie_figure import plot_movie
from lattice_widgets.views.saved.static_picture import png_of_image
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.movie import texts
from lattice_widgets.widgets.movie.strain import StrainSeries
from lattice_widgets.widgets.movie.work import Found
from lattice_widgets.widgets.parts.dashboard import keep_file
from lattice_widgets.widgets.parts.lines import Line

#: time that a window takes, for the first guess [s]
_WINDOW = 1.6e-3
_LIGHTS = {"green": ("●", "#009E73"), "yellow": ("▲", "#E69F00"), "red": ("■", "#D55E00"), "gray": ("○", "#808080")}


def stop_light(light: str, words: str) -> str:
    """Return the stop-light line: a sign of its own form and color, and what it means."""
    sign, color = _LIGHTS[light]
    name = in_html(_(texts.LIGHTS[light]))
    return f'<span style="color:{color};font-size:1.3em" role="img" aria-label="{name}">{sign}</span> {in_html(words)}'


class RunPanel(ipw.VBox):
    """The button that begins an analysis, its bar, the time left, and the button that stops it."""

    def __init__(self, begin: Callable[[], None], cancel: Callable[[], None]) -> None:
        self._go = ipw.Button(description=_("analyze"), button_style="primary", tooltip=_("Analyze all frames"))
        self._go.add_class("lattice-widgets-analyze")
        self._stop = ipw.Button(
            description=_("stop"), tooltip=_("Stop the analysis; what is done stays"), disabled=True
        )
        self._bar = ipw.IntProgress(
            value=0, max=1, layout=ipw.Layout(width="100%", max_width="320px", visibility="hidden")
        )
        self._words = Line("")
        self._words.add_class("lattice-widgets-says")
        self._go.on_click(lambda button: begin())
        self._stop.on_click(lambda button: cancel())
        super().__init__([ipw.HBox([self._go, self._stop]), self._bar, self._words], layout=ipw.Layout(min_width="0"))

    def show_movie(self, frames: Frames, window_size: int, step: int) -> None:
        """Say how long it will take."""
        windows = np.prod([max(1, -(-(n - window_size) // step) + 1) for n in frames.shape[1:]])
        self.end(texts.describe_length(len(frames), float(windows) * _WINDOW * len(frames)))

    def begin(self) -> None:
        """An analysis begins."""
        self._go.disabled, self._stop.disabled = True, False
        self._words.value = _(texts.LOADING)
        self._bar.value = 0
        self._bar.layout.visibility = "visible"

    def show(self, done: int, count: int, seconds_left: float) -> None:
        """Show how far it is."""
        self._bar.max, self._bar.value = max(count, 1), done
        self._words.value = texts.describe_progress(done, count, seconds_left)

    def end(self, words: str) -> None:
        """An analysis is over."""
        self._go.disabled, self._stop.disabled = False, True
        self._bar.layout.visibility = "hidden"
        self._words.value = in_html(words)


class WindowPanel(ipw.VBox):
    """Spectrum and probabilities of the chosen window; the path of the drift below, if it was followed."""

    def __init__(self) -> None:
        self._words = Line(_(texts.NO_WINDOW))
        self._words.add_class("lattice-widgets-says")
        self._spectrum: PictureCanvas = PictureCanvas(
            title=_("Its spectrum"), origin="center", unit="1/px", color_map="magma", display_width=220, toolbar=False
        )
        self._bars: ProbabilityBars = ProbabilityBars()
        self._drift = Line("")
        self._seen = False
        self._beside = ipw.Box(
            layout=ipw.Layout(
                display="flex", flex_flow="row wrap", align_items="flex-start", width="100%", grid_gap="12px"
            )
        )
        super().__init__([self._words, self._beside, self._drift], layout=ipw.Layout(width="100%", min_width="0"))

    def forget(self) -> None:
        """Show no window."""
        self._words.value, self._seen, self._drift.value = _(texts.NO_WINDOW), False, ""
        self._beside.children = ()

    def show(self, words: str, answer: tuple[NDArray, NDArray] | None) -> None:
        """Show which window it is, and its probabilities with their spread if it is analyzed."""
        self._words.value = in_html(words)
        self._seen = True
        if answer is not None and np.isfinite(answer[0]).all():
            self._bars.update(answer[0], answer[1])
        self.place_chart(True)

    def show_spectrum(self, found: Spectrum) -> None:
        """Show the spectrum of the window."""
        interesting = 0.25 * max(float(found.row_frequency[-1]), float(found.col_frequency[-1])) * 2
        shown = reduce_spectrum(found, interesting, 256)
        self._spectrum.show(
            shown.magnitude, percentiles=(30, 99.95), scale="log", pixel_size=shown.steps, unit=shown.unit
        )

    def place_chart(self, in_view: bool) -> None:
        """Put the chart on the page once there is something in it, and somebody to see it."""
        if in_view and self._seen and not self._beside.children:
            self._bars.layout.flex, self._bars.layout.min_width = "1 1 300px", "0"
            self._beside.children = (self._spectrum, self._bars)

    def show_drift(self, path: NDArray[np.float64], pixel_size: float | None) -> None:
        """Draw the path of the sample as a small picture, with its length in words."""
        path = path[np.isfinite(path).all(axis=1)]  # frames that cannot be used have no place
        points = path - path.min(axis=0)
        span = max(float(points.max()), 1e-9)
        line = " ".join(f"{6 + 108 * col / span:.1f},{6 + 108 * row / span:.1f}" for row, col in points)
        far = path[-1] * (pixel_size or 1)
        unit = "nm" if pixel_size else "px"
        name, words = in_html(_(texts.DRIFT)), in_html(texts.describe_path(far[0], far[1], unit))
        self._drift.value = (
            f'<svg width="120" height="120" role="img" aria-label="{name}" style="border:1px solid #8888">'
            f'<polyline points="{line}" fill="none" stroke="#0072B2" stroke-width="2"/></svg><br>{words}'
        )


def pages_of(
    windows: WindowPanel, fit: ipw.Widget, settings: ipw.Widget, export: ipw.Widget, strain: StrainSeries
) -> ipw.Tab:
    """Return the panels as pages; a chart is put on its page when it is seen."""
    panels = ipw.Tab([windows, fit, settings, export, strain.page])
    panels.titles = (_("window"), _("fit"), _("settings"), _("export"), _("strain"))
    panels.add_class("lattice-widgets-panels")
    panels.layout.width, panels.layout.max_width, panels.layout.min_width = "100%", "760px", "0"
    panels.observe(lambda change: windows.place_chart(panels.selected_index == 0), "selected_index")
    panels.observe(lambda change: strain.be_seen(panels.selected_index == 4), "selected_index")
    return panels


class ExportPanel(ipw.VBox):
    """What can be written: a name whose ending says what."""

    def __init__(self, owner: Any, write: Callable[[Path], Path]) -> None:
        self._owner, self._write = owner, write
        self._name = ipw.Combobox(
            value="movie.csv",
            options=("movie.csv", "movie.svg", "movie.png", "movie.mp4", "movie.gif", "movie.zarr", "movie.nc"),
            description=_("file"),
            ensure_option=False,
            tooltip=_(texts.FILES),
            layout=ipw.Layout(width="100%", max_width="340px", min_width="0"),
        )
        button = ipw.Button(description=_("write"), tooltip=_("Write the file beside the notebook"))
        button.add_class("lattice-widgets-write")
        button.on_click(lambda pressed: self._act())
        self._words = Line(_(texts.FILES))
        self._words.add_class("lattice-widgets-says")
        super().__init__([self._name, button, self._words], layout=ipw.Layout(width="100%", min_width="0"))

    def _act(self) -> None:
        try:
            self._words.value = in_html(keep_file(self._owner, self._name.value.strip(), self._write))
        except (ValueError, OSError) as error:
            self._words.value = f'<span role="alert" class="lattice-widgets-error">⚠ {in_html(str(error))}</span>'


def still_of(drawn: NDArray[np.uint8], frame: int, found: Found | None, of: str) -> bytes:
    """Return a PNG of a frame, and of the chart once there is one; empty without a movie."""
    if not len(drawn):
        return b""
    picture = Image.fromarray(drawn[min(frame, len(drawn) - 1)])
    picture = picture.resize((round(360 * picture.width / picture.height), 360), Image.Resampling.BILINEAR).convert(
        "RGB"
    )
    parts = [picture]
    if found is not None and found.done:
        timed = found.opened.frames.timed
        holes = found.holes if np.isfinite(found.holes).any() else None
        figure = plot_movie(
            [],
            found.opened.frames.time,
            found.fraction[:, 0],
            holes,
            None,
            "s" if timed else "frame",
            found.opened.truth,
        )
        buffer = io.BytesIO()
        figure.set_size_inches(6, 3.6)
        figure.savefig(buffer, format="png", dpi=100)
        parts.append(Image.open(buffer).convert("RGB"))
    whole = Image.new("RGB", (sum(part.width for part in parts), 360), "white")
    left = 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width
    return png_of_image(whole)
