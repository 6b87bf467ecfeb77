"""The distortion of a scan, its slow and its fast axis apart: measured from a lattice, and taken out of the picture."""
