"""The training panel: the paper's network learns before the class."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.language import N_, _
from lattice_widgets.memory import refuse_beyond_memory
from lattice_widgets.runner import LineProcess
from lattice_widgets.views.charts.learning_curve import LearningCurve
from lattice_widgets.views.charts.quiz_board import confusion_table
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.views.shared.palette import CLASS_STYLES
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.parts.controls import column, control, side_by_side
from lattice_widgets.widgets.parts.lines import Line
from lattice_widgets.widgets.training_panel import texts
from lattice_widgets.widgets.training_panel.work import (
    Learned,
    Plan,
    Request,
    learned_of,
    plan_of,
    read_line,
)

#: of the validation pictures in the paper, where its curve levels off
_PLATEAU = 0.85
#: stages in which the program runs
_RUNNING = ("starting", "simulating", "learning")


class TrainingPanel(LatticeWidget):
    """The network of Vasudevan et al. 2018 learns from simulated pictures, live: their Fig. 1b and the confusion matrix.

    It learns in a program of its own, so that the page stays alive; that program needs Keras and TensorFlow (the extra
    ``train``), 1 GB of memory, and one to two minutes on two processors. It ends with the widget, and with the kernel.

    Parameters
    ----------
    **settings
        Any of the traits.

    Examples
    --------
    >>> panel = TrainingPanel(count=2000, epochs=30, seed=1)
    >>> panel.state  # until somebody presses train, or calls ``panel.train()``
    'ready'
    """

    title = N_("Training panel")

    _process: LineProcess | None = None

    count = t.Int(2000, min=60, max=24_000, help=N_("Simulated pictures; a fifth of them is kept to check.")).tag(
        request=True, label=N_("pictures"), step=100, typed=True
    )
    epochs = t.Int(30, min=1, max=100, help=N_("How often all pictures are learned from.")).tag(
        request=True, label=N_("epochs"), typed=True
    )
    seed = t.Int(0, min=0, max=999, help=N_("Another number: other pictures, other first weights.")).tag(
        request=True, label=N_("seed"), typed=True
    )

    state = t.Unicode("ready", read_only=True, help="ready, starting, simulating, learning, stopped, done or failed.")
    accuracy = t.Tuple((), read_only=True, help="Fraction named right after each epoch, of the pictures learned from.")
    val_accuracy = t.Tuple((), read_only=True, help="The same of other pictures.")
    confusion = t.Tuple((), read_only=True, help="(6, 6) counts of those other pictures; rows: truth, columns: answer.")

    def request(self) -> Request:
        """Return the settings; what was learned with others is taken away."""
        self._end()
        return Request(self.count, self.epochs, self.seed)

    @staticmethod
    def compute(request: Request) -> Plan:
        """Return what the settings mean."""
        return plan_of(request)

    def apply(self, answer: Plan) -> None:
        """Say what the settings mean."""
        self._plan.value = in_html(texts.plan(answer.count, answer.validation, answer.epochs))

    def train(self) -> None:
        """Begin anew; a training that runs is ended.

        Raises
        ------
        ValueError
            With one sentence, if it cannot begin.
        """
        self._end()
        if sys.platform == "emscripten":
            raise ValueError(_(texts.IN_BROWSER))
        request = self.request()
        refuse_beyond_memory("Training", request.memory, "close what you do not need, other notebooks for example")
        process = LineProcess(request.command, self._said, self._ended)
        try:
            self._process = process
            self._set_state("starting")
            self.clear_error()
            process.start()
        except OSError as error:
            self._end()
            raise ValueError(_(texts.NOT_STARTED).format(reason=error.strerror or error)) from error

    def stop(self) -> None:
        """Stop; `go_on` goes on from there."""
        if self._process is not None and self.state in _RUNNING:
            self._process.tell("stop")
            self._before_stop = self.state
            self._set_state("stopped")

    def go_on(self) -> None:
        """Go on after `stop`."""
        if self._process is not None and self.state == "stopped":
            self._process.tell("go")
            self._set_state(self._before_stop)

    async def finished(self) -> None:
        """Wait until a training is done, stopped or failed: ``panel.train(); await panel.finished()``."""
        while self.state in _RUNNING:
            await asyncio.sleep(0.05)

    def close(self) -> None:
        """End the training and take the widget off the page."""
        if self._process is not None:
            self._process.end()
            self._process = None
        super().close()

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return buttons, settings, curve and confusion matrix."""
        self._before_stop = "starting"
        #: of what is going on: steps done, of how many
        self._steps = (0, 0)
        self._says = Line()
        self._says.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
        self._plan = Line()
        self._plan.add_class("lattice-widgets-says")
        self._progress = ipw.FloatProgress(max=1.0, layout=ipw.Layout(width="200px"))
        layout = ipw.Layout(width="auto")
        self._train = ipw.Button(description=_("train"), tooltip=_("Begin anew with these settings"), layout=layout)
        self._halt = ipw.Button(layout=layout)
        self._train.on_click(lambda button: self.train())
        self._halt.on_click(lambda button: self.go_on() if self.state == "stopped" else self.stop())
        self._curve = LearningCurve(_PLATEAU, _("the paper, with 24,000 pictures"))
        self._table = Line()
        running = ipw.HBox([self._train, self._halt, self._progress], layout=ipw.Layout(flex_flow="row wrap"))
        settings = [control(self, name) for name in ("count", "epochs", "seed")]
        self._set_state("ready")
        return [
            self._says,
            side_by_side(
                column(running, *settings, self._plan, self._table, width="400px"),
                column(self._curve, width="400px"),
            ),
        ]

    def _end(self) -> None:
        """End the program, and take away what it said."""
        if self._process is not None:
            self._process.end()
            self._process = None
        for name in ("accuracy", "val_accuracy", "confusion"):
            self.set_trait(name, ())
        self._steps = (0, 0)
        self._set_state("ready")
        self._show()

    def _said(self, line: str) -> None:
        said = read_line(line)
        stage: Any = said.get("stage")
        if stage == "simulating":
            self._steps = (said["done"], said["total"])
        elif stage == "learning":
            self._steps = (said["epoch"], said["epochs"])
            self._learn(learned_of(said))
        elif stage == "missing":
            self._give_up(_(texts.MISSING))
        elif stage == "failed":
            self._give_up(_(texts.FAILED).format(reason=said["says"]))
        if stage == "simulating" and said["done"] == said["total"]:
            stage, self._steps = "learning", (0, self.epochs)
        if stage in _RUNNING and self.state == "stopped":  # said before it heard of it
            self._before_stop = stage
        elif stage in (*_RUNNING, "done"):
            self._set_state(stage)

    def _ended(self, status: int) -> None:
        if self.state in (*_RUNNING, "stopped"):
            self._give_up(_(texts.ENDED).format(status=status))
        self._process = None

    def _give_up(self, words: str) -> None:
        self._end()
        self._set_state("failed")
        self._fail(ValueError(words))

    def _learn(self, learned: Learned) -> None:
        self.set_trait("accuracy", (*self.accuracy, learned.accuracy))
        self.set_trait("val_accuracy", (*self.val_accuracy, learned.val_accuracy))
        self.set_trait("confusion", learned.confusion)
        self._show()

    def _show(self) -> None:
        self._curve.show(self.accuracy, self.val_accuracy, self.epochs)
        glyphs = [CLASS_STYLES[name].glyph for name in CLASSES]
        self._table.value = (
            confusion_table(_(texts.CONFUSION), texts.labels(), glyphs, self.confusion) if self.confusion else ""
        )

    def _set_state(self, state: str) -> None:
        self.set_trait("state", state)
        words = _(texts.STAGES[state]) if state in texts.STAGES else ""
        done, total = self._steps
        if state == "done":
            total = sum(map(sum, self.confusion))
        right = 100 * self.val_accuracy[-1] if self.val_accuracy else 0.0
        self._says.value = in_html(words.format(done=done, total=total, right=right))
        self._progress.value = done / total if total and state != "done" else float(state == "done")
        stopped = state == "stopped"
        self._halt.description = _("go on") if stopped else _("stop")
        self._halt.tooltip = _("Go on from where it was stopped") if stopped else _("Stop; it can go on from there")
        self._halt.disabled = not (stopped or state in _RUNNING)
