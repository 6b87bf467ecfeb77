"""What all widgets share: settings that are checked, work away from the event loop, errors in words, a static picture."""

import asyncio
import base64
import difflib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import ipywidgets as ipw
import traitlets as t

from lattice_widgets import old_names
from lattice_widgets.classifier import Classifier
from lattice_widgets.language import _
from lattice_widgets.runner import Background, NewestWins
from lattice_widgets.views.saved.static_picture import png_of_widget
from lattice_widgets.views.shared.widget_frame import WidgetFrame
from lattice_widgets.widgets.callback_errors import Guarded, guard_part, is_known, sentence_of
from lattice_widgets.widgets.closing import parts_of
from lattice_widgets.widgets.parts.history import History
from lattice_widgets.widgets.parts.network import Network, find_network
from lattice_widgets.widgets.parts.saved_picture import wait_for_answers
from lattice_widgets.widgets.parts.status import Status


class LatticeWidget(ipw.VBox):
    """The base of all widgets. A subclass has five parts.

    1. Traits tagged ``request=True`` are its settings: typed, documented, the only truth.
    2. `request` gathers them into a frozen dataclass.
    3. `compute`, static, calls the core; it may yield partial answers. It runs in a worker thread.
    4. `apply` puts an answer into the views and the read-only result traits.
    5. `build_views` makes the views, once.

    Whatever a callback raises is told in `error`: observers of its traits, and those of the parts that `build_views` returns.

    Parameters
    ----------
    **settings
        Any of the traits.

    Raises
    ------
    TypeError
        If a setting has an unknown name.
    traitlets.TraitError
        If a setting has a value that does not fit.
    """

    busy = t.Bool(False, read_only=True, help="Whether an answer is being computed.")
    error = t.Unicode("", read_only=True, help="What is wrong with the settings, in one sentence; empty if nothing is.")

    #: what a widget is called by screen readers: a heading that the eye does not see; marked for translation
    title: ClassVar[str] = ""
    #: whether its settings can be undone
    undoable: ClassVar[bool] = True

    def __init__(self, **settings: Any) -> None:
        own = {name for name in self.trait_names() if not name.startswith("_")}
        mine = sorted(
            name for name in own if name not in ipw.VBox.class_trait_names() and name not in ("busy", "error")
        )
        for old in [name for name in settings if isinstance(getattr(type(self), name, None), old_names.Renamed)]:
            renamed: old_names.Renamed = getattr(type(self), old)
            renamed.warn(type(self))
            settings[renamed.new] = settings.pop(old)
        for name in settings:
            if name not in own:
                close = difflib.get_close_matches(name, mine, n=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise TypeError(f"{type(self).__name__} has no setting {name!r}.{hint} It has: {', '.join(mine)}.")
        #: what is wrong with the settings, and callback -> what went wrong when it was called last
        self._wrong = ""
        self._mishaps: dict[Any, str] = {}
        super().__init__(**settings)
        self._status = Status(self)
        self._runner = NewestWins(self.compute, self._apply, self._computing_failed, self._set_busy)
        self._background = Background(self._fail)
        self._loading: set[Network] = set()
        #: network -> why it cannot be loaded
        self._unloadable: dict[Network, str] = {}
        self._frame = frame = WidgetFrame(title=_(self.title))
        views = self.build_views()
        self.history = History(self, lambda settings: frame.set_trait("settings", settings))
        frame.on_msg(self._keyed)
        self.children = [frame, self._status, *views, self.history.buttons]
        for part in self.children:
            guard_part(part, self._told)
        self.add_class("lattice-widgets")
        asked = list(self.traits(request=True))
        if asked:  # traitlets takes an empty list for all traits
            self.observe(self._changed, asked)
        self.refresh()

    # ---- the five parts: see the class

    def request(self) -> Any:
        """Return the settings as a frozen dataclass; raise ValueError with one sentence if they make no sense."""
        raise TypeError(f"{type(self).__name__} must say what its request is.")

    @staticmethod
    def compute(request: Any) -> Any:
        """Return or yield the answers to a request. Runs in a worker thread: calls the core, touches no trait."""
        raise TypeError("A widget must say what it computes.")

    def apply(self, answer: Any) -> None:
        """Show an answer. Runs on the event loop."""
        raise TypeError(f"{type(self).__name__} must say how it shows an answer.")

    def completes(self, answer: Any) -> bool:
        """Whether an answer renews all parts with the class ``lattice-widgets-answer``, or others will follow that do."""
        return True

    def build_views(self) -> Sequence[ipw.Widget]:
        """Make the views and link them to the traits; called once."""
        raise TypeError(f"{type(self).__name__} must have views.")

    def forget_answers(self) -> None:
        """Take away what was answered before: called when there is no answer to the settings as they are."""

    def static_picture(self) -> bytes:
        """Return a PNG of what the widget shows, for notebooks that are opened without a kernel; empty if none."""
        return png_of_widget(self, _(self.title))

    # ---- what they all do

    def refresh(self) -> None:
        """Compute again from the settings as they are."""
        try:
            request = self.request()
        except (ValueError, OSError) as error:
            self._runner.cancel()
            self._computing_failed(error)
            return
        self._status.dim()
        self._runner.submit(request)

    async def settled(self) -> None:
        """Wait until the widget shows the answer to all that was asked so far: ``await widget.settled()``."""
        while True:
            # the answer of one may be a request to another: the first is waited for once more
            for runner in (*self.runners(), *self.runners()):
                await runner.settled()
            if not self._loading:
                return
            await asyncio.sleep(0.02)

    def runners(self) -> list[NewestWins]:
        """Return what computes for this widget; a subclass adds its own."""
        return [self._runner]

    def close(self) -> None:
        """Stop all work and take the widget off the page."""
        if hasattr(self, "_background"):  # a widget whose settings were refused has neither this nor its runners
            for runner in self.runners():
                runner.close()
            self._background.close()
            self._status.renew()
        if self.busy:
            self._set_busy(False)
        for part in parts_of(self, LatticeWidget):
            part.close()
        super().close()

    def ready_classifier(self, name: Network) -> Classifier | None:
        """Return a classifier that answers at once; None while it is being loaded, after which `classifier_ready` is called.

        For `request`. The runtime loads a network at once; Keras takes seconds, and no slider should wait for it.
        """
        classifier = find_network(name)
        if classifier.backend == "runtime" and name not in self._unloadable:
            with suppress(Exception):  # what is wrong is told when it is loaded once more, below
                classifier.load()
        if classifier.ready:
            return classifier
        if name not in self._loading and name not in self._unloadable:
            self._loading.add(name)
            self._background.start(classifier.load, lambda problem: self._loaded(name, problem))
        return classifier if classifier.ready else None

    def work_aside(self, name: str, job: Callable[[], Any], then: Callable[[Exception | None], None]) -> None:
        """Do a job that is no answer to the settings in a thread of its own, and ``then(what it raised, or None)``.

        `settled` waits for it; what ``then`` raises is told in `error`.
        """
        self._loading.add(name)

        def follow(problem: Exception | None) -> None:
            self._loading.discard(name)
            then(problem)

        self._background.start(job, follow)

    def _loaded(self, name: Network, problem: Exception | None) -> None:
        self._loading.discard(name)
        if problem is None:
            self.classifier_ready()
        else:
            self._unloadable[name] = str(
                problem
            )  # what is not installed will not be there at the next move of a slider either
            self.classifier_failed(problem)

    def classifier_ready(self) -> None:
        """Go on with a classifier that has been loaded; a subclass may ask it of what is there already."""
        self.refresh()

    def classifier_failed(self, problem: Exception) -> None:
        """Say why there is no classifier; a subclass may say it where the answer would stand."""
        self._fail(problem)

    def undo(self) -> None:
        """Take the last change of a setting back: up to twenty steps; ``history.reset()`` takes all of them back."""
        self.history.undo()

    def save_in_browser(self, name: str, content: bytes) -> None:
        """Have the browser save a file under a name: on dashboards no other way leads out."""
        self._frame.save(name, content)

    def _keyed(self, frame: WidgetFrame, content: dict[str, Any], buffers: Any) -> None:
        if content.get("key") == "undo":
            self.undo()
        elif isinstance(content.get("restore"), dict):
            self.history.bring(content["restore"])

    def _changed(self, change: dict[str, Any]) -> None:
        self.refresh()

    def observe(self, handler: Any, names: Any = t.All, type: str = "change") -> None:
        """Have a callback called when traits change, as in traitlets; what it raises is told in `error`."""
        super().observe(handler if isinstance(handler, t.EventHandler) else self.guarded(handler), names, type)

    def unobserve(self, handler: Any, names: Any = t.All, type: str = "change") -> None:
        """Call it no longer."""
        super().unobserve(handler if isinstance(handler, t.EventHandler) else self.guarded(handler), names, type)

    def guarded(self, act: Any) -> Guarded:
        """Return a callback that tells in `error` what it raises; for timers and whatever else the base cannot see."""
        return Guarded(act, self._told)

    def clear_error(self) -> None:
        """Take away what was said to be wrong with the settings: it no longer is."""
        if self._wrong:
            self._wrong = ""
            self._show_error()

    def _apply(self, answer: Any) -> None:
        self.apply(answer)
        if self.completes(answer):
            self._status.renew()
        self.clear_error()

    def _computing_failed(self, problem: Exception) -> None:
        self._status.renew()
        try:
            self.forget_answers()
        finally:
            self._fail(problem)

    def _fail(self, problem: Exception) -> None:
        self._wrong = sentence_of(problem)
        self._show_error()

    def _told(self, problem: Exception | None, act: Any) -> None:
        """Take in what a callback raised, or that it did not. What nobody foresaw stays until the callback works again."""
        if problem is not None and is_known(problem):
            self._fail(problem)
        elif problem is not None:
            self._mishaps[act] = sentence_of(problem)
            self._show_error()
        elif self._mishaps.pop(act, None) is not None:
            self._show_error()

    def _show_error(self) -> None:
        text = " ".join(filter(None, dict.fromkeys([self._wrong, *self._mishaps.values()])))
        self.set_trait("error", text)
        if hasattr(self, "_status"):
            self._status.show()

    def _set_busy(self, busy: bool) -> None:
        self.set_trait("busy", busy)
        self._status.follow_work()

    def wait_a_moment(self) -> None:
        """Apply the answers that come in a moment, so that the picture that is kept in the notebook shows them."""
        wait_for_answers([*self.runners(), self._background], lambda: bool(self._loading))

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = dict(bundle[0] if isinstance(bundle, tuple) else bundle)
        self.wait_a_moment()
        picture = self.static_picture()
        if picture:
            data["image/png"] = base64.b64encode(picture).decode("ascii")
        data["text/plain"] = _("{name}: run this cell to use the widget").format(name=type(self).__name__)
        return data
