"""Parts of the quiz: how a picture is shown, the choices of a question, the score board."""

from typing import Any

import ipywidgets as ipw
import numpy as np

from lattice_widgets.core.quiz import NOT_SURE, Question, Score
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.quiz_board import CalibrationChart, confusion_table
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.views.shared.palette import CLASS_STYLES
from lattice_widgets.widgets.parts.controls import column, side_by_side
from lattice_widgets.widgets.parts.lines import Line
from lattice_widgets.widgets.quiz import texts
from lattice_widgets.widgets.quiz.work import ReadyPicture


def show_picture(canvas: PictureCanvas, picture: ReadyPicture, small: bool) -> None:
    """Show a picture or a transform in a canvas that may have shown the other before."""
    title = texts.say(picture.shown.title)
    common: dict[str, Any] = {
        "title": title,
        "pixel_size": picture.pixel_size,
        "points": picture.marks,
        "point_labels": picture.shown.labels,
        "point_size": 1.0 if picture.shown.cells else 9.0,  # the name of a cell is no lattice point
        "toolbar": picture.shown.readout,
        "scale_bar": not picture.shown.cells,  # it could cover a corner
        "display_width": 210 if small else 300,
        "color_map": "inferno" if picture.shown.is_spectrum else "gray",
        "log": picture.shown.is_spectrum,
        "origin": "center" if picture.shown.is_spectrum else "corner",
        "unit": "1/nm" if picture.shown.is_spectrum else "nm",
    }
    if picture.shown.is_spectrum:
        words = _("transform {title}").format(title=title) if small else title
        canvas.show(picture.image, percentiles=(30, 99.95), scale="log", description=words, **common)
    else:
        words = _("a picture; what it shows is the question")
        percentiles = (0.0, 100.0) if picture.shown.cells else (0.1, 99.9)
        canvas.show(picture.image, percentiles=percentiles, description=words, **common)


def class_options(question: Question) -> list[dict[str, str]]:
    """Return the choices of a question as the card takes them; classes with their color and marker."""
    choices = []
    for option in question.options:
        choice = {"key": option.key, "label": texts.say(option.label)}
        if option.key in CLASS_STYLES:
            style = CLASS_STYLES[option.key]
            choice |= {"label": style.label, "glyph": style.glyph, "color": style.color}
        elif option.key == NOT_SURE:
            choice |= {"glyph": "?", "color": "inherit"}
        choices.append(choice)
    return choices


def chips(right: dict[int, bool | None], count: int) -> list[dict[str, Any]]:
    """Return the buttons of the questions as the card takes them: index -> whether it is right, None: not known yet.

    Of very many, those of the last thirty: without an end there may be hundreds.
    """
    states = {True: "right", False: "wrong", None: "given"}
    made = []
    for place in range(max(0, count - 30), count):
        state = states[right[place]] if place in right else "open"
        made.append({"index": place, "state": state, "label": texts.chip(place, state)})
    return made


class ScoreBoard(ipw.VBox):
    """The student against the network: scores, confusion matrices, calibration. Folded away until there is an answer."""

    def __init__(self) -> None:
        self._words = Line()
        self._words.add_class("lattice-widgets-says")
        self._tables = Line()
        self._chart: CalibrationChart | None = None
        self._right = column(width="360px")
        self._head = Line()
        parts = side_by_side(column(self._words, self._tables, width="420px"), self._right)
        super().__init__([self._head, parts], layout=ipw.Layout(width="100%", min_width="0", display="none"))

    def show(self, student: Score, network: Score | None, finished: bool = False) -> None:
        """Show the scores."""
        if self._chart is None:
            if not student.answered:
                return
            # made where it is seen, and never hidden again: bqplot complains of a chart without a size
            self.layout.display = None
            self._chart = CalibrationChart()
            self._right.children = (self._chart,)
        head = _("You against the network") if network is not None else _("Your score")
        self._head.value = f"<h3>{in_html(head)}</h3>"
        done = f"<b>{in_html(_(texts.FINISHED))}</b><br>" if finished else ""
        self._words.value = done + texts.against(student, network) if student.answered else ""
        tables = []
        for name, score in ((_("What you took for what"), student), (_("What the network took for what"), network)):
            if score is not None and score.labels:
                labels = [_(label) for label in score.labels]
                tables.append(
                    confusion_table(name, labels, [texts.glyph(label) for label in score.labels], score.confusion)
                )
        self._tables.value = (
            f'<div style="display:flex;flex-wrap:wrap;gap:8px 24px;overflow-x:auto">{"".join(tables)}</div>'
        )
        self._chart.show(_curve(student), _curve(network))


def _curve(score: Score | None) -> tuple[np.ndarray, np.ndarray]:
    if score is None or score.curve is None:
        return np.zeros(0), np.zeros(0)
    filled = score.curve.count > 0
    return score.curve.confidence[filled], score.curve.accuracy[filled]
