"""The beam widget: what an electron can hand to an atom, against what holds the atom."""

from collections.abc import Sequence
from dataclasses import dataclass

import bqplot
import ipywidgets as ipw
import numpy as np
import traitlets as t
from numpy.typing import NDArray

from lattice_widgets.core.kinetics.beam import (
    THRESHOLDS,
    DisplacementThreshold,
    maximum_energy_transfer,
    threshold_voltage,
)
from lattice_widgets.language import N_, _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.movie import texts
from lattice_widgets.widgets.parts.controls import column, control, side_by_side
from lattice_widgets.widgets.parts.lines import Line
from lattice_widgets.widgets.parts.settings import Number

_INK = "var(--jp-content-font-color1, #555555)"
#: elements of the curves, with a color and a dash each: color never stands alone
_ELEMENTS = {
    "B": ("#CC79A7", "solid"),
    "C": ("#808080", "dashed"),
    "N": ("#009E73", "dotted"),
    "S": ("#E69F00", "solid"),
    "Mo": ("#56B4E9", "dash_dotted"),
    "W": ("#D55E00", "dashed"),
}
_VOLTAGES = np.linspace(20, 300, 57)


@dataclass(frozen=True)
class BeamRequest:
    """A voltage [kV] and an element of one's own."""

    voltage: float
    element: str


@dataclass(frozen=True, eq=False)
class BeamAnswer:
    """Energies at the voltage [eV], by element, and the curve of the element of one's own."""

    request: BeamRequest
    energies: dict[str, float]
    curve: NDArray[np.float64]


