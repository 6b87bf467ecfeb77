"""A measured lattice in, the known crystals that it could be out, the likeliest first."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.bravais_weights import ScanDistortion, scans_of
from lattice_widgets.core.lattices.known.comparison import Comparison, compare, strain_errors
from lattice_widgets.core.lattices.known.table import CELL_KINDS, CellKind, KnownCell, known_cells
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.sentences import Sentence

__all__ = ["CALIBRATION_ERROR", "Candidate", "Candidates", "candidates"]

#: of a pixel size that a file brings along, as a fraction, one standard deviation
CALIBRATION_ERROR = 0.03
#: how far a sample may be off the numbers of the table (temperature, composition, thin films), as a fraction
SAMPLE_ERROR = 0.002
#: a lattice that is farther off than this fits no cell [standard deviations]
_FITS = 3.0
#: (stretch, shear) of the scan -> the three parts of the strain
_OF_SCAN = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
#: a wrong calibration -> the three parts of the strain
_OF_SCALE = np.array([1.0, 1.0, 0.0])
#: the three parts of the strain -> the two that do not depend on the scale
_SHAPE = np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]])


class Fitted(Protocol):
    """A lattice with errors: a `LatticeFit`."""

    @property
    def vectors(self) -> NDArray[np.float64]:
        """Reduced primitive vectors in rows, shape (2, 2)."""

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Of ``vectors.ravel()``, shape (4, 4)."""

    @property
    def scan_unevenness(self) -> float | None:
        """How unevenly the scan is strained."""

    @property
    def unit(self) -> Literal["nm", "px"]:
        """Of the lengths."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A crystal that a measured lattice could be.

    Attributes
    ----------
    cell : KnownCell
        Its name, its cell, and where these come from.
    probability : float
        0 to 1, among all cells that were compared: each was presumed to be as likely as any other before.
    log_likelihood : float
        Logarithm of the probability density of the measured strain; only differences count.
    sigmas : float
        How far the measured lattice is off [standard deviations], of fit, scan, calibration and sample together.
    scale, scale_error : float
        What the pixel size has to be multiplied by if the picture shows this crystal, and its standard deviation; [nm/px] if
        the pixel size is not known, as for lengths in px.
    vectors : ndarray, float64, shape (2, 2)
        Its reduced vectors [nm], turned as the lattice of the picture is, in rows as (row, col).
    """

    cell: KnownCell
    probability: float
    log_likelihood: float
    sigmas: float
    scale: float
    scale_error: float
    vectors: NDArray[np.float64]

    @property
    def name(self) -> str:
        """What the crystal and its cell are called."""
        return self.cell.name

    @property
    def source(self) -> str:
        """Where its numbers come from."""
        return self.cell.source

    @property
    def lattice(self) -> Lattice:
        """Its lattice [nm], turned as that of the picture is."""
        return Lattice(self.vectors)

    def __repr__(self) -> str:
        return f"<{self.name}: {100 * self.probability:.1f} %, off by {self.sigmas:.1f} sigma, scale {self.scale:.4g}>"


@dataclass(frozen=True, eq=False)
class Candidates(Sequence[Candidate]):
    """Crystals that a measured lattice could be, the likeliest first.

    Attributes
    ----------
    ranked : tuple of Candidate
        All that were compared.
    sentence : Sentence
        What was compared, and whether any cell fits.
    """

    ranked: tuple[Candidate, ...]
    sentence: Sentence

    def __len__(self) -> int:
        return len(self.ranked)

    @overload
    def __getitem__(self, index: int) -> Candidate: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Candidate, ...]: ...
    def __getitem__(self, index: int | slice) -> Candidate | tuple[Candidate, ...]:
        return self.ranked[index]

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.ranked)

    def __str__(self) -> str:
        return "\n".join([str(self.sentence), *(repr(each)[1:-1] for each in self.ranked[:10])])


def candidates(
    fit: Fitted,
    *,
    calibration_error: float | None = CALIBRATION_ERROR,
    kinds: Collection[CellKind] = CELL_KINDS,
    elements: str | Collection[str] | None = None,
) -> Candidates:
    """Rank the known crystals by how well they explain a measured lattice: which one could this be?

    Reduced primitive cells are compared. How far they may differ is told by the errors of the fit, by what scans do to lattices
    (as for `LatticeFit.scan_error`), by the calibration, and by 0.2 % for the sample itself. Many crystals have nearly the same
    cell: a list of candidates is not an identification.

    Parameters
    ----------
    fit : LatticeFit
        From `fit_lattice` or `find_lattices`. If its lengths are in px, only their ratio and the angle are compared.
    calibration_error : float or None
        Standard deviation of the pixel size, as a fraction of it. None if it says nothing, for example because it was set by
        presuming a crystal: then only the ratio of the lengths and the angle are compared.
    kinds : collection of {"layer", "projection", "surface"}
        What the picture may show: a beam that goes through the sample sees layers and projections, a tip layers and surfaces.
    elements : str or collection of str, optional
        Symbols of the elements that the sample may hold, such as "Mo S"; crystals with any other one are left out.

    Returns
    -------
    Candidates
        The likeliest first; ``str()`` of it lists ten.

    Raises
    ------
    ValueError
        If the calibration error is not positive, there is no such kind, or no cell is left to compare.

    Examples
    --------
    >>> from lattice_widgets.core.geometry.lattice_fit import fit_lattice
    >>> from lattice_widgets.core.simulation.crystals import CRYSTALS
    >>> from lattice_widgets.core.simulation.micrograph import simulate_micrograph
    >>> taken = simulate_micrograph(CRYSTALS["graphene"], seed=1)
    >>> found = candidates(fit_lattice(taken.image, 0.98 * taken.pixel_size), kinds=("layer",))  # 2 % off
    >>> found[0].name, found[0].source
    ('graphene', 'Baskin & Meyer, Phys. Rev. 100, 544 (1955)')
    >>> abs(found[0].scale - 1 / 0.98) < 2 * found[0].scale_error
    True
    """
    cells = _chosen(kinds, elements)
    if calibration_error is not None and not 0 < calibration_error < np.inf:
        raise ValueError(
            Sentence(
                "The calibration error is a positive fraction, such as 0.03, or None; not {given}.",
                given=repr(calibration_error),
            )
        )
    by_shape = fit.unit == "px" or calibration_error is None
    compared = compare(fit.vectors, np.array([cell.lattice.vectors for cell in cells]))
    own = strain_errors(fit.vectors, fit.covariance) + SAMPLE_ERROR**2 * np.diag([1.0, 1.0, 1.0])
    scans = [
        (share, own + _OF_SCAN @ spread @ _OF_SCAN.T)
        for share, spread in scans_of(ScanDistortion.from_unevenness(fit.scan_unevenness))
    ]
    wrong = 0.0 if by_shape or calibration_error is None else calibration_error**2
    likelihood = _log_likelihood(compared.strains, scans, None if by_shape else wrong)
    ranked = _ranked(cells, compared, likelihood, scans, None if by_shape else wrong)
    return Candidates(ranked, _sentence(ranked, by_shape, calibration_error, fit.unit))


