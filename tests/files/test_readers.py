"""Readers describe themselves: one module is one format, and nothing else names it."""

import importlib.util
import itertools
import pkgutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from micrograph_checks import GRAY8, assert_refused

import lattice_widgets.files
from lattice_widgets.files import MicrographFileError, read_micrograph, read_micrograph_bytes, readers
from lattice_widgets.files.kinds import all_readers, format_names, kind_of, kinds_by_suffix
from lattice_widgets.files.readers.rosetta import NOT_READ
from lattice_widgets.files.readers.specification import ANY, Kind, ReaderSpecification
from lattice_widgets.files.reading import read_plain

NOT_READERS = {"specification", "stored"}

#: a format of our own: four letters, rows and columns as bytes, then the pixels
TINY = '''
"""tny: four letters, rows and columns, then 8-bit pixels."""

import numpy as np

from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import StoredImage

SPECIFICATION = ReaderSpecification(
    title="tny of a test", kinds=(Kind("tny", (".tny", ".tiny"), (b"TINY",)),), uploads={uploads}, companions=False
)


def stored_images(path, stack, kind, upload_name):
    content = np.fromfile(path, np.uint8)
    shape = tuple(int(size) for size in content[4:6])
    return [
        StoredImage(kind, shape, content.dtype, lambda selected: content[6:].reshape(shape)[selected], pixel_size=(0.2, 0.1))
    ]
'''


def _modules() -> set[str]:
    return {found.name for found in pkgutil.iter_modules(readers.__path__)}


def _kinds() -> list[Kind]:
    return [kind for reader in all_readers().values() for kind in reader.SPECIFICATION.kinds]


def test_each_module_is_a_reader_with_a_specification():
    assert set(all_readers()) == _modules() - NOT_READERS
    for name, reader in all_readers().items():
        specification = reader.SPECIFICATION
        assert isinstance(specification, ReaderSpecification), name
        assert specification.title, name
        assert specification.kinds or specification.other_suffixes, name
        assert callable(reader.stored_images), name
        assert reader.stored_images.__doc__.startswith("List "), name
        # a reader that opens other files says which, in a module of its own
        opens = importlib.util.find_spec(f"{reader.__name__}.companions") if hasattr(reader, "__path__") else None
        assert specification.companions == (opens is not None), name
    assert sum(reader.SPECIFICATION.other_suffixes for reader in all_readers().values()) == 1


def test_each_kind_is_complete():
    for kind in _kinds():
        assert kind.name
        assert kind.name == kind.name.lower()
        assert kind.suffixes, kind.name
        assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in kind.suffixes), kind.name
        assert kind.signatures, kind.name
        for signature in kind.signatures:
            assert 2 <= len(signature) <= 32, kind.name
            assert signature.strip(bytes([ANY])), kind.name
            assert kind_of(signature.replace(b"?", b"\x07") + bytes(32), kind.suffixes[0]) == kind.name


def test_no_two_kinds_share_a_name_a_suffix_or_a_beginning():
    for one, other in itertools.combinations(_kinds(), 2):
        assert one.name != other.name
        assert not set(one.suffixes) & set(other.suffixes), (one.name, other.name)
        for first, second in itertools.product(one.signatures, other.signatures):
            if one.shared and other.shared and first == second:
                continue  # told apart by the suffix
            agree = [a == b or ANY in (a, b) for a, b in zip(first, second, strict=False)]
            assert not all(agree), (one.name, other.name)


def test_what_is_read_is_not_said_to_be_unreadable():
    declared = {suffix.removeprefix(".") for suffix in kinds_by_suffix()}
    assert not declared & set(NOT_READ), "take these out of NOT_READ in readers/rosetta/__init__.py"


def test_the_table_and_the_line_of_help_name_each_kind():
    for name, reader in all_readers().items():
        assert f":mod:`.readers.{name}`" in lattice_widgets.files.__doc__
        assert reader.SPECIFICATION.title in lattice_widgets.files.__doc__
    assert format_names() == ", ".join([*sorted(kind.name for kind in _kinds()), "..."])


