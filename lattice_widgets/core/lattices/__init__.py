"""Lattices: two vectors, the reduced cell, the Bravais type, the map of all lattices."""
