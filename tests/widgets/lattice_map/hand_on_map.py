"""A hand on the map of lattices, and the place of the crystal that the simulator draws."""

from lattice_widgets.core.lattices.triangle import triangle_point
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from tests.widget_parts import part


def hand(chart, x, y):
    """What the browser sends while a hand drags."""
    part(chart, TriangleMap).held = True
    part(chart, TriangleMap).dot = (x, y)


def release(chart):
    part(chart, TriangleMap).held = False


def place_of(simulator):
    return triangle_point(simulator.request().crystal.primitive_lattice(simulator.mode))
