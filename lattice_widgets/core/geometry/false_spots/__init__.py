"""Spots that are no spots of the lattice, though it makes them: the speckle of streaks, and aliases."""
