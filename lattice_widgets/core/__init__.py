"""The science: pure functions on plain arrays, no screen and no network. Each file is one step of the method."""
