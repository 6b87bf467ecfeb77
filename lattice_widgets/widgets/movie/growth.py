"""The law of growth that is fitted to the fractions, and the light that says whether it makes sense."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np

from lattice_widgets.core.kinetics.growth_fit import GrowthFit
from lattice_widgets.core.movies.phases import DEFINITIONS
from lattice_widgets.language import _
from lattice_widgets.runner import NewestWins
from lattice_widgets.views.movie.movie_view import MovieView
from lattice_widgets.views.shared.copy_button import copy_button
from lattice_widgets.widgets.movie import texts, work
from lattice_widgets.widgets.movie.panels import stop_light
from lattice_widgets.widgets.movie.work import Found

if TYPE_CHECKING:
    from lattice_widgets.widgets.movie.widget import MovieScrubber

__all__ = ["Growth"]

#: While frames come, a law is fitted again where there are so many times the frames of the last one: to fit laws to each new
#: frame took a third of the time of the analysis.
_MORE = 1.1


class Growth:
    """The fit of growth.

    Parameters
    ----------
    owner : MovieScrubber
        Has the traits `span`, `of`, `model`, `onset`, `definition` and `fit`.
    view : MovieView
        Draws the fit into its chart.
    light : ipywidgets.HTML
        Says in words what grows.
    fail : callable
        Is told what was raised.

    Attributes
    ----------
    runner : NewestWins
        Computes the fits.
    """

    def __init__(
        self, owner: "MovieScrubber", view: MovieView, light: ipw.HTML, fail: Callable[[Exception], None]
    ) -> None:
        self._owner, self._view, self._light, self._fail = owner, view, light, fail
        self._found: Found | None = None
        self._fitted = 0
        self.runner = NewestWins(work.compute_fit, self._show_fit, fail, lambda busy: None)
        owner.observe(self._refit, ["span", "of", "model", "onset", "definition"])

    def show(self, found: Found) -> None:
        """Fit what was found so far, unless nearly all of it is fitted already and more frames come anyway."""
        if found is not self._found:
            self._found, self._fitted = found, 0
        if found.dataset is not None or found.done >= _MORE * self._fitted:
            self._refit()

    def catch_up(self) -> None:
        """Fit all that was found, where an analysis ended before its end."""
        if self._found is not None and self._found.done > self._fitted:
            self._refit()

    def leave(self) -> None:
        """Forget what was found, and a fit that is being made of it: another movie is shown."""
        self._found = None
        self.runner.cancel()
        self._light.value = stop_light("gray", _(texts.WAITING))

    def _refit(self, change: Any = None) -> None:
        owner, found = self._owner, self._found
        if found is None or not found.done:
            return
        self._fitted = found.done
        try:
            request = work.fit_request(
                found, owner.of, DEFINITIONS.index(owner.definition), owner.span, owner.model, owner.onset
            )
        except ValueError as error:
            self._fail(error)
            return
        if len(request.time):
            self.runner.submit(request)
        else:
            self._view.set_fit(None)
            self._light.value = stop_light("gray", _(texts.NO_FRAMES_HERE))

    def _show_fit(self, fit: GrowthFit) -> None:
        found = self._found
        if found is None:
            return
        self._owner.set_trait("fit", fit)
        by_holes = self._owner.of == "holes" and bool(np.isfinite(found.holes).any())
        light, words = texts.describe_growth(fit, "holes" if by_holes else "noise", found.opened.frames.timed)
        if found.dataset is None:
            words = _("So far: {words}").format(words=words)
        self._light.value = f"{stop_light(light, words)} {copy_button(words)}"
        drawn = fit.ok and np.isfinite(fit.curve).all()
        self._view.set_fit((fit.time, fit.curve, fit.band) if drawn else None, texts.describe_fit(fit.model))
