"""Spots that belong to the lattice have rings and indices; the others a faint dot, and say what they are."""

import numpy as np

import lattice_widgets as lw
from lattice_widgets.widgets.explorer.marks import spot_marks
from tests.widget_parts import named, spectrum_of


async def marks_of(picture: np.ndarray) -> tuple[lw.FFTExplorer, object]:
    explorer = lw.FFTExplorer(picture)
    await explorer.settled()
    return explorer, spot_marks(explorer._shown.spectrum, explorer._shown.result)


def square_waves(*more: tuple[float, float, float]) -> np.ndarray:
    """Waves of a square lattice of 16 px, and others (row, col frequency [1/px], amplitude)."""
    rows, cols = np.mgrid[:192, :224]
    waves = [
        (1 / 16, 0.011, 1.0),
        (-0.011, 1 / 16, 1.0),
        (2 / 16, 0.022, 0.6),
        (1 / 16 - 0.011, 1 / 16 + 0.011, 0.7),
        *more,
    ]
    noise = 0.2 * np.random.default_rng(3).normal(size=rows.shape)
    return sum((a * np.cos(2 * np.pi * (f * rows + g * cols)) for f, g, a in waves), noise)


async def test_a_spot_that_does_not_belong_is_a_faint_dot_without_indices() -> None:
    explorer, marks = await marks_of(square_waves((0.171, 0.0823, 0.5)))
    assert sum(marks.faint) == 2
    for name, note, faint in zip(marks.names, marks.notes, marks.faint, strict=True):
        if faint:
            assert name == ""
            assert "does not belong" in note or "between the spots" in note
        else:
            assert note.startswith("spot (")
    assert spectrum_of(explorer).faint_points == marks.faint
    assert spectrum_of(explorer).point_notes == marks.notes
    explorer.close()


async def test_harmonics_and_streaks_are_named() -> None:
    explorer, marks = await marks_of(square_waves((0.21, 0.0, 0.8)))
    assert any("harmonic 2 of" in note for note in marks.notes)
    assert any("streak on the vertical axis" in note for note in marks.notes)
    explorer.close()


async def test_the_micrograph_shows_what_is_looked_at_and_can_be_switched() -> None:
    explorer = lw.FFTExplorer("simulated_srtio3_stem")
    await explorer.settled()
    scanned, corrected = explorer._pictures.canvas, explorer._corrected._canvas
    box, switch = explorer._corrected.box, named(explorer, "show it corrected")

    def seen() -> tuple[bool, bool, bool]:
        shown = [part for part in box.children if part.layout.display != "none"]
        return scanned in shown, corrected in shown, switch.layout.display != "none"

    assert seen() == (True, False, False)
    explorer.scale, explorer.shear = 10.0, 5.0
    await explorer.settled()
    assert seen() == (False, True, True)
    assert "stretch +10.0 %" in corrected.badge
    shape = explorer._shown.spectrum.image.shape
    assert (corrected.rows, corrected.cols) == shape
    points = np.frombuffer(corrected.points, np.float32).reshape(-1, 2)
    assert len(points) > 20
    # the points lie on atoms of the corrected window: brighter there than elsewhere
    image = explorer._shown.spectrum.image
    inside = np.rint(points).astype(int)
    inside = inside[(inside >= 0).all(axis=1) & (inside < shape).all(axis=1)]
    assert image[tuple(inside.T)].mean() > image.mean() + 0.5 * image.std()
    explorer.show_corrected = False
    assert seen() == (True, False, True)
    explorer.scale = explorer.shear = 0.0
    await explorer.settled()
    assert seen() == (True, False, False)
    explorer.close()
