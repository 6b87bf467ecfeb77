"""The recipe of a record: all that decides about its numbers, as JSON."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

from lattice_widgets import __version__
from lattice_widgets.classifier import list_classifiers, load_classifier
from lattice_widgets.classifier.card import find_card
from lattice_widgets.language import _
from lattice_widgets.records.kinds import embedding, movie, passes, strain, window
from lattice_widgets.records.source import digest

__all__ = ["FILE", "KINDS", "network_of", "plain_name", "read_recipe", "versions"]

FILE = "recipe.json"
FORMAT, VERSION = "lattice-widgets-record", 1
#: kind of record -> the module that computes it: ``Settings``, ``compute``, ``code``
KINDS: dict[str, ModuleType] = {
    "window": window, "passes": passes, "movie": movie, "map": embedding, "strain": strain,
}  # fmt: skip
_PACKAGES = ("numpy", "scipy", "scikit-image", "xarray", "openTSNE", "pillow", "tifffile", "rosettasciio", "zarr")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that take part."""
    found = {"python": platform.python_version(), "lattice-widgets": __version__}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def plain_name(classifier: str) -> str:
    """Return the name of a bundled classifier that is given by the path of its card; other paths as they are."""
    path = Path(classifier)
    return path.stem if path.stem in list_classifiers() and path == find_card(path.stem) else classifier


def network_of(settings: Any) -> dict[str, str]:
    """Return what tells the network of a record from others: its name, the hashes of its card and its weights.

    Of settings without a network nothing.
    """
    classifier = getattr(settings, "classifier", None)
    if classifier is None:
        return {}
    network = load_classifier(classifier)
    return {
        "name": network.name,
        "title": network.card.title,
        "card_sha256": digest(network.card_path),
        "weights_sha256": network.card.weights_sha256,
    }


def read_recipe(record: Path) -> dict[str, Any]:
    """Read the recipe of a record.

    Parameters
    ----------
    record : pathlib.Path
        Its folder, or the recipe in it.

    Raises
    ------
    ValueError
        If there is none, or it was written by a newer version, in one sentence.
    """
    path = record / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(_("{name} is no lab record: it holds no recipe.json.").format(name=record.name)) from None
    except (OSError, ValueError, RecursionError) as error:
        words = _("The recipe of {name} cannot be read: {reason}.")
        raise ValueError(words.format(name=record.name, reason=str(error).rstrip("."))) from None
    parts = ("source", "settings", "network", "versions", "tables")
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(
            _("{name} is no lab record: its recipe.json is that of something else.").format(name=record.name)
        )
    if not isinstance(content.get("version"), int) or content["version"] > VERSION or content.get("kind") not in KINDS:
        raise ValueError(_("{name} was written by a newer version of this package.").format(name=record.name))
    shapes = {"source": dict, "settings": dict, "network": dict, "versions": dict, "tables": list}
    if not all(isinstance(content.get(part), shapes[part]) for part in parts):
        raise ValueError(_("The recipe of {name} is damaged: a part of it is missing.").format(name=record.name))
    return content
