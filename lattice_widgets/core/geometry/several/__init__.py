"""Several lattices in one picture: which there are, and where each of them is."""
