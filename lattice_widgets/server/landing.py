"""The first page of the dashboards: the lessons, and what the visitor who asks has done of each."""

from pathlib import Path
from typing import Any

from voila.tornado.treehandler import TornadoVoilaTreeHandler

from lattice_widgets.server.dashboards import add_lessons, visitor_of

__all__ = ["LandingPage", "with_landing_page"]


class LandingPage(TornadoVoilaTreeHandler):
    """Voila's list of notebooks, which knows the visitor by the cookie of the dashboards.

    Voila's hook for the data of a page is not told who asks for it.
    """

    def initialize(self, folder: Path, **kwargs: Any) -> None:
        """Take the folder of the lessons, and what Voila tells its own page."""
        super().initialize(**kwargs)
        self._folder = folder

    def render_template(self, name: str, **values: Any) -> Any:
        """Return the page, with what this visitor has done."""
        add_lessons(values["page_config"], self._folder, visitor_of(self))
        return super().render_template(name, **values)


def with_landing_page(handlers: list[Any], folder: Path) -> list[Any]:
    """Return handlers of Voila in which this page has taken the place of the list of notebooks."""
    return [
        (entry[0], LandingPage, {**entry[2], "folder": folder})
        if len(entry) > 2 and entry[1] is TornadoVoilaTreeHandler
        else entry
        for entry in handlers
    ]
