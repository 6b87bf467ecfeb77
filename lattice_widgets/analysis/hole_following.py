"""What needs all frames at once: holes followed from frame to frame."""

import json

import numpy as np

from lattice_widgets.analysis.store import AnalysisStore
from lattice_widgets.core.movies.hole_tracks import HoleTracks


def follow_holes(store: AnalysisStore) -> None:
    """Follow the holes through an analysis: which is which, how large it is, what happens to it.

    ``hole_number`` (frame, label) gives each label of a frame the number that the hole keeps through the movie, 0 for none;
    ``hole_area`` (frame, label) its area in nm^2, or px^2 where no pixel size is known; the attribute ``hole_events`` is a
    JSON list of [frame, hole, kind, other].
    """
    dataset = store.dataset()
    count = int(dataset["hole_count"].max())
    frames = dataset.sizes["frame"]
    unit = float(dataset.attrs["pixel_size"]) ** 2 or 1.0
    drift = dataset["drift"].values if "drift" in dataset else np.zeros((frames, 2))
    left_out = dataset["left_out"].values > 0
    numbers = np.zeros((frames, max(count, 1)), np.int32)
    areas = np.full((frames, max(count, 1)), np.nan)
    tracks = HoleTracks()
    place = np.zeros(2)
    for frame in range(frames):
        if left_out[frame]:
            tracks.skip()
            continue
        labels = dataset["hole_labels"][frame].values
        shift, place = drift[frame] - place, drift[frame]
        lasting = tracks.add(labels, (float(shift[0]), float(shift[1])))
        sizes = np.bincount(labels.ravel())
        found = np.arange(1, len(sizes))
        # any pixel of a hole tells its lasting number
        first = np.zeros(len(sizes), np.int64)
        first[labels.ravel()[::-1]] = np.arange(labels.size)[::-1]
        numbers[frame, : len(found)] = lasting.ravel()[first[1:]]
        areas[frame, : len(found)] = sizes[1:] * unit
    store.add("hole_number", ("frame", "label"), numbers, {"units": "1", "long_name": "number that the hole keeps"})
    name = "nm^2" if dataset.attrs["pixel_size"] else "px^2"
    store.add("hole_area", ("frame", "label"), areas, {"units": name, "long_name": "area of the hole"})
    store.note(hole_events=json.dumps([list(event) for event in tracks.events]))
