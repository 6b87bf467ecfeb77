"""Make the README's pictures, docs/*.png, anew: the real widgets in a real JupyterLab in Chromium, in true colors.

    python tools/make_readme_pictures.py [name ...] [--data FOLDER]

The folder holds the real pictures by their names; without it they are fetched as always, see `lattice_widgets.samples`.
"""

import argparse
import io
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser.chromium import ADVICE, find_chromium, launch  # noqa: E402
from browser.lab import Lab  # noqa: E402
from browser.lab_server import LabServer  # noqa: E402

from lattice_widgets.views.saved.static_picture import png_of_image  # noqa: E402

#: largest file [bytes], and the numbers of colors that are tried until a picture is smaller
LARGEST = 300_000
COLORS = (240, 160, 96, 64)
IMPORT = "import ipywidgets as ipw\nimport lattice_widgets as lw\n"
#: name -> the cell that makes `shown`; what is then done in the kernel
SCENES = {
    "lattice_simulator": ("shown = lw.LatticeSimulator(crystal='graphene')", "await shown.settled()"),
    "fft_explorer": ("shown = lw.FFTExplorer('graphene_stm')", "await shown.settled()"),
    "probability_panel": (
        "shown = lw.ProbabilityPanel('graphene_stm', classifier='paper', seed=1)",
        "await shown.settled()",
    ),
    "embedding_viewer": (
        "shown = lw.EmbeddingViewer()",
        "await shown.settled(); shown.place('graphene_stem'); await shown.settled()",
    ),
    "micrograph_reader": ("shown = lw.MicrographReader(source='fe001_bicrystal_stem')", "await shown.settled()"),
    "movie_scrubber": (
        "shown = lw.MovieScrubber(n_passes=20, step=64)",
        "await shown.settled(); shown.analyze(); await shown.settled(); shown.frame = 85; shown.window = (3, 3)\n"
        "await shown.settled()",
    ),
    # a hexagonal crystal, swollen by some percent around one point: the waves of its lattice, displaced
    "strain_map": (
        "import numpy as np\nrow, col = np.mgrid[:640, :640].astype(float)\ny, x = row - 290, col - 370\n"
        "swollen = 0.022 * np.exp(-(x**2 + y**2) / (2 * 85**2))\nturns = np.deg2rad([8, 68, 128])\n"
        "waves = [np.cos(2 * np.pi * (1 - swollen) * (y * np.sin(t) + x * np.cos(t)) / 13) for t in turns]\n"
        "picture = np.exp(0.7 * sum(waves)) + 0.5 * np.random.default_rng(3).normal(size=row.shape)\n"
        "shown = lw.StrainMap(picture, pixel_size='0.02 nm', quantity='dilation')",
        "await shown.settled(); shown.place = (290, 370); shown.lay_line(); await shown.settled()",
    ),
    # a folder as a microscope leaves it: four crystals
    "folder_table": (
        "import numpy as np\nimport tifffile\nfrom pathlib import Path\nfolder = Path('measurements')\n"
        "folder.mkdir(exist_ok=True)\n"
        "for number, name in enumerate(('graphene', 'MoS2', 'SrTiO3 [001]', 'Si [110]'), 1):\n"
        "    scan = lw.simulate_micrograph(lw.CRYSTALS[name], rotation=10.0 * number)\n"
        "    sizes = (1 / scan.pixel_size, 1 / scan.pixel_size)\n"
        "    tifffile.imwrite(folder / f'scan {number}.tif', scan.image.astype('f4'), imagej=True, resolution=sizes,\n"
        "                     metadata={'unit': 'nm'})\n"
        "shown = lw.FolderTable('measurements', sort_by='file', descending=False)",
        "await shown.settled()",
    ),
    "training_panel": (
        "shown = lw.TrainingPanel(seed=0)",
        "await shown.settled(); shown.train(); await shown.finished()",
    ),
    "beam_energy": ("shown = lw.BeamEnergy()", "await shown.settled()"),
    "lattice_map": (
        "simulator = lw.LatticeSimulator(crystal='graphene')\n"
        "chart = lw.LatticeMap(simulator, background='geometry')\nshown = ipw.VBox([simulator, chart])",
        "await simulator.settled(); simulator.b = 0.27; simulator.gamma = 112.0; await simulator.settled()\n"
        "await chart.settled()",
    ),
    "prediction": (
        "shown = lw.Prediction('two_spaces', 1, letters='abc', right='b')",
        "await shown.settled(); shown.choose('b'); await shown.settled()",
    ),
    "quiz": (
        "shown = lw.Quiz('lattice', level=1, seed=7)",
        "await shown.settled(); shown.answer('hexagonal', 0.7); await shown.settled()",
    ),
}


def picture_of(lab: Lab, name: str) -> Image.Image:
    """Return what a widget looks like in the browser once it has its answers."""
    cell, then = SCENES[name]
    page = lab.open([f"{IMPORT}{cell}\nshown.add_class('readme-picture')\nshown"])
    lab.run_all()
    lab.execute(then)
    page.wait_for_timeout(3000)  # bqplot moves its bars for a while
    for problem in page.locator(".lattice-widgets-error").all_inner_texts():
        sys.exit(f"{name}: {problem}")
    shot = page.locator(".readme-picture").first.screenshot()
    for problem in lab.close():
        print(problem, file=sys.stderr)
    return Image.open(io.BytesIO(shot)).convert("RGB")


def serve_data(folder: Path | None) -> dict[str, str]:
    """Serve a folder of real pictures as a mirror, and return the variable that names it; none for no folder."""
    if folder is None:
        return {}
    files = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    threading.Thread(target=files.serve_forever, daemon=True).start()
    return {"LATTICE_WIDGETS_DATA_URL": f"http://127.0.0.1:{files.server_address[1]}/"}


def main() -> None:
    """Make the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(SCENES)}; all if none is named")
    parser.add_argument("--data", type=Path, help="folder of the real pictures")
    asked = parser.parse_args()
    program = find_chromium()
    if program is None:
        sys.exit(ADVICE)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as driver,
        LabServer(Path(folder) / "lab", serve_data(asked.data)) as server,
    ):
        browser = launch(driver, program, Path(folder) / "chromium")
        for name in asked.names or SCENES:
            picture = picture_of(Lab(browser, server), name)
            tries = (png_of_image(picture, colors) for colors in COLORS)
            png = next((png for png in tries if len(png) < LARGEST), b"")
            if not png:
                sys.exit(f"{name} does not fit into {LARGEST} bytes.")
            (ROOT / "docs" / f"{name}.png").write_bytes(png)
            print(f"docs/{name}.png: {picture.width} x {picture.height}, {len(png)} bytes", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
