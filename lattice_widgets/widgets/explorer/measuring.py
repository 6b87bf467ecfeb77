"""Windows are measured one after the other, beside the runner that makes their spectra."""

import asyncio
from collections.abc import Callable
from typing import Any

from lattice_widgets.classifier import Classifier
from lattice_widgets.runner import NewestWins
from lattice_widgets.widgets.explorer import window_result
from lattice_widgets.widgets.explorer.window_result import Shown, WindowResult
from lattice_widgets.widgets.explorer.work import WindowSpectrum

__all__ = ["Measuring"]

#: time between two measurements while the window moves [s]: the transform, which follows the hand, comes first
_BREATH = 0.25


class Measuring(NewestWins):
    """Measures the newest window, and asks the network when it is there.

    The spectrum follows the hand; measuring takes longer. What has begun is finished, although the hand has moved on, and
    then the newest window is measured. A network that comes later is asked of the result, and cells are averaged for it when
    they are asked for: nothing is measured again.

    Parameters
    ----------
    shown : Shown
        What the explorer shows.
    network : callable
        Returns the classifier to ask, or None while it is being loaded, and then has `complete` called.
    averages : callable
        Whether the cells are to be averaged; if that changes, `complete` is called.
    show : callable
        Shows a `WindowResult`.
    fail : callable
        Is told what was raised.
    guard : callable
        Makes a callback tell the user what it raises.
    """

    def __init__(
        self,
        shown: Shown,
        network: Callable[[], Classifier | None],
        averages: Callable[[], bool],
        show: Callable[[WindowResult], None],
        fail: Callable[[Exception], None],
        guard: Callable[[Callable[[], None]], Any],
    ) -> None:
        super().__init__(_compute, self._take_result, self._take_problem, lambda busy: None)
        self._shown, self._network, self._averages, self._show, self._tell = shown, network, averages, show, fail
        self._measure_next = guard(self._take_next)
        self._measuring = False
        self._next: WindowSpectrum | None = None

    async def settled(self) -> None:
        """Wait until the newest window is measured and the network has been asked about it."""
        await super().settled()
        while self._measuring or self._next is not None:
            await asyncio.sleep(0.01)
            await super().settled()

    def measure(self, spectrum: WindowSpectrum) -> None:
        """Measure a window, after the one that is being measured."""
        if not self._measuring and self._next is None:
            self._measuring = True
            self.submit((spectrum, self._network(), self._averages()))
        else:
            self._next = spectrum

    def complete(self) -> None:
        """Add what the window measured last lacks: the answer of the network, the mean of its cells.

        One that is being measured gets it when that is done.
        """
        result = self._shown.result
        if result is None or self._measuring or self._next is not None:
            return
        network, averages = self._network(), self._averages()
        if (network is not None and network is not result.classifier) or (averages and not result.averaged):
            self.submit((result, network, averages))

    def cancel(self) -> None:
        """Give up what was asked so far."""
        super().cancel()
        self._measuring, self._next = False, None

    def _take_result(self, result: WindowResult) -> None:
        self._measuring = False
        self._show(result)
        self._go_on()
        self.complete()

    def _take_problem(self, problem: Exception) -> None:
        self._measuring = False
        self._tell(problem)
        self._go_on()

    def _go_on(self) -> None:
        if self._next is None:
            return
        try:
            asyncio.get_running_loop().call_later(_BREATH, self._measure_next)
        except RuntimeError:  # no event loop: nobody drags
            self._take_next()

    def _take_next(self) -> None:
        spectrum, self._next = self._next, None
        if spectrum is not None:
            self.measure(spectrum)


def _compute(asked: tuple[WindowSpectrum | WindowResult, Classifier | None, bool]) -> WindowResult:
    found, network, averages = asked
    result = window_result.measure(found, network) if isinstance(found, WindowSpectrum) else found
    if network is not None and network is not result.classifier:
        result = window_result.ask(result, network)
    return window_result.average(result) if averages and not result.averaged else result
