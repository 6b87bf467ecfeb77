"""Pictures: checks, windows, spectra, and the descriptor that a network sees."""
