"""The lab record of a widget: one call for scripts, and a button beside that of the figure."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ipywidgets as ipw
import pandas as pd

from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.opening.sources import name_source
from lattice_widgets.widgets.parts.dashboard import is_dashboard
from lattice_widgets.widgets.parts.figure_button import FigureButton
from lattice_widgets.widgets.parts.lines import button, row, says

__all__ = ["Recorded", "View", "keep_buttons"]


@dataclass(frozen=True, eq=False)
class View:
    """What a widget shows, as `write_record` takes it."""

    kind: str
    source: Any
    settings: Mapping[str, Any]
    extras: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    done: Any = None

    def write(self, folder: str | Path) -> Path:
        """Write the record."""
        from lattice_widgets.records.writing import write_record  # draws by Matplotlib

        return write_record(folder, self.kind, self.source, extras=self.extras, done=self.done, **self.settings)


class Recorded:
    """What a widget with a lab record has beside `LatticeWidget`."""

    def view(self) -> View:
        """Return what is shown now; ValueError with a sentence if nothing is yet."""
        raise TypeError(f"{type(self).__name__} must say what it shows.")

    def figure(self) -> Any:
        """Return a Matplotlib figure for print of what is shown; ValueError if nothing is yet."""
        raise TypeError(f"{type(self).__name__} must draw what it shows.")

    def record(self, folder: str | Path) -> Path:
        """Write a lab record of what is shown into a new folder, and return where it lies.

        It holds ``record.html``, which shows all of it in any browser, the code that repeats it, every setting, the numbers
        as CSV, the pictures as PNG and SVG, and the picture itself if it has no file. See `lattice_widgets.write_record`;
        ``lattice-widgets repeat FOLDER`` computes it again.

        Parameters
        ----------
        folder : str or path-like
            Made anew.

        Raises
        ------
        ValueError
            If nothing is measured yet, or the folder is there already.
        OSError
            If it cannot be written.
        """
        return self.view().write(folder)


class RecordButton(ipw.VBox):
    """A button that writes the lab record of a widget, with the name of the folder beside it.

    Parameters
    ----------
    owner : LatticeWidget and Recorded
        The widget.
    """

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self.name = ipw.Text(
            placeholder=_("folder (a new one)"),
            tooltip=_("Name of the folder of the record; empty: a new one beside the notebook"),
            layout=ipw.Layout(width="170px"),
        )
        self.name.add_class("lattice-widgets-record-name")
        self.write = button(
            _("record"),
            _("Write a folder with picture, numbers, figures, code and a page that shows all of it"),
            self._write,
        )
        self.write.add_class("lattice-widgets-record")
        self.says = says(live=True)
        super().__init__([row(self.write, self.name), self.says], layout=ipw.Layout(width="100%", min_width="0"))

    def _write(self) -> None:
        try:
            view = self._owner.view()
            folder = Path(self.name.value.strip()) if self.name.value.strip() else _free_name(view.source)
        except (ValueError, OSError) as problem:
            self._refuse(problem)
            return
        self.write.disabled = True
        self.says.value = in_html(_("writing …"))
        found: list[Path] = []
        if is_dashboard():  # its users see no folder of the server: the browser saves all of it in one file
            zipped: list[bytes] = []
            self._owner.work_aside(
                "record",
                lambda: zipped.append(_zipped(view, folder.name)),
                lambda problem: self._hand_over(problem, f"{folder.name}.zip", zipped),
            )
            return
        self._owner.work_aside(
            "record", lambda: found.append(view.write(folder)), lambda problem: self._tell(problem, found)
        )

    def _hand_over(self, problem: Exception | None, name: str, zipped: list[bytes]) -> None:
        self.write.disabled = False
        if problem is not None:
            self._refuse(problem)
            return
        self.name.value = ""
        self._owner.save_in_browser(name, zipped[0])
        self.says.value = in_html(_("Your browser saves {file}.").format(file=name))

    def _tell(self, problem: Exception | None, found: list[Path]) -> None:
        self.write.disabled = False
        if problem is not None:
            self._refuse(problem)
            return
        self.name.value = ""
        words = _("Written: {folder}. Open record.html in it; “lattice-widgets repeat” computes it again.")
        self.says.value = in_html(words.format(folder=found[0]))

    def _refuse(self, problem: Exception) -> None:
        self.says.value = in_html(_("There is no record: {reason}").format(reason=problem))


def keep_buttons(owner: Any) -> list[ipw.Widget]:
    """Return the buttons of the figure and of the record of a widget."""
    return [FigureButton(owner.figure), RecordButton(owner)]


def _zipped(view: View, name: str) -> bytes:
    """Write a record where nobody looks, and return it as one zip file."""
    with TemporaryDirectory() as place:
        record = view.write(Path(place) / name)
        return Path(shutil.make_archive(str(record), "zip", record.parent, record.name)).read_bytes()


def _free_name(source: Any) -> Path:
    """Return a name that no folder beside the notebook has."""
    plain = Path(name_source(source).split(" (")[0]).stem if source is not None else "simulated"
    known = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in plain).strip("-")[:40]
    base, number = f"record-{known or 'picture'}", 1
    while Path(base if number == 1 else f"{base}-{number}").exists():
        number += 1
    return Path(base if number == 1 else f"{base}-{number}")
