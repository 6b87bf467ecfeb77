"""The network that a widget asks: a bundled one by its name, one of your own by its model card, or a `Classifier`."""

from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.classifier import Classifier, list_classifiers, load_classifier
from lattice_widgets.language import N_, _

__all__ = ["Network", "NetworkName", "find_network", "network_choice", "path_of_network"]

#: what a widget takes for a network
Network = str | Path | Classifier


class NetworkName(t.TraitType[Any, Any]):
    """A trait that holds a network: the name of a bundled one, the path of a model card (str or Path), or a `Classifier`.

    A value that names no network is refused with a `traitlets.TraitError` of one sentence.
    """

    default_value = "default"

    def __init__(self, help: str = N_("The network that answers."), **settings: Any) -> None:
        super().__init__(help=help, **settings)
        self.tag(label=N_("network"))

    def validate(self, obj: Any, value: Any) -> Network:
        """Return the network as it was given; a path as str."""
        try:
            find_network(value)
        except (ValueError, OSError) as problem:
            raise t.TraitError(str(problem)) from problem
        return str(value) if isinstance(value, Path) else value


def find_network(network: Network) -> Classifier:
    """Return the classifier that a widget asks; it may not be loaded yet.

    Raises
    ------
    ValueError
        If there is no such network.
    """
    return network if isinstance(network, Classifier) else load_classifier(network)


def path_of_network(network: Network) -> str:
    """Return the name or path by which `load_classifier` finds a network, in another process too."""
    return str(network.card_path) if isinstance(network, Classifier) else str(network)


def network_choice(owner: Any, name: str, **look: Any) -> ipw.Dropdown:
    """Return a drop-down of the bundled networks, and of those of one's own that the trait has held.

    Parameters
    ----------
    owner : LatticeWidget
        Has a trait that is a `NetworkName`.
    name : str
        The name of that trait; the drop-down sets it and follows it.
    **look
        Settings of the drop-down: description, tooltip, style, layout.
    """
    offered: list[tuple[str, Network]] = [(_(bundled), bundled) for bundled in list_classifiers()]
    choice = ipw.Dropdown(options=offered, **look)
    following = False

    def follow(change: Any = None) -> None:
        nonlocal following
        network = getattr(owner, name)
        following = True  # new options make the first of them the chosen one
        try:
            with choice.hold_sync():
                if network not in [value for _label, value in offered]:
                    offered.append((find_network(network).name, network))
                    choice.options = offered
                choice.value = network
        finally:
            following = False

    def choose(change: Any) -> None:
        if not following:
            setattr(owner, name, choice.value)

    follow()
    owner.observe(follow, name)
    choice.observe(choose, "value")
    return choice
