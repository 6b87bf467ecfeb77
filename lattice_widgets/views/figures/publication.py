"""A figure for print: the same bytes for the same content, live where ``%matplotlib widget`` was said.

This module loads Matplotlib; whoever draws a figure imports it when the figure is asked for.
"""

import base64
import io
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lattice_widgets.language import _

__all__ = ["PublicationFigure", "live_canvas"]

#: letters of the class names and Greek ones stay text that a reader can select; no part of the file depends on the moment
_PRINT: Any = {"svg.hashsalt": "lattice_widgets", "svg.fonttype": "none", "pdf.fonttype": 42}
_NO_DATE: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


class PublicationFigure(Figure):
    """A Matplotlib figure whose `savefig` writes the same SVG and PDF every time."""

    def save_as(self, *paths: Path) -> None:
        """Save the figure in the formats that paths end in.

        It is laid out once for all of them: `savefig` draws each file twice, the first time to lay the figure out.
        """
        engine = self.get_layout_engine()
        if engine is not None:
            engine.execute(self)
        self.set_layout_engine(None)
        try:
            for path in paths:
                self.savefig(path)
        finally:
            if engine is not None:
                self.set_layout_engine(engine)

    def savefig(self, fname: Any, **settings: Any) -> None:
        """Save the figure as `matplotlib.figure.Figure.savefig` does, without a date and with fixed names inside."""
        kind = settings.get("format") or str(fname).rpartition(".")[2]
        if kind in _NO_DATE:
            settings["metadata"] = {**_NO_DATE[kind], **(settings.get("metadata") or {})}
        with mpl.rc_context(_PRINT):
            super().savefig(fname, **{"dpi": 200, **settings})

    def _repr_mimebundle_(self, **settings: Any) -> dict[str, Any]:
        """Show the figure: live where ipympl is the backend of the notebook, else as a picture."""
        if "ipympl" in mpl.get_backend() or mpl.get_backend() == "widget":
            bundle: Any = live_canvas(self)._repr_mimebundle_(**settings)
            return dict(bundle[0] if isinstance(bundle, tuple) else bundle)
        if _is_drawn_by_ipython():  # in the formats that the notebook asked for
            return {"text/plain": repr(self)}
        FigureCanvasAgg(self)
        buffer = io.BytesIO()
        super().savefig(buffer, format="png", dpi=100)
        return {"image/png": base64.b64encode(buffer.getvalue()).decode("ascii"), "text/plain": repr(self)}


def _is_drawn_by_ipython() -> bool:
    """Whether a formatter of IPython draws figures already, as with ``%matplotlib inline``."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    formatters = {} if shell is None else shell.display_formatter.formatters
    return any(kind.startswith("image/") and Figure in one.type_printers for kind, one in formatters.items())


def live_canvas(figure: Figure) -> ipw.DOMWidget:
    """Return a widget that shows a figure live: it zooms, moves and saves.

    Raises
    ------
    ValueError
        If ipympl cannot be loaded.
    """
    try:
        from ipympl.backend_nbagg import Canvas, FigureManager
    except ImportError as error:
        raise ValueError(
            _("A live figure needs ipympl, which cannot be loaded here ({problem}).").format(problem=error)
        ) from error
    canvas = Canvas(figure)
    FigureManager(canvas, 0)
    canvas.header_visible = False
    return canvas
