"""The lessons keep their grammar, link to each other, and state numbers that are true."""

import ast
import importlib.util
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.kinetics.beam import threshold_voltage
from lattice_widgets.core.kinetics.growth import fit_growth
from lattice_widgets.core.quiz import LEVELS, TOPICS
from lattice_widgets.files import read_micrograph

FOLDER = Path(__file__).parents[2] / "notebooks"
LESSONS = [FOLDER / row["file"] for row in json.loads((FOLDER / "lessons.json").read_text(encoding="utf-8"))]
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
START = FOLDER / "00_start.ipynb"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def cells_of(path: Path) -> list[nbformat.NotebookNode]:
    return list(nbformat.read(path, as_version=4).cells)


def text_of(path: Path) -> str:
    return "\n\n".join(cell.source for cell in cells_of(path) if cell.cell_type == "markdown")


def links_of(path: Path) -> list[str]:
    return [target for _image, _words, target in _LINK.findall(text_of(path))]


def unfolded(text: str) -> str:
    """What one reads without opening anything."""
    return re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)


def test_the_list_has_every_lesson_and_they_are_numbered() -> None:
    assert sorted(LESSONS) == sorted(FOLDER.glob("1?_*.ipynb"))
    assert len(LESSONS) >= 6
    for number, path in enumerate(LESSONS, 1):
        assert cells_of(path)[0].source.startswith(f"# Lesson {number}: ")


def test_dashboards_speak_of_nothing_that_they_do_not_show() -> None:
    """There are no cells to run and no folded code there: what is said of these stands in a span that they hide."""
    for path in NOTEBOOKS:
        seen = re.sub(r'<span class="lw-lab-only">.*?</span>', "", text_of(path), flags=re.DOTALL)
        found = re.findall(r"(?i).{30}(?:run all|next cell|cells? below|unfold the bar|code is folded).{20}", seen)
        assert not found, (path.name, found)


def test_readme_and_start_page_list_the_lessons_as_the_list_says(root: Path) -> None:
    specification = importlib.util.spec_from_file_location("list_lessons", root / "tools" / "list_lessons.py")
    assert specification
    assert specification.loader
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert readme == tool.readme_with_lessons(readme), "run python tools/list_lessons.py"
    (listed,) = tool.lists_of_the_start_page(START.read_text(encoding="utf-8"))
    assert listed == tool.start_page_with_lessons(listed), "run python tools/list_lessons.py"


@each_lesson
def test_headings_are_those_of_the_grammar(path: Path) -> None:
    headings = re.findall(r"^## (.*)$", text_of(path), flags=re.MULTILINE)
    steps = headings[2:-2]
    assert headings[:2] == ["Goals", "What each control does"]
    assert headings[-2:] == ["Check yourself", "To take away"]
    assert len(steps) >= 3
    for number, heading in enumerate(steps, 1):
        assert re.fullmatch(rf"Step {number}: .+", heading)
    first = cells_of(path)[0].source
    minutes = re.search(r"\*About (\d+) minutes", first)
    assert minutes
    assert int(minutes[1]) < 20
    assert "Run All Cells" in first


@each_lesson
def test_each_step_asks_first_shows_then_and_explains_only_to_who_asks(path: Path) -> None:
    cells = cells_of(path)
    starts = [n for n, cell in enumerate(cells) if cell.source.startswith("## Step ")]
    for start in starts:
        asks = cells[start].source
        assert asks.index("**Predict first.**") < asks.index("**Then look.**")
        assert "?" in asks[: asks.index("**Then look.**")], "nothing is asked"
        assert asks.count("\n* **") >= 2, "there is nothing to choose from"
        kinds = [cell.cell_type for cell in cells[start + 1 :]]
        shown = kinds.index("markdown")
        assert shown >= 1, "there is nothing to look at"
        explains = cells[start + 1 + shown].source
        assert explains.startswith("<details><summary>Explanation</summary>\n\n")
        assert explains.endswith("\n\n</details>")
        assert unfolded(explains).strip() == ""
        assert "**a" in explains or "**b" in explains or "**c" in explains, "it does not say which answer is right"
    legend = next(cell.source for cell in cells if cell.source.startswith("## What each control does"))
    assert "|" in legend
    assert "|" not in unfolded(legend)


