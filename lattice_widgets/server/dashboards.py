"""What Voila is told, here and on Binder: notebooks without code, a bar between them, errors in a sentence.

Nothing here imports Voila, which is slow to load; `configure` fills any configuration object of traitlets.
"""

import os
import re
import secrets
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lattice_widgets.language import _
from lattice_widgets.memory import VARIABLE
from lattice_widgets.server.notebook_folder import START, list_titles

if TYPE_CHECKING:
    from lattice_widgets.server.lessons import Lesson

SHARE = Path(__file__).parent / "share"
TEMPLATE = "lattice"

#: A dashboard is for people who see no code: of an error they get its sentence, and of
#: warnings, which are for programmers, nothing. None of its lines may have a value at the end, which would stand on the page.
_FIRST_CELL = """
import os, warnings
from IPython import get_ipython
get_ipython().InteractiveTB.set_mode("Minimal")
warnings.simplefilter("ignore")
os.environ["{variable}"] = "{visitor}"
_ = os.environ.setdefault("{memory}", "{most}")
"""
#: Notebooks with live figures of Matplotlib get this line too; all others need not load Matplotlib for it.
_LIVE_FIGURES = "from lattice_widgets.server import live_figures\nlive_figures.open_with_toolbar()\n"
#: bytes that the kernel of one page may have: what does not fit is refused in a sentence
_MOST = 2_500_000_000
#: Who comes again finds the answers of before, and nobody else's: a random number, kept by the browser for half a year.
_COOKIE, _VISITOR = "lattice-widgets-visitor", "LATTICE_WIDGETS_VISITOR"


def configure(config: Any, folder: Path) -> None:
    """Fill the configuration of Voila, as a program of its own or as an extension of Jupyter's server.

    Parameters
    ----------
    config : traitlets.config.Config
        Changed in place.
    folder : pathlib.Path
        The folder whose notebooks the bar lists; the server's root, or below it.
    """
    # where Voila looks for its templates
    paths = [str(SHARE), *filter(None, os.environ.get("JUPYTER_PATH", "").split(os.pathsep))]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(dict.fromkeys(paths))
    settings = config.VoilaConfiguration
    settings.template = TEMPLATE
    settings.classic_tree = True
    # it asks for a part of the Notebook's page that a dashboard lacks, and the console says so as an error
    settings.extension_denylist = ["@jupyter-notebook/lab-extension"]
    # the text of a notebook is there in two seconds, each widget as soon as its cell has run
    settings.progressive_rendering = True
    # with IPython's shortest form the traceback is one line, the sentence of the error; without it Voila would say only
    # that there was one
    settings.show_tracebacks = True
    settings.prelaunch_hook = prepare_notebook
    settings.page_config_hook = partial(add_links, folder=folder)


def prepare_notebook(handler: Any, notebook: Any, cwd: str) -> Any:
    """Put a cell before all others: short tracebacks, and who it is. Every page has its own copy of the notebook."""
    from nbformat.v4 import new_code_cell

    visitor = visitor_of(handler)
    if not visitor:
        visitor = secrets.token_hex(8)
        handler.set_cookie(_COOKIE, visitor, expires_days=180, httponly=True, samesite="Lax")
    # asking for it sets its cookie, without which the server refuses to end the kernel of a page that is left
    handler.xsrf_token  # noqa: B018
    lines = _FIRST_CELL.format(variable=_VISITOR, visitor=visitor, memory=VARIABLE, most=_MOST)
    if any(re.search(r"^\s*%matplotlib\s+(widget|ipympl)|\bipympl\b", each.source, re.M) for each in notebook.cells):
        lines += _LIVE_FIGURES
    cell = new_code_cell(lines)
    if notebook.get("nbformat_minor", 0) < 5:
        cell.pop("id", None)
    notebook.cells.insert(0, cell)
    return notebook


def visitor_of(handler: Any) -> str:
    """Return the random number of the browser that asks; empty if it has none yet.

    It becomes a line of code and part of the names of files: nothing but the digits that it was given is let through.
    """
    visitor = handler.get_cookie(_COOKIE) or ""
    return visitor if re.fullmatch(r"[0-9a-f]{16}", visitor) else ""


