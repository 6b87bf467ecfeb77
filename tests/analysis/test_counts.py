"""How often an analysis does its work: each thing once. Counted by calls, not by seconds."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.analysis import write_report
from lattice_widgets.analysis.movie_analysis import MovieAnalysis
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.kinetics import growth
from lattice_widgets.files import reading


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    calls: Counter[str] = Counter()

    def count(place: object, name: str, what: str) -> None:
        asked = getattr(place, name)

        def call(*arguments: object, **named: object) -> object:
            calls[what] += 1
            return asked(*arguments, **named)

        monkeypatch.setattr(place, name, call)

    count(PowerMap, "__init__", "power maps")
    count(growth, "fit_law", "growth fits")
    count(reading, "find_reader", "files looked into")
    return calls


def test_an_analysis_of_8_frames_does_each_thing_once(counted: Counter[str], tmp_path: Path) -> None:
    movie = lw.simulate_beam_damage(8, (160, 192), field_of_view=5.5, growth=(0.0, 0.05, 0.1))
    np.save(tmp_path / "movie.npy", movie.frames)
    counted.clear()
    analysis = MovieAnalysis(tmp_path / "movie.npy", window_size=96, step=64, n_passes=0, frame_interval=2.25)
    for _ in analysis.run():
        pass
    write_report(analysis.finish(), analysis.frames, tmp_path / "out")
    # a power map a frame; four laws for the holes and four for the noise
    assert counted == {"power maps": 8, "growth fits": 8, "files looked into": 1}


def test_frames_that_were_not_looked_at_before_have_one_power_map_too(counted: Counter[str]) -> None:
    movie = lw.simulate_beam_damage(4, (160, 192), field_of_view=5.5, growth=(0.0, 0.05, 0.1)).frames
    frames = np.concatenate([movie] * 5)  # 20 frames, of which 12 are looked at
    analysis = MovieAnalysis(frames, window_size=96, step=64, n_passes=0)
    assert counted["power maps"] == 12
    for _ in analysis.run():
        pass
    assert counted["power maps"] == 20


def test_n_samples_is_the_old_name_of_n_passes() -> None:
    frame = lw.simulate_beam_damage(1, (160, 192), field_of_view=5.5, growth=(0.0, 0.05, 0.1)).frames
    with pytest.warns(DeprecationWarning, match="n_passes") as told:
        analysis = MovieAnalysis(frame, window_size=96, step=64, n_samples=3)
    assert analysis.recipe["n_passes"] == 3
    assert told[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="n_passes") as told:
        lw.analyze_movie(frame, window_size=96, step=64, n_samples=0)
    assert told[0].filename == __file__
