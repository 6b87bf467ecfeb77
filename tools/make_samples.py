"""Make the bundled simulated samples and print their lines for `samples/registry.txt`. Run it once: the files are committed."""

import hashlib
from pathlib import Path

import numpy as np

import lattice_widgets as lw

FOLDER = Path(__file__).parents[1] / "lattice_widgets" / "samples"
SAMPLES = {
    "simulated_graphene_stm": (
        lw.CRYSTALS["graphene"],
        lw.Microscope(mode="STM", rows=192, cols=256, field_of_view=3.2, tip_size=0.14, line_time=0.02),
        lw.Imperfections(drift=(0.02, 0.06), line_noise=0.05, disorder=0.01),
        14.0,
    ),
    "simulated_srtio3_stem": (
        lw.CRYSTALS["SrTiO3 [001]"],
        lw.Microscope(mode="STEM", rows=192, cols=256, field_of_view=5.0, probe_size=0.11, dose=4e5),
        lw.Imperfections(disorder=0.015, vacancies=0.02, jitter=0.004, tilt=(0.2, 0.1)),
        21.0,
    ),
}

if __name__ == "__main__":
    for seed, (name, (crystal, microscope, imperfections, rotation)) in enumerate(SAMPLES.items()):
        picture = lw.simulate_micrograph(crystal, microscope, imperfections, rotation=rotation, seed=seed)
        path = FOLDER / f"{name}.npz"
        # 16 bits: finer than any microscope's own digits, at half the size
        np.savez_compressed(path, image=picture.image.astype(np.float16), pixel_size_nm=picture.pixel_size)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{name}.npz {digest} bundled:samples/{name}.npz", picture.picture_lattice.bravais_type())
