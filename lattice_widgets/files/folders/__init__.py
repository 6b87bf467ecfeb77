"""Folders: the pictures in one, one that is a movie itself, and one that is a zarr store."""
