"""The numbers that lessons state are true: each is measured again."""

import json
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.kinetics.beam import threshold_voltage
from lattice_widgets.core.kinetics.growth import fit_growth
from lattice_widgets.files import read_micrograph
from lattice_widgets.training.evaluation import REAL
from lattice_widgets.training.examination import SECOND_SUITES
from tests.notebooks.lesson_texts import LESSONS, cells_of, text_of

ROOT = Path(__file__).parents[2]


def states(lesson: int, *said: str) -> None:
    text = text_of(LESSONS[lesson - 1])
    for words in said:
        assert words in text, f"lesson {lesson} no longer says {words!r}"


def test_cells_of_lesson_one() -> None:
    rhombus = lw.Lattice.from_parameters(0.3, 0.3, 100)
    short, long, _ = rhombus.conventional()
    states(1, f"= {short:.3f} nm and", f"= {long:.3f} nm.", f"= {rhombus.area:.4f} nm²", f"= {short * long:.4f} nm²")
    assert short * long == pytest.approx(2 * rhombus.area)
    iron, oxide = (lw.CRYSTALS[name] for name in ("Fe [001]", "SrTiO3 [001]"))
    states(1, f"*a* = {iron.a:.3f} nm", f"{iron.primitive_lattice().a:.4f} nm", f"*a* = {oxide.a:.4f} nm")
    assert iron.bravais_type() == oxide.bravais_type() == "square"
    assert oxide.primitive_lattice().a == pytest.approx(oxide.a)


def test_the_widths_of_the_map_in_lesson_one() -> None:
    rng = np.random.default_rng(0)
    places = rng.random((6000, 2))
    places = places[places.sum(axis=1) < 1]
    kinds = [lw.triangle_lattice(*place, area=0.06).bravais_type() for place in places]
    states(1, "29 % is called rectangular, 12 % centered rectangular and nearly all the rest oblique")
    for kind, percent in (("rectangular", 29), ("centered rectangular", 12), ("oblique", 60)):
        assert 100 * kinds.count(kind) / len(kinds) == pytest.approx(percent, abs=2.5)


def test_spots_of_lesson_two() -> None:
    spots = lw.Lattice.from_parameters(0.3, 0.3, 120).reciprocal_points(4)
    assert len(spots) == 6
    states(2, f"*q* = 1/*d* = {np.hypot(*spots[0]):.2f} 1/nm")
    # half of the height of a spot, along a line through it, for both widths of the picture
    for field, width in ((4.0, "0.50"), (8.0, "0.25")):
        crystal = lw.Crystal("one atom a cell", 0.3, 0.3, 90)
        image = lw.simulate_micrograph(
            crystal,
            lw.Microscope(rows=192, cols=192, field_of_view=field, probe_size=0.08, dose=None),
            lw.Imperfections(),
            rotation=10,
        ).image
        taper = np.hanning(193)[:-1]
        spectrum = np.abs(np.fft.fft2((image - image.mean()) * np.outer(taper, taper), (1536, 1536)))
        step = 1 / (1536 * field / 192)
        row, col = np.unravel_index(spectrum[:768, 1:768].argmax(), (768, 767))
        line = spectrum[row] > spectrum[row, col + 1] / 2
        left = (col + 1) - np.argmin(line[: col + 2][::-1])
        right = (col + 1) + np.argmin(line[col + 1 :])
        assert (right - left) * step == pytest.approx(float(width), abs=0.04)
        states(2, f"{width} 1/nm")


def test_the_debye_waller_factor_of_lesson_three() -> None:
    factors = np.exp(-2 * np.pi**2 * 0.1**2 * np.array([1, 4, 9]))
    states(3, "{:.2f} for the innermost spots, {:.2f} for the second order and {:.2f} for the third".format(*factors))
    states(3, f"have sunk to {100 * np.exp(-2 * np.pi**2 * 0.3**2):.0f} % of their strength")


def test_calibration_of_lesson_four() -> None:
    test = lw.load_classifier().card.calibration["test"]
    states(4, f"on {test['count']} simulated pictures", f"*not sure* to {100 * (1 - test['answered']):.0f} %")
    states(
        4, f"{100 * test['accuracy_answered']:.1f} % of its other answers", f"instead of {100 * test['accuracy']:.0f} %"
    )
    curve = test["reliability"]
    right = {round(c, 2): a for c, a in zip(curve["confidence"], curve["accuracy"], strict=True) if c is not None}
    states(4, f"around 90 % confidence {100 * right[0.9]:.0f} % are right", f"around 99 %, {100 * right[0.99]:.0f} %")
    states(4, f"{100 * 118 / 188:.0f} %, not the 75 %")


