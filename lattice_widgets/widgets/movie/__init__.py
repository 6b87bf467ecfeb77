"""The movie scrubber."""
