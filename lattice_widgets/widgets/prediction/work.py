"""What a prediction asks of the disk, away from the screen."""

from dataclasses import dataclass
from pathlib import Path

import lattice_widgets
from lattice_widgets.files.answers.predictions import Predicted, PredictionStore
from lattice_widgets.files.answers.sheets import AnswersFileError


@dataclass(frozen=True)
class PredictionRequest:
    """Which step of which lesson, what can be predicted there, and who predicts."""

    lesson: str
    step: int
    letters: str
    right: str
    student: str
    folder: str
    guest: str

    def store(self) -> PredictionStore:
        """Return where the predictions of this lesson and student are."""
        guest = "" if self.student else self.guest
        folder = Path(self.folder or ".").absolute()
        return PredictionStore(folder, self.lesson, self.student, lattice_widgets.__version__, guest)


@dataclass(frozen=True)
class PredictionFound:
    """What was predicted before, if anything was; and why the file cannot be read, in one sentence."""

    request: PredictionRequest
    predicted: Predicted | None
    problem: str = ""


def look_up(request: PredictionRequest) -> PredictionFound:
    """Return what was predicted before."""
    try:
        before = request.store().read()
    except (AnswersFileError, OSError) as problem:
        return PredictionFound(request, None, str(problem))
    return PredictionFound(request, next((one for one in before if one.step == request.step), None))