def add_lessons(page_config: dict[str, Any], folder: Path, visitor: str = "") -> None:
    """Tell the template of the list of notebooks about the lessons, and what a visitor has done of each.

    Parameters
    ----------
    page_config : dict
        As `add_links` has filled it; changed in place.
    folder : pathlib.Path
        The folder of the notebooks.
    visitor : str
        As `visitor_of` returns it; empty: somebody new.
    """
    # answers of quizzes need NumPy and SciPy: 30 MB that a server which shows no landing page does not take
    from lattice_widgets.server.lessons import read_lessons

    entries = {entry["file"]: entry for entry in page_config["latticeNotebooks"]}
    lessons = [lesson for lesson in read_lessons(folder) if lesson.path.name in entries]
    page_config["latticeLessons"] = [
        {
            "number": lesson.number,
            "url": entries[lesson.path.name]["url"],
            "title": lesson.title,
            "about": lesson.about,
            "goals": lesson.goals,
            "picture": lesson.picture,
            "minutes": _("{minutes} minutes").format(minutes=lesson.minutes) if lesson.minutes else "",
            **_done(lesson, visitor),
        }
        for lesson in lessons
    ]
    shown = {lesson.path.name for lesson in lessons}
    page_config["latticeOthers"] = [entry for name, entry in entries.items() if name not in shown]


def _done(lesson: "Lesson", visitor: str) -> dict[str, Any]:
    from lattice_widgets.server.lessons import Progress, progress_of

    done = progress_of(lesson, visitor) if visitor else Progress(0, len(lesson.steps), 0, 0)
    parts = []
    if done.begun and done.steps:
        parts.append(_("predictions: {done} of {all}").format(done=done.predicted, all=done.steps))
    if done.begun and done.questions:
        parts.append(_("questions answered: {done} of {all}").format(done=done.answered, all=done.questions))
    state = _("Done") if done.done else _("Begun") if done.begun else _("Not begun yet")
    return {"state": state, "progress": ", ".join(parts), "done": done.done, "begun": done.begun}


def add_links(
    page_config: dict[str, Any], base_url: str = "/", folder: Path = Path(), notebook_path: str = "", **others: Any
) -> dict[str, Any]:
    """Tell the template which notebooks there are; called for every page, so a new one is there at once."""
    below = _below_root(folder, others.get("settings") or {})
    titles = list_titles(folder)
    here = Path(notebook_path).name if notebook_path else ""
    page_config["latticeNotebooks"] = [
        {
            "url": f"{base_url}voila/render/{quote(f'{below}{title.path.name}')}",
            "title": title.text,
            "here": title.path.name == here,
            "file": title.path.name,
        }
        for title in titles
    ]
    page_config["latticeWords"] = {
        "start": _("Start page"),
        "notebooks": _("Notebooks"),
        "all": _("All notebooks"),
        "light": _("Light theme"),
        "dark": _("Dark theme"),
        "preparing": _("Preparing this page …"),
        "lessons": _("Lessons"),
        "others": _("More notebooks"),
        "goals": _("Afterwards you can"),
    }
    first = next((entry for entry in page_config["latticeNotebooks"] if entry["url"].endswith(START)), None)
    page_config["latticeLessonsPage"] = base_url
    page_config["latticeHome"] = first["url"] if first else f"{base_url}voila"
    if not notebook_path.endswith(
        ".ipynb"
    ):  # the list of all; who has done what is added by `landing`, which sees who asks
        add_lessons(page_config, folder)
    return page_config


def _below_root(folder: Path, settings: dict[str, Any]) -> str:
    """Return the way from the server's root to the folder, with a slash at its end; empty if they are the same."""
    manager = settings.get("contents_manager")
    root = Path(getattr(manager, "root_dir", "") or folder).resolve()
    folder = folder.resolve()
    if folder == root or not folder.is_relative_to(root):
        return ""
    return folder.relative_to(root).as_posix() + "/"
