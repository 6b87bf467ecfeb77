"""Which crystal could this be: the table of known cells, and how a measured lattice is compared with them."""
