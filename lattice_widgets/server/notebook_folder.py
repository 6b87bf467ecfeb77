"""The notebooks of the kit: where they are, and how a user gets a copy that is the user's own."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

START = "00_start.ipynb"
#: what a user's own folder is called where none is named
OWN_FOLDER = "lattice-widgets-notebooks"

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Title:
    """A notebook and what it calls itself.

    Attributes
    ----------
    path : pathlib.Path
        The notebook.
    text : str
        Its first heading; its name where it has none.
    """

    path: Path
    text: str


def shipped_notebooks() -> Path:
    """Return the folder of the kit's notebooks: inside the installed package, or beside it in a clone.

    Raises
    ------
    FileNotFoundError
        If they are at neither place.
    """
    for folder in (_PACKAGE / "notebooks", _PACKAGE.parent / "notebooks"):
        if (folder / START).is_file():
            return folder
    raise FileNotFoundError("The notebooks are missing from the installed package. Install lattice-widgets again.")


def prepare_folder(wanted: Path | None) -> tuple[Path, str]:
    """Return the folder to work in, filled if need be, and a sentence about what was done.

    Parameters
    ----------
    wanted : pathlib.Path or None
        The user's folder. None: the notebooks of the clone as they are, or a folder here that is filled with those of the
        installed package.

    Returns
    -------
    folder : pathlib.Path
        Absolute.
    sentence : str
        Names the folder, and says what was copied.

    Raises
    ------
    FileNotFoundError
        If the kit's notebooks are missing.
    OSError
        If the folder cannot be written.
    """
    shipped = shipped_notebooks()
    if wanted is None and shipped.parent != _PACKAGE:
        return shipped, f"The notebooks are those of the clone, in {shipped}."
    folder = (wanted or Path(OWN_FOLDER)).expanduser().absolute()
    if folder.resolve() == shipped.resolve():
        return folder, f"The notebooks are in {folder}."
    if not (folder / START).exists() and any(folder.glob("*.ipynb")):
        return folder, f"The notebooks in {folder} are your own; nothing was copied there."
    copied, kept = _copy_missing(shipped, folder)
    sentence = f"The notebooks are in {folder}: {copied} copied"
    return folder, f"{sentence}, {kept} that were there already left as they are." if kept else f"{sentence}."


def _copy_missing(source: Path, folder: Path) -> tuple[int, int]:
    """Copy the notebooks, and the pictures beside them, that are not there yet; count notebooks copied and kept."""
    folder.mkdir(parents=True, exist_ok=True)
    copied = kept = 0
    for path in sorted(source.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        target = folder / path.name
        if target.exists():
            kept += path.suffix == ".ipynb"
            continue
        shutil.copyfile(path, target)  # not its mode: a package may be read-only, the user's copy must not be
        copied += path.suffix == ".ipynb"
    return copied, kept


def list_titles(folder: Path) -> list[Title]:
    """Return the notebooks of a folder by name, each with its first heading; what is no notebook is left out."""
    titles = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        headings = (line[2:].strip() for source in sources for line in source.splitlines() if line.startswith("# "))
        titles.append(Title(path, next(headings, path.stem)))
    return titles
