"""The words of the quiz. Its questions and reasons are sentences of `core.quiz`, translated here when they are shown."""

from lattice_widgets.core.quiz import NOT_SURE, TOPICS, Feedback, NetworkAnswer, Question, Score
from lattice_widgets.language import N_, _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.views.shared.palette import CLASS_STYLES
from lattice_widgets.widgets.parts.texts import say

#: names that questions and scores use, beside those of the classes
TERMS = (
    N_("none"),
    N_("disorder"),
    N_("vacancies"),
    N_("drift"),
    N_("line jitter"),
    N_("low dose"),
    N_("double tip"),
    N_("second layer"),
    N_("not sure"),
    N_("spread too large"),
    N_("two classes too close"),
    N_("outside what the network was trained for"),
)
WAITING = N_("The network is being loaded; it is asked as soon as it is there.")
NAMELESS = N_("Write your name first: everyone gets questions of their own.")
ANSWERED = N_("This question is answered already: go on to the next one.")
UNANSWERED = N_("Answer this question before you go on.")
NO_MORE = N_("That was the last question.")
FINISHED = N_("All questions are answered.")
ELSEWHERE = N_("This question was answered before, in another window: that answer counts.")


def heading(question: Question, n_questions: int | None) -> str:
    """Return the lines above a question, as HTML."""
    title, number = say(TOPICS[question.topic].title), question.index + 1
    if n_questions is None:
        count = _("{title}, level {level}, question {number}").format(title=title, level=question.level, number=number)
    else:
        count = _("{title}, level {level}, question {number} of {total}").format(
            title=title, level=question.level, number=number, total=n_questions
        )
    prompt = in_html(say(question.prompt))
    return f'<div class="lattice-quiz-count">{in_html(count)}</div><h3 class="lattice-quiz-prompt">{prompt}</h3>'


def glyph(name: str) -> str:
    """Return the one character that stands for a class; a question mark where there is none."""
    if name in CLASS_STYLES:
        return CLASS_STYLES[name].glyph
    return "?" if name == NOT_SURE else _(name)


def number(value: float, unit: str) -> str:
    """Return a number with its unit."""
    return f"{value:.3g} {unit}"


def verdict(feedback: Feedback) -> str:
    """Return whether an answer is right, with both answers."""
    question = feedback.question
    if question.is_choice:
        given, answer = (say(question.option(str(key)).label) for key in (feedback.given, feedback.answer))
    else:
        given, answer = (number(float(value), question.unit) for value in (feedback.given, feedback.answer))
    if feedback.right and question.is_choice:
        return _("✓ Right: {answer}.").format(answer=answer)
    if feedback.right:
        return _("✓ Right: {given}; exactly {answer}.").format(given=given, answer=answer)
    return _("✗ You said {given}; right is {answer}.").format(given=given, answer=answer)


def network_says(opinion: NetworkAnswer, truth: str) -> str:
    """Return what the network says of the picture of a question about its lattice."""
    values = {"kind": _(opinion.first), "percent": 100 * opinion.confidence, "truth": _(truth)}
    if opinion.first == truth:
        words = _("The network says {kind}, {percent:.0f} %: right.")
    else:
        words = _("The network says {kind}, {percent:.0f} %: wrong.")
    return words.format(**values)


def no_network(problem: Exception) -> str:
    """Say why the network does not play."""
    return _("The network does not play: {problem}").format(problem=problem)


def chip(index: int, state: str) -> str:
    """Return what a screen reader says of the button of a question."""
    words = {
        "right": _("Question {number}: right"),
        "wrong": _("Question {number}: wrong"),
        "given": _("Question {number}: answered"),
        "open": _("Question {number}: not answered yet"),
    }[state]
    return words.format(number=index + 1)


def against(score: Score, network: Score | None) -> str:
    """Return the two scores side by side, as HTML."""
    lines = [_player(_("You"), score)]
    if network is not None:
        lines.append(_player(_("The network"), network))
    return "<br>".join(in_html(line) for line in lines)


def _player(name: str, score: Score) -> str:
    return _(
        "{name}: {right} of {answered} right, {sure:.0f} % sure on average, confidence off by {error:.0f} % (calibration error)"
    ).format(
        name=name,
        right=score.right,
        answered=score.answered,
        sure=100 * score.mean_confidence,
        error=100 * score.calibration_error,
    )


def saved(place: str) -> str:
    """Say where the answers are."""
    return _("Answers are saved in {place}.").format(place=place)
