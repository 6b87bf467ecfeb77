"""Runs the networks of this kit with NumPy and SciPy's BLAS, from the same weights as Keras and with the same answers."""
