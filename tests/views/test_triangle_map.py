"""The view of the map of lattices, without a browser: its mathematics in node against Python's, its traits, its picture."""

import inspect
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import traitlets as t

from lattice_widgets.core.lattices.shape import shape_of_points, strains_of_points, types_of_points
from lattice_widgets.core.lattices.triangle import triangle_grid
from lattice_widgets.views.shared.palette import CLASS_STYLES
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from tests.patience import PATIENCE

TEST = Path(__file__).parents[1] / "js" / "triangle_geometry.mjs"


def test_the_mathematics_of_the_browser_is_that_of_python(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the browser's mathematics is not tested")
    points = np.random.default_rng(0).dirichlet([0.7, 0.7, 0.7], 600)[:, :2]
    points = points[points.sum(axis=1) < 0.97][:400]
    tau, tolerance, steps = shape_of_points(points), 3.0, 9
    places = {
        "points": points.tolist(),
        "strains": strains_of_points(points).tolist(),
        "types": types_of_points(points, tolerance).tolist(),
        "tolerance": tolerance,
        "cells": np.column_stack([1 / np.sqrt(tau.imag), np.abs(tau) / np.sqrt(tau.imag)]).tolist(),
        "steps": steps,
        "grid": (triangle_grid(steps) @ [[1, 0.3], [0.5, -1]] + 2).ravel().tolist(),
        "mixtures": (points @ [[1, 0.3], [0.5, -1]] + 2).tolist(),
    }
    module = tmp_path / "views.mjs"
    module.write_text(TriangleMap._esm, encoding="utf-8")
    environment = {**os.environ, "VIEWS_MODULE": module.as_uri(), "PLACES": json.dumps(places)}
    done = subprocess.run(
        [node, "--test", str(TEST)], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_browser_offers_every_trait_it_reads():
    folder = Path(inspect.getfile(TriangleMap)).parent
    source = (folder / "triangle_map.js").read_text(encoding="utf-8")
    read = set(re.findall(r'model\.[gs]et\("(\w+)"', source)) | set(re.findall(r"^    (\w+): re\w+,", source, re.M))
    assert len(read) > 10
    assert read <= set(TriangleMap.class_trait_names(sync=True))


def test_what_does_not_fit_is_refused():
    with pytest.raises(TypeError, match='no setting "colour"'):
        TriangleMap(colour="red")
    with pytest.raises(ValueError, match="has 6 places, not 3"):
        TriangleMap().show_network(np.zeros((3, 6)), 2)
    with pytest.raises(t.TraitError):
        TriangleMap(background="rainbow")


def test_the_network_is_no_part_of_the_saved_state():
    triangle = TriangleMap()
    triangle.show_network(np.full((len(triangle_grid(24)), 6), 1 / 6), 24)
    assert len(json.dumps(triangle.get_state(), default=lambda value: len(value))) < 200_000
    assert "network_values" not in triangle.get_state()


def colors(picture):
    return {color for _, color in picture.convert("RGB").getcolors(1_000_000)}


def rgb(name):
    text = CLASS_STYLES[name].color
    return tuple(int(text[n : n + 2], 16) for n in (1, 3, 5))


def test_the_static_picture_shows_types_colors_marks_and_path():
    triangle = TriangleMap(dot=(0.2, 0.2), title="Map")
    plain = triangle.paint(400)
    assert plain.width == 400
    there = np.array(list(colors(plain)))
    for name in ("rectangular", "centered rectangular", "square", "hexagonal"):  # lines are drawn smooth
        assert np.abs(there - rgb(name)).max(axis=1).min() < 12
    triangle.marks = [
        {
            "name": "m",
            "x": 0.4,
            "y": 0.3,
            "kind": "measured",
            "text": "",
            "region": [[[0.3, 0.2], [0.5, 0.3], [0.4, 0.4]]],
        },
        {"name": "picture", "x": 0.1, "y": 0.6, "kind": "picture", "text": "", "region": []},
    ]
    marked = triangle.paint(400)
    assert (0xA8, 0xD8, 0xF3) in colors(marked)
    triangle.path, triangle.path_ends = [[0, 1], [0.1, 0.4]], ("start", "end")
    assert triangle.paint(400) != marked
    grid = triangle_grid(4)
    probabilities = np.eye(6)[types_of_points(np.clip(grid, 0, 0.97), 1.0)]
    probabilities[4] = np.nan
    mixed = tuple((0.6 * np.array(rgb("oblique")) + 0.4 * 255).astype(int))
    for background, show in (("network", triangle.show_network), ("geometry", triangle.show_geometry)):
        triangle.background = "none"
        assert mixed not in colors(triangle.paint(400))
        triangle.background = background
        show(probabilities, 4)
        assert mixed in colors(triangle.paint(400))
