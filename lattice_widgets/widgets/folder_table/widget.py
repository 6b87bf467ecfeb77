"""The table of a folder: a line and a small picture for each file, which follows what a microscope writes."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import pandas as pd
import traitlets as t

from lattice_widgets.analysis.answers import header_of, row_of
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.files.folders.pictures import FolderWatch
from lattice_widgets.files.tables import write_frame
from lattice_widgets.language import N_, _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.views.table.file_list import FileList
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.explorer.widget import FFTExplorer
from lattice_widgets.widgets.folder_table import texts, work
from lattice_widgets.widgets.folder_table.following import Following
from lattice_widgets.widgets.folder_table.work import FileAnswer, Request
from lattice_widgets.widgets.opening.calibration import GivenPixelSize
from lattice_widgets.widgets.parts.controls import control
from lattice_widgets.widgets.parts.lines import button, row, says
from lattice_widgets.widgets.parts.network import NetworkName
from lattice_widgets.widgets.parts.settings import Words

__all__ = ["FolderTable"]


class FolderTable(LatticeWidget):
    """A folder as a table: a line for each picture with what network and geometry say of it, and a small picture.

    It sorts by any column, filters, opens a file in an explorer below, and follows the folder: a file that a microscope has
    just written appears when it is whole. Nothing is ever written into the folder. Of a movie the first picture is asked.

    Parameters
    ----------
    folder : str or path-like
        Which one.
    **settings
        Any of the traits.

    Examples
    --------
    >>> table = FolderTable("measurements", recursive=True, pixel_size="20 pm")  # doctest: +SKIP
    >>> await table.settled(); table.table()  # doctest: +SKIP
    """

    title = N_("Folder table")
    undoable = False

    folder = t.Union([t.Unicode(), t.Instance(Path)], help="The folder that is shown.")
    recursive = t.Bool(False, help=N_("Whether the folders in it are looked into, too.")).tag(
        label=N_("folders in it, too")
    )
    follow = t.Bool(True, help=N_("Whether the table follows what is written into the folder.")).tag(
        label=N_("follow the folder")
    )
    pixel_size = GivenPixelSize()
    dataset = t.Union(
        [t.Unicode(), t.Int()], default_value=None, allow_none=True, help="Which data set of files that have several."
    )
    classifier = NetworkName()
    sort_by = Words("time", help="The column that sorts: file, time, class, sure, geometry, a, b, gamma, size.")
    descending = t.Bool(True, help="Whether its largest comes first.")
    text = Words("", help="Only lines with this text are shown; empty: all.")
    kind = Words("", help='Only lines of this class, or "unreadable", are shown; empty: all.')
    chosen = t.Unicode("", read_only=True, help="The file that is open in the explorer; empty: none.")

    def __init__(self, folder: Any = "", **settings: Any) -> None:
        self._answers: dict[str, FileAnswer] = {}
        self._small: dict[str, bytes] = {}
        self._todo: dict[str, Path] = {}
        self._watch: FolderWatch | None = None
        #: what is open in the explorer; it is made when the first file is opened
        self.explorer: FFTExplorer | None = None
        super().__init__(folder=folder, **settings)
        self.observe(self._begin, ["folder", "recursive", "follow", "pixel_size", "dataset", "classifier"])
        self._begin()

    # ---- what a script does

    def table(self) -> pd.DataFrame:
        """Return what the table says: a line for each file by its name, with errors; ``error`` says why one is not read."""
        header = header_of(CLASSES)
        rows = [row_of({**answer.said, "file": name, "error": answer.problem or None}, header) for name, answer in
                sorted(self._answers.items())]  # fmt: skip
        return pd.DataFrame(rows, columns=header).set_index("file")

    def save_table(self, path: str | Path) -> Path:
        """Write the table as CSV, and return where; OSError if it cannot be written."""
        target = Path(os.path.expanduser(path)).resolve()
        if self.folder and target.is_relative_to(Path(os.path.expanduser(self.folder)).resolve()):
            raise ValueError(_("Nothing is written into the folder of the table: choose another place."))
        write_frame(self.table(), target)
        return target

    def explore(self, name: str) -> None:
        """Open a file of the table in the explorer below it; ValueError if it has no such file."""
        answer = self._answers.get(name)
        if answer is None or answer.problem:
            raise ValueError(_("The table has no picture {name}.").format(name=name))
        settings = {"pixel_size": self.pixel_size, "classifier": self.classifier}
        if self.explorer is None:
            self.explorer = FFTExplorer(answer.path, **settings)
            self._place.children = [self.explorer]
        else:
            self.explorer.source = answer.path
            for setting, value in settings.items():
                setattr(self.explorer, setting, value)
        self.set_trait("chosen", name)

    async def settled(self) -> None:
        """Wait until all files that are whole have their answers."""
        await self._following.settled()
        await super().settled()

    # ---- the five parts

    def request(self) -> Request:
        """Return the files that wait for an answer."""
        network = self.ready_classifier(self.classifier)
        return Request(self._watch, tuple(self._todo.values()), self.pixel_size, self.dataset, network)

    @staticmethod
    def compute(request: Request) -> Iterator[FileAnswer]:
        """Yield the answer of each file."""
        return work.compute(request)

    def apply(self, answer: FileAnswer) -> None:
        """Show the line of a file."""
        if answer.watch is not self._watch:
            return
        name = answer.watch.name_of(answer.path)
        self._todo.pop(name, None)
        if answer.problem and answer.watch.failed(answer.path):
            return  # it may still be written
        if not answer.problem:
            answer.watch.answered(answer.path)
        self._answers[name], self._small[name] = answer, answer.small
        self._show()

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the table, and the place of the explorer below it."""
        self._following = Following(self._found, self._lost, self._fail)
        kinds = [*((kind, _(kind)) for kind in CLASSES), (texts.UNREADABLE, _("not readable"))]
        self._list: FileList = FileList(
            self._opened, self._small, columns=texts.columns(), kinds=[list(pair) for pair in kinds],
            caption=_("Pictures of the folder, with what network and geometry say"),
        )  # fmt: skip
        for name in ("sort_by", "descending", "text", "kind", "chosen"):
            (t.dlink if name == "chosen" else t.link)((self, name), (self._list, name))
        self._state = says(live=False)
        self._place: ipw.VBox = ipw.VBox([], layout=ipw.Layout(width="100%"))
        look = button(_("look now"), _("Look into the folder now"), self._look_now)
        settings = [control(self, name) for name in ("recursive", "follow")]
        return [self._state, self._list, row(look, *settings, control(self, "classifier")), self._place]

    def close(self) -> None:
        """Stop following and take the widget off the page."""
        if hasattr(self, "_following"):
            self._following.close()
        super().close()

    # ---- following

    def _begin(self, change: Any = None) -> None:
        """Begin anew: with other settings nothing of what was said holds."""
        if change is not None and change["name"] == "follow":
            self._following.start(self._watch, self.follow)
            self._show()
            return
        self._answers.clear()
        self._small.clear()
        self._todo.clear()
        self._runner.cancel()
        self.clear_error()
        self._watch = None
        if self.folder:
            folder = Path(os.path.expanduser(self.folder))
            if not os.path.isdir(folder):
                self._fail(
                    ValueError(_("There is no folder {name}: check its name.").format(name=folder.name or folder))
                )
            else:
                self._watch = FolderWatch(folder, self.recursive)
        self._show()
        self._following.start(self._watch, self.follow)

    def _look_now(self) -> None:
        self._following.start(self._watch, self.follow)

    def _found(self, watch: FolderWatch, files: list[Path]) -> None:
        if watch is not self._watch:
            return
        self.clear_error()
        new = {watch.name_of(path): path for path in files}
        gone = [name for name in self._answers if watch.stamp_of(watch.folder / name) is None]
        for name in gone:
            del self._answers[name], self._small[name]
        if gone or new.keys() - self._todo.keys():
            fresh = bool(new.keys() - self._todo.keys())
            self._todo.update(new)
            self._show()
            if fresh:
                self.refresh()

    def _lost(self, problem: Exception) -> None:
        reason = getattr(problem, "strerror", None) or str(problem)
        self._fail(
            ValueError(_("The folder cannot be looked into ({reason}): it is tried again.").format(reason=reason))
        )

    def _opened(self, name: str) -> None:
        try:
            self.explore(name)
        except ValueError as problem:
            self._fail(problem)

    def _show(self) -> None:
        self._list.rows = [texts.row_of(name, answer) for name, answer in sorted(self._answers.items())]
        folder = Path(self.folder).name if self.folder else _("no folder")
        self._state.value = in_html(
            texts.describe_state(folder, len(self._answers), len(self._todo), self.follow and self._watch is not None)
        )
