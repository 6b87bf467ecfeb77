"""What the registry says of the samples, and how they are found by name."""

import pooch
import pytest

from lattice_widgets.samples import collection as data
from lattice_widgets.samples.registry import read_registry


@pytest.mark.parametrize("name", ["graphene_stm", "graphene_stm.tif", "GRAPHENE_STM", " graphene_stm.TIF "])
def test_a_name_with_or_without_its_suffix(name, root):
    assert (
        data.SampleCollection(root / "lattice_widgets/samples/registry.txt").find(name).file_name == "graphene_stm.tif"
    )


def test_an_unknown_name_lists_those_that_exist():
    with pytest.raises(data.UnknownSampleError) as caught:
        data.fetch_sample("graphen_stm.tif")
    text = str(caught.value)
    assert "\n" not in text
    assert "Did you mean 'graphene_stm'" in text
    assert all(sample.name in text for sample in data.list_samples())


def test_the_registry_describes_every_sample_in_full():
    samples = data.list_samples()
    assert len(samples) >= 8
    assert len({sample.name for sample in samples}) == len(samples)
    classes = {"oblique", "rectangular", "centered rectangular", "square", "hexagonal", "noise"}
    for sample in samples:
        assert len(sample.sha256) == 64
        assert sample.title
        assert sample.source
        assert sample.licence
        assert len(sample.shape) in (2, 3)
        assert sample.lattice_as_measured in classes
        assert sample.bundled or sample.url.startswith("https://")
    assert [sample.bundled for sample in samples] == sorted((sample.bundled for sample in samples), reverse=True)


def test_an_entry_that_is_not_described_in_full_is_refused(tmp_path):
    registry = tmp_path / "registry.txt"
    registry.write_text("# title: half of it\n# license: MIT\nx.npy abc https://example.org/x.npy\n")
    said = r"registry.txt, line 3: x.npy is not described in full \(missing above it: # source: ..., # licence: ..., "
    with pytest.raises(ValueError, match=said):
        read_registry(registry)


def test_a_description_does_not_leak_into_the_next_entry(tmp_path):
    whole = (
        "# title: t\n# source: s\n# licence: l\n# pixel_size_nm: 1\n# shape: 2 x 3\n# lattice_of_crystal: square\n"
        "# lattice_as_measured: square\n"
    )
    registry = tmp_path / "registry.txt"
    registry.write_text(f"{whole}x.npy abc https://example.org/x.npy\ny.npy abc https://example.org/y.npy\n")
    with pytest.raises(ValueError, match=r"line 9: y.npy"):
        read_registry(registry)


def test_pooch_reads_the_registry_too(root):
    plain = pooch.create(path="unused", base_url="")
    plain.load_registry(root / "lattice_widgets/samples/registry.txt")
    assert set(plain.registry) == {sample.file_name for sample in data.list_samples()}
