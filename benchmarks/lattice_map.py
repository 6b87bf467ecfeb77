"""The map of lattices: how long the network's colors take, where they are those of geometry, how soon the simulator follows.

python benchmarks/lattice_map.py
"""

import asyncio
import time

import numpy as np

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.lattices.shape import strains_of_points, types_of_points
from lattice_widgets.core.lattices.triangle import triangle_grid
from lattice_widgets.core.simulation.lattice_survey import Conditions, survey_lattices


def main() -> None:
    classifier = lw.load_classifier()
    classifier.load()
    conditions = Conditions(lw.CRYSTALS["graphene"], lw.Microscope(probe_size=0.08, dose=1e8), area=0.0524)
    start, coarse, first, survey = time.perf_counter(), 0.0, 0.0, None
    for survey in survey_lattices(classifier.predict, conditions):
        first = first or time.perf_counter() - start
        if survey.steps == 6:
            coarse = time.perf_counter() - start
    whole = time.perf_counter() - start
    assert survey is not None
    print(
        f"colors of the network, pictures of 256 x 256: first {first:.1f} s, coarse {coarse:.1f} s, all {whole:.1f} s"
    )
    print(f"pictures: {survey.total}, {1000 * whole / survey.total:.0f} ms each")
    grid = triangle_grid(survey.steps)
    known = ~np.isnan(survey.probabilities[:, 0])
    grid, named = grid[known], survey.probabilities[known].argmax(axis=1)
    print(f"places with an answer: {known.sum()} of {len(known)}")
    strains = strains_of_points(grid)[:, 1:]
    thick = grid[:, 0] < 0.45
    for tolerance in (1.0, 2.0, 4.0):
        same = named == types_of_points(grid, tolerance)
        print(
            f"first answer is that of geometry at {tolerance:g} %, {tolerance:g} degrees: {same.mean():.2f} of the map, "
            f"{same[thick].mean():.2f} where x < 0.45"
        )
    clear = thick & (strains.min(axis=1) > 6)
    print(f"more than 6 % strain from any type, x < 0.45: oblique said of {(named[clear] == 0).mean():.2f}")
    noise = CLASSES.index("noise")
    print(f"said to be no lattice: {(named[~thick] == noise).mean():.2f} where x > 0.45 (rows far apart)")
    asyncio.run(follow())


async def follow() -> None:
    """Measure what a move of the dot costs before the simulator computes."""
    simulator = lw.LatticeSimulator()
    chart = lw.LatticeMap(simulator)
    await simulator.settled()
    times = []
    for angle in np.linspace(0, 2 * np.pi, 100):
        start = time.perf_counter()
        chart.move_to(0.25 + 0.2 * np.cos(angle), 0.35 + 0.3 * np.sin(angle))
        times.append(time.perf_counter() - start)
    await simulator.settled()
    print(f"a move of the dot: {1000 * np.median(times):.1f} ms median, {1000 * np.percentile(times, 95):.1f} ms 95 %")
    chart.close()
    simulator.close()


if __name__ == "__main__":
    main()
