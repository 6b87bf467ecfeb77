"""Samples through pooch's real download path, from a server on this machine that misbehaves on demand."""

import io
import json
import os
import socket
import time
import warnings
from pathlib import Path

import numpy as np
import pooch
import pytest
from http_server import SampleServer

from lattice_widgets import __version__
from lattice_widgets.samples import collection as data
from lattice_widgets.samples import download
from tests.samples.checker import CONTENT, PICTURE, closed_port, left_in, one_sentence


def test_fetches_once_and_then_needs_no_server(cache, collection, server):
    samples = collection(server.serve("checker.npy", CONTENT))
    path = samples.fetch("checker")
    assert path == cache / "checker.npy"
    assert path.read_bytes() == CONTENT
    server.scripts["checker.npy"] = ["503"]
    assert samples.fetch("checker.npy") == path
    assert server.answers == [("checker.npy", "good")]


def test_503_twice_and_then_good(cache, collection, server, waits):
    samples = collection(server.serve("checker.npy", CONTENT, "503", "503", "good"))
    assert samples.fetch("checker").read_bytes() == CONTENT
    assert [word for _, word in server.answers] == ["503", "503", "good"]
    assert waits == [1, 2]
    assert left_in(cache) == ["checker.npy"]


@pytest.mark.parametrize(
    ("word", "tries", "said"),
    [
        ("wrong", 4, "sha256"),
        ("cut off", 4, "broke off"),
        ("503", 4, "HTTP 503"),
        ("429", 4, "HTTP 429"),
        ("404", 1, "HTTP 404"),
    ],
)
def test_a_broken_download_leaves_nothing_and_says_what_to_do(cache, collection, server, waits, word, tries, said):
    samples = collection(server.serve("checker.npy", CONTENT, word))
    with pytest.raises(data.SampleError, match=said) as caught:
        samples.fetch("checker")
    text = one_sentence(caught.value)
    assert "LATTICE_WIDGETS_DATA_URL" in text
    assert str(cache) in text
    assert len(server.answers) == tries
    assert left_in(cache) == []


@pytest.mark.parametrize(
    ("word", "said"), [("endless", "sends more than 3 MB"), ("silent", "nothing came"), ("trickle", "hangs")]
)
def test_a_server_without_end_is_given_up(cache, collection, server, waits, monkeypatch, word, said):
    monkeypatch.setattr(download, "MOST_BYTES", 3_000_000)
    monkeypatch.setattr(download, "PATIENCE", 1.0)
    monkeypatch.setattr(download, "TIMEOUT", (30, 3))
    samples = collection(server.serve("checker.npy", CONTENT, word))
    with pytest.raises(data.SampleError, match=said) as caught:
        samples.fetch("checker")
    assert "LATTICE_WIDGETS_DATA_URL" in one_sentence(caught.value)
    assert len(server.answers) == 1, "asking again cannot help"
    assert left_in(cache) == []


def test_what_a_killed_download_left_is_removed(cache, collection, server):
    cache.mkdir(parents=True)
    for name, age in (("tmpold", 2 * 86400), ("tmpnew", 60)):
        (cache / name).write_bytes(b"half")
        os.utime(cache / name, (time.time() - age,) * 2)
    collection(server.serve("checker.npy", CONTENT)).fetch("checker")
    assert left_in(cache) == ["checker.npy", "tmpnew"], "another program may be at the new one"


def test_a_cut_off_download_is_tried_again(cache, collection, server, waits):
    samples = collection(server.serve("checker.npy", CONTENT, "cut off", "wrong", "good"))
    assert samples.fetch("checker").read_bytes() == CONTENT
    assert left_in(cache) == ["checker.npy"]


@pytest.mark.parametrize("named", [False, True])
def test_without_a_network_it_is_said_at_once(cache, collection, waits, monkeypatch, named):
    """Nobody listens there, or no name is known: some networks answer for every name, so that is done here."""
    if named:

        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    samples = collection(("http://nobody.invalid" if named else closed_port()) + "/checker.npy")
    with pytest.raises(data.SampleError, match="offline") as caught:
        samples.fetch("checker")
    one_sentence(caught.value)
    assert waits == []
    assert left_in(cache) == []


def test_a_damaged_file_in_the_cache_is_fetched_anew(cache, collection, server):
    samples = collection(server.serve("checker.npy", CONTENT))
    path = samples.fetch("checker")
    path.write_bytes(CONTENT[:-20])
    assert samples.fetch("checker").read_bytes() == CONTENT
    assert len(server.answers) == 2


def test_a_damaged_file_in_the_cache_is_never_handed_out_offline(cache, collection, waits):
    samples = collection(closed_port() + "/checker.npy")
    cache.mkdir()
    (cache / "checker.npy").write_bytes(CONTENT[:-20])
    with pytest.raises(data.SampleError, match="offline"):
        samples.fetch("checker")


