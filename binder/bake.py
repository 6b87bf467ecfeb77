"""Put into the image what would cost every visitor time: the real pictures, Matplotlib's list of fonts, compiled modules."""

import importlib

import matplotlib.font_manager  # noqa: F401  # makes the list, and keeps it

import lattice_widgets as lw

#: what a server and a kernel import, beside all of ours: imported once, they are compiled
SERVED = (
    "bqplot dask.array distributed ipykernel_launcher ipympl.backend_nbagg jupyterlab.labapp jupyter_server.serverapp lmfit "
    "matplotlib.pyplot openTSNE rsciio.digitalmicrograph tifffile voila.app voila.server_extension zarr"
)


def compile_what_is_used() -> None:
    """Import what visitors will need, so that nobody waits while it is compiled."""
    for name in lw.__all__:
        getattr(lw, name)
    for name in SERVED.split():
        importlib.import_module(name)


def main() -> None:
    """Fetch every sample to where the widgets will look for it; one that cannot be had is no reason to fail."""
    compile_what_is_used()
    samples = [sample for sample in lw.list_samples() if not sample.bundled]
    fetched = 0
    for sample in samples:
        try:
            lw.fetch_sample(sample.name)
            fetched += 1
        except OSError as error:
            print(f"Not in the image: {sample.name}. {error}")
    print(f"{fetched} of {len(samples)} real pictures are in the image.")


if __name__ == "__main__":
    main()
