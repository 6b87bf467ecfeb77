"""What the colors of the map show: the class, an answer of the network, or a parameter."""

from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.language import _
from lattice_widgets.views.cloud.point_cloud import PointCloud
from lattice_widgets.widgets.embedding import texts
from lattice_widgets.widgets.embedding.work import Content
from lattice_widgets.widgets.parts.controls import choices
from lattice_widgets.widgets.parts.settings import Words

if TYPE_CHECKING:
    from lattice_widgets.widgets.embedding.widget import EmbeddingViewer

__all__ = ["Colors"]


def offered(content: Content) -> list[str]:
    """Return what the colors may show of these pictures."""
    names = ["class"]
    if content.probabilities is not None:
        names += texts.COLORS[1:3]
    if content.mutual_information is not None:
        names.append(texts.COLORS[3])
    return [*names, *content.parameters]


class ColorName(Words):
    """What the colors show; once the pictures are known, something that is known of them."""

    def validate(self, obj: Any, value: Any) -> str:
        """Return the name; TraitError if nothing is called so."""
        name = super().validate(obj, value)
        names = [name] if obj.content is None else offered(obj.content)
        if name not in names:
            raise t.TraitError(f"{self.name} is one of {', '.join(map(repr, names))}, not {name!r}.")
        return name


class Colors:
    """The choice of the colors.

    Parameters
    ----------
    owner : EmbeddingViewer
        Has the trait `color_by`.
    cloud : PointCloud
        The map.

    Attributes
    ----------
    choice : ipywidgets.Widget
        What can be chosen for the pictures on the map.
    """

    def __init__(self, owner: "EmbeddingViewer", cloud: PointCloud) -> None:
        self._owner, self._cloud = owner, cloud
        self._content: Content | None = None
        self.choice = ipw.Dropdown(
            options=choices(texts.COLORS[:1]),
            description=_("color by"),
            style={"description_width": "128px"},
            tooltip=_("What the colors show"),
            layout=ipw.Layout(width="100%", max_width="400px"),
        )
        t.link((owner, "color_by"), (self.choice, "value"))
        owner.observe(self._recolor, "color_by")

    def offer(self, content: Content) -> None:
        """Offer what is known of these pictures, and color them."""
        self._content = content
        options = offered(content)
        if self._owner.color_by not in options:
            self._owner.color_by = "class"
        self.choice.options = choices(options)
        self.choice.value = self._owner.color_by
        self._recolor()

    def _recolor(self, change: Any = None) -> None:
        content, name = self._content, self._owner.color_by
        if content is None:
            return
        if name in content.parameters:
            self._cloud.color_by(_(name), content.parameters[name])
        elif name == "confidence" and content.probabilities is not None:
            self._cloud.color_by(_(name), content.probabilities.max(axis=1))
        elif name == texts.COLORS[3] and content.mutual_information is not None:
            self._cloud.color_by(_(name), content.mutual_information)
        else:
            by_answer = name == texts.COLORS[1] and content.answers is not None
            self._cloud.recolor(content.answers if by_answer else content.classes)  # type: ignore[arg-type]
