"""The lessons keep their grammar, link to each other, and state numbers that are true."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from lattice_widgets.core.quiz import LEVELS, TOPICS
from tests.notebooks.lesson_texts import FOLDER, LESSONS, TRANSLATIONS, cells_of, text_of

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
START = FOLDER / "00_start.ipynb"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def links_of(path: Path) -> list[str]:
    return [target for _image, _words, target in _LINK.findall(text_of(path))]


def unfolded(text: str) -> str:
    """What one reads without opening anything."""
    return re.sub(r"<details\b.*?</details>", "", text, flags=re.DOTALL)


def test_the_list_has_every_lesson_and_they_are_numbered() -> None:
    assert sorted([*LESSONS, *TRANSLATIONS]) == sorted(FOLDER.glob("1?_*.ipynb"))
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


@pytest.mark.parametrize("page", ["students.md", "teachers.md"])
def test_the_pages_for_students_and_teachers_have_a_row_for_each_lesson(page: str, root: Path) -> None:
    text = (root / "docs" / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:\{download\}`)?(\d+ .+?)(?: <\.\./notebooks/.+?>`)? \|", text, flags=re.MULTILINE)
    firsts = [cells_of(path)[0].source.splitlines()[0] for path in LESSONS]
    assert rows == [first.removeprefix("# Lesson ").replace(": ", " ", 1) for first in firsts]


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


def call_of(source: str, name: str) -> ast.Call | None:
    """The first call of a function of the kit in a cell."""
    calls = (call for call in ast.walk(ast.parse(source)) if isinstance(call, ast.Call))
    return next((call for call in calls if ast.unparse(call.func) == name), None)


@each_lesson
def test_each_step_asks_first_shows_then_and_explains_only_to_who_has_predicted(path: Path) -> None:
    cells = cells_of(path)
    starts = [n for n, cell in enumerate(cells) if cell.source.startswith("## Step ")]
    for step, start in enumerate(starts, 1):
        asks = cells[start].source
        assert "?" in asks[asks.index("**Predict first.**") :], "nothing is asked"
        letters = "".join(re.findall(r"^\* \*\*([a-z])\*\* ", asks, flags=re.MULTILINE))
        assert len(letters) >= 2, "there is nothing to choose from"
        # the choice, by one click, stands right below what can be chosen
        predicts = call_of(cells[start + 1].source, "lw.Prediction")
        assert predicts is not None
        assert [ast.literal_eval(word) for word in predicts.args] == [path.stem[3:], step]
        settings = {word.arg: ast.literal_eval(word.value) for word in predicts.keywords}
        assert settings["letters"] == letters
        assert cells[start + 2].source.startswith("**Then look.**")
        kinds = [cell.cell_type for cell in cells[start + 3 :]]
        shown = kinds.index("markdown")
        assert shown >= 1, "there is nothing to look at"
        explains = cells[start + 3 + shown].source
        assert explains.startswith(
            f'<details class="lw-explains-{path.stem[3:]}-{step}"><summary>Explanation</summary>\n\n'
        ), "it waits for no prediction"
        assert explains.endswith("\n\n</details>")
        assert unfolded(explains).strip() == ""
        said = re.search(r"\*\*([a-i])[.,]?\*\*", explains)
        assert said, "it does not say which answer is right"
        assert said[1] == settings["right"], "the explanation says another letter than the prediction's"
    legend = next(cell.source for cell in cells if cell.source.startswith("## What each control does"))
    assert "|" in legend
    assert "|" not in unfolded(legend)


@each_lesson
def test_what_is_folded_is_read_as_markdown(path: Path) -> None:
    """Without an empty line behind the summary the text would stand there with its stars and hashes."""
    text = text_of(path)
    assert text.count("<details") == text.count("</details>") == text.count("<summary>") == text.count("</summary>")
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
