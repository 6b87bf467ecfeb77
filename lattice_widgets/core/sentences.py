"""Sentences that can be translated before their numbers are filled in: the one way in which the science says something.

The science knows no languages. What it has to say to a user (why a picture shows no lattice, what a fit is worth, the prompt
of a question) is a `Sentence`: a template and the values of its places. Whoever shows it translates it::

    str(sentence)        # plain English: for scripts, files and errors
    sentence.render(_)   # in the user's language: for the screen
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

__all__ = ["Sentence"]


@dataclass(frozen=True, eq=False, init=False)
class Sentence:
    """A sentence with places to fill, so that it can be translated before they are: ``str(sentence)`` is English.

    Two sentences are equal when their templates and values are. They can be pickled, and so can errors that carry them.

    Parameters
    ----------
    template : str
        A literal, whole sentence; the catalog of texts is made by reading the source.
    **values : str, float or Sentence
        What fills its ``{places}``. Texts are terms of the field (``"hexagonal"``), translated on their own.

    Examples
    --------
    >>> str(Sentence("{kind} (a = {a:.2f} nm)", kind="square", a=0.3905))
    'square (a = 0.39 nm)'
    """

    template: str
    values: Mapping[str, Any]

    def __init__(self, template: str, **values: Any) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", MappingProxyType(values))

    def render(self, translate: Callable[[str], str]) -> str:
        """Fill the sentence in another language.

        Parameters
        ----------
        translate : callable
            Takes a message and returns its translation, such as `lattice_widgets.language._`.

        Returns
        -------
        str
            The translated template, its places filled with the values; texts and sentences among them are translated too.

        Examples
        --------
        >>> german = {"The picture shows {kind}.": "Das Bild zeigt: {kind}.", "square": "quadratisch"}
        >>> Sentence("The picture shows {kind}.", kind="square").render(german.__getitem__)
        'Das Bild zeigt: quadratisch.'
        """
        filled = {
            name: value.render(translate)
            if isinstance(value, Sentence)
            else translate(value)
            if isinstance(value, str)
            else value
            for name, value in self.values.items()
        }
        return translate(self.template).format(**filled)

    def __str__(self) -> str:
        return self.render(lambda message: message)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sentence):
            return NotImplemented
        return self.template == other.template and dict(self.values) == dict(other.values)

    def __hash__(self) -> int:
        return hash((self.template, frozenset(self.values.items())))

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[str, dict[str, Any]]]:
        # a read-only mapping cannot be pickled itself
        return type(self)._filled, (self.template, dict(self.values))

    @classmethod
    def _filled(cls, template: str, values: dict[str, Any]) -> Self:
        return cls(template, **values)
