"""The geometric lattice fit: known lattices in, their vectors, errors and types out; what is no lattice is refused."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, BravaisType, Lattice
from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import Imperfections, Micrograph, Microscope, simulate_micrograph
from lattice_widgets.files import read_micrograph

TYPICAL: dict[BravaisType, tuple[float, float, float]] = {
    "oblique": (0.30, 0.37, 101),
    "rectangular": (0.30, 0.39, 90),
    "centered rectangular": (0.30, 0.30, 104),
    "square": (0.30, 0.30, 90),
    "hexagonal": (0.30, 0.30, 120),
}
SEVERAL_ATOMS = (Atom("Sr", 38, 0, 0), Atom("Ti", 22, 0.37, 0.21), Atom("O", 8, 0.71, 0.6, count=2))


def picture(crystal: Crystal, seed: int = 0, rotation: float = 17.0, **numbers: float) -> Micrograph:
    """192 x 260 px, 14 to 20 px to a cell, moderate noise."""
    imperfections = {k: v for k, v in numbers.items() if k in Imperfections.__dataclass_fields__}
    microscope = {"rows": 192, "cols": 260, "field_of_view": 4.8, "probe_size": 0.11, "dose": 5e5}
    microscope |= {k: v for k, v in numbers.items() if k not in imperfections}
    return simulate_micrograph(
        crystal, Microscope(**microscope), Imperfections(**imperfections), rotation=rotation, seed=seed
    )


def deviation(fit: LatticeFit, truth: Lattice) -> np.ndarray:
    """Fitted vectors less the true vectors that they stand for; fails if they span another lattice."""
    whole = np.round(fit.vectors @ np.linalg.inv(truth.vectors))
    assert abs(round(np.linalg.det(whole))) == 1, (fit.a, fit.b, fit.gamma, truth.reduced())
    return fit.vectors - whole @ truth.vectors


@pytest.mark.parametrize("rotation", [0.0, 23.0, 45.0, 131.0])
@pytest.mark.parametrize("kind", BRAVAIS_TYPES)
def test_type_and_vectors_of_known_lattices(kind: BravaisType, rotation: float) -> None:
    basis = SEVERAL_ATOMS if rotation > 30 else SEVERAL_ATOMS[:1]
    made = picture(Crystal("known", *TYPICAL[kind], basis), rotation=rotation)
    fit = fit_lattice(made.image, made.pixel_size)
    assert fit.bravais_type == kind
    assert fit.unit == "nm"
    truth = made.picture_lattice.reduced()
    assert fit.a == pytest.approx(truth.a, rel=0.002)
    assert fit.b == pytest.approx(truth.b, rel=0.002)
    assert fit.gamma == pytest.approx(truth.gamma, abs=0.2)
    assert (np.hypot(*deviation(fit, truth).T) < 0.0035 * fit.b).all()  # 0.2 % in length, 0.2 degrees in direction
    assert sum(fit.weights.values()) == pytest.approx(1)
    assert fit.strains[kind] < 0.5 if kind != "oblique" else min(fit.strains.values()) > 3


@pytest.mark.parametrize("name", sorted(CRYSTALS))
def test_primitive_cell_of_real_crystals_with_a_basis(name: str) -> None:
    crystal = CRYSTALS[name]
    made = picture(crystal, field_of_view=5.2, probe_size=0.08, rotation=31.0, dose=4e5)
    fit = fit_lattice(made.image, made.pixel_size)
    assert fit.lattice.area == pytest.approx(made.picture_lattice.area, rel=0.01)
    assert fit.bravais_type == crystal.bravais_type("STEM")


@pytest.mark.parametrize(
    ("crystal", "kind"),
    [
        (Crystal("2 x 1", 0.6, 0.3, 90, (Atom("Sr", 38, 0, 0), Atom("Sr", 38, 0.55, 0))), "rectangular"),
        (Crystal("faint row", 0.6, 0.3, 90, (Atom("Sr", 38, 0, 0), Atom("Rb", 33, 0.5, 0))), "rectangular"),
        (Crystal("CuO2", 0.39, 0.39, 90, (Atom("Cu", 29, 0, 0), Atom("O", 8, 0.5, 0), Atom("O", 8, 0, 0.5))), "square"),
        (Crystal("c(2 x 2)", 0.6, 0.6, 90, (Atom("Sr", 38, 0, 0), Atom("Y", 32, 0.5, 0.5))), "square"),
    ],
    ids=lambda value: value.name if isinstance(value, Crystal) else "",
)
def test_half_order_spots_make_the_cell_larger(crystal: Crystal, kind: BravaisType) -> None:
    made = picture(crystal, dose=1e6)
    fit = fit_lattice(made.image, made.pixel_size)
    assert fit.lattice.area == pytest.approx(crystal.cell.area, rel=0.01)
    assert fit.bravais_type == kind


@pytest.mark.parametrize("disorder", [0.0, 0.03])
def test_errors_cover_the_truth_in_the_stated_share_of_repeats(disorder: float) -> None:
    crystal = Crystal("known", *TYPICAL["oblique"])
    deviations = []
    for seed in range(40):
        made = picture(crystal, seed=seed, rotation=9.0 * seed, disorder=disorder, dose=4e3)
        fit = fit_lattice(made.image, made.pixel_size)
        truth = made.picture_lattice.reduced()
        deviations.append((deviation(fit, truth) / np.sqrt(np.diag(fit.covariance)).reshape(2, 2)).ravel())
        deviations.append(
            [
                (fit.a - truth.a) / fit.a_error,
                (fit.b - truth.b) / fit.b_error,
                (fit.gamma - truth.gamma) / fit.gamma_error,
            ]
        )
    deviations = np.concatenate(deviations)
    assert 0.55 < np.mean(np.abs(deviations) < 1) < 0.9
    assert np.mean(np.abs(deviations) < 2) > 0.87


@pytest.mark.parametrize(
    "trouble",
    [
        {"vacancies": 0.3},
        {"probe_size": 0.2},
        {"jitter": 0.02},
        {"line_noise": 0.8},
        {"tilt": (2.0, -1.0)},
        {"dose": 6e3},
        {"field_of_view": 1.5},
        {"field_of_view": 8.0, "probe_size": 0.14},
        {"drift": (0.01, -0.01)},
        {"layer": 0.4, "layer_twist": 11.0},
        {"mode": "STM", "double_tip": 0.6, "double_tip_offset": (0.05, 0.1)},
    ],
    ids=lambda trouble: next(iter(trouble)),
)
@pytest.mark.parametrize("kind", ["square", "oblique"])
def test_one_trouble_does_not_change_the_type(kind: BravaisType, trouble: dict[str, float]) -> None:
    made = picture(Crystal("known", *TYPICAL[kind]), **trouble)
    assert fit_lattice(made.image).bravais_type == kind
    assert fit_lattice(-made.image).bravais_type == kind


def quasicrystal(fold: int) -> np.ndarray:
    row, col = np.mgrid[:150, :210] / 13.0
    angles = np.pi * np.arange(fold // 2) * 2 / fold + 0.2
    return sum(np.cos(2 * np.pi * (row * np.sin(t) + col * np.cos(t))) for t in angles)


def no_lattices() -> dict[str, np.ndarray]:
    """Pictures of 150 x 210 px without a lattice."""
    rng = np.random.default_rng(8)
    row, col = np.mgrid[:150, :210]
    white = rng.normal(size=(150, 210))
    radius = np.hypot(np.fft.fftfreq(150)[:, None], np.fft.fftfreq(210))
    through = {
        "1/f": 1 / np.maximum(radius, 1 / 210),
        "amorphous": np.exp(-(((radius - 0.12) / 0.015) ** 2)),
    }
    pictures = {name: np.fft.ifft2(np.fft.fft2(white) * band).real for name, band in through.items()}
    pictures["shot noise"] = rng.poisson(2.0, (150, 210)).astype(float)
    pictures["ramp"] = row / 30 - col / 50 + 0.05 * white
    stripes = 2 * np.pi * (row * 0.04 + col * 0.09)
    pictures["stripes"] = np.cos(stripes) + 0.4 * np.cos(2 * stripes) + 0.3 * white
    pictures["scan lines"] = white + 2 * rng.normal(size=(150, 1))
    for fold in (8, 10, 12):
        pictures[f"{fold}-fold quasi-crystal"] = quasicrystal(fold) + 0.3 * white
        pictures[f"{fold}-fold spots"] = np.maximum(quasicrystal(fold), 0) ** 2 + 0.3 * white
    glass = Crystal("glass", *TYPICAL["oblique"])
    pictures["disordered"] = picture(glass, rows=150, cols=210, disorder=0.5, probe_size=0.08).image
    return pictures


@pytest.mark.parametrize("name", sorted(no_lattices()))
def test_what_is_no_lattice_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(LatticeNotFound) as caught:
        fit_lattice(no_lattices()[name])
    reason = str(caught.value)
    assert reason.endswith(".")
    assert "\n" not in reason
    if "quasi" in name:
        assert name.split("-")[0] in reason
    assert isinstance(caught.value, ValueError)
    # what is shown in another language is translated before its numbers are filled in
    assert str(caught.value.sentence) == reason
    there = pickle.loads(pickle.dumps(caught.value))
    assert (str(there), there.sentence) == (reason, caught.value.sentence)
    if "quasi" in name:
        assert "{fold}" in caught.value.sentence.template


def test_the_correction_undoes_the_drift_that_made_it() -> None:
    crystal = CRYSTALS["graphene"]
    velocity, line_time = (0.25, -0.4), 0.01
    made = picture(crystal, field_of_view=3.5, probe_size=0.07, drift=velocity, line_time=line_time, dose=1e6)
    fit = fit_lattice(made.image, made.pixel_size)
    assert fit.bravais_type == "oblique"
    correction = fit.correction("hexagonal", line_time)
    assert correction.lattice.bravais_type(0.01, 0.01) == "hexagonal"
    np.testing.assert_allclose(correction.drift, velocity, atol=0.02)
    # up to a rotation none of this is hidden: the corrected lattice is the crystal's
    assert correction.lattice.reduced().a == pytest.approx(made.crystal_lattice.reduced().a, rel=0.004)
    assert correction.length_ratio == pytest.approx(correction.lattice.reduced().a / fit.a)
    assert fit.correction("oblique").shear == pytest.approx(0, abs=1e-9)
    assert fit.correction("hexagonal").drift is None
    with pytest.raises(ValueError, match="line must be positive"):
        fit.correction("hexagonal", line_time=0)
    with pytest.raises(ValueError, match="Unknown Bravais type"):
        fit.correction("cubic")


def test_spots_and_indices_belong_to_the_vectors() -> None:
    made = picture(Crystal("known", *TYPICAL["oblique"], SEVERAL_ATOMS))
    fit = fit_lattice(made.image, made.pixel_size)
    assert fit.n_indexed + fit.n_extra == len(fit.spots) == len(fit.indices)
    predicted = fit.indices @ fit.reciprocal_vectors
    resolution = 1 / (np.array(made.image.shape) * made.pixel_size)
    assert (np.abs(predicted - fit.spots.frequency)[fit.indexed] < 0.5 * resolution).all()
    assert len(fit.extra_spots) == fit.n_extra
    other = picture(Crystal("other grain", *TYPICAL["oblique"]), rotation=61.0)
    both = fit_lattice(made.image + 0.4 * other.image, made.pixel_size)
    assert both.n_extra > fit.n_extra
    assert both.a == pytest.approx(fit.a, rel=0.005)


def test_pixels_nanometers_and_json() -> None:
    made = picture(Crystal("known", *TYPICAL["rectangular"]))
    pixels, nanometers = fit_lattice(made.image), fit_lattice(made.image, made.pixel_size)
    assert pixels.unit == "px"
    assert nanometers.b == pytest.approx(pixels.b * made.pixel_size)
    assert nanometers.b_error == pytest.approx(pixels.b_error * made.pixel_size)
    assert nanometers.gamma_error == pytest.approx(pixels.gamma_error)
    assert nanometers.weights == pytest.approx(pixels.weights)
    read = json.loads(json.dumps(nanometers.to_dict()))
    assert read["type"] == "rectangular"
    assert set(read["weights"]) == set(BRAVAIS_TYPES)
    assert read["a"] == nanometers.a


def test_what_drift_shears_is_told_from_what_the_crystal_presumably_is() -> None:
    crystal = Crystal("known", *TYPICAL["hexagonal"])
    still = fit_lattice(picture(crystal).image)
    assert still.picture_type == still.bravais_type == "hexagonal"
    assert still.strain_sigmas < 3
    speed = 4.8 / 260 / 0.01  # [nm/s] of a pixel each line
    made = picture(crystal, drift=(0.0, 0.04 * speed))
    fit = fit_lattice(made.image, made.pixel_size)
    assert fit.bravais_type == "hexagonal"
    assert fit.picture_weights["hexagonal"] < 1e-6
    assert fit.strain == pytest.approx(made.picture_lattice.strains()["hexagonal"], abs=0.2)
    assert fit.strain_sigmas > 20
    told = fit.to_dict()
    assert (told["type"], told["picture_type"]) == ("hexagonal", fit.picture_type)
    assert f"presumably hexagonal, strained by {fit.strain:.2f} %" in told["type_sentence"]
    assert pickle.loads(pickle.dumps(fit)).picture_type == fit.picture_type


def test_conventional_cell_of_a_centered_rectangular_picture() -> None:
    made = picture(Crystal("known", *TYPICAL["centered rectangular"]))
    cell = fit_lattice(made.image, made.pixel_size).conventional_cell
    for measured, error, truth in zip(cell[:3], cell[3:], made.picture_lattice.conventional(), strict=True):
        assert abs(measured - truth) < 4 * error
        assert 0 < error < 0.003 * truth


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="two axes"):
        fit_lattice(np.zeros(30))
    with pytest.raises(ValueError, match="positive length"):
        fit_lattice(np.random.default_rng(0).normal(size=(30, 40)), pixel_size=-1)


def real(path: Path) -> np.ndarray:
    image = np.asarray(read_micrograph(path))
    return image if image.ndim == 2 else image[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("graphene_stm.tif", "oblique"),
        ("graphene_stem.npy", "hexagonal"),
        ("si110_stem.png", "centered rectangular"),
        ("srtio3_stem.jpg", "square"),
        ("fe001_bicrystal_stem.npy", "square"),
        ("perovskite_stem.dm3", "rectangular"),
        ("ws2_beam_movie.gif", "hexagonal"),
    ],
)
def test_real_pictures(shared_picture: Callable[[str], Path], name: str, kind: BravaisType) -> None:
    assert fit_lattice(real(shared_picture(name))).bravais_type == kind


def test_single_atoms_on_amorphous_carbon_are_no_lattice(shared_picture: Callable[[str], Path]) -> None:
    with pytest.raises(LatticeNotFound):
        fit_lattice(real(shared_picture("carbon_stem.tif")))


def test_the_drifted_graphene_is_oblique_and_a_shear_away_from_hexagonal(
    shared_picture: Callable[[str], Path],
) -> None:
    fit = fit_lattice(real(shared_picture("graphene_stm.tif")))
    assert fit.a == pytest.approx(17.0, rel=0.02)
    assert fit.b == pytest.approx(18.8, rel=0.02)
    assert fit.gamma == pytest.approx(108.8, abs=1.5)
    assert fit.strains["hexagonal"] == pytest.approx(27, abs=3)
    corrected = fit.correction("hexagonal")
    assert corrected.lattice.bravais_type(0.01, 0.01) == "hexagonal"
    assert max(abs(corrected.shear), abs(corrected.scale)) > 10
