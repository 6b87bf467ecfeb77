"""One real Voila server, as ``lattice-widgets lab --voila`` starts it: dashboards of all lessons."""

import sys
import urllib.request

from tests.patience import PATIENCE

from .lab_server import LabServer


class VoilaServer(LabServer):
    """``lattice-widgets lab --voila``."""

    def command(self, port: int) -> list[str]:
        lab = [sys.executable, "-m", "lattice_widgets.cli", "lab", str(self.root / "lessons")]
        patient = f"--VoilaExecutor.startup_timeout={PATIENCE:.0f}"
        return [*lab, "--voila", "--no-browser", "--ip", "127.0.0.1", "--port", str(port), patient]

    def ask(self) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(self.url, timeout=PATIENCE).close()

    def lesson(self, name: str) -> str:
        return f"{self.url}voila/render/{name}"
