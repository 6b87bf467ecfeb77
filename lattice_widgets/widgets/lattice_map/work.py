"""What the map of lattices is asked and answers: places of simulators and fits, the network's answers, away from the screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ipywidgets as ipw
import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier
from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.triangle import triangle_lattice, triangle_point
from lattice_widgets.core.lattices.triangle_errors import error_region
from lattice_widgets.core.simulation.cell_for_lattice import Cell, CellLimits, cell_for, nearest_allowed
from lattice_widgets.core.simulation.crystal import Crystal
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.lattice_survey import PLAN, Conditions, Survey, survey_lattices
from lattice_widgets.core.simulation.microscope import Microscope
from lattice_widgets.language import _
from lattice_widgets.widgets.lattice_map import texts
from lattice_widgets.widgets.opening.sources import load_source
from lattice_widgets.widgets.parts.texts import say
from lattice_widgets.widgets.simulator.cell import FREE, LOCKS
from lattice_widgets.widgets.simulator.widget import LatticeSimulator

#: what is looked at where there is no simulator, as the simulator's first settings would
ONE_ATOM_CRYSTAL = Crystal("one atom a cell", 0.3, 0.4, 100.0)
MICROSCOPE = Microscope(probe_size=0.08, dose=1e6, line_time=0.02)
#: two places nearer than this are one
SAME = 1e-6

#: place (x, y) on the map and area of the primitive cell [nm^2]
Place = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Request:
    """What the ground of the map shall show; ``known`` is an answer to the same question that may not be complete."""

    conditions: Conditions | None
    classifier: Classifier | None
    known: Survey | None


def compute(request: Request) -> Iterator[Survey | None]:
    """Yield what the network says of all lattices, ever finer; None where it is not asked."""
    if request.conditions is None or request.classifier is None:
        yield None
    elif request.known is not None and request.known.complete:
        yield request.known
    else:
        yield from survey_lattices(request.classifier.predict, request.conditions, PLAN)


# ---- the simulator


def limits_of(simulator: LatticeSimulator) -> CellLimits:
    """Return how far the simulator's sliders go."""
    traits: Any = simulator.traits()
    a, b, gamma = ((traits[name].min, traits[name].max) for name in ("a", "b", "gamma"))
    return CellLimits(a, b, gamma)


def crystal_of(simulator: LatticeSimulator) -> Crystal:
    """Return the crystal as its sliders say."""
    return simulator.request().crystal


def conditions_of(simulator: LatticeSimulator, area: float) -> Conditions:
    """Return how the simulator takes pictures, whatever its cell is now."""
    asked = simulator.request()
    own = CRYSTALS.get(asked.crystal.name, replace(asked.crystal, a=0.3, b=0.4, gamma=100.0))
    return Conditions(own, asked.microscope, asked.imperfections, area, limits_of(simulator), asked.seed)


@dataclass(frozen=True)
class Followed:
    """How the simulator can follow the dot: its cell, None where it cannot, and a sentence where that is not all."""

    cell: Cell | None
    sentence: str = ""


def follow(simulator: LatticeSimulator, place: tuple[float, float], area: float) -> Followed:
    """Return the cell with which the simulator's crystal has a lattice, within its locks and limits."""
    crystal, mode, limits = crystal_of(simulator), simulator.mode, limits_of(simulator)
    gamma, equal = LOCKS[simulator.bravais_type]
    if gamma is not None or equal:
        cell = nearest_allowed(place, crystal, mode, limits, gamma, equal)
        there = place_of_cell(crystal, cell, mode)
        words = _(texts.LOCKED).format(kind=_(simulator.bravais_type), free=_(FREE))
        return Followed(cell, "" if far(there, place) < 0.005 else words)
    found = cell_for(triangle_lattice(*place, area=area), crystal, mode, limits)
    if found is None:
        return Followed(None, _(texts.UNREACHABLE))
    enlarged = abs(found.enlarged - 1) > 1e-6
    return Followed(found, _(texts.ENLARGED).format(factor=found.enlarged) if enlarged else "")


def place_of_cell(crystal: Crystal, cell: Cell | Crystal, mode: Any) -> tuple[float, float]:
    """Return the place of a crystal with another cell."""
    return triangle_point(replace(crystal, a=cell.a, b=cell.b, gamma=cell.gamma).primitive_lattice(mode))


def far(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how far two places are from each other."""
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


# ---- what is measured


@dataclass(frozen=True, eq=False)
class MeasuredLattice:
    """A lattice that was measured: the fit, its place, and the region of its errors."""

    fit: LatticeFit
    place: tuple[float, float]
    region: list[list[list[float]]]


@dataclass(frozen=True, eq=False)
class MeasuredMovie:
    """The lattices of the frames of a movie, the times or numbers of these frames, and how many others show none."""

    lattices: list[Lattice]
    times: NDArray[np.float64]
    unit: str
    missing: int


def measured(fit: LatticeFit) -> MeasuredLattice:
    """Return where a fit lies on the map, with its region of two standard deviations."""
    region = [np.round(polygon, 6).tolist() for polygon in error_region(fit.lattice, fit.covariance, 2.0)]
    return MeasuredLattice(fit, triangle_point(fit.lattice), region)


def picture_of_widget(widget: ipw.Widget) -> Any:
    """Return what of a widget can be measured: the fit that an explorer has made of its window, the picture, or the movie."""
    fit = getattr(widget, "fit", None)
    if isinstance(fit, LatticeFit):
        return fit
    picture = getattr(widget, "image", None)
    return picture if picture is not None else getattr(widget, "source", None)


def measure(source: Any, pixel_size: Any = None) -> MeasuredLattice | MeasuredMovie:
    """Return the lattice of a picture, or those of the frames of a movie.

    Raises
    ------
    ValueError, OSError
        If there is no picture or no lattice in it, in one sentence.
    """
    if isinstance(source, LatticeFit):
        return measured(source)
    stack = load_source(source, pixel_size)
    size = stack.attrs.get("pixel_size")
    if stack.ndim == 2:
        return measured(fit_lattice(stack.values, size))
    lattices, frames, missing, reason = [], [], 0, ""
    for number, frame in enumerate(stack.values):
        try:
            lattices.append(fit_lattice(frame, size).lattice)
            frames.append(number)
        except LatticeNotFound as error:
            missing, reason = missing + 1, say(error.sentence)
    if not lattices:
        raise ValueError(_(texts.NO_FRAME).format(count=len(stack), reason=reason))
    known = stack.coords.get("time")
    times = np.asarray(known.values if known is not None else np.arange(len(stack)), dtype=np.float64)[frames]
    return MeasuredMovie(lattices, times, "s" if known is not None else _(texts.FRAMES), missing)
