"""Where the answers of a quiz are saved, one file for each quiz and student; its form is that of `sheets`.

A file is written beside its place and then moved there, so that it is always whole, whatever stops in between. Writers of one
file wait for each other and add to what is there; the first answer to a question is the one that counts.
"""

import json
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from lattice_widgets.core.quiz import QUESTIONS_VERSION, question_id
from lattice_widgets.files.answers.sheets import FORMAT, VERSION, Answer, AnswersFileError, Quiz, read_answers
from lattice_widgets.files.whole_file import remove_unfinished, write_whole

with warnings.catch_warnings():  # it warns in a browser, where locks are files; that is enough for one page
    warnings.simplefilter("ignore", UserWarning)
    from filelock import FileLock, Timeout

#: seconds that a writer waits for others
_PATIENCE = 10.0


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Keep other writers of a file away, while the block reads it and writes it anew.

    Raises
    ------
    AnswersFileError
        If the folder or the file cannot be written; the sentence says what that means for the student.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # keeps threads, kernels and other machines away; a writer that died holds nobody up
        lock = FileLock(path.parent / f".{path.stem}.lock")
        with lock.acquire(timeout=_PATIENCE, poll_interval=0.02):
            remove_unfinished(path)
            yield
    except OSError as error:
        busy = isinstance(error, Timeout)
        reason = "another program holds the file of answers" if busy else error.strerror or error
        raise AnswersFileError(
            f"Answers cannot be saved in {path.parent}: {reason}. You can go on, but they are lost "
            "when this notebook is closed."
        ) from error


class AnswerStore:
    """The answers of one quiz and student, in a folder.

    Parameters
    ----------
    folder : str or Path
        The folder of the notebook; the file lies in its folder ``answers``, which is made with the first answer.
    quiz : Quiz
        Which quiz, and whose answers.
    package : str
        Version of the package, to be noted.
    guest : str
        Added to the name of the file: for someone without a name on a machine that many share.
    """

    def __init__(self, folder: str | Path, quiz: Quiz, package: str = "", guest: str = "") -> None:
        self.quiz = quiz
        self._package = package
        name = quiz.file_name if not guest else f"{quiz.file_name.removesuffix('.json')}-guest-{guest}.json"
        self.path = Path(folder) / "answers" / name

    def read(self) -> tuple[Answer, ...]:
        """Return the answers so far; none if there is no file.

        Raises
        ------
        AnswersFileError
            If the file is none of this quiz and student.
        """
        if not self.path.exists():
            return ()
        sheet = read_answers(self.path)
        if replace(sheet.quiz, student="") != replace(self.quiz, student=""):
            raise AnswersFileError(f"{self.path.name} belongs to another quiz.")
        return sheet.answers

    def add(self, answer: Answer) -> tuple[Answer, ...]:
        """Save an answer, and return all that are there now; the first answer to a question stays.

        Raises
        ------
        AnswersFileError
            If the file cannot be written, or is none of this quiz and student.
        """
        with saving(self.path):
            before = self.read()
            if any(answer.index == other.index for other in before):
                return before
            answers = (*before, answer)
            self._write(answers)
            return answers

    def drop(self, answers: Iterable[Answer]) -> None:
        """Take answers out of the file, which goes with the last one.

        Raises
        ------
        AnswersFileError
            If the file cannot be written, or is none of this quiz and student.
        """
        gone = set(answers)
        with saving(self.path):
            before = self.read()
            left = tuple(answer for answer in before if answer not in gone)
            if left:
                self._write(left)
            elif before:
                self.path.unlink()

    def _write(self, answers: tuple[Answer, ...]) -> None:
        quiz = self.quiz
        content = {
            "format": FORMAT,
            "version": VERSION,
            "quiz": {
                "topic": quiz.topic,
                "level": quiz.level,
                "seed": quiz.seed,
                "same_for_all": quiz.same_for_all,
                "questions": QUESTIONS_VERSION,
            },
            "student": quiz.student,
            "package": self._package,
            "answers": [
                {"question": question_id(quiz.topic, quiz.level, quiz.own_seed, answer.index), **asdict(answer)}
                for answer in answers
            ],
        }
        write_whole(self.path, json.dumps(content, ensure_ascii=False, indent=1))
