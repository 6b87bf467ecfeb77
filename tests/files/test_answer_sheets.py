"""The file of answers: written at once and whole, whoever dies or writes beside; what is no such file is told."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from lattice_widgets.files.answers import store as quiz_answers
from lattice_widgets.files.answers.sheets import Answer, AnswersFileError, Quiz, now, read_answers
from lattice_widgets.files.answers.store import AnswerStore
from tests.patience import PATIENCE

QUIZ = Quiz("lattice", 1, 7, student="Ada Lovelace")


def answer(index: int, given: str | float = "square", confidence: float = 0.5) -> Answer:
    return Answer(index, given, confidence, now(), "0.1.0")


def test_what_is_added_is_read_again(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, QUIZ, "0.1.0")
    assert store.read() == ()
    assert not (tmp_path / "answers").exists(), "a folder was made before there was an answer"
    first, second = answer(0), answer(3, 0.246, 1.0)
    assert store.add(first) == (first,)
    assert store.add(second) == (first, second)
    sheet = read_answers(store.path)
    assert (sheet.quiz, sheet.answers) == (QUIZ, (first, second))
    assert AnswerStore(str(tmp_path), replace(QUIZ, student="  ada  LOVELACE")).read() == (first, second)


def test_the_file_is_as_documented_and_does_not_tell_what_is_right(tmp_path: Path) -> None:
    from lattice_widgets.core.quiz import question_of

    store = AnswerStore(tmp_path, QUIZ, "0.1.0")
    store.add(answer(0, "noise", 0.25))
    assert store.path.parent == tmp_path / "answers"
    assert store.path.name.startswith("lattice-level1-seed7-ada-lovelace-")
    content = json.loads(store.path.read_text(encoding="utf-8"))
    (entry,) = content.pop("answers")
    assert content == {
        "format": "lattice-widgets-quiz",
        "version": 1,
        "quiz": {"topic": "lattice", "level": 1, "seed": 7, "same_for_all": True, "questions": 1},
        "student": "Ada Lovelace",
        "package": "0.1.0",
    }
    assert entry.pop("time").endswith("+00:00")
    assert entry == {"question": "lattice-1-7-0", "index": 0, "given": "noise", "confidence": 0.25, "package": "0.1.0"}
    truth = question_of("lattice", 1, 7, 0).answer
    assert truth != "noise"
    assert truth not in store.path.read_text(encoding="utf-8").replace("lattice", "")


def test_the_first_answer_to_a_question_counts(tmp_path: Path) -> None:
    here, there = (AnswerStore(tmp_path, QUIZ) for _ in range(2))
    mine = answer(0, "square")
    here.add(mine)
    assert there.add(answer(0, "noise")) == (mine,)
    assert here.read() == (mine,)


def test_quizzes_and_students_have_files_of_their_own(tmp_path: Path) -> None:
    quizzes = [
        QUIZ,
        replace(QUIZ, level=2),
        replace(QUIZ, seed=8),
        replace(QUIZ, topic="cell"),
        replace(QUIZ, same_for_all=False),
        replace(QUIZ, student=""),
        replace(QUIZ, student="ada-lovelace"),
        replace(QUIZ, student="Æda Lovelace"),
        replace(QUIZ, student="李"),
        replace(QUIZ, student="../../etc/passwd"),
        replace(QUIZ, student="x" * 300),
    ]
    stores = [AnswerStore(tmp_path, quiz) for quiz in quizzes] + [
        AnswerStore(tmp_path, replace(QUIZ, student=""), guest="1f")
    ]
    for number, store in enumerate(stores):
        store.add(answer(number))
    for number, store in enumerate(stores):
        assert [one.index for one in store.read()] == [number]
        assert store.path.parent == tmp_path / "answers"
    assert len({store.path for store in stores}) == len(stores)


def _write_many(folder: Path, start: int) -> None:
    quiz_answers._PATIENCE = PATIENCE  # a student gives up sooner than a test on a busy machine
    store = AnswerStore(folder, QUIZ)
    for index in range(start, start + 40, 2):
        store.add(answer(index))


def test_two_programs_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(tmp_path, start)) for start in (0, 1)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE)
        assert writer.exitcode == 0
    assert sorted(one.index for one in AnswerStore(tmp_path, QUIZ).read()) == list(range(40))
    assert not list((tmp_path / "answers").glob("*.part")) + list((tmp_path / "answers").glob(".*.part"))


def test_a_crash_in_the_middle_of_a_write_leaves_the_answers_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = AnswerStore(tmp_path, QUIZ)
    store.add(answer(0))
    before = store.path.read_bytes()
    # a kernel that is killed when half of the new file is on the disk, with the lock in its hands
    program = f"""
import os, time
from pathlib import Path
from lattice_widgets.files import whole_file
from lattice_widgets.files.answers import store as module
def half(descriptor):
    os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
    print("half", flush=True)
    time.sleep({PATIENCE})