def test_collecting_the_specifications_loads_no_library_of_a_format():
    code = (
        "import sys; from lattice_widgets.files import kinds; assert len(kinds.all_readers()) >= 5;"
        "print([each for each in ('tifffile', 'PIL', 'rsciio', 'dask', 'h5py', 'xarray') if each in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=600)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.fixture
def tiny_reader(tmp_path, monkeypatch):
    """Add a folder to the path of the package of readers; the function writes the one module into it."""
    folder = tmp_path / "more readers"
    folder.mkdir()

    def write(uploads: bool = True) -> None:
        (folder / "tiny_of_a_test.py").write_text(TINY.replace("{uploads}", str(uploads)))

    monkeypatch.setattr(readers, "__path__", [*readers.__path__, str(folder)])
    yield write
    sys.modules.pop(f"{readers.__name__}.tiny_of_a_test", None)
    vars(readers).pop("tiny_of_a_test", None)


def _tiny(values: np.ndarray) -> bytes:
    return b"TINY" + bytes(values.shape) + values.tobytes()


def test_a_format_is_one_module(tmp_path, tiny_reader):
    (tmp_path / "a.tny").write_bytes(_tiny(GRAY8))
    assert_refused(tmp_path / "a.tny", "of a kind that no reader knows")
    tiny_reader()
    image = read_micrograph(tmp_path / "a.tny")
    np.testing.assert_array_equal(image.values, GRAY8)
    assert image.attrs["format"] == "tny"
    assert (image.attrs["pixel_size_row"], image.attrs["pixel_size_col"]) == (0.2, 0.1)
    assert kinds_by_suffix()[".tiny"] == "tny"
    assert "tny" in format_names()
    (tmp_path / "a.tny").rename(tmp_path / "b.png")
    assert "the name says .png, the file is tny" in read_micrograph(tmp_path / "b.png").attrs["notes"]
    (tmp_path / "c.tiny").write_text("dear diary " * 9)
    assert_refused(tmp_path / "c.tiny", "not a tny file, as its name says", "a text file")


def test_a_reader_that_takes_no_uploads_is_given_none(tmp_path, tiny_reader):
    tiny_reader(uploads=False)
    (tmp_path / "a.tny").write_bytes(_tiny(GRAY8))
    np.testing.assert_array_equal(read_plain(tmp_path / "a.tny", "a.tny").values, GRAY8)
    with pytest.raises(MicrographFileError, match=r"a\.tny cannot be uploaded: open tny files where they lie\."):
        read_plain(tmp_path / "a.tny", "a.tny", upload=True)


@pytest.mark.parametrize("suffix", [".tif", ".xyz", ""])
def test_a_zip_archive_that_is_no_npz_is_named(tmp_path, suffix):
    with zipfile.ZipFile(tmp_path / f"a{suffix}", "w") as archive:
        archive.writestr("letter.txt", "dear diary")
    assert_refused(tmp_path / f"a{suffix}", f"a{suffix} ")
    with pytest.raises(MicrographFileError):
        read_micrograph_bytes(f"a{suffix}", (tmp_path / f"a{suffix}").read_bytes())


def test_the_bytes_of_dm_files_are_told_from_other_small_numbers():
    head = b"\0\0\0\x03" + (1000).to_bytes(4, "big") + b"\0\0\0\1" + bytes(20)
    assert kind_of(head, ".dm3") == kind_of(head, ".tif") == kind_of(head, "") == "dm3"
    newer = b"\0\0\0\x04" + (1000).to_bytes(8, "big") + b"\0\0\0\1" + bytes(20)
    assert kind_of(newer, ".dm3") == "dm4"
    assert kind_of(b"\0\0\0\x03" + b"\xff" * 30, ".xyz") == ""
