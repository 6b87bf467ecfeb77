"""One color, one marker and one symbol for every class, everywhere: on bars, maps, embeddings and in figures.

The colors are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which stay apart for color-blind eyes; their
black, invisible on a dark theme, is replaced by a gray. Color never stands alone: every class has a marker as well.
The symbols of the lattices are those of the International Tables for Crystallography, volume A.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lattice_widgets.language import N_, _

__all__ = ["CLASS_STYLES", "ClassStyle", "class_style"]


@dataclass(frozen=True)
class ClassStyle:
    """How one class is drawn.

    Attributes
    ----------
    name : str
        The class, in the field's words.
    color : str
        Color as ``"#rrggbb"``.
    marker : str
        Name of the marker as bqplot and the canvases of this package write it.
    matplotlib_marker : str
        The same marker as Matplotlib writes it.
    glyph : str
        The same marker as one character, for labels.
    symbol : str
        Short symbol of the lattice in the International Tables, ``"-"`` for noise.
    """

    name: str
    color: str
    marker: str
    matplotlib_marker: str
    glyph: str
    symbol: str

    @property
    def display_name(self) -> str:
        """Name in the user's language; what is computed and stored keeps the English one."""
        return _(self.name)

    @property
    def label(self) -> str:
        """Name and symbol, as a label shows them: ``"hexagonal (hp)"``; noise has no symbol."""
        return self.display_name if self.symbol == "-" else f"{self.display_name} ({self.symbol})"


_STYLES = (
    ClassStyle(N_("oblique"), "#D55E00", "diamond", "D", "◆", "mp"),
    ClassStyle(N_("rectangular"), "#E69F00", "triangle-up", "^", "▲", "op"),
    ClassStyle(N_("centered rectangular"), "#CC79A7", "triangle-down", "v", "▼", "oc"),
    ClassStyle(N_("square"), "#009E73", "square", "s", "■", "tp"),
    ClassStyle(N_("hexagonal"), "#0072B2", "circle", "o", "●", "hp"),
    ClassStyle(N_("noise"), "#808080", "cross", "X", "✖", "-"),
)

#: Class name -> style, in the order of the classes.
CLASS_STYLES: Mapping[str, ClassStyle] = MappingProxyType({style.name: style for style in _STYLES})


def class_style(name: str) -> ClassStyle:
    """Look up how a class is drawn.

    Parameters
    ----------
    name : str
        Name of a class, such as ``"hexagonal"``.

    Returns
    -------
    ClassStyle
        Color, marker and symbol.

    Raises
    ------
    ValueError
        If there is no such class.

    Examples
    --------
    >>> class_style("centered rectangular").symbol
    'oc'
    """
    try:
        return CLASS_STYLES[name]
    except KeyError:
        raise ValueError(f'There is no class "{name}". The classes are: {", ".join(CLASS_STYLES)}.') from None
