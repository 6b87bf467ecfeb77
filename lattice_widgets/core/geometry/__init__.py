"""A lattice measured from the spots of a spectrum, with errors."""