class BeamEnergy(LatticeWidget):
    """Maximum energy transfer against voltage, with published displacement thresholds.

    Parameters
    ----------
    **settings
        Any of the traits.

    Examples
    --------
    >>> beam = BeamEnergy(voltage=80.0)
    >>> round(beam.energies["W"], 2)
    1.03
    """

    title = N_("Beam energy")

    voltage = Number(100.0, min=20.0, max=300.0, help=N_("Acceleration voltage of the beam.")).tag(
        request=True, label=N_("voltage"), unit="kV", step=5.0, format=".0f"
    )
    element = t.Unicode("Se", help="Symbol of one more element.").tag(request=True, undo=True)
    energies = t.Dict(read_only=True, help="Maximum energy transfer [eV] of each element.")

    def request(self) -> BeamRequest:
        """Return voltage and element; a ValueError says that there is no such element."""
        maximum_energy_transfer(self.voltage, self.element.strip())
        return BeamRequest(self.voltage, self.element.strip())

    @staticmethod
    def compute(request: BeamRequest) -> BeamAnswer:
        """Return the energies."""
        names = [*_ELEMENTS, *([request.element] if request.element not in _ELEMENTS else [])]
        energies = {name: maximum_energy_transfer(request.voltage, name) for name in names}
        return BeamAnswer(request, energies, np.array([maximum_energy_transfer(v, request.element) for v in _VOLTAGES]))

    def apply(self, answer: BeamAnswer) -> None:
        """Show the energies."""
        self.set_trait("energies", answer.energies)
        voltage = answer.request.voltage
        with self._now.hold_sync(), self._marks.hold_sync(), self._own.hold_sync():
            self._now.x = np.array([voltage, voltage])
            self._marks.x = np.full(len(_ELEMENTS), voltage)
            self._marks.y = np.array([answer.energies[name] for name in _ELEMENTS])
            self._own.y = answer.curve
        self._table.value = _table(answer)
        self._legend.value = _legend(answer.request.element)

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the chart, its controls and the table."""
        scales = {"x": bqplot.LinearScale(min=20, max=300), "y": bqplot.LinearScale(min=0, max=40)}
        lines = [
            bqplot.Lines(
                x=_VOLTAGES,
                y=np.array([maximum_energy_transfer(v, name) for v in _VOLTAGES]),
                scales=scales,
                colors=[color],
                line_style=dash,
                stroke_width=2,
            )
            for name, (color, dash) in _ELEMENTS.items()
        ]
        self._own = bqplot.Lines(x=_VOLTAGES, y=_VOLTAGES * 0, scales=scales, colors=[_INK], stroke_width=1)
        self._now = bqplot.Lines(x=np.array([100.0, 100.0]), y=np.array([0.0, 40.0]), scales=scales, colors=["#0072B2"])
        self._marks = bqplot.Scatter(
            x=np.zeros(len(_ELEMENTS)), y=np.zeros(len(_ELEMENTS)), scales=scales,
            colors=[color for color, _name in _ELEMENTS.values()], default_size=40,
        )  # fmt: skip
        # at the voltage from which a threshold is reached
        limits = bqplot.Scatter(
            x=np.array([threshold_voltage(limit.energy, limit.element) for limit in THRESHOLDS]),
            y=np.array([limit.energy for limit in THRESHOLDS]),
            scales=scales,
            colors=[_ELEMENTS[limit.element][0] for limit in THRESHOLDS],
            marker="diamond",
            stroke=_INK,
            default_size=90,
        )
        axes = [
            bqplot.Axis(
                scale=scales["x"], label=_("voltage [kV]"), label_color=_INK, label_offset="34px", grid_lines="none",
                tick_values=np.arange(50, 301, 50), tick_format="d",  # more would overlap on a phone
            ),
            bqplot.Axis(
                scale=scales["y"], orientation="vertical", label=_("largest energy [eV]"), label_color=_INK,
                label_offset="36px", grid_lines="none",
            ),
        ]  # fmt: skip
        figure = bqplot.Figure(
            marks=[*lines, self._own, self._now, self._marks, limits],
            axes=axes,
            fig_margin={"top": 10, "bottom": 48, "left": 54, "right": 14},
            animation_duration=0,
            display_toolbar=False,
            layout=ipw.Layout(width="100%", height="320px", min_width="0"),
        )
        self._legend = legend = Line()
        element = ipw.Text(
            description=_("one more"), tooltip=_("Symbol of an element"), continuous_update=False,
            style={"description_width": "128px"}, layout=ipw.Layout(width="100%", max_width="400px", min_width="0"),
        )  # fmt: skip
        t.link((self, "element"), (element, "value"))
        self._table = Line("")
        says = Line(f"<p>{in_html(_(texts.BEAM_EXPLAINED))}</p><p>{in_html(_(texts.BEAM_SLIP))}</p>")
        for part in (legend, says, self._table):
            part.add_class("lattice-widgets-says")
        entries = [("━", color, name) for name, (color, _dash) in _ELEMENTS.items()]
        entries += [("◆", "#808080", _("threshold in a perfect sheet"))]
        chart = ipw.VBox(layout=ipw.Layout(width="100%", min_width="0"))
        menu = ChartMenu(chart, _("largest energy"), self._curves, legend=entries)
        chart.children = [with_menu(figure, menu), legend]
        return [
            side_by_side(
                column(chart, control(self, "voltage"), element, width="420px"),
                column(self._table, says, width="380px"),
            )
        ]

    def _curves(self) -> Table:
        names = dict.fromkeys((*_ELEMENTS, self.element.strip()))
        columns = ([maximum_energy_transfer(v, name) for v in _VOLTAGES] for name in names)
        header = (_("voltage [kV]"), *(f"{name} [eV]" for name in names))
        return header, zip(_VOLTAGES.tolist(), *columns, strict=True)


def _legend(own: str) -> str:
    """Return the colors of the curves, that of the element of one's own too."""
    colors = {name: color for name, (color, _dash) in _ELEMENTS.items()}
    colors.setdefault(own, _INK)
    entries = [
        f'<span style="display:inline-block"><span style="color:{color}">━</span> {in_html(name)}</span>'
        for name, color in colors.items()
    ]
    return " &nbsp; ".join([*entries, f"◆ {in_html(_('threshold in a perfect sheet'))}"])


def _threshold(limit: DisplacementThreshold, energy: float) -> str:
    if energy >= limit.energy:
        words = _("{energy:g} eV in {material}: reached")
    else:
        words = _("{energy:g} eV in {material}: not reached")
    return words.format(energy=limit.energy, material=_(limit.material))


def _table(answer: BeamAnswer) -> str:
    rows = []
    for name, energy in answer.energies.items():
        known = [limit for limit in THRESHOLDS if limit.element == name]
        words = "; ".join(
            f'<span title="{in_html(limit.source)}">{in_html(_threshold(limit, energy))}</span>' for limit in known
        ) or in_html(_("no threshold listed"))
        rows.append(
            f'<tr><th>{in_html(name)}</th><td style="white-space:nowrap">{energy:.2f} eV</td><td>{words}</td></tr>'
        )
    at = _("At {voltage:.0f} kV").format(voltage=answer.request.voltage)
    head = f"<caption>{in_html(at)}</caption>"
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"
