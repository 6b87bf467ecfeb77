"""Files that name other files: no byte of another file comes back, from an upload or from disk."""

import os

import hostile_files as hostile
import numpy as np
import pytest
import tifffile
from micrograph_checks import assert_refused

from lattice_widgets.files import MicrographFileError, read_micrograph, read_micrograph_bytes
from lattice_widgets.files.movies import open_movie
from lattice_widgets.files.reading import read_plain

h5py = pytest.importorskip("h5py")
pytest.importorskip("rsciio")


@pytest.fixture
def own(tmp_path):
    """The folder of the evil file."""
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


@pytest.fixture
def far(tmp_path):
    """The folder of the file that must never come back."""
    (tmp_path / "far").mkdir()
    return tmp_path / "far"


def sentence_of_upload(path, *words: str, in_process: bool = False) -> str:
    """The one sentence with which an upload is refused; without a process of its own where many are tried."""
    with pytest.raises(MicrographFileError) as caught:
        _ = (
            read_plain(path, path.name, upload=True)
            if in_process
            else read_micrograph_bytes(path.name, path.read_bytes())
        )
    text = str(caught.value)
    assert text.startswith(path.name)
    assert text.endswith(".")
    assert "\n" not in text
    assert str(path.parent) not in text
    for word in words:
        assert word in text, text
    return text


def shows(path, picture=hostile.SECRET_PICTURE) -> bool:
    """Whether HDF5 itself, asked for the values, gives those of another file: only then is the file evil."""
    with h5py.File(path, "r") as file:
        return bool(np.array_equal(file["entry/data/data"][...], picture))


@pytest.mark.parametrize("make", hostile.RAW_STORAGE, ids=lambda make: make.__name__)
def test_raw_storage(own, far, make):
    path = make(own, hostile.secret_file(far))
    assert path.suffix != ".nxs" or shows(path)
    sentence_of_upload(path, "names another file ('passwd')", "an upload is one file")
    assert_refused(path, "outside its folder ('passwd')")


@pytest.mark.parametrize("make", hostile.HDF5_LINKS, ids=lambda make: make.__name__)
def test_links_and_virtual_data_sets(own, far, make):
    path = make(own, hostile.secret_hdf5(far))
    assert shows(path)
    sentence_of_upload(path, "names another file ('secret", "an upload is one file")
    assert_refused(path, "secret", "not opened")


@pytest.mark.parametrize("name", ["evil.nxs", "evil.emd", "evil.hspy", "evil.h5", "evil.hdf5", "evil.app5", "evil.mrc"])
@pytest.mark.parametrize("block", [0, 512, 1024, 8192])
def test_whatever_its_suffix_and_wherever_it_begins(own, far, name, block):
    path = hostile.raw_storage(own, hostile.secret_file(far), name, userblock_size=block)
    assert shows(path)
    sentence_of_upload(path, "names another file ('passwd')", in_process=True)
    assert_refused(path, "outside its folder ('passwd')")


def test_behind_the_head_of_another_kind(own, far):
    path = hostile.raw_storage(own, hostile.secret_file(far), "picture.png", userblock_size=512)
    content = bytearray(path.read_bytes())
    content[:8] = b"\x89PNG\r\n\x1a\n"
    path.write_bytes(content)
    assert shows(path)
    sentence_of_upload(path, "names another file ('passwd')")


@pytest.mark.parametrize("make", [hostile.external_link, hostile.external_group, hostile.virtual])
def test_from_disk_a_file_in_the_same_folder_is_read(own, make):
    path = make(own, hostile.secret_hdf5(own))
    np.testing.assert_array_equal(read_micrograph(path), hostile.SECRET_PICTURE)
    sentence_of_upload(path, "an upload is one file", in_process=True)


def test_from_disk_raw_storage_in_the_same_folder_is_read(own):
    path = hostile.raw_storage(own, hostile.secret_file(own))
    np.testing.assert_array_equal(read_micrograph(path), hostile.SECRET_PICTURE)


@pytest.mark.parametrize("make", [hostile.external_link, hostile.virtual, hostile.raw_storage])
def test_a_symbolic_link_does_not_bring_a_file_into_the_folder(own, far, make):
    secret = hostile.secret_file(far) if make is hostile.raw_storage else hostile.secret_hdf5(far)
    (own / secret.name).symlink_to(secret)
    assert_refused(make(own, own / secret.name), "outside its folder")


