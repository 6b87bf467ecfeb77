"""Strain by Atomap, for `strain_maps.py --others PYTHON`: run by the Python of an environment that has it.

    PYTHON benchmarks/others/atomap_strain.py PICTURE.npy SPACING SIGMA PLACES.npy

As its guide has it: atoms are found, refined by center of mass and by Gaussians, and the distances of neighbors along the x
axis are compared with SPACING [px]. They are averaged with a Gaussian of SIGMA [px] around PLACES (n, 2), as a map is. Prints
JSON: strain at each place [%], null if no such axis is found, and the seconds that finding and refining took.
"""

import json
import sys
import time
import warnings

import atomap.api as am
import hyperspy.api as hs
import numpy as np


def main() -> None:
    warnings.filterwarnings("ignore")
    picture, spacing, sigma = np.load(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    places = np.load(sys.argv[4])
    start = time.perf_counter()
    positions = am.get_atom_positions(hs.signals.Signal2D(picture - picture.min()), separation=int(spacing / 2))
    atoms = am.Sublattice(positions, image=picture - picture.min())
    atoms.find_nearest_neighbors()
    atoms.refine_atom_positions_using_center_of_mass(show_progressbar=False)
    atoms.refine_atom_positions_using_2d_gaussian(show_progressbar=False)
    atoms.construct_zone_axes()
    seconds = time.perf_counter() - start
    off, axis = min(
        (np.hypot(abs(vector[0]) - spacing, vector[1]), vector) for vector in atoms.zones_axis_average_distances
    )
    if off > spacing / 4:
        print(json.dumps({"strain": None, "seconds": seconds}))
        return
    x, y, distance = map(np.asarray, atoms.get_atom_distance_list_from_zone_vector(axis))
    strain = 100 * (distance / spacing - 1)
    weight = np.exp(-((x - places[:, 1:]) ** 2 + (y - places[:, :1]) ** 2) / (2 * sigma**2))
    mean = (weight @ strain) / weight.sum(axis=1)
    print(json.dumps({"strain": mean.tolist(), "seconds": seconds}))


if __name__ == "__main__":
    main()
