"""How the tests of the scrubber analyze a movie: windows that are quickly done."""

HOW = {"window_size": 96, "step": 32, "n_passes": 20}