def test_a_folder_above_is_not_the_folder(own, far):
    secret = hostile.secret_hdf5(far)
    path = hostile.external_link(own, own / ".." / "far" / secret.name)
    assert_refused(path, "outside its folder")
    hostile.external_link(own, own / "none.h5", "missing.nxs")
    assert_refused(own / "missing.nxs", "'none.h5'", "not in its folder")


def test_a_file_beside_it_may_not_lead_outside_either(own, far):
    between = hostile.external_link(own, hostile.secret_hdf5(far), "between.h5")
    path = hostile.external_link(own, between)
    assert shows(path)
    assert_refused(path, "outside its folder ('secret.h5')")


def test_where_hdf5_looks_first(own, far, monkeypatch):
    """A relative name is looked for in the working folder and the folders of variables, too."""
    secret = hostile.secret_hdf5(far)
    path = hostile.external_link(own, secret.relative_to(far))
    monkeypatch.setenv("HDF5_EXT_PREFIX", str(far))
    assert shows(path)
    assert_refused(path, "outside its folder ('secret.h5')")
    monkeypatch.delenv("HDF5_EXT_PREFIX")
    monkeypatch.chdir(far)
    assert_refused(hostile.raw_storage(own, hostile.secret_file(far).relative_to(far)), "outside its folder ('passwd')")


def test_what_stays_inside_is_read(own):
    path = hostile.good_nexus(own)
    disk, upload = read_micrograph(path), read_micrograph_bytes(path.name, path.read_bytes())
    np.testing.assert_array_equal(disk, hostile.OWN_PICTURE)
    assert disk.identical(upload)


def test_a_circle_of_hard_links_ends(own):
    with pytest.raises(MicrographFileError, match="RosettaSciIO says"):  # its reader, not the walk, gives up
        read_micrograph(hostile.circle(own))


def test_too_many_objects(own):
    sentence_of_upload(hostile.too_many_objects(own), "more than 100,000 data sets and groups", in_process=True)


def test_a_damaged_tree_is_no_way_around(own, far):
    """Where the list of a group cannot be read, what it holds is unknown: no reader sees it."""
    content = hostile.raw_storage(own, hostile.secret_file(far)).read_bytes()
    for signature in (b"SNOD", b"TREE", b"HEAP"):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            (own / "broken.nxs").write_bytes(content[:at] + b"XXXX" + content[at + 4 :])
            sentence_of_upload(own / "broken.nxs", in_process=True)


# --- companions -------------------------------------------------------------------------------------------------------


def test_empad(own, far):
    raw = hostile.empad_raw(far / "scan.raw")
    for name in (str(raw), "../far/scan.raw"):
        path = hostile.empad(own, name)
        assert_refused(path, "outside its folder ('scan.raw')")
        sentence_of_upload(path, "an upload is one file", in_process=True)
    sentence_of_upload(hostile.empad(own, str(raw)), "an upload is one file")
    (own / "linked.raw").symlink_to(raw)
    assert_refused(hostile.empad(own, "linked.raw"), "outside its folder")
    hostile.empad_raw(own / "scan.raw")
    assert hostile.SECRET[:50] in read_micrograph(hostile.empad(own, "scan.raw")).values.tobytes()


def test_ripple(own, far):
    path = hostile.ripple(own)
    (own / "map.raw").symlink_to(hostile.secret_file(far))
    assert_refused(path, "outside its folder")
    sentence_of_upload(path, "an upload is one file", in_process=True)
    (own / "map.raw").unlink()
    (own / "map.raw").write_bytes(hostile.SECRET)
    np.testing.assert_array_equal(read_micrograph(path), hostile.SECRET_PICTURE)


@pytest.mark.parametrize("suffix", ["xml", "rpl", "tvips", "emi", "spd", "SPC", "lsd", "asw"])
def test_kinds_with_companions_take_no_uploads(own, suffix):
    (own / f"a.{suffix}").write_bytes(bytes(range(1, 256)) * 20)
    sentence_of_upload(own / f"a.{suffix}", "an upload is one file", in_process=True)


