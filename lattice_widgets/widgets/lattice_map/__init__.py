"""The map of lattices."""