whole_file.os.fsync = half
store = module.AnswerStore(Path({str(tmp_path)!r}), module.Quiz("lattice", 1, 7, student="Ada Lovelace"))
store.add(module.Answer(1, "noise", 0.5))
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as kernel:
        assert kernel.stdout is not None
        assert kernel.stdout.readline() == "half\n"
        os.kill(kernel.pid, signal.SIGKILL)
        kernel.wait(PATIENCE)
    assert store.path.read_bytes() == before
    monkeypatch.setattr(quiz_answers, "_PATIENCE", 0)  # the dead writer's lock does not hold up
    assert [one.index for one in store.add(answer(1))] == [0, 1]
    assert not list((tmp_path / "answers").glob(".*.part")), "half a file was left behind"


def test_a_writer_leaves_alone_what_others_write(tmp_path: Path) -> None:
    """The nameless student's file begins as Ada's does; what she is just writing is none of his."""
    nameless, ada = AnswerStore(tmp_path, replace(QUIZ, student="")), AnswerStore(tmp_path, QUIZ)
    ada.add(answer(0))
    assert ada.path.stem.startswith(nameless.path.stem)
    program = f"""
import time
from pathlib import Path
from lattice_widgets.files import whole_file
from lattice_widgets.files.answers import store as module
write = whole_file.os.fsync
def wait(descriptor):
    print("written", flush=True)
    input()
    write(descriptor)
whole_file.os.fsync = wait
store = module.AnswerStore(Path({str(tmp_path)!r}), module.Quiz("lattice", 1, 7, student="Ada Lovelace"))
store.add(module.Answer(1, "noise", 0.5))
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], text=True, **pipes) as kernel:
        assert kernel.stdout.readline() == "written\n"
        nameless.add(answer(0))
        kernel.communicate("\n")
    assert kernel.returncode == 0
    assert [one.index for one in ada.read()] == [0, 1]


def test_a_writer_that_does_not_let_go_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = AnswerStore(tmp_path, QUIZ)
    store.add(answer(0))
    monkeypatch.setattr(quiz_answers, "_PATIENCE", 0.2)
    with (
        FileLock(store.path.parent / f".{store.path.stem}.lock"),
        pytest.raises(AnswersFileError, match="another program holds the file of answers"),
    ):
        store.add(answer(1))
    assert [one.index for one in store.add(answer(1))] == [0, 1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: None, "not JSON"),
        (lambda c: [], "not a file of answers"),
        (lambda c: c | {"format": "nbgrader"}, "not a file of answers"),
        (lambda c: c | {"version": 2}, "newer version"),
        (lambda c: c | {"version": 0}, "lacks parts"),
        (lambda c: c | {"answers": {}}, "lacks parts"),
        (lambda c: c | {"quiz": c["quiz"] | {"questions": 0}}, "another version"),
        (lambda c: c | {"quiz": c["quiz"] | {"topic": "history"}}, "no quiz of this package"),
        (lambda c: c | {"quiz": c["quiz"] | {"seed": 10**30}}, "no quiz of this package"),
        (lambda c: c | {"quiz": c["quiz"] | {"level": True}}, "no quiz of this package"),
        (lambda c: c | {"quiz": c["quiz"] | {"seed": 8}}, "does not belong to this quiz"),
        (lambda c: c | {"answers": [3]}, "an answer that is none"),
        (lambda c: c | {"answers": [c["answers"][0] | {"confidence": 7}]}, "an answer that is none"),
        (lambda c: c | {"answers": [c["answers"][0] | {"given": None}]}, "an answer that is none"),
        (lambda c: c | {"answers": [c["answers"][0] | {"index": -1}]}, "an answer that is none"),
        (lambda c: c | {"answers": [c["answers"][0] | {"index": 5}]}, "does not belong to this quiz"),
    ],
)
def test_what_is_no_file_of_answers_is_told_in_a_sentence_and_left_alone(tmp_path: Path, change, said: str) -> None:
    store = AnswerStore(tmp_path, QUIZ)
    store.add(answer(0))
    changed = change(json.loads(store.path.read_text()))
    text = "{" if changed is None else json.dumps(changed)
    store.path.write_text(text)
    with pytest.raises(AnswersFileError, match=said) as told:
        store.read()
    assert "\n" not in str(told.value)
    assert store.path.name in str(told.value)
    with pytest.raises(AnswersFileError, match=said):
        store.add(answer(1))
    assert store.path.read_text() == text


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("a file where the folder should be")
    with pytest.raises(AnswersFileError, match=r"cannot be saved in .*You can go on, but they are lost"):
        AnswerStore(tmp_path, QUIZ).add(answer(0))


def test_answers_with_own_questions_belong_to_their_student(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, replace(QUIZ, same_for_all=False))
    store.add(answer(0))
    copied = json.loads(store.path.read_text()) | {"student": "Bob"}
    other = tmp_path / "bob.json"
    other.write_text(json.dumps(copied))
    with pytest.raises(AnswersFileError, match="does not belong to this quiz and student"):
        read_answers(other)