@each_lesson
def test_what_is_folded_is_read_as_markdown(path: Path) -> None:
    """Without an empty line behind the summary the text would stand there with its stars and hashes."""
    text = text_of(path)
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>") == text.count("</summary>")
    for after in text.split("</summary>")[1:]:
        assert after.startswith("\n\n")
    for before in text.split("</details>")[:-1]:
        assert before.endswith("\n\n")


@each_lesson
def test_code_is_short_and_folded_but_there(path: Path) -> None:
    for cell in cells_of(path):
        if cell.cell_type != "code":
            assert "jupyter" not in cell.metadata, "a text is never hidden"
            continue
        assert cell.metadata.jupyter == {"source_hidden": True}
        # Voila has no keyboard for input() and knows few magics
        tree = ast.parse(cell.source)
        assert 1 <= len(tree.body) <= 4
        assert len(cell.source.splitlines()) <= 8
        assert not re.search(r"^\s*[%!]|\binput\(", cell.source, flags=re.MULTILINE)


@each_lesson
def test_the_check_is_a_quiz_that_is_the_same_for_all(path: Path) -> None:
    cells = cells_of(path)
    start = next(n for n, cell in enumerate(cells) if cell.source.startswith("## Check yourself"))
    quizzes = 0
    for cell in cells[start + 1 :]:
        if cell.cell_type != "code":
            break
        for call in ast.walk(ast.parse(cell.source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "lw.Quiz":
                fixed = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
                assert ast.literal_eval(call.args[0]) in TOPICS
                assert fixed["level"] in LEVELS
                assert fixed["seed"] > 0
                assert fixed["n_questions"] <= 6
                quizzes += 1
    assert quizzes >= 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_resolve_and_pictures_have_words(path: Path) -> None:
    for image, words, target in _LINK.findall(text_of(path)):
        if image:
            assert words.strip(), f"{target} says nothing to who does not see it"
        if not target.startswith(("https://", "#")):
            assert (FOLDER / target.split("#")[0]).is_file(), f"{target} leads nowhere"
    for tag in re.findall(r"<img\b[^>]*>", text_of(path)):
        assert re.search(r'\balt="[^"]+"', tag), tag


def test_all_is_reached_from_the_start_page_and_leads_on() -> None:
    listed = [target for target in links_of(START) if target.endswith(".ipynb")]
    assert sorted(listed) == sorted(path.name for path in NOTEBOOKS if path != START)
    for number, path in enumerate(LESSONS):
        links = links_of(path)
        assert START.name in links
        for other in LESSONS[max(0, number - 1) : number] + LESSONS[number + 1 : number + 2]:
            assert other.name in links


@each_lesson
def test_it_is_finished(path: Path) -> None:
    text = text_of(path)
    assert not re.search(r"\bTODO\b|\bFIXME\b|\bXXX\b|\bTBD\b|lorem ipsum", text, flags=re.IGNORECASE)
    assert not re.search(r"(?<!\d)-\d+ ?%", text), "a minus sign, not a hyphen"
    assert "crystal" in text
    assert "picture" in text


# ---------------------------------------------------------------- what the explanations state


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
    assert round(100 * right[0.9]) == 91
    assert round(100 * right[0.99]) == 99
    states(4, "around 90 % confidence 91 % are right", "around 99 %, 99 %", f"{100 * 118 / 188:.0f} %, not the 75 %")


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
    assert whole.lattice_type == "oblique"
    undone = whole.correction("hexagonal").lattice.a
    states(6, f"{undone:.2f} px, and a pixel is 0.246 nm/{undone:.2f} = {0.246 / undone:.4f} nm")
    square = whole.correction("square")
    states(6, f"stretch of −{-square.scale:.0f} % and a shear of −{-square.shear:.0f} %")
