"""A Jupyter lab notebook kit that names the two-dimensional Bravais lattice of an atomically resolved picture.

The public names are loaded when they are first used, so that ``import lattice_widgets`` is quick and loads neither
Keras nor TensorFlow nor Matplotlib.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

#: public name -> the module that defines it
_WHERE = {
    "BRAVAIS_TYPES": "core.lattice",
    "CLASSES": "core.lattice",
    "Lattice": "core.lattice",
    "Crystal": "core.crystals",
    "Atom": "core.crystals",
    "CRYSTALS": "core.crystals",
    "Microscope": "core.micrograph",
    "Imperfections": "core.micrograph",
    "Micrograph": "core.micrograph",
    "simulate_micrograph": "core.micrograph",
    "LatticeFit": "core.lattice_fit",
    "LatticeNotFound": "core.lattice_fit",
    "fit_lattice": "core.lattice_fit",
    "find_spots": "core.spots",
    "Spectrum": "core.spectra",
    "spectrum": "core.spectra",
    "descriptor": "core.descriptor",
    "window_positions": "core.windows",
    "window_view": "core.windows",
    "load_classifier": "classifier",
    "Embedding": "core.embedding",
    "embed": "core.embedding",
    "embed_steps": "core.embedding",
    "class_distances": "core.feature_distances",
    "neighborhood_quality": "core.feature_distances",
    "lattice_walk": "core.lattice_walk",
    "triangle_point": "core.lattice_triangle",
    "triangle_lattice": "core.lattice_triangle",
    "drift_path": "core.drift_path",
    "BeamDamageMovie": "core.beam_damage",
    "simulate_beam_damage": "core.beam_damage",
    "maximum_energy_transfer": "core.beam",
    "find_holes": "core.holes",
    "hole_levels": "core.holes",
    "lattice_coverage": "core.lattice_coverage",
    "phase_fractions": "core.phases",
    "GrowthFit": "core.kinetics",
    "fit_growth": "core.kinetics",
    "compare_growth": "core.kinetics",
    "find_drift": "core.drift_alignment",
    "MovieAnalysis": "analysis",
    "analyze_movie": "analysis",
    "open_analysis": "analysis",
    "growth_report": "analysis",
    "write_report": "analysis",
    "list_samples": "data",
    "fetch_sample": "data",
    "load_sample": "data",
    "read_micrograph": "files",
    "MicrographFileError": "files",
    "ProbabilityPanel": "widgets.probability_panel",
    "LatticeSimulator": "widgets.lattice_simulator",
    "MicrographReader": "widgets.micrograph_reader",
    "FFTExplorer": "widgets.fft_explorer",
    "EmbeddingViewer": "widgets.embedding_viewer",
    "MovieScrubber": "widgets.movie_scrubber",
    "BeamEnergy": "widgets.beam_energy",
    "Quiz": "widgets.quiz",
    "Question": "core.quiz",
    "question_of": "core.quiz",
    "QuizError": "core.quiz",
    "LatticeMap": "widgets.lattice_map",
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