def test_a_file_put_into_the_cache_by_hand_is_taken(cache, collection):
    samples = collection(closed_port() + "/checker.npy")
    cache.mkdir()
    (cache / "checker.npy").write_bytes(CONTENT)
    assert samples.fetch("checker").read_bytes() == CONTENT


def test_a_cache_that_cannot_be_made(cache, collection, server, tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setenv("LATTICE_WIDGETS_DATA_DIR", str(tmp_path / "a file" / "cache"))
    samples = collection(server.serve("checker.npy", CONTENT))
    with pytest.raises(data.SampleError, match="LATTICE_WIDGETS_DATA_DIR"):
        samples.fetch("checker")


def test_the_environment_is_read_at_every_call(collection, server, tmp_path, cache, monkeypatch):
    samples = collection(server.serve("checker.npy", CONTENT))
    for name in ("one", "two"):
        monkeypatch.setenv("LATTICE_WIDGETS_DATA_DIR", str(tmp_path / name))
        assert samples.fetch("checker").parent == tmp_path / name


def test_default_cache_is_the_systems_with_the_version(monkeypatch):
    monkeypatch.delenv("LATTICE_WIDGETS_DATA_DIR", raising=False)
    folder = data.cache_folder()
    assert folder.parent == Path(pooch.os_cache("lattice-widgets"))
    assert folder.name == __version__


def test_bundled_files_are_copied_without_a_network(cache, collection, tmp_path, monkeypatch):
    monkeypatch.setenv("LATTICE_WIDGETS_DATA_URL", closed_port())
    (tmp_path / "package" / "samples").mkdir(parents=True)
    (tmp_path / "package" / "samples" / "checker.npy").write_bytes(CONTENT)
    samples = collection("bundled:samples/checker.npy")
    assert samples.list()[0].bundled
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert samples.fetch("checker") == cache / "checker.npy"
    assert samples.load("checker").shape == PICTURE.shape


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_bundled_file_that_is_missing_or_changed(cache, collection, tmp_path, damage):
    (tmp_path / "package" / "samples").mkdir(parents=True)
    if damage == "changed":
        (tmp_path / "package" / "samples" / "checker.npy").write_bytes(CONTENT + b"x")
    with pytest.raises(data.SampleError, match="Install lattice-widgets again"):
        collection("bundled:samples/checker.npy").fetch("checker")
    assert left_in(cache) == []


def test_load_has_the_numbers_the_registrys_words_and_its_pixel_size(cache, collection, server):
    samples = collection(server.serve("checker.npy", CONTENT), pixel_size="0.25")
    image = samples.load("checker")
    np.testing.assert_array_equal(image.values, PICTURE)
    assert image.dtype == np.uint16
    assert image.attrs["title"] == "A checker"
    assert image.attrs["source"] == "these tests"
    assert image.attrs["licence"] == "CC0"
    assert image.attrs["lattice_as_measured"] == "oblique"
    assert "made up" in image.attrs["notes"]
    assert image.attrs["pixel_size"] == 0.25
    assert image.col.values[-1] == pytest.approx(43 * 0.25)
    assert image.row.units == "nm"


def test_the_files_own_pixel_size_wins(cache, collection, server):
    stream = io.BytesIO()
    np.savez(stream, image=PICTURE, pixel_size_nm=0.1)
    content = stream.getvalue()
    samples = collection(server.serve("checker.npz", content), content, pixel_size="0.25", name="checker.npz")
    assert samples.load("checker").attrs["pixel_size"] == 0.1


def test_the_registry_agrees_with_the_real_pictures(cache, shared_picture, server: SampleServer, monkeypatch):
    manifest = json.loads(shared_picture("manifest.json").read_text())
    samples = {sample.file_name: sample for sample in data.list_samples()}
    monkeypatch.setenv("LATTICE_WIDGETS_DATA_URL", server.address)
    for entry in manifest:
        sample = samples[entry["file"]]
        assert (sample.url, sample.sha256, sample.licence) == (entry["url"], entry["sha256"], entry["licence"])
        assert sample.pixel_size == entry["pixel_size_nm"]
        server.serve(sample.file_name, shared_picture(sample.file_name).read_bytes())
        image = data.load_sample(sample.name)
        assert image.shape == sample.shape
        assert image.row.units == ("px" if sample.pixel_size is None else "nm")
        assert image.attrs["title"] == sample.title
    assert len(server.answers) == len(manifest)


def test_every_bundled_sample_is_in_the_package_and_loads_offline(cache):
    for sample in data.list_samples():
        if sample.bundled:
            assert data.load_sample(sample.name).shape == sample.shape
