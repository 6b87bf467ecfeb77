"""Local reciprocal vectors in, strain and rotation with errors out: the algebra of the maps, without pictures.

Vectors are (row, col) here. A deformation F carries the reference lattice onto the local one. Its polar decomposition
``F = V R`` gives the rotation R exactly, also of large angles, and the strain V - 1 along the axes of the picture.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: the maps of a deformation, in the order of `Deformation.values`, and their units
COMPONENTS: dict[str, str] = {
    "strain_xx": "%",
    "strain_yy": "%",
    "strain_xy": "%",
    "dilation": "%",
    "rotation": "degrees",
}


@dataclass(frozen=True, eq=False)
class Deformation:
    """Strain and rotation against a reference, at any number of places.

    Attributes
    ----------
    values : ndarray, float64, shape (5, ...)
        strain_xx, strain_yy, strain_xy, dilation [%] and rotation [degrees]. x points right and y down; the rotation is
        counter-clockwise on the screen.
    errors : ndarray, float64, shape (5, ...)
        One standard deviation of each.
    """

    values: NDArray[np.float64]
    errors: NDArray[np.float64]


def direct_vectors(reciprocal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the direct vectors (..., 2, 2), in rows, of reciprocal ones."""
    return np.swapaxes(np.linalg.inv(reciprocal), -1, -2)


def shear_covariance(vectors: NDArray[np.float64], noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the noise of the reciprocal vectors into that of the distortion in the axes of the picture.

    Parameters
    ----------
    vectors : ndarray, shape (..., 2, 2)
        Local direct vectors in rows [px].
    noise : ndarray, shape (2, ..., 2, 2)
        For each component c of frequencies (row, col), the covariance of that component of the two reciprocal vectors
        [1/px^2].

    Returns
    -------
    ndarray, float64, shape (2, ..., 2, 2)
        For each c, the covariance of the distortions L_ac and L_bc, where L = dF/F.
    """
    # dL = -V' dG, to first order
    return np.einsum("...ia,c...ij,...jb->c...ab", vectors, noise, vectors)


def deformation(
    reciprocal: NDArray[np.float64], reference: NDArray[np.float64], covariance: NDArray[np.float64]
) -> Deformation:
    """Compare local lattices with a reference.

    Parameters
    ----------
    reciprocal : ndarray, shape (..., 2, 2)
        Local reciprocal vectors in rows [1/px].
    reference : ndarray, shape (2, 2)
        Direct vectors of the reference in rows, of the same indices [px].
    covariance : ndarray, shape (2, ..., 2, 2)
        From `shear_covariance`, that of the reference included.

    Returns
    -------
    Deformation
        At each place.
    """
    gradient: NDArray[np.float64] = np.asarray(np.linalg.inv(reference.T @ reciprocal), np.float64)
    angle = rotation_of(gradient)
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], -2)
    stretch = gradient @ np.swapaxes(turn, -1, -2)
    yy, xx, xy = stretch[..., 0, 0] - 1, stretch[..., 1, 1] - 1, (stretch[..., 0, 1] + stretch[..., 1, 0]) / 2
    values = np.stack([100 * xx, 100 * yy, 100 * xy, 100 * (xx + yy), np.rad2deg(angle)])
    return Deformation(values, component_errors(covariance))


def component_errors(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the standard deviations (5, ...) of `COMPONENTS` [%, degrees], from the covariance of `shear_covariance`."""
    along_rows, along_cols = covariance  # derivatives by the row, and by the column
    variance_xx, variance_yy = along_cols[..., 1, 1], along_rows[..., 0, 0]
    variance_xy = (along_cols[..., 0, 0] + along_rows[..., 1, 1]) / 4
    errors = np.sqrt(np.stack([variance_xx, variance_yy, variance_xy, variance_xx + variance_yy, variance_xy]))
    return errors * np.array([100, 100, 100, 100, np.rad2deg(1)]).reshape(-1, *(1,) * variance_xx.ndim)


def rotation_of(gradient: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the angle of the rotation in deformations (..., 2, 2), counter-clockwise on the screen [rad]."""
    return np.arctan2(gradient[..., 1, 0] - gradient[..., 0, 1], gradient[..., 0, 0] + gradient[..., 1, 1])


def vector_errors(vectors: NDArray[np.float64], covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the standard deviations (..., 2, 2) of direct vectors [px], from the covariance of `shear_covariance`."""
    return np.sqrt(np.einsum("...ic,c...aa->...ia", vectors**2, covariance))


def equivalent_basis(lattice: NDArray[np.float64], like: NDArray[np.float64]) -> NDArray[np.float64]:
    """Choose, of all bases of a lattice, the one that is carried onto another with the least strain, then rotation.

    Parameters
    ----------
    lattice : ndarray, shape (2, 2)
        Vectors in rows, any basis of the reference.
    like : ndarray, shape (2, 2)
        Vectors in rows: the basis that is measured.

    Returns
    -------
    ndarray, float64, shape (2, 2)
        A basis of `lattice` with the handedness of `like`.
    """
    whole = np.arange(-2, 3)
    changes = np.stack(np.meshgrid(*4 * [whole], indexing="ij"), axis=-1).reshape(-1, 2, 2)
    determinant = changes[:, 0, 0] * changes[:, 1, 1] - changes[:, 0, 1] * changes[:, 1, 0]
    bases = changes[np.abs(determinant) == 1] @ lattice
    bases = bases[np.linalg.det(bases) * np.linalg.det(like) > 0]
    gradient = np.swapaxes(np.linalg.inv(bases) @ like, -1, -2)
    stretches = np.linalg.svd(gradient, compute_uv=False)
    strain = np.abs(stretches - 1).max(axis=1)
    # bases that symmetry makes equal differ by their rotation only
    strain = np.where(strain < strain.min() + 0.003, 0.0, strain)
    return bases[np.lexsort([np.abs(rotation_of(gradient)), strain])[0]]


def cell_of(vectors: NDArray[np.float64], covariance: NDArray[np.float64]) -> tuple[list[NDArray], list[NDArray]]:
    """Give a, b [unit of the vectors] and gamma [degrees] of cells (..., 2, 2), and their errors.

    The covariance (2, ..., 2, 2) is that of the distortions of the vectors, as from `shear_covariance`.
    """
    lengths = np.sqrt((vectors**2).sum(axis=-1))
    along = vectors / lengths[..., None]
    cosine = (along[..., 0, :] * along[..., 1, :]).sum(axis=-1)
    gamma = np.arccos(np.clip(cosine, -1, 1))
    # a distortion moves a vector v by L v: along itself it changes the length, across it the direction
    across = np.stack([-along[..., 1], along[..., 0]], axis=-1)

    def deviation(left: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the deviation of sum over c of left_ac L_ac, with left of shape (..., 2, 2), [a, c]."""
        variance = np.einsum("...ac,c...ab,...bc->...", left, covariance, left)
        return np.sqrt(np.maximum(variance, 0.0))

    outer = np.einsum("...ia,...ic->...iac", along, along)
    sideways = np.einsum("...ia,...ic->...iac", across, along)
    errors = [lengths[..., n] * deviation(outer[..., n, :, :]) for n in (0, 1)]
    errors.append(np.rad2deg(deviation(sideways[..., 1, :, :] - sideways[..., 0, :, :])))
    return [lengths[..., 0], lengths[..., 1], np.rad2deg(gamma)], errors
