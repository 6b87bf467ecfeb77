"""What every Jupyter server is told that this package starts or configures: how large messages may be, who is let in.

Nothing here imports a server: the names of classes are enough for a configuration.
"""

from typing import Any

#: Largest message from a page, in bytes; tornado's own limit, 10 MiB, ends the connection without a word for whoever opens
#: a picture with a plain upload button. The buttons of this package send files in small parts and do not need it.
MAX_MESSAGE = 32 * 1024**2
#: Bytes that a page may leave unread before it is let go; a movie that is sent ahead has some 80 million.
MAX_UNREAD = 256 * 1024**2

_SOCKETS = "lattice_widgets.server.kernel_sockets"
_TORNADO = {"websocket_max_message_size": MAX_MESSAGE}


def guard_voila(config: Any) -> None:
    """Tell Voila, as a program of its own, to refuse what would stop it; `config` is changed in place."""
    config.Voila.kernel_websocket_connection_class = f"{_SOCKETS}.DashboardConnection"
    config.Voila.tornado_settings = {**config.Voila.get("tornado_settings", {}), **_TORNADO}


def guard_server(config: Any) -> None:
    """Tell Jupyter's server, with JupyterLab or Voila in it, the same; `config` is changed in place."""
    config.ServerApp.kernel_websocket_connection_class = f"{_SOCKETS}.KernelConnection"
    config.ServerApp.tornado_settings = {**config.ServerApp.get("tornado_settings", {}), **_TORNADO}


def arguments_for_server(passed: list[str]) -> list[str]:
    """Return the same as `guard_server` as words of a command line, without those that the user gives otherwise.

    Parameters
    ----------
    passed : list of str
        Settings that the user gives, such as ``--ServerApp.token=SECRET``.
    """
    words = [
        f"--ServerApp.kernel_websocket_connection_class={_SOCKETS}.KernelConnection",
        f"--ServerApp.tornado_settings={_TORNADO}",
    ]
    given = {word.partition("=")[0] for word in passed}
    if any(name.startswith("--GatewayClient.") for name in given):  # kernels elsewhere have a connection of their own
        words = words[1:]
    return [word for word in words if word.partition("=")[0] not in given]
