"""The lattice simulator: move a slider, and see the micrograph, its Fourier transform and the classes change."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t

from lattice_widgets import old_names
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.pictures.tapers import TAPERS
from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import Imperfections, Microscope
from lattice_widgets.language import N_, _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.opening.sources import ThingOf
from lattice_widgets.widgets.parts import texts
from lattice_widgets.widgets.parts.controls import answer, column, heading, number, paged_controls, pair, side_by_side
from lattice_widgets.widgets.parts.lines import Line
from lattice_widgets.widgets.parts.network import NetworkName
from lattice_widgets.widgets.parts.ruler import Ruler
from lattice_widgets.widgets.parts.settings import Choice
from lattice_widgets.widgets.simulator.cell import FREE, DrawnCell, keep_type
from lattice_widgets.widgets.simulator.crystal_choice import crystal_choice, usual_dose
from lattice_widgets.widgets.simulator.work import Answer, Pictures, Request, compute_answers

ONE_ATOM = N_("one atom a cell")
_CRYSTALS = {ONE_ATOM: Crystal(ONE_ATOM, 0.3, 0.4, 100.0, (Atom("C", 6, 0.0, 0.0),)), **CRYSTALS}

#: pages of the controls, in their order
LATTICE, CONTRAST, IMPERFECTIONS, MICROSCOPE = PAGES = (
    N_("Lattice"),
    N_("Contrast"),
    N_("Imperfections"),
    N_("Microscope"),
)


class LatticeSimulator(LatticeWidget):
    """A two-dimensional crystal to play with.

    Every slider is a trait of the same name, so that a script can move it: ``simulator.gamma = 95``.

    Examples
    --------
    >>> simulator = LatticeSimulator(crystal="graphene", disorder=0.05)  # doctest: +SKIP
    >>> simulator.picture_lattice.bravais_type()  # doctest: +SKIP
    'hexagonal'
    """

    title = N_("Lattice simulator")

    crystal = Choice(tuple(_CRYSTALS), "graphene", help=N_("A real crystal, with its cell and what is in it.")).tag(
        label=N_("crystal"), page=LATTICE, made_by=crystal_choice
    )
    bravais_type = Choice(
        (FREE, *BRAVAIS_TYPES[1:]), FREE, help=N_("Keep the cell to one type: what this fixes can then not be moved.")
    ).tag(label=N_("keep it"), page=LATTICE)
    lattice_type = old_names.Renamed("bravais_type")
    a = number(0.2461, 0.1, 1.5, N_("Length of the first cell vector [nm].")).tag(
        label="a", unit="nm", step=0.0001, format=".4f", page=LATTICE
    )
    b = number(0.2461, 0.1, 1.5, N_("Length of the second cell vector [nm].")).tag(
        label="b", unit="nm", step=0.0001, format=".4f", page=LATTICE
    )
    gamma = number(120.0, 30.0, 150.0, N_("Angle between the cell vectors.")).tag(
        label="γ", unit="°", step=0.1, format=".1f", page=LATTICE
    )
    rotation = number(10.0, -180.0, 180.0, N_("Direction of the first cell vector.")).tag(
        label=N_("rotation"), unit="°", step=0.5, format=".1f", page=LATTICE
    )
    show_spots = t.Bool(False, help=N_("Mark where the true lattice has its spots.")).tag(
        label=N_("show the reciprocal lattice"), page=LATTICE
    )
    show_cell = t.Bool(False, help=N_("Draw the unit cell over the micrograph: drag the ends of its two sides.")).tag(
        label=N_("show the unit cell"), page=LATTICE
    )
    show_basis = t.Bool(False, help=N_("Mark the atoms of the cell, each with its element.")).tag(
        label=N_("show the atoms of the cell"), page=LATTICE
    )

    mode: Any = Choice(("STEM", "STM"), "STEM", help=N_("HAADF-STEM or constant-current STM.")).tag(
        request=True, label=N_("microscope"), page=CONTRAST
    )
    probe_size = number(0.08, 0.03, 0.3, N_("Width of a column: probe and thermal motion.")).tag(
        label=N_("probe size"), unit="nm", step=0.005, page=CONTRAST, only="STEM"
    )
    dose = number(1e6, 1e3, 1e10, N_("Electrons per nm²: few make shot noise.")).tag(
        label=N_("dose"), unit="e/nm²", logarithmic=True, page=CONTRAST, only="STEM"
    )
    background = number(0.1, 0.0, 2.0, N_("Intensity between the columns, as a fraction of the brightest.")).tag(
        label=N_("background"), page=CONTRAST, only="STEM"
    )
    tip_size = number(0.13, 0.05, 0.5, N_("Width of what the tip sees of an atom.")).tag(
        label=N_("tip size"), unit="nm", step=0.005, page=CONTRAST, only="STM"
    )
    corrugation = number(0.05, 0.005, 0.3, N_("Height of an atom.")).tag(
        label=N_("corrugation"), unit="nm", step=0.005, page=CONTRAST, only="STM"
    )
    height_noise = number(0.003, 0.0, 0.1, N_("Noise of the height.")).tag(
        label=N_("noise"), unit="nm", step=0.001, page=CONTRAST, only="STM"
    )
    double_tip = number(0.0, 0.0, 1.0, N_("Ghost picture of a second tip, as a fraction.")).tag(
        label=N_("double tip"), step=0.01, page=CONTRAST, only="STM"
    )

    disorder = number(0.0, 0.0, 0.5, N_("Random shift of each atom, as a fraction of the spacing.")).tag(
        label=N_("disorder"), step=0.005, page=IMPERFECTIONS
    )
    vacancies = number(0.0, 0.0, 0.9, N_("Fraction of atoms that are missing.")).tag(
        label=N_("vacancies"), step=0.01, page=IMPERFECTIONS
    )
    drift_down = number(0.0, -0.5, 0.5, N_("Drift of the sample down the picture.")).tag(
        label=N_("drift ↓"), unit="nm/s", step=0.005, page=IMPERFECTIONS
    )
    drift_right = number(0.0, -0.5, 0.5, N_("Drift of the sample to the right.")).tag(
        label=N_("drift →"), unit="nm/s", step=0.005, page=IMPERFECTIONS
    )
    jitter = number(0.0, 0.0, 0.1, N_("Random shift of each scan line.")).tag(
        label=N_("line jitter"), unit="nm", step=0.001, page=IMPERFECTIONS
    )
    line_noise = number(0.0, 0.0, 2.0, N_("Random brightness of each scan line.")).tag(
        label=N_("line noise"), step=0.01, page=IMPERFECTIONS
    )
    tilt = number(0.0, 0.0, 5.0, N_("Slope of the background, as a fraction of the contrast.")).tag(
        label=N_("tilt"), step=0.05, page=IMPERFECTIONS
    )
    layer = number(0.0, 0.0, 1.0, N_("Brightness of a second, turned layer.")).tag(
        label=N_("second layer"), step=0.01, page=IMPERFECTIONS
    )
    layer_twist = number(5.0, 0.0, 30.0, N_("Angle between the layers.")).tag(
        label=N_("layer-2 twist"), unit="°", step=0.1, page=IMPERFECTIONS
    )
    layer_mismatch = number(0.0, 0.0, 30.0, N_("How much larger the lattice of the second layer is.")).tag(
        label=N_("layer-2 mismatch"), unit="%", step=0.1, page=IMPERFECTIONS
    )

    field_of_view = number(4.0, 0.5, 30.0, N_("Width of the picture.")).tag(
        label=N_("field of view"), unit="nm", step=0.1, page=MICROSCOPE
    )
    rows = t.Int(256, min=32, max=512, help=N_("Height of the picture.")).tag(
        request=True, label=N_("rows"), unit="px", step=16, page=MICROSCOPE
    )
    cols = t.Int(256, min=32, max=512, help=N_("Width of the picture.")).tag(
        request=True, label=N_("columns"), unit="px", step=16, page=MICROSCOPE
    )
    line_time = number(0.02, 0.001, 0.2, N_("Time for a scan line: with drift it decides the shear.")).tag(
        label=N_("line time"), unit="s", step=0.001, page=MICROSCOPE
    )
    taper = Choice(TAPERS, "hann", help=N_("How the picture fades out before its transform.")).tag(
        request=True, label=N_("taper"), page=MICROSCOPE
    )
    frequency_range = number(16.0, 2.0, 60.0, N_("Largest frequency that the spectrum shows.")).tag(
        label=N_("spectrum to"), unit="1/nm", step=0.5, page=MICROSCOPE
    )
    seed = t.Int(0, min=0, max=999, help=N_("Another number: other random atoms and noise.")).tag(
        request=True, label=N_("seed"), typed=True, page=MICROSCOPE
    )
    classifier = NetworkName().tag(request=True, label=N_("network"), page=MICROSCOPE)

    image = ThingOf(np.ndarray, read_only=True, allow_none=True, help="The picture, float32, shape (rows, cols).")
    crystal_lattice = t.Instance(Lattice, read_only=True, allow_none=True, help="Lattice of the crystal [nm].")
    picture_lattice = t.Instance(
        Lattice, read_only=True, allow_none=True, help="Lattice of the picture, with drift [nm]."
    )
    probabilities = t.Tuple(read_only=True, help="Probability of each class, in the order of `CLASSES`; () before.")
    message = t.Unicode("", read_only=True, help="What the lattice is, in words.")

    def __init__(self, **settings: Any) -> None:
        chosen = _CRYSTALS.get(settings.get("crystal", "graphene"))
        own = {"a": chosen.a, "b": chosen.b, "gamma": chosen.gamma, "dose": usual_dose(chosen)} if chosen else {}
        super().__init__(**{**own, **settings})
        self._keep_type({"name": "a"})

    def request(self) -> Request:
        """Return the settings."""
        return Request(
            crystal=replace(_CRYSTALS[self.crystal], a=self.a, b=self.b, gamma=self.gamma),
            rotation=self.rotation,
            microscope=Microscope(**self._fields_of(Microscope)),
            imperfections=Imperfections(
                **self._fields_of(Imperfections)
                | {"drift": (self.drift_down, self.drift_right), "tilt": (self.tilt, self.tilt / 2)}
            ),
            seed=self.seed,
            taper=self.taper,
            frequency_range=self.frequency_range,
            classifier=self.ready_classifier(self.classifier),
            moves=self._canvas.cell_grip[1],
        )

    def _fields_of(self, science: type) -> dict[str, Any]:
        """Return the fields of a dataclass that have a trait of the same name, with their values."""
        return {field.name: getattr(self, field.name) for field in fields(science) if self.has_trait(field.name)}

    compute = staticmethod(compute_answers)

    def completes(self, answer: Pictures | Answer) -> bool:
        """Return whether these are the probabilities: the pictures are new long before."""
        return isinstance(answer, Answer)

    def apply(self, answer: Pictures | Answer) -> None:
        """Show pictures or probabilities."""
        if isinstance(answer, Answer):
            self.set_trait("probabilities", tuple(map(float, answer.probabilities)))
            self._bars.update(answer.probabilities)
            classes, name = answer.classifier.classes, answer.classifier.name
            said = texts.describe_answer(classes, answer.probabilities, name)
            self._says.value = " ".join(filter(None, [said, texts.describe_left_out(answer.left_out)]))
            return
        picture = answer.micrograph
        self._canvas.show(picture.image, percentiles=(0.1, 99.9), pixel_size=picture.pixel_size)
        self._cell.show(answer.cell, picture, answer.basis, answer.moves)
        self._ruler.follow(picture.image, picture.pixel_size)
        self._fourier.show(
            answer.spectrum.magnitude,
            percentiles=(30, 99.95),
            scale="log",
            pixel_size=answer.spectrum.steps,
            points=answer.spots,
        )
        self.set_trait("image", picture.image)
        self.set_trait("crystal_lattice", picture.crystal_lattice)
        self.set_trait("picture_lattice", picture.picture_lattice)
        layers = 2 if self.layer > 0 else 1
        self.set_trait("message", texts.describe_simulation(picture.crystal_lattice, picture.picture_lattice, layers))
        self._text.value = self.message

    def classifier_failed(self, problem: Exception) -> None:
        """Say beside the bars why they stay empty; the pictures go on."""
        self._says.value = str(problem)

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return controls, pictures, bars and text."""
        self._canvas = PictureCanvas(title=_("Micrograph"), description=_("the simulated micrograph"), smooth=True)
        self._fourier = PictureCanvas(
            title=_("Fourier transform"),
            description=_("its Fourier magnitude, logarithmic"),
            unit="1/nm",
            origin="center",
            color_map="inferno",
            log=True,
            point_color="#56B4E9",
            points_name=_("Reciprocal lattice"),
        )
        self._cell, self._ruler = DrawnCell(self, self._canvas), Ruler(self._canvas)
        self._bars = ProbabilityBars()
        self._text = Line()
        self._says = Line(_(texts.LOADING))
        for line in (self._text, self._says):
            line.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
        answer(self._says)
        t.link((self, "show_spots"), (self._fourier, "show_points"))
        self._controls, pages = paged_controls(self, PAGES)
        self.observe(self._choose_crystal, "crystal")
        self.observe(self._keep_type, ["bravais_type", "a", "b", "gamma"])
        return [
            heading(self._text, self._says),
            side_by_side(
                column(pages, answer(self._bars), width="320px"),
                pair(column(self._canvas, self._ruler, self._ruler.panel), column(self._fourier)),
                last_on_top=True,
            ),
        ]

    def choose_crystal(self, name: str) -> None:
        """Take a crystal with its cell, also the one that is chosen already: its cell may have been changed."""
        if name != self.crystal:
            self.crystal = name
        else:
            self._take_cell()

    def _choose_crystal(self, change: dict[str, Any]) -> None:
        # an undo brings cell and dose along
        if not self.history.restoring:
            if self.dose == usual_dose(_CRYSTALS[change["old"]]):  # nobody has set another
                self.dose = usual_dose(_CRYSTALS[self.crystal])
            self._take_cell()

    def _take_cell(self) -> None:
        chosen = _CRYSTALS[self.crystal]
        self.bravais_type = FREE
        with self.hold_trait_notifications():
            self.a, self.b, self.gamma = chosen.a, chosen.b, chosen.gamma
        self.refresh()

    def _keep_type(self, change: dict[str, Any]) -> None:
        keep_type(self, self._controls, change["name"])
