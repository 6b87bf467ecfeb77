"""The type of the picture within its errors: how often is it right, and what do its weights promise?

    python benchmarks/types_at_sigmas.py                     # a minute or two
    python benchmarks/types_at_sigmas.py --pictures 1000

Three suites. Random lattices of all types, which may be as near as 0.7 % to a higher one, as in `lattice-widgets evaluate`:
the share of right answers, and of wrong ones among those of weight above 0.95, for the weights of the picture
(`picture_weights`) and those that allow for what scans distort (`weights`). Perfect lattices without noise: how far off their
shape is measured, the systematic error that the weights of the picture assume at least. And square and hexagonal lattices that
drift strains by 0.1 to 5 %: how often the picture's type is still the higher one, by the standard deviations that it is off.
Shares come with Wilson intervals (95 %).
"""

import argparse
from itertools import takewhile

import numpy as np
from scipy.stats import binomtest

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.lattices.bravais_weights import sigmas_to
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, BravaisType
from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.micrograph import Imperfections, Micrograph, Microscope, simulate_micrograph
from lattice_widgets.training import exam

#: a seed that no training, fitting or examination uses
_SEED = 1_618_033


def share(hits: int, of: int) -> str:
    if not of:
        return "none"
    low, high = binomtest(hits, of).proportion_ci(method="wilson")
    return f"{hits / of:.3f} [{low:.3f}, {high:.3f}] ({hits} of {of})"


def fitted(picture: np.ndarray) -> LatticeFit | None:
    try:
        return fit_lattice(picture)
    except LatticeNotFound:
        return None


def random_pictures(count: int) -> None:
    """Print how often the type of the largest weight is right, and of the answers above 0.95 wrong."""
    asked = takewhile(lambda question: question.suite == exam.SUITES[0], exam.iter_questions(count / 1000, _SEED))
    fits = [(question.truth, fit) for question in asked if (fit := fitted(question.image)) is not None]
    for name in ("picture_weights", "weights"):
        best = [(truth, max((w, kind) for kind, w in getattr(fit, name).items())) for truth, fit in fits]
        sure = [(truth, kind) for truth, (weight, kind) in best if weight > 0.95]
        right = sum(truth == kind for truth, (_, kind) in best)
        print(f"{name:16s} right {share(right, len(best))}", flush=True)
        print(f"{'':16s} above 0.95, wrong {share(sum(truth != kind for truth, kind in sure), len(sure))}", flush=True)


def draw(rng: np.random.Generator, kind: BravaisType, dose: float | None, drift: tuple[float, float]) -> Micrograph:
    """Draw a lattice of a type that is clearly none of a higher one; drift [px each line]."""
    a = rng.uniform(0.25, 0.5)
    b, gamma = {
        "square": (a, 90.0),
        "hexagonal": (a, 120.0),
        "rectangular": (a * rng.uniform(1.1, 1.6), 90.0),
        "centered rectangular": (a, rng.uniform(96, 114)),
    }[kind]
    atoms = tuple(Atom("X", int(rng.integers(20, 50)), *rng.random(2)) for _ in range(int(rng.integers(1, 4))))
    rows, cells = int(rng.choice([128, 200, 256, 384])), rng.uniform(6, 16)
    microscope = Microscope(
        rows=rows, cols=rows, field_of_view=cells * a, probe_size=a * rng.uniform(0.3, 0.6), dose=dose
    )
    speed = microscope.pixel_size / microscope.line_time
    imperfections = Imperfections(drift=(drift[0] * speed, drift[1] * speed))
    seed = int(rng.integers(2**31))
    return simulate_micrograph(
        Crystal("drawn", a, b, gamma, atoms), microscope, imperfections, rotation=rng.uniform(0, 360), seed=seed
    )


def perfect_pictures(count: int) -> None:
    """Print how far off the shapes of perfect pictures without noise are measured."""
    off = []
    for number in range(count):
        rng = np.random.default_rng([_SEED, 1, number])
        made = draw(rng, BRAVAIS_TYPES[1 + number % 4], None, (0.0, 0.0))
        fit = fitted(made.image)
        if fit is None:
            continue
        truth = made.picture_lattice.reduced().vectors / made.pixel_size
        whole = np.round(fit.vectors @ np.linalg.inv(truth))
        if abs(round(np.linalg.det(whole))) == 1:
            strain = np.linalg.solve(whole @ truth, fit.vectors) - np.eye(2)
            off.append(np.hypot(strain[0, 0] - strain[1, 1], strain[0, 1] + strain[1, 0]))
    half, most, worst = np.quantile(off, [0.5, 0.95, 1])
    print(
        f"perfect pictures ({len(off)}): off by {half:.1e} (half), {most:.1e} (95 %), {worst:.1e} (the worst)",
        flush=True,
    )


def strained_pictures(count: int) -> None:
    """Print how often a strained lattice is still said to be of the higher type, by how many sigmas it is off."""
    found = []
    for number in range(count):
        rng = np.random.default_rng([_SEED, 2, number])
        kind: BravaisType = "hexagonal" if number % 2 else "square"
        strain, angle = np.exp(rng.uniform(np.log(0.001), np.log(0.05))), rng.uniform(0, 2 * np.pi)
        made = draw(rng, kind, 1e6, (strain * np.sin(angle), strain * np.cos(angle)))
        fit = fitted(made.image)
        if fit is not None:
            found.append((sigmas_to(fit.lattice, fit.shape_covariance, kind), fit.picture_type == kind))
    for low, high in ((0, 2), (2, 4), (4, 6), (6, 10), (10, np.inf)):
        here = [same for sigmas, same in found if low <= sigmas < high]
        print(
            f"strained, off by {low} to {high} sigma: the picture's type is still the higher {share(sum(here), len(here))}"
        )


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=300, help="Random lattices; a third as many of the others.")
    count = parser.parse_args().pictures
    perfect_pictures(count // 3)
    strained_pictures(count // 3)
    random_pictures(count)


if __name__ == "__main__":
    main()
