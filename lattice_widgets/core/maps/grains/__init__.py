"""Grains of a picture: connected places of one lattice, each measured by its own pixels."""