def _chosen(kinds: Collection[CellKind], elements: str | Collection[str] | None) -> list[KnownCell]:
    if not kinds or not set(kinds) <= set(CELL_KINDS):
        raise ValueError(
            Sentence(
                "The kinds of cells are {known}; not {given}.", known=", ".join(CELL_KINDS), given=repr(tuple(kinds))
            )
        )
    named = re.findall(r"[A-Z][a-z]?", elements) if isinstance(elements, str) else elements
    allowed = None if named is None else frozenset(named)
    cells = [
        cell for cell in known_cells().values() if cell.kind in kinds and (allowed is None or cell.elements <= allowed)
    ]
    if not cells:
        raise ValueError(
            Sentence(
                "The table has no cell of {elements} alone.", elements=", ".join(sorted(allowed or ())) or "nothing"
            )
        )
    return cells


def _log_likelihood(
    strains: NDArray[np.float64], scans: list[tuple[float, NDArray[np.float64]]], scale: float | None
) -> NDArray[np.float64]:
    """Return the logarithm of the density of strains (..., 3) over all kinds of scan; ``scale`` None: of the shape alone."""
    logs = []
    for share, spread in scans:
        value, covariance = _seen(strains, spread, scale)
        square = np.einsum("...i,ij,...j->...", value, np.linalg.inv(covariance), value)
        logs.append(np.log(share) - square / 2 - np.linalg.slogdet(2 * np.pi * covariance)[1] / 2)
    return np.logaddexp.reduce(logs, axis=0)


def _seen(
    strains: NDArray[np.float64], spread: NDArray[np.float64], scale: float | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the parts of the strain that are compared, and their covariance with that of the calibration."""
    if scale is None:
        return strains @ _SHAPE.T, _SHAPE @ spread @ _SHAPE.T
    return strains, spread + scale * np.outer(_OF_SCALE, _OF_SCALE)


def _ranked(
    cells: list[KnownCell],
    compared: Comparison,
    likelihood: NDArray[np.float64],
    scans: list[tuple[float, NDArray[np.float64]]],
    scale: float | None,
) -> tuple[Candidate, ...]:
    """Return the candidates, each by the basis that explains the picture best."""
    every, basis = np.arange(len(cells)), likelihood.argmax(axis=1)
    best, strains, vectors = likelihood[every, basis], compared.strains[every, basis], compared.vectors[every, basis]
    mean = np.sum([share * spread for share, spread in scans], axis=0)
    value, covariance = _seen(strains, mean, scale)
    sigmas = np.sqrt(np.einsum("...i,ij,...j->...", value, np.linalg.inv(covariance), value))
    share = np.exp(best - best.max())
    # least squares for the scale, by the errors of the fit and of the scan
    weight = np.linalg.solve(mean, _OF_SCALE)
    certainty = float(_OF_SCALE @ weight)
    factor = np.exp(-(strains @ weight) / certainty)
    error = factor / np.sqrt(certainty)
    order = np.argsort(-best, kind="stable")
    return tuple(
        Candidate(
            cells[n],
            float(share[n] / share.sum()),
            float(best[n]),
            float(sigmas[n]),
            float(factor[n]),
            float(error[n]),
            vectors[n],
        )
        for n in order
    )


def _sentence(ranked: tuple[Candidate, ...], by_shape: bool, error: float | None, unit: str) -> Sentence:
    """Say what was compared, and whether any cell fits."""
    if not by_shape:
        compared = Sentence(
            "Lengths and angle are compared; the pixel size is taken to be right to {percent:.2g} %.",
            percent=100 * (error or 0.0),
        )
    elif unit == "px":
        compared = Sentence("The pixel size is not known: only the ratio of the lengths and the angle are compared.")
    else:
        compared = Sentence(
            "The pixel size is left out of account: only the ratio of the lengths and the angle are compared."
        )
    if min(each.sigmas for each in ranked) <= _FITS:
        return compared
    return Sentence(
        "{compared} No cell of the table fits within three standard deviations: another crystal, or a scan that drifted.",
        compared=compared,
    )
