"""The list of the likeliest crystals, folded up below the numbers of the lattice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.core.lattices.known.candidates import CALIBRATION_ERROR, Candidate, Candidates, candidates
from lattice_widgets.core.lattices.known.table import CellKind
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.language import N_, _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.explorer.crystals import texts
from lattice_widgets.widgets.explorer.pictures import Corrected, Pictures
from lattice_widgets.widgets.explorer.window_result import WindowResult
from lattice_widgets.widgets.opening.calibration import is_independent
from lattice_widgets.widgets.parts.lines import button, row, says
from lattice_widgets.widgets.parts.texts import say, say_problem

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["TAKEN_BY", "Crystals"]

#: what took the picture -> which cells it may show
TAKEN_BY: dict[str, tuple[CellKind, ...]] = {
    N_("beam or tip"): ("layer", "projection", "surface"),
    N_("beam"): ("layer", "projection"),
    N_("tip"): ("layer", "surface"),
}
_LINES = 10


class Crystals:
    """Ten crystals that the lattice of the window could be; the chosen one lies over the pictures, and may calibrate them.

    Parameters
    ----------
    owner : FFTExplorer
        Has the traits `candidate`, `elements`, `taken_by` and `pixel_size`.
    over : sequence
        What a crystal is laid over: `Pictures` and `Corrected`.

    Attributes
    ----------
    box : ipywidgets.Accordion
        To be put beside the pictures.
    """

    def __init__(self, owner: "FFTExplorer", over: Sequence[Pictures | Corrected]) -> None:
        self._owner, self._over = owner, over
        self._result: WindowResult | None = None
        self._found: Candidates | None = None
        self._following = False
        wide = {"width": "100%", "min_width": "0"}
        self._elements = ipw.Text(
            continuous_update=False, placeholder=_("Mo S, or nothing"), description=_("elements"),
            tooltip=_(owner.traits()["elements"].help), style={"description_width": "64px"}, layout=ipw.Layout(**wide),
        )  # fmt: skip
        self._elements.add_class("lattice-widgets-elements")
        self._taken_by = ipw.Dropdown(
            options=[(_(name), name) for name in TAKEN_BY], description=_("taken by"),
            tooltip=_(owner.traits()["taken_by"].help), style={"description_width": "64px"}, layout=ipw.Layout(**wide),
        )  # fmt: skip
        self._list = ipw.Select(
            rows=_LINES, description=_("crystal"), tooltip=_("Crystals, the likeliest first"),
            style={"description_width": "64px"}, layout=ipw.Layout(**wide),
        )  # fmt: skip
        self._list.add_class("lattice-widgets-candidates")
        self._says, self._about = says(live=True), says(live=True)
        self._use = button(
            _("make it the calibration"), _("Set the pixel size as if the picture showed this crystal"), self._calibrate
        )
        self._refer = button(
            _("make it the reference"),
            _("Measure strain against this crystal, in the strain map"),
            self._take_reference,
        )
        self._forget = button(_("take it off"), _("Lay no crystal over the pictures"), self._take_off)
        self._chosen = row(self._use, self._refer, self._forget)
        page = ipw.VBox(
            [says(_(texts.HOW)), self._elements, self._taken_by, self._says, self._list, self._about, self._chosen],
            layout=ipw.Layout(**wide),
        )
        self.box = ipw.Accordion([page], titles=(_(texts.TITLE),), selected_index=None, layout=ipw.Layout(**wide))
        self.box.add_class("lattice-widgets-crystals")
        for name, part in (("elements", self._elements), ("taken_by", self._taken_by)):
            t.link((owner, name), (part, "value"))
        self.box.observe(self._find, "selected_index")
        self._list.observe(self._choose, "value")
        owner.observe(self._find, ["elements", "taken_by"])
        owner.observe(self._follow, "candidate")
        self._draw()

    def show(self, result: WindowResult) -> None:
        """Compare the lattice of a window with the known ones, if somebody looks."""
        self._result = result
        self._find()

    def clear(self) -> None:
        """Take the list away: there is no lattice now."""
        self._result = self._found = None
        self._says.value = ""
        self._draw()

    def _find(self, change: Any = None) -> None:
        result, self._found = self._result, None
        looked_at = self.box.selected_index is not None or self._owner.candidate
        if result is not None and looked_at:
            self._says.value = _(texts.NO_LATTICE)
            if result.fit is not None:
                trusted = is_independent(calibration_of(result.spectrum.opened.image))
                try:
                    self._found = candidates(
                        result.fit,
                        calibration_error=CALIBRATION_ERROR if trusted else None,
                        kinds=TAKEN_BY[self._owner.taken_by],
                        elements=self._owner.elements.strip() or None,
                    )
                except ValueError as problem:
                    self._says.value = f'<span style="color:#c00000">{in_html(say_problem(problem))}</span>'
                else:
                    self._says.value = in_html(say(self._found.sentence))
        self._draw()

    def _draw(self) -> None:
        """Fill the list, and lay the chosen crystal over the pictures."""
        found = self._found
        chosen = self._candidate()
        in_nm = bool(self._result is not None and self._result.spectrum.opened.pixel_size)
        shown = list(found[:_LINES]) if found is not None else []
        if chosen is not None and chosen not in shown:
            shown.append(chosen)
        self._following = True
        try:
            with self._list.hold_sync():
                self._list.options = [(texts.line_of(each, in_nm), each.name) for each in shown]
                self._list.value = chosen.name if chosen is not None else None
        finally:
            self._following = False
        self._list.layout.display = None if shown else "none"
        self._chosen.layout.display = None if chosen is not None else "none"
        size = self._result.spectrum.opened.pixel_size if self._result is not None else None
        self._about.value = texts.describe_candidate(chosen, size) if chosen is not None else ""
        for part in self._over:
            part.lay_over(chosen)

    def _candidate(self) -> Candidate | None:
        """Return the chosen crystal, compared with the window that is shown."""
        name = self._owner.candidate
        return next((each for each in self._found or () if each.name == name), None)

    def _choose(self, change: Any) -> None:
        if not self._following:
            self._owner.candidate = change["new"] or ""

    def _follow(self, change: Any) -> None:
        if self._found is None:
            self._find()
        else:
            self._draw()

    def _take_reference(self) -> None:
        self._owner.map_strain(self._owner.candidate)

    def _take_off(self) -> None:
        self._owner.candidate = ""

    def _calibrate(self) -> None:
        chosen, result = self._candidate(), self._result
        if chosen is None or result is None:
            return
        implied = chosen.scale * (result.spectrum.opened.pixel_size or 1.0)
        # as a length and how many pixels it is long, so that it can be read, undone and repeated by a script
        self._owner.pixel_size = f"{chosen.name}: {chosen.cell.a:g} nm over {chosen.cell.a / implied:.6g} px"
