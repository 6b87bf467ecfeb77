"""Analyses of whole movies: written frame by frame, taken up where they stopped, spread over a cluster, reported.

========================  ============================================================
:mod:`.movie_analysis`    ``analyze_movie``: from any movie to the finished dataset
:mod:`.movie_map`         ``map_movie``: strain, rotation and grains of each frame, against time
:mod:`.store`             the zarr folder that rows are written to, frame by frame
:mod:`.cluster`           the same frames, or many files, on the workers of a dask cluster
:mod:`.hole_following`    what needs all frames: holes followed through the movie
:mod:`.growth`            the laws of growth of an analysis
:mod:`.report`            tables, figure and recipe as files
:mod:`.video`             frames as they are drawn, and the movie with its phases
========================  ============================================================
"""

from lattice_widgets.analysis.growth import growth_report
from lattice_widgets.analysis.movie_analysis import MovieAnalysis, analyze_movie, open_analysis
from lattice_widgets.analysis.movie_map import MovieMap, map_movie
from lattice_widgets.analysis.report import write_report

__all__ = [
    "MovieAnalysis",
    "MovieMap",
    "analyze_movie",
    "growth_report",
    "map_movie",
    "open_analysis",
    "write_report",
]
