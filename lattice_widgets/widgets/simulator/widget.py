"""The lattice simulator: move a slider, and see the micrograph, its Fourier transform and the classes change."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t

from lattice_widgets.classifier import list_classifiers
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.pictures.tapers import TAPERS
from lattice_widgets.core.simulation.crystals import CRYSTALS, Atom, Crystal
from lattice_widgets.core.simulation.micrograph import Imperfections, Microscope
from lattice_widgets.language import N_, _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.parts import texts
from lattice_widgets.widgets.parts.controls import column, control, side_by_side, tabs
from lattice_widgets.widgets.parts.sources import ThingOf
from lattice_widgets.widgets.simulator.work import Answer, Pictures, Request, compute_answers

ONE_ATOM = N_("one atom a cell")
FREE = N_("as the numbers say")
_CRYSTALS = {ONE_ATOM: Crystal(ONE_ATOM, 0.3, 0.4, 100.0, (Atom("C", 6, 0.0, 0.0),)), **CRYSTALS}
#: Bravais type -> gamma where it is locked [degrees], whether b is locked to a
_LOCKS = {
    FREE: (None, False),
    "oblique": (None, False),
    "rectangular": (90.0, False),
    "centered rectangular": (None, True),
    "square": (90.0, True),
    "hexagonal": (120.0, True),
}


class _Finite(t.Float):
    """A number; NaN, which passes every comparison with a limit, is none."""

    def validate(self, obj: Any, value: Any) -> float:
        number: float = super().validate(obj, value)
        if number != number:
            raise t.TraitError(f"{self.name} must be a number, not NaN.")
        return number


def _float(default: float, low: float, high: float, help: str, **tags: Any) -> Any:
    return _Finite(default, min=low, max=high, help=help).tag(request=True, **tags)


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

    crystal = t.Enum(tuple(_CRYSTALS), "graphene", help=N_("A real crystal, with its cell and what is in it.")).tag(
        label=N_("crystal")
    )
    lattice_type = t.Enum(
        (FREE, *BRAVAIS_TYPES[1:]), FREE, help=N_("Keep the cell to one type: what this fixes can then not be moved.")
    ).tag(label=N_("keep it"))
    a = _float(
        0.2461, 0.1, 1.5, N_("Length of the first cell vector [nm]."), label="a", unit="nm", step=0.0001, format=".4f"
    )
    b = _float(
        0.2461, 0.1, 1.5, N_("Length of the second cell vector [nm]."), label="b", unit="nm", step=0.0001, format=".4f"
    )
    gamma = _float(
        120.0, 30.0, 150.0, N_("Angle between the cell vectors."), label="γ", unit="°", step=0.1, format=".1f"
    )
    rotation = _float(
        10.0,
        -180.0,
        180.0,
        N_("Direction of the first cell vector."),
        label=N_("rotation"),
        unit="°",
        step=0.5,
        format=".1f",
    )
    show_spots = t.Bool(False, help=N_("Mark where the true lattice has its spots.")).tag(
        label=N_("show the reciprocal lattice")
    )

    mode: Any = t.Enum(("STEM", "STM"), "STEM", help=N_("HAADF-STEM or constant-current STM.")).tag(
        request=True, label=N_("microscope")
    )
    probe_size = _float(
        0.08,
        0.03,
        0.3,
        N_("Width of a column: probe and thermal motion."),
        label=N_("probe size"),
        unit="nm",
        step=0.005,
    )
    dose = _float(
        1e6, 1e3, 1e8, N_("Electrons per nm²: few make shot noise."), label=N_("dose"), unit="e/nm²", logarithmic=True
    )
    background = _float(
        0.1, 0.0, 2.0, N_("Intensity between the columns, as a fraction of the brightest."), label=N_("background")
    )
    tip_size = _float(
        0.13, 0.05, 0.5, N_("Width of what the tip sees of an atom."), label=N_("tip size"), unit="nm", step=0.005
    )
    corrugation = _float(0.05, 0.005, 0.3, N_("Height of an atom."), label=N_("corrugation"), unit="nm", step=0.005)
    height_noise = _float(0.003, 0.0, 0.1, N_("Noise of the height."), label=N_("noise"), unit="nm", step=0.001)
    double_tip = _float(
        0.0, 0.0, 1.0, N_("Ghost picture of a second tip, as a fraction."), label=N_("double tip"), step=0.01
    )

    disorder = _float(
        0.0, 0.0, 0.5, N_("Random shift of each atom, as a fraction of the spacing."), label=N_("disorder"), step=0.005
    )
    vacancies = _float(0.0, 0.0, 0.9, N_("Fraction of atoms that are missing."), label=N_("vacancies"), step=0.01)
    drift_down = _float(
        0.0, -0.5, 0.5, N_("Drift of the sample down the picture."), label=N_("drift ↓"), unit="nm/s", step=0.005
    )
    drift_right = _float(
        0.0, -0.5, 0.5, N_("Drift of the sample to the right."), label=N_("drift →"), unit="nm/s", step=0.005
    )
    jitter = _float(
        0.0, 0.0, 0.1, N_("Random shift of each scan line."), label=N_("line jitter"), unit="nm", step=0.001
    )
    line_noise = _float(0.0, 0.0, 2.0, N_("Random brightness of each scan line."), label=N_("line noise"), step=0.01)
    tilt = _float(
        0.0, 0.0, 5.0, N_("Slope of the background, as a fraction of the contrast."), label=N_("tilt"), step=0.05
    )
    layer = _float(0.0, 0.0, 1.0, N_("Brightness of a second, turned layer."), label=N_("second layer"), step=0.01)
    layer_twist = _float(5.0, 0.0, 30.0, N_("Angle between the layers."), label=N_("its twist"), unit="°", step=0.1)
    layer_mismatch = _float(
        0.0, 0.0, 30.0, N_("How much larger its lattice is."), label=N_("its mismatch"), unit="%", step=0.1
    )

    field_of_view = _float(4.0, 0.5, 30.0, N_("Width of the picture."), label=N_("field of view"), unit="nm", step=0.1)
    rows = t.Int(256, min=32, max=512, help=N_("Height of the picture.")).tag(
        request=True, label=N_("rows"), unit="px", step=16
    )
    cols = t.Int(256, min=32, max=512, help=N_("Width of the picture.")).tag(
        request=True, label=N_("columns"), unit="px", step=16
    )
    line_time = _float(
        0.02,
        0.001,
        0.2,
        N_("Time for a scan line: with drift it decides the shear."),
        label=N_("line time"),
        unit="s",
        step=0.001,
    )
    taper = t.Enum(TAPERS, "hann", help=N_("How the picture fades out before its transform.")).tag(
        request=True, label=N_("taper")
    )
    frequency_range = _float(
        16.0,
        2.0,
        60.0,
        N_("Largest frequency that the spectrum shows."),
        label=N_("spectrum to"),
        unit="1/nm",
        step=0.5,
    )
    seed = t.Int(0, min=0, max=999, help=N_("Another number: other random atoms and noise.")).tag(
        request=True, label=N_("seed"), typed=True
    )
    classifier = t.Enum(list_classifiers(), "default", help=N_("The network that answers.")).tag(
        request=True, label=N_("network")
    )

    image = ThingOf(np.ndarray, read_only=True, allow_none=True, help="The picture, float32, shape (rows, cols).")
    crystal_lattice = t.Instance(Lattice, read_only=True, allow_none=True, help="Lattice of the crystal [nm].")
    picture_lattice = t.Instance(
        Lattice, read_only=True, allow_none=True, help="Lattice of the picture, with drift [nm]."
    )
    probabilities = t.Tuple(read_only=True, help="Probability of each class, in the order of `CLASSES`; () before.")
    message = t.Unicode("", read_only=True, help="What the lattice is, in words.")

    def __init__(self, **settings: Any) -> None:
        chosen = _CRYSTALS.get(settings.get("crystal", "graphene"))
        cell = {"a": chosen.a, "b": chosen.b, "gamma": chosen.gamma} if chosen else {}
        super().__init__(**{**cell, **settings})
        self._keep_type({"name": "a"})

    def request(self) -> Request:
        """Return the settings."""
        basis = _CRYSTALS[self.crystal].basis
        return Request(
            crystal=Crystal(self.crystal, self.a, self.b, self.gamma, basis),
            rotation=self.rotation,
            microscope=Microscope(
                mode=self.mode,
                rows=self.rows,
                cols=self.cols,
                field_of_view=self.field_of_view,
                probe_size=self.probe_size,
                dose=self.dose,
                background=self.background,
                tip_size=self.tip_size,
                corrugation=self.corrugation,
                height_noise=self.height_noise,
                double_tip=self.double_tip,
                line_time=self.line_time,
            ),
            imperfections=Imperfections(
                disorder=self.disorder,
                vacancies=self.vacancies,
                drift=(self.drift_down, self.drift_right),
                jitter=self.jitter,
                line_noise=self.line_noise,
                tilt=(self.tilt, self.tilt / 2),
                layer=self.layer,
                layer_twist=self.layer_twist,
                layer_mismatch=self.layer_mismatch,
            ),
            seed=self.seed,
            taper=self.taper,
            frequency_range=self.frequency_range,
            classifier=self.ready_classifier(self.classifier),
        )

    compute = staticmethod(compute_answers)

    def apply(self, answer: Pictures | Answer) -> None:
        """Show pictures or probabilities."""
        if isinstance(answer, Answer):
            self.set_trait("probabilities", tuple(map(float, answer.probabilities)))
            self._bars.update(answer.probabilities)
            self._says.value = texts.describe_answer(
                answer.classifier.classes, answer.probabilities, answer.classifier.name
            )
            return
        picture = answer.micrograph
        self._canvas.show(picture.image, percentiles=(0.1, 99.9), pixel_size=picture.pixel_size)
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
        self._bars = ProbabilityBars()
        self._text = ipw.HTML()
        self._says = ipw.HTML(_(texts.LOADING))
        for line in (self._text, self._says):
            line.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
        t.link((self, "show_spots"), (self._fourier, "show_points"))
        made = {name: control(self, name) for name, trait in self.traits().items() if "label" in trait.metadata}
        self._locked = {"b": made["b"], "gamma": made["gamma"]}
        self._only = {
            "STEM": [made[name] for name in ("probe_size", "dose", "background")],
            "STM": [made[name] for name in ("tip_size", "corrugation", "height_noise", "double_tip")],
        }
        self.observe(self._choose_crystal, "crystal")
        self.observe(self._keep_type, ["lattice_type", "a", "b", "gamma"])
        self.observe(self._show_mode, "mode")
        self._show_mode()
        groups = {
            N_("Lattice"): ("crystal", "lattice_type", "a", "b", "gamma", "rotation", "show_spots"),
            N_("Contrast"): (
                "mode",
                "probe_size",
                "dose",
                "background",
                "tip_size",
                "corrugation",
                "height_noise",
                "double_tip",
            ),
            N_("Imperfections"): (
                *("disorder", "vacancies", "drift_down", "drift_right", "jitter", "line_noise", "tilt"),
                *("layer", "layer_twist", "layer_mismatch"),
            ),
            N_("Microscope"): (
                "field_of_view",
                "rows",
                "cols",
                "line_time",
                "taper",
                "frequency_range",
                "seed",
                "classifier",
            ),
        }
        controls = tabs({title: [made[name] for name in names] for title, names in groups.items()})
        return [
            self._text,
            side_by_side(
                column(controls, self._bars, self._says, width="380px"),
                column(self._canvas, width="340px"),
                column(self._fourier, width="340px"),
            ),
        ]

    def _choose_crystal(self, change: dict[str, Any]) -> None:
        chosen = _CRYSTALS[self.crystal]
        self.lattice_type = FREE
        with self.hold_trait_notifications():
            self.a, self.b, self.gamma = chosen.a, chosen.b, chosen.gamma
        self.refresh()

    def _keep_type(self, change: dict[str, Any]) -> None:
        angle, equal = _LOCKS[self.lattice_type]
        self._locked["gamma"].disabled = angle is not None
        self._locked["b"].disabled = equal
        if angle is not None:
            self.gamma = angle
        if equal:
            if change["name"] == "b":
                self.a = self.b
            self.b = self.a

    def _show_mode(self, change: dict[str, Any] | None = None) -> None:
        for mode, controls in self._only.items():
            for widget in controls:
                widget.layout.display = None if mode == self.mode else "none"