def test_growth_and_beam_of_lesson_five() -> None:
    movie = lw.simulate_beam_damage(
        24, (256, 256), field_of_view=7.35, frame_interval=5.0, growth=(0.03, 0.002, 0.03), seed=1
    )
    truth = movie.hole_fraction
    middle = float(np.interp(movie.time[-1] / 2, movie.time, truth))
    states(
        5, f"{100 * truth[0]:.1f} % at the beginning, {100 * middle:.1f} % in the middle and {100 * truth[-1]:.1f} %"
    )
    assert (truth[-1] - truth[0]) / (middle - truth[0]) == pytest.approx(7, abs=0.5)
    assert np.exp(80 * 0.0277) == pytest.approx(9, abs=0.3)
    law = fit_growth(movie.time, truth)
    assert law.area_rate(110, 7.35**2) / law.area_rate(30, 7.35**2) == pytest.approx(11, abs=0.5)
    states(5, "at 110 s it is eleven times that at 30 s (nine times with the ρ of the black dots)")
    assert law.rate == pytest.approx(0.03, rel=0.1)
    transfer = lw.maximum_energy_transfer
    states(5, f"sulfur gets at most {transfer(100, 'S'):.2f} eV and tungsten {transfer(100, 'W'):.2f} eV")
    states(5, f"At 80 kV sulfur gets {transfer(80, 'S'):.2f} eV", f"reached at {threshold_voltage(7.0, 'S'):.0f} kV")
    states(5, f"{transfer(120, 'W'):.2f} eV are reached at 120 kV")
    states(5, f"= {9 / 216:.3f} 1/s", f"{np.exp(0.035 * 60):.1f}: 16 %")


