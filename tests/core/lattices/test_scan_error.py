"""What a scan may add to a lattice: simulated distortions of the expected kind scatter by what is stated."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.lattices.bravais_weights import ScanDistortion
from lattice_widgets.core.lattices.scan_error import scan_error


@pytest.mark.parametrize("unevenness", [None, 0.0, 0.02])
def test_distorted_scans_scatter_as_stated(unevenness: float | None) -> None:
    lattice = lw.Lattice.from_parameters(0.25, 0.31, 104)
    spread = ScanDistortion.from_unevenness(unevenness).strain_covariance
    rng = np.random.default_rng(5)
    cells = []
    for stretch, shear in rng.multivariate_normal([0, 0], spread, 4000):
        # rows are farther apart, and each begins a little further along
        distorted = lattice.vectors @ np.array([[1 + stretch, shear], [0, 1]])
        (p, q), lengths = distorted, np.hypot(*distorted.T)
        cells.append([*lengths, np.rad2deg(np.arccos(p @ q / lengths.prod()))])
    stated = scan_error(lattice, unevenness)
    np.testing.assert_allclose(np.std(cells, axis=0), stated[1:], rtol=0.06)
    assert stated.strain == pytest.approx(100 * np.sqrt(spread[0, 0]))


def test_a_fit_says_it_beside_the_errors_of_noise() -> None:
    even = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], seed=1)
    fit = lw.fit_lattice(even.image, even.pixel_size)
    # along the lines the picture is as true as its pixel size; down it, as true as the scan
    assert abs(fit.vectors[0, 0]) < 0.01 * fit.a < abs(fit.vectors[1, 0])
    assert fit.scan_error.a < fit.a_error < 0.3 * fit.scan_error.b
    assert fit.to_dict()["scan_error"] == fit.scan_error._asdict()


def test_an_uneven_scan_may_be_further_off() -> None:
    picture = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], seed=1).image
    rows = np.arange(picture.shape[0])
    # a scanner that creeps: the lines come ever closer
    crept = np.stack([np.interp(rows + 8 * np.exp(-rows / 60), rows, column) for column in picture.T], axis=1)
    even, uneven = lw.fit_lattice(picture), lw.fit_lattice(crept)
    assert uneven.scan_unevenness is not None
    assert even.scan_unevenness is not None
    assert uneven.scan_unevenness > even.scan_unevenness
    assert uneven.scan_error.strain > 1.5 * even.scan_error.strain
