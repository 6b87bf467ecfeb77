"""Headers of Nanonis scans as people have them, and such as nobody should."""

import numpy as np
import pytest
from micrograph_checks import COLS, GRAY8, ROWS, assert_refused
from microscope_files import write_sxm

from lattice_widgets.files import read_micrograph

Z = np.stack([GRAY8, GRAY8[::-1]]).astype(np.float32)
FIELD = (ROWS * 2e-11, COLS * 1e-11)


@pytest.mark.parametrize(("unit", "notes"), [("counts / s", "values in counts / s"), ("", ""), ("V", "values in V")])
def test_a_unit_may_be_empty_or_have_blanks(tmp_path, unit, notes):
    write_sxm(tmp_path / "a.sxm", {"Counter_1": Z}, FIELD, unit=unit)
    image = read_micrograph(tmp_path / "a.sxm", dataset="Counter 1 backward")
    np.testing.assert_array_equal(image.values, Z[1])
    assert image.attrs["notes"] == notes
    assert (image.attrs["pixel_size_row"], image.attrs["pixel_size_col"]) == pytest.approx((0.02, 0.01))


def test_a_name_may_have_blanks(tmp_path):
    write_sxm(tmp_path / "a.sxm", {"Z": Z, "LI Demod 1 X": Z + 1}, FIELD)
    image = read_micrograph(tmp_path / "a.sxm", dataset="LI Demod 1 X forward")
    np.testing.assert_array_equal(image.values, Z[0] + 1)


def test_a_table_with_blanks_alone_is_read_as_before(tmp_path):
    write_sxm(tmp_path / "a.sxm", {"Z": Z}, FIELD)
    header, end, values = (tmp_path / "a.sxm").read_bytes().partition(b":SCANIT_END:")
    (tmp_path / "a.sxm").write_bytes(header.replace(b"\t", b"  ") + end + values)
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.sxm", dataset="Z backward").values, Z[1])


def test_a_comment_does_not_turn_the_scan_over(tmp_path):
    write_sxm(tmp_path / "a.sxm", {"Z": Z}, FIELD, comment="first line\n\nturned over:\n:SCAN_DIR:\nup")
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.sxm").values, Z[0])


@pytest.mark.parametrize("pixels", ["-40 50", "44 -30", "0 30", "44", "44 30 1", "nan 30", "many few", ""])
def test_sizes_that_are_none(tmp_path, pixels):
    """A negative number of lines once made one channel begin within another."""
    write_sxm(tmp_path / "a.sxm", {"Z": Z, "Current": Z}, FIELD, pixels=pixels or " ")
    assert "damaged" not in assert_refused(tmp_path / "a.sxm", "a.sxm cannot be read: its header ")


def test_a_header_without_channels(tmp_path):
    write_sxm(tmp_path / "a.sxm", {"Z": Z}, FIELD)
    whole = (tmp_path / "a.sxm").read_bytes()
    (tmp_path / "b.sxm").write_bytes(whole.replace(b"Direction", b"Direktion"))
    assert_refused(tmp_path / "b.sxm", "no table of channels")
    (tmp_path / "c.sxm").write_bytes(whole.replace(b"both", b"both ways"))
    assert_refused(tmp_path / "c.sxm", "a line that is not understood: '0 Z m both ways")
