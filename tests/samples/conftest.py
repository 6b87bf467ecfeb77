"""A server that misbehaves on demand, a cache and a collection of one sample."""

import hashlib
import types
from pathlib import Path

import pooch
import pytest
from http_server import sample_server

from lattice_widgets.samples import collection as data
from tests.samples.checker import CONTENT


@pytest.fixture
def server():
    with sample_server() as running:
        yield running


@pytest.fixture
def waits(monkeypatch):
    """The seconds that pooch wants to wait between tries, which the tests do not sit out."""
    asked: list[float] = []
    monkeypatch.setattr(pooch.core, "time", types.SimpleNamespace(sleep=asked.append))
    return asked


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "cache of mine"
    monkeypatch.setenv("LATTICE_WIDGETS_DATA_DIR", str(folder))
    monkeypatch.delenv("LATTICE_WIDGETS_DATA_URL", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


@pytest.fixture
def collection(tmp_path):
    """Make a collection of one sample at an address."""

    def make(url: str, content: bytes = CONTENT, pixel_size: str = "unknown", name: str = "checker.npy"):
        registry = tmp_path / "registry.txt"
        registry.write_text(
            f"# title: A checker\n# source: these tests\n# licence: CC0\n# pixel_size_nm: {pixel_size}\n"
            "# shape: 30 x 44\n# lattice_of_crystal: square\n# lattice_as_measured: oblique\n# note: made up\n"
            f"{name} {hashlib.sha256(content).hexdigest()} {url}\n"
        )
        return data.SampleCollection(registry, package=tmp_path / "package")

    return make
