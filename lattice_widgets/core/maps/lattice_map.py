"""A picture in, maps of the strain, rotation and amplitude of its lattice with errors out."""

from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_power_map
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.geometry.several.find import ask_geometry
from lattice_widgets.core.maps.deformation import (
    COMPONENTS,
    Deformation,
    component_errors,
    deformation,
    direct_vectors,
    shear_covariance,
    vector_errors,
)
from lattice_widgets.core.maps.local_lattice import LocalLattice, local_lattice
from lattice_widgets.core.maps.reference import Reference, ReferenceLattice, find_reference
from lattice_widgets.core.maps.resolution import Plan, plan_map
from lattice_widgets.core.maps.window_fits import window_lattice
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.one_thread import one_thread

Method = Literal["phases", "windows", "both"]
METHODS: tuple[Method, ...] = ("phases", "windows", "both")

#: two methods differ where a difference is more than so many of its standard deviations
_DIFFERENT = 3.0
_LONG_NAMES = {
    "strain_xx": "strain along x (to the right)",
    "strain_yy": "strain along y (down)",
    "strain_xy": "shear strain (half of the angle)",
    "dilation": "dilation (strain xx + strain yy)",
    "rotation": "rotation (counter-clockwise on the screen)",
}
_PLACES = ("window_row", "window_col")


@one_thread
def map_lattice(
    picture: ArrayLike,
    pixel_size: float | tuple[float, float] | None = None,
    window_size: int | None = None,
    step: int | None = None,
    reference: Reference = None,
    *,
    method: Method = "phases",
    keep_all: bool = False,
) -> xr.Dataset:
    """Map the strain, rotation and amplitude of the lattice of a picture, each with its error.

    By geometric phase analysis: every strong spot is followed place by place, and all of them are fitted together. Phases
    are not unwrapped, so that a dislocation spoils its surroundings only. Errors are measured from the noise next to
    the spots, place by place; what is slower than the mask, such as a scanner that creeps, cannot be told from strain.
    Of several lattices, of grains or of layers, the strongest one is mapped.

    Parameters
    ----------
    picture : array_like or xarray.DataArray, shape (rows, cols), any real dtype
        The picture.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    window_size : int, optional
        Side of the square that one place averages over [px]. Chosen by the lattice and the noise if left out: the standard
        deviation of the mask is then 2.5 to 5 spacings, less in a small picture.
    step : int, optional
        From one place to the next [px]; half a standard deviation of the mask if left out.
    reference : tuple of float, LatticeFit, Lattice or str, optional
        What strain is measured against: a region ``(row, col, height, width)`` in px of the picture, a measured or known
        lattice [nm, or px without a pixel size], or a Bravais type, which stands for the ideal lattice nearest to the mean.
        The mean of the picture if left out. Of a lattice, the basis of least strain and rotation is taken.
    method : {"phases", "windows", "both"}
        Geometric phase analysis, a fit to the spectrum of each window, or both with a flag where they differ.
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too, which are left out otherwise.

    Returns
    -------
    xarray.Dataset
        Dimensions ``window_row`` and ``window_col`` with the centers ``row``, ``col`` [px] and, with a pixel size, ``y``, ``x``
        [nm]. Variables ``strain_xx``, ``strain_yy``, ``strain_xy``, ``dilation`` [%] and ``rotation`` [degrees], x to the right
        and y down, rotation counter-clockwise on the screen; ``vectors`` (..., vector, axis) [nm or px]; each with its
        standard deviation ``*_error``; ``amplitude`` (1 where the lattice is whole). NaN where there is no lattice. With
        ``method="both"`` also ``*_windows``, ``*_windows_error`` and ``differs``. Attributes: ``mask_sigma`` [px],
        ``mask_sigma_nm``, ``window_size``, ``step``, ``reference``, ``reference_errors`` (of the five maps: what the reference
        adds to their errors, the same everywhere), ``spots``, ``scan_unevenness``, ``left_out``; with a pixel size,
        ``calibration``: where it comes from.

    Raises
    ------
    LatticeNotFound
        If the picture holds no lattice.
    ValueError
        If it is not a picture, is too small for a map, or a setting does not fit.

    References
    ----------
    M. J. Hytch, E. Snoeck & R. Kilaas, Ultramicroscopy 74, 131 (1998).

    Examples
    --------
    >>> rows, cols = np.mgrid[:160, :192]
    >>> stretched = np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 8.08)
    >>> from lattice_widgets.core.lattices.lattice import Lattice
    >>> maps = map_lattice(stretched, reference=Lattice([[8, 0], [0, 8]]))
    >>> round(float(maps.strain_xx.mean()), 2), abs(round(float(maps.strain_yy.mean()), 2)), maps.strain_xx.units
    (1.0, 0.0, '%')
    """
    if method not in METHODS:
        raise ValueError(f"Unknown method {method!r}: choose one of {', '.join(METHODS)}.")
    values, side, _ = square_values(picture, pixel_size)
    power = PowerMap(values, keep_all, np.shape(picture))
    try:
        fit = fit_power_map(power, side)
    except LatticeNotFound:  # no single lattice explains the picture, but several may: the strongest is followed
        several = ask_geometry(values, side, keep_all=keep_all, scanned=np.shape(picture)).lattices
        if not several:
            raise
        fit = several[0]
    plan = plan_map(fit, power.shape, window_size, step)
    image = power.flattened - power.flattened.mean()
    corner = power.content.top, power.content.left
    with one_thread:
        phases = local_lattice(image, plan, fit.spots.frequency[~fit.indexed] * (fit.pixel_size or 1.0))
        by_windows = window_lattice(image, plan, phases) if method != "phases" else None
    main = phases if method == "phases" or by_windows is None or method == "both" else by_windows.local
    factor = plan.mask.gradient_noise() if method != "windows" or by_windows is None else by_windows.gradient_noise
    found = find_reference(reference, main, plan, corner, fit)
    dataset = _empty(plan, corner, fit, found, method)
    strained, covariance = _compared(main, factor, found)
    for name, number in zip(COMPONENTS, range(5), strict=True):
        _put(dataset, name, strained.values[number], strained.errors[number])
    scale = fit.pixel_size or 1.0
    vectors = direct_vectors(main.reciprocal)
    _put_vectors(dataset, scale * vectors, scale * vector_errors(vectors, covariance), fit.unit)
    if side:
        dataset.attrs["calibration"] = "by hand" if pixel_size is not None else calibration_of(picture)  # type: ignore[arg-type]
    dataset["amplitude"] = (_PLACES, main.amplitude, {"long_name": "amplitude of the lattice", "units": "1"})
    if method == "both" and by_windows is not None:
        other, _ = _compared(by_windows.local, by_windows.gradient_noise, found)
        differs = np.zeros(main.amplitude.shape, bool)
        for number, name in enumerate(COMPONENTS):
            _put(dataset, name, other.values[number], other.errors[number], "_windows")
            apart = np.abs(other.values[number] - strained.values[number])
            differs |= apart > _DIFFERENT * np.hypot(other.errors[number], strained.errors[number])
        dataset["differs"] = (
            _PLACES,
            differs,
            {"long_name": f"phases and windows differ by more than {_DIFFERENT:g} standard deviations"},
        )
    return dataset


