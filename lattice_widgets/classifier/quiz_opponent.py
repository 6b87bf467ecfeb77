"""What a classifier says of the picture of a quiz: its verdict by Monte-Carlo dropout, always the same for the same picture."""

from collections.abc import Callable
from functools import lru_cache

from lattice_widgets.classifier.inference import Classifier
from lattice_widgets.core.quiz import NOT_SURE, NetworkAnswer, Scene
from lattice_widgets.core.uncertainty.summary import summarize

#: passes with dropout; their seed is fixed
PASSES = 200


def opponent(classifier: Classifier) -> Callable[[Scene], NetworkAnswer]:
    """Return what answers for a classifier, as `core.quiz.judge` takes it.

    Answers are remembered: grading thirty students asks ten times.
    """

    def answer(scene: Scene) -> NetworkAnswer:
        return _answer(classifier, scene)

    return answer


@lru_cache(maxsize=2000)
def _answer(classifier: Classifier, scene: Scene) -> NetworkAnswer:
    image = scene.micrograph().image
    summary = summarize(classifier.sample(image, PASSES, seed=0))
    probabilities = tuple(float(p) for p in summary.mean[0])
    first = classifier.classes[int(summary.mean[0].argmax())]
    if not classifier.card.calibration:  # no threshold is known: it always answers
        return NetworkAnswer(probabilities, first, name=classifier.name)
    verdict = classifier.judge(image, summary)[0]
    label = NOT_SURE if verdict.label is None else classifier.classes[verdict.label]
    return NetworkAnswer(probabilities, label, verdict.doubt, classifier.name)