def test_ome(own, far):
    secret = hostile.ome_secret(far / "other.tif")
    for name in (str(secret), "../far/other.tif"):
        path = hostile.ome(own, name)
        with tifffile.TiffFile(path) as tif:
            np.testing.assert_array_equal(tif.series[0].asarray()[1], hostile.SECRET_PICTURE)
        assert_refused(path, "outside its folder ('other.tif')")
        sentence_of_upload(path, "names another file ('other.tif')", "an upload is one file", in_process=True)
    sentence_of_upload(path, "names another file ('other.tif')", "an upload is one file")
    (own / "linked.tif").symlink_to(secret)
    assert_refused(hostile.ome(own, "linked.tif"), "outside its folder")
    assert_refused(hostile.ome(own, "none.tif"), "'none.tif'", "not in its folder")
    hostile.ome_secret(own / "beside.tif")
    movie = read_micrograph(hostile.ome(own, "beside.tif"))
    np.testing.assert_array_equal(movie, [hostile.OWN_PICTURE, hostile.SECRET_PICTURE])
    assert movie.attrs["pixel_size"] == pytest.approx(0.02)


def test_an_ome_file_that_names_itself_is_one_file(own):
    """Also where it has no UUID and tells itself by its name only, which an upload keeps."""
    path = own / "self.ome.tif"
    for uuid in ('UUID="urn:uuid:1"', ""):
        description = (
            f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" {uuid}><Image ID="Image:0"><Pixels '
            'ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="64" SizeY="64" SizeC="1" SizeZ="1" SizeT="2" '
            'PhysicalSizeX="0.5" PhysicalSizeXUnit="nm" PhysicalSizeY="0.5" PhysicalSizeYUnit="nm">'
            '<TiffData IFD="0" PlaneCount="2"><UUID FileName="self.ome.tif">urn:uuid:1</UUID></TiffData></Pixels></Image></OME>'
        )
        frames = np.stack([hostile.OWN_PICTURE, hostile.OWN_PICTURE[::-1]])
        tifffile.imwrite(path, frames, description=description, metadata=None, photometric="minisblack")
        disk = read_micrograph(path)
        np.testing.assert_array_equal(disk, frames)
        assert disk.attrs["pixel_size"] == 0.5
        assert disk.identical(read_micrograph_bytes(path.name, path.read_bytes()))


def test_ndtiff(own, far):
    secret = hostile.ome_secret(far / "other.tif")
    path = hostile.ndtiff(own, str(secret))
    with tifffile.TiffFile(path) as tif:
        assert tif.is_ndtiff
    assert_refused(path, "outside its folder ('other.tif')")
    np.testing.assert_array_equal(read_micrograph_bytes(path.name, path.read_bytes()), hostile.OWN_PICTURE)
    hostile.ome_secret(own / "beside.tif")
    np.testing.assert_array_equal(read_micrograph(hostile.ndtiff(own, "beside.tif"))[1], hostile.SECRET_PICTURE)


def test_a_chunk_of_a_zarr_movie_that_lies_elsewhere(own, far):
    zarr = pytest.importorskip("zarr")
    frames = np.stack([hostile.OWN_PICTURE] * 3)
    array = zarr.create_array(own / "movie.zarr", shape=frames.shape, chunks=(1, 64, 64), dtype="u1", compressors=None)
    array[...] = frames
    np.testing.assert_array_equal(open_movie(own / "movie.zarr")[1], hostile.OWN_PICTURE)
    chunk = own / "movie.zarr" / "c" / "1" / "0" / "0"
    chunk.unlink()
    chunk.symlink_to(hostile.secret_file(far))
    assert hostile.SECRET[:50] in zarr.open(own / "movie.zarr", mode="r")[1].tobytes()
    with pytest.raises(MicrographFileError, match=r"movie.zarr cannot be read: it names a file outside its folder"):
        open_movie(own / "movie.zarr")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_companion_that_is_a_pipe_is_not_waited_for(own):
    os.mkfifo(own / "pipe")
    assert_refused(hostile.raw_storage(own, own / "pipe"), "'pipe'", "no ordinary file")
    assert_refused(hostile.ome(own, "pipe"), "'pipe'", "no ordinary file")
    assert_refused(hostile.empad(own, "pipe"), "'pipe'", "no ordinary file")
    zarr = pytest.importorskip("zarr")
    zarr.save_array(str(own / "movie.zarr"), np.stack([hostile.OWN_PICTURE] * 3), zarr_format=2)
    chunk = next(path for path in (own / "movie.zarr").iterdir() if path.name[0].isdecimal())
    chunk.unlink()
    os.mkfifo(chunk)
    assert_refused(own / "movie.zarr", "no ordinary file")
    with pytest.raises(MicrographFileError, match="no ordinary file"):
        open_movie(own / "movie.zarr")
