"""``lattice-widgets lab``: JupyterLab on the start notebook, or all notebooks as dashboards without code."""

import logging
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from lattice_widgets.cli.output import fail
from lattice_widgets.server.lab_defaults import configure_lab
from lattice_widgets.server.notebook_folder import START, prepare_folder
from lattice_widgets.server.server_settings import arguments_for_server, guard_voila

_PORTS = {"lab": 8888, "voila": 8866}
#: Seconds after which a dashboard's kernel ends whose page is gone without saying so: a laptop that was closed, a phone out
#: of reach. Thirty of them would fill the memory of the teacher's computer.
_FORGOTTEN = 1800


def lab(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder for the notebooks, which are copied there; what is there already stays as it is."),
    ] = None,
    voila: Annotated[bool, typer.Option("--voila", help="Dashboards without code, for any number of users.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="8888, with --voila 8866.")] = None,
    ip: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0: others in the network can come.")
    ] = "localhost",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    open_to_all: Annotated[
        bool,
        typer.Option(
            "--open",
            help="With --voila and --ip: no token. Everyone who reaches this computer may open pages, which run on it.",
        ),
    ] = False,
    pages: Annotated[
        int,
        typer.Option(min=0, help="With --voila: pages that may be open at once; 0: as many as there is memory for."),
    ] = 0,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="With --voila: a further name that this computer is known by.")
    ] = None,
) -> None:
    """Open the notebooks in JupyterLab, or with --voila as dashboards without code.

    Settings of theirs are passed on, such as --ServerApp.token=SECRET or --Voila.base_url=/lessons/.
    """
    wish, passed = _sort_words([*([str(folder)] if folder else []), *context.args])
    try:
        root, sentence = prepare_folder(wish)
    except OSError as error:
        fail(
            str(error)
            if error.errno is None
            else f"The notebooks cannot be copied to {error.filename}: {error.strerror}."
        )
    wanted = port or _PORTS["voila" if voila else "lab"]
    if port is not None and _is_taken(ip, port):
        fail(f"Port {port} of {ip} is taken or not allowed; name another with --port, or none.")
    typer.echo(sentence, err=True)
    if voila:
        _open_voila(root, wanted, ip, not no_browser, passed, _Door(open_to_all, pages, tuple(name or ())))
    else:
        if open_to_all or pages or name:
            fail("--open, --pages and --name are for dashboards: add --voila.")
        _open_lab(root, wanted, ip, not no_browser, passed)


@dataclass(frozen=True)
class _Door:
    """Who may come to the dashboards: everyone or who has the token, how many pages, by which further names."""

    open_to_all: bool
    pages: int
    names: tuple[str, ...]


def _sort_words(words: list[str]) -> tuple[Path | None, list[str]]:
    """Tell the folder from settings of Jupyter, which have a dot; there is no more than one folder."""
    settings = [word for word in words if word.startswith("--") and "." in word]
    folders = [word for word in words if word not in settings]
    for word in folders[1:] + [word for word in folders[:1] if word.startswith("-")]:
        fail(f"There is no option {word}." if word.startswith("-") else f"{word}: there can be only one folder.")
    return (Path(folders[0]) if folders else None), settings


def _open_lab(root: Path, port: int, ip: str, browser: bool, passed: list[str]) -> None:
    from jupyterlab.labapp import LabApp
    from traitlets.config import Config

    config = Config()
    configure_lab(config)

    arguments = [f"--ServerApp.root_dir={root}", f"--ServerApp.port={port}", f"--ServerApp.ip={ip}"]
    if not browser:
        arguments.append("--no-browser")
    # JupyterLab refuses to start as root unless told to: containers are
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    if (root / START).exists():
        arguments.append(f"--LabApp.default_url=/lab/tree/{START}")
    # it takes words only, and a list as one word for each of its members
    for name, value in config.LabApp.items():
        arguments += [f"--LabApp.{name}={each}" for each in (value if isinstance(value, list) else [value])]
    LabApp.launch_instance([*arguments, *arguments_for_server(passed), *passed])


def _open_voila(root: Path, port: int, ip: str, browser: bool, passed: list[str], door: _Door) -> None:
    from traitlets.config import Config

    from lattice_widgets.server.dashboards import configure

    config = Config()
    configure(config, root)
    guard_voila(config)
    config.Voila.root_dir = str(root)
    config.Voila.port, config.Voila.ip = port, ip
    config.Voila.open_browser = browser
    config.MappingKernelManager.cull_idle_timeout = _FORGOTTEN
    config.MappingKernelManager.cull_interval = 60
    config.KernelRoom.max_kernels = door.pages
    # the link and its code stay in sight of the class; a setting that is passed brings the rest back
    config.Voila.log_level = logging.WARNING
    # only now: Voila reads where its templates are when it is imported
    from lattice_widgets.server.dashboard_server import Dashboards, KernelRoom, is_loopback

    config.VoilaConfiguration.multi_kernel_manager_class = KernelRoom
    if not door.open_to_all and not is_loopback(ip):
        config.Voila.token = secrets.token_hex(8)
    app = Dashboards(door.names, config=config)
    app.initialize([str(root), *passed])
    app.start()


def _is_taken(ip: str, port: int) -> bool:
    """Whether nothing can listen there; asked only where somebody wants that very port."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name == "posix":  # a server that has just ended does not hold its port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError:
            return True
    return False
