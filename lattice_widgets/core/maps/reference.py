"""What strain is measured against: a region of the picture, its mean, a lattice that was measured, or one that is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.maps.deformation import direct_vectors, equivalent_basis, shear_covariance
from lattice_widgets.core.maps.local_lattice import LocalLattice
from lattice_widgets.core.maps.resolution import Plan
from lattice_widgets.core.sentences import Sentence

#: a region (row, col, height, width) in px, a lattice, a Bravais type, or None for the mean of the picture
Reference = tuple[float, float, float, float] | LatticeFit | Lattice | str | None
#: a place does not count in a mean where the square of its error is so many times the usual one: more than strain makes of it
_UNUSUAL = 100.0


@dataclass(frozen=True, eq=False)
class ReferenceLattice:
    """The reference.

    Attributes
    ----------
    vectors : ndarray, float64, shape (2, 2)
        Direct vectors in rows, of the same indices as the local ones [px].
    covariance : ndarray, float64, shape (2, 2, 2)
        Of its distortions, as from `shear_covariance`.
    told : str
        What it is, in a few words.
    """

    vectors: NDArray[np.float64]
    covariance: NDArray[np.float64]
    told: str


def find_reference(
    reference: Reference, local: LocalLattice, plan: Plan, corner: tuple[int, int], fit: LatticeFit
) -> ReferenceLattice:
    """Find the lattice that strain is measured against.

    Parameters
    ----------
    reference : tuple, LatticeFit, Lattice, str or None
        See `map_lattice`.
    local : LocalLattice
        Of each place.
    plan : Plan
        Its grid.
    corner : tuple of int
        First row and column of the part of the picture that counts [px].
    fit : LatticeFit
        Of the picture: its pixel size and unit.

    Returns
    -------
    ReferenceLattice
        In px.

    Raises
    ------
    ValueError
        If it is none of these, lies outside the picture, or holds no lattice.
    """
    scale = fit.pixel_size or 1.0
    if isinstance(reference, LatticeFit):
        if reference.unit != fit.unit:
            raise ValueError(
                Sentence(
                    "The reference is in {other} and the picture in {unit}: give both a pixel size, or neither.",
                    other=reference.unit,
                    unit=fit.unit,
                )
            )
        vectors = equivalent_basis(reference.vectors / scale, fit.vectors / scale)
        change = np.round(vectors @ np.linalg.inv(reference.vectors / scale))
        own = np.einsum("im,jn,mcnd->icjd", change, change, reference.covariance.reshape(2, 2, 2, 2)) / scale**2
        inverse = np.linalg.inv(vectors)
        # distortions L_ac = (dV V^-1)_ac for columns: L = dV' V'^-1
        spread = np.einsum("ci,iajb,cj->cab", inverse, own, inverse)
        return ReferenceLattice(vectors, spread, "a measured lattice")
    if isinstance(reference, Lattice):
        vectors = equivalent_basis(reference.vectors / scale, fit.vectors / scale)
        return ReferenceLattice(vectors, np.zeros((2, 2, 2)), "a given lattice")
    if isinstance(reference, str):
        if reference not in BRAVAIS_TYPES:
            raise ValueError(
                Sentence(
                    "{name} is no reference: choose a region, a lattice, or one of {kinds}.",
                    name=repr(reference),
                    kinds=", ".join(BRAVAIS_TYPES),
                )
            )
        mean = _mean(np.isfinite(local.reciprocal[..., 0, 0]), local, plan, "the mean")
        ideal = Lattice(mean.vectors).nearest(reference)
        vectors = equivalent_basis(ideal.vectors, mean.vectors)
        return ReferenceLattice(vectors, mean.covariance, f"the {reference} lattice nearest to the mean")
    seen = np.isfinite(local.reciprocal[..., 0, 0])
    if reference is None:
        return _mean(seen, local, plan, "the mean of the picture")
    row, col, height, width = _checked(reference)
    rows, cols = plan.places[0] + corner[0], plan.places[1] + corner[1]
    inside = ((rows >= row) & (rows <= row + height - 1))[:, None] & ((cols >= col) & (cols <= col + width - 1))
    told = f"the region at row {row:g}, column {col:g} of {height:g} x {width:g} px"
    if not inside.any():
        # smaller than a step: the place nearest to its middle, if its mask reaches there
        middle = row + (height - 1) / 2, col + (width - 1) / 2
        away = [np.abs(p - m) for p, m in zip((rows, cols), middle, strict=True)]
        near = away[0].argmin(), away[1].argmin()
        if max(away[0][near[0]], away[1][near[1]]) <= plan.mask.reach:
            inside[near] = True
            told += f" (the place at row {rows[near[0]]:g}, column {cols[near[1]]:g} stands for it)"
    if not (inside & seen).any():
        raise ValueError(Sentence("The reference region shows no lattice: choose one where the map has values."))
    return _mean(inside & seen, local, plan, told)


def _checked(reference: object) -> tuple[float, float, float, float]:
    try:
        row, col, height, width = (float(number) for number in reference)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        row, col, height, width = np.nan, np.nan, np.nan, np.nan
    if not (np.isfinite([row, col]).all() and 0 < height < np.inf and 0 < width < np.inf):
        raise ValueError(
            Sentence(
                "A reference is a region (row, col, height, width) in px, a lattice, or the name of a Bravais type, not "
                "{given}.",
                given=repr(reference)[:80],
            )
        )
    return row, col, height, width


def _mean(used: NDArray[np.bool_], local: LocalLattice, plan: Plan, told: str) -> ReferenceLattice:
    """Return the mean lattice of some places, with the error of a mean of masks that overlap.

    Places whose errors are far larger than usual, as in another grain, do not count.
    """
    if not used.any():
        raise ValueError(Sentence("The picture shows no lattice that could be mapped."))
    square = np.trace(local.noise.sum(axis=0), axis1=-2, axis2=-1)
    used = used & (square <= _UNUSUAL * np.quantile(square[used], 0.25))
    reciprocal = local.reciprocal[used].mean(axis=0)
    vectors = direct_vectors(reciprocal)
    noise = local.noise[:, used].mean(axis=1) * plan.mask.gradient_noise()
    area = used.sum() * plan.step**2
    independent = max(1.0, area / (4 * np.pi * plan.mask.sigma**2))
    return ReferenceLattice(vectors, shear_covariance(vectors, noise) / independent, told)
