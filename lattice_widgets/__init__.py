"""A Jupyter lab notebook kit that names the two-dimensional Bravais lattice of an atomically resolved picture.

The public names are loaded when they are first used, so that ``import lattice_widgets`` is quick and loads neither
Keras nor TensorFlow nor Matplotlib.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

#: public name -> the module that defines it
_WHERE = {
    "BRAVAIS_TYPES": "core.lattices.lattice",
    "CLASSES": "core.lattices.lattice",
    "Lattice": "core.lattices.lattice",
    "Crystal": "core.simulation.crystals",
    "Atom": "core.simulation.crystals",
    "CRYSTALS": "core.simulation.crystals",
    "Microscope": "core.simulation.micrograph",
    "Imperfections": "core.simulation.micrograph",
    "Micrograph": "core.simulation.micrograph",
    "simulate_micrograph": "core.simulation.micrograph",
    "LatticeFit": "core.geometry.lattice_fit",
    "LatticeNotFound": "core.geometry.lattice_fit",
    "fit_lattice": "core.geometry.lattice_fit",
    "find_spots": "core.geometry.spots",
    "Spectrum": "core.pictures.spectra",
    "spectrum": "core.pictures.spectra",
    "descriptor": "core.pictures.descriptor",
    "window_positions": "core.pictures.windows",
    "window_view": "core.pictures.windows",
    "load_classifier": "classifier",
    "Embedding": "core.embedding.tsne",
    "embed": "core.embedding.tsne",
    "embed_steps": "core.embedding.tsne",
    "class_distances": "core.embedding.distances",
    "neighborhood_quality": "core.embedding.distances",
    "lattice_walk": "core.lattices.walk",
    "triangle_point": "core.lattices.triangle",
    "triangle_lattice": "core.lattices.triangle",
    "drift_path": "core.simulation.drift_path",
    "BeamDamageMovie": "core.simulation.beam_damage",
    "simulate_beam_damage": "core.simulation.beam_damage",
    "maximum_energy_transfer": "core.kinetics.beam",
    "find_holes": "core.movies.holes",
    "hole_levels": "core.movies.holes",
    "lattice_coverage": "core.geometry.coverage",
    "phase_fractions": "core.movies.phases",
    "GrowthFit": "core.kinetics.growth",
    "fit_growth": "core.kinetics.growth",
    "compare_growth": "core.kinetics.growth",
    "find_drift": "core.movies.drift",
    "MovieAnalysis": "analysis",
    "analyze_movie": "analysis",
    "open_analysis": "analysis",
    "growth_report": "analysis",
    "write_report": "analysis",
    "list_samples": "samples.collection",
    "fetch_sample": "samples.collection",
    "load_sample": "samples.collection",
    "read_micrograph": "files",
    "MicrographFileError": "files",
    "ProbabilityPanel": "widgets.probability.widget",
    "LatticeSimulator": "widgets.simulator.widget",
    "MicrographReader": "widgets.reader.widget",
    "FFTExplorer": "widgets.explorer.widget",
    "EmbeddingViewer": "widgets.embedding.widget",
    "MovieScrubber": "widgets.movie.widget",
    "BeamEnergy": "widgets.beam.widget",
    "Quiz": "widgets.quiz.widget",
    "Question": "core.quiz",
    "question_of": "core.quiz",
    "QuizError": "core.quiz",
    "LatticeMap": "widgets.lattice_map.widget",
}

__all__ = ["__version__", *_WHERE]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        value = getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
