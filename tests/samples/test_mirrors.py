"""A mirror named by the user comes first; if it fails, the public address delivers."""

import warnings

import pytest

from lattice_widgets.samples import collection as data
from tests.samples.checker import CONTENT, closed_port, left_in, one_sentence


def test_the_mirror_comes_first(cache, collection, server, monkeypatch):
    samples = collection(server.serve("public/checker.npy", CONTENT))
    monkeypatch.setenv("LATTICE_WIDGETS_DATA_URL", server.address + "/mirror/")
    server.serve("mirror/checker.npy", CONTENT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        samples.fetch("checker")
    assert server.answers == [("mirror/checker.npy", "good")]


@pytest.mark.parametrize("word", ["wrong", "404", "503", "cut off"])
def test_a_bad_mirror_warns_and_the_public_address_delivers(cache, collection, server, waits, monkeypatch, word):
    samples = collection(server.serve("public/checker.npy", CONTENT))
    monkeypatch.setenv("LATTICE_WIDGETS_DATA_URL", server.address + "/mirror")
    server.serve("mirror/checker.npy", CONTENT, word)
    with pytest.warns(UserWarning, match="LATTICE_WIDGETS_DATA_URL"):
        path = samples.fetch("checker")
    assert path.read_bytes() == CONTENT
    assert server.answers[-1] == ("public/checker.npy", "good")
    assert left_in(cache) == ["checker.npy"]


@pytest.mark.parametrize("mirror", ["no address", "/a/folder", "ftp//x"])
def test_a_mirror_that_is_no_address_warns(cache, collection, server, waits, monkeypatch, mirror):
    samples = collection(server.serve("checker.npy", CONTENT))
    monkeypatch.setenv("LATTICE_WIDGETS_DATA_URL", mirror)
    with pytest.warns(UserWarning, match="not an address"):
        assert samples.fetch("checker").read_bytes() == CONTENT


def test_both_mirror_and_public_address_down(cache, collection, waits, monkeypatch):
    closed = closed_port()
    monkeypatch.setenv("LATTICE_WIDGETS_DATA_URL", closed)
    with pytest.warns(UserWarning, match="mirror"), pytest.raises(data.SampleError) as caught:
        collection(closed + "/public.npy").fetch("checker")
    one_sentence(caught.value)
