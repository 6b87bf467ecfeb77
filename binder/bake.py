"""Put into the image what would cost every visitor time: the real pictures, and Matplotlib's list of fonts."""

import matplotlib.font_manager  # noqa: F401  # makes the list, and keeps it

import lattice_widgets as lw


def main() -> None:
    """Fetch every sample to where the widgets will look for it; one that cannot be had is no reason to fail."""
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