def _compared(local: LocalLattice, factor: float, found: ReferenceLattice) -> tuple[Deformation, NDArray[np.float64]]:
    """Return strain and rotation against the reference, and the covariance of the distortion without the reference's."""
    with np.errstate(invalid="ignore"):
        covariance = shear_covariance(direct_vectors(local.reciprocal), factor * local.noise)
        return deformation(local.reciprocal, found.vectors, covariance + found.covariance[:, None, None]), covariance


def _empty(plan: Plan, corner: tuple[int, int], fit: LatticeFit, found: ReferenceLattice, method: Method) -> xr.Dataset:
    """Return the dataset without maps: the places and what they were made by."""
    coords = {}
    for name, axis, length, places, first in zip(("row", "col"), _PLACES, ("y", "x"), plan.places, corner, strict=True):
        coords[name] = (axis, places + first, {"units": "px", "long_name": f"{name} of the window's center"})
        if fit.pixel_size:
            inside = (places + first) * fit.pixel_size
            coords[length] = (axis, inside, {"units": "nm", "long_name": f"{length} of the center"})
    attrs = {
        "method": method,
        "mask_sigma": plan.mask.sigma,
        "mask_sigma_nm": plan.mask.sigma * fit.pixel_size if fit.pixel_size else 0.0,
        "window_size": plan.window_size,
        "step": plan.step,
        "pixel_size": fit.pixel_size or 0.0,
        "unit": fit.unit,
        "reference": found.told,
        "reference_vectors": (found.vectors * (fit.pixel_size or 1.0)).ravel().tolist(),
        "reference_errors": component_errors(found.covariance).tolist(),
        "spots": plan.indices.ravel().tolist(),
        "spot_frequencies": plan.carriers.ravel().tolist(),
        "mean_vectors": fit.vectors.ravel().tolist(),
        "scan_unevenness": -1.0 if fit.scan_unevenness is None else fit.scan_unevenness,
        "left_out": [str(note) for note in fit.left_out],
        "axes": "x to the right, y down; rotation counter-clockwise on the screen; strain V - 1 of F = V R",
    }
    return xr.Dataset(coords=coords, attrs=attrs)


def _put(dataset: xr.Dataset, name: str, value: NDArray, error: NDArray, method: str = "") -> None:
    unit = COMPONENTS[name]
    told = _LONG_NAMES[name] + (" by window fits" if method else "")
    dataset[f"{name}{method}"] = (_PLACES, value, {"units": unit, "long_name": told})
    long_name = f"standard deviation of the {told}"
    dataset[f"{name}{method}_error"] = (_PLACES, error, {"units": unit, "long_name": long_name})


def _put_vectors(dataset: xr.Dataset, vectors: NDArray, errors: NDArray, unit: str) -> None:
    dims = (*_PLACES, "vector", "axis")
    dataset["vectors"] = (dims, vectors, {"units": unit, "long_name": "lattice vectors"})
    dataset["vectors_error"] = (dims, errors, {"units": unit, "long_name": "standard deviation of the lattice vectors"})
    dataset.coords["vector"] = np.array(["a", "b"])
    dataset.coords["axis"] = np.array(["row", "col"])