def test_lengths_of_lesson_six(shared_picture) -> None:
    oxide = lw.load_sample("simulated_srtio3_stem")
    size = oxide.attrs["pixel_size"]
    fit = lw.fit_lattice(oxide.values, size)
    states(6, f"*a* = {fit.a:.4f} ± {fit.a_error:.4f} nm and *b* = {fit.b:.4f} ± {fit.b_error:.4f} nm")
    rows, cols = oxide.shape
    quarter = oxide.values[rows * 3 // 8 : rows * 5 // 8, cols * 3 // 8 : cols * 5 // 8]
    small = lw.fit_lattice(quarter, size)
    states(6, f"*a* = {small.a:.3f} ± {small.a_error:.3f} nm")
    assert small.a == pytest.approx(0.3905 / np.sqrt(2), abs=2 * small.a_error)

    graphene = read_micrograph(shared_picture("graphene_stm.tif")).values
    measured = [
        lw.fit_lattice(graphene[: graphene.shape[0] // part, : graphene.shape[1] // part]) for part in (1, 2, 4)
    ]
    states(6, *(f"{fit.a:.2f} ± {fit.a_error:.2f} px" for fit in measured))
    whole = measured[0]
    assert whole.bravais_type == "oblique"
    undone = whole.correction("hexagonal").lattice.a
    states(6, f"{undone:.2f} px, and a pixel is 0.246 nm/{undone:.2f} = {0.246 / undone:.4f} nm")
    square = whole.correction("square")
    states(6, f"stretch of −{-square.scale:.0f} % and a shear of −{-square.shear:.0f} %")


def test_sets_of_lesson_four() -> None:
    figures = json.loads((ROOT / "benchmarks" / "classifier.json").read_text(encoding="utf-8"))["suites"]
    other = [figures[suite]["joint"] for suite in SECOND_SUITES]
    count = sum(each["count"] for each in other)
    held = sum(each["set"]["coverage"] * each["count"] for each in other) / count
    states(4, f"On {count} pictures of another simulator the set held the truth in {100 * held:.1f} %")
    real = figures[REAL[1]]["joint"]
    states(4, f"on {real['count']} windows", f"in {real['set']['coverage'] * real['count']:.0f} of {real['count']}")
    states(4, f"named {real['set']['mean_size']:.2f} classes on average")


def pushed_apart() -> tuple[np.ndarray, lw.Lattice]:
    """The picture of lesson seven, made by its own cells, and the crystal by its numbers."""
    codes = [cell.source for cell in cells_of(LESSONS[6]) if cell.cell_type == "code"]
    values: dict[str, object] = {"lw": lw}
    exec("\n".join(code for code in codes if code.startswith(("import numpy", "waves"))), values)
    return values["picture"], lw.Lattice.from_parameters(0.3118, 0.3118, 120)


def test_what_is_pushed_apart_in_lesson_seven() -> None:
    picture, crystal = pushed_apart()
    maps = {side: lw.map_lattice(picture, 0.03, side, reference=crystal) for side in (121, 241)}

    def said(side: int, name: str, col: float = 280) -> str:
        found = maps[side]
        place = found.isel(
            window_row=int(abs(found.row.values - 200).argmin()), window_col=int(abs(found.col.values - col).argmin())
        )
        return f"{place[name].item():.2f} ± {place[f'{name}_error'].item():.2f} %"

    states(7, f"strain xx = {said(121, 'strain_xx')} and strain yy = {said(121, 'strain_yy')}")
    states(7, f"xx + yy, here {said(121, 'dilation')}")
    # a Gaussian weight asks as many atoms as lie in the area 4 pi sigma^2
    states(7, "(together as much as some forty that count alike)")
    assert 4 * np.pi * maps[121].mask_sigma_nm ** 2 / crystal.area == pytest.approx(40, abs=3)
    # the truth in the middle: before is 0.99 of after
    states(7, f"the truth is {100 * (1 / 0.99 - 1):.2f} % in both directions")
    states(7, f"strain xx is only {said(121, 'strain_xx', 380)}, and strain yy {said(121, 'strain_yy', 380)}")
    assert float(np.mean(abs(maps[121].rotation) < 2 * maps[121].rotation_error)) > 0.9
    for side in (121, 241):
        states(7, f"{2.3548 * maps[side].mask_sigma_nm:.1f} nm wide, and the dilation", f"is {said(side, 'dilation')}")
    # 1 % of a spacing, in nm and in px
    states(7, f"by 1 % in each direction: {0.01 * crystal.a:.3f} nm, a tenth of a pixel")
    assert 0.01 * crystal.a / 0.03 == pytest.approx(0.1, abs=0.01)


def test_references_of_lesson_seven() -> None:
    picture, crystal = pushed_apart()

    def said(reference: object, row: float, col: float, pixel_size: float = 0.03) -> str:
        found = lw.map_lattice(picture, pixel_size, 121, reference=reference)
        place = found.isel(
            window_row=int(abs(found.row.values - row).argmin()), window_col=int(abs(found.col.values - col).argmin())
        )
        return f"{place.dilation.item():.2f} ± {place.dilation_error.item():.2f} %".replace("-", "−")

    far, on = (330, 20, 130, 130), (140, 220, 120, 120)
    states(7, f"the dilation in the middle is {said(far, 200, 280)}", f"it is {said(on, 200, 280)}, because")
    states(7, f"the map says {said(on, 400, 80)}", f"the map then says {said(crystal, 400, 80, 0.0303)} of dilation")


def test_the_real_scan_of_lesson_seven(shared_picture) -> None:
    scan = read_micrograph(shared_picture("srtio3_stem.jpg")).values
    found = lw.map_lattice(scan)
    rows, cols = (found.strain_xy.mean(other) for other in ("window_col", "window_row"))
    states(7, f"strain xy is −{-rows[0].item():.2f} %, over the lowest row {rows[-1].item():.2f} %")
    states(
        7,
        f"rows vary by {rows.std().item():.2f} % (standard deviation), those of the columns by {cols.std().item():.2f} %",
    )
    turned = found.rotation.mean("window_col")
    states(7, f"the rotation goes from −{-turned[0].item():.2f}° to {turned[-1].item():.2f}°")
    alike = np.corrcoef(found.strain_xy.values.ravel(), found.rotation.values.ravel())[0, 1]
    states(7, f"(correlation {alike:.2f})", f"({found.strain_xy_error.median().item():.2f} % at a typical place)")
    states(7, f"which is {np.rad2deg(0.01):.2f}°")
