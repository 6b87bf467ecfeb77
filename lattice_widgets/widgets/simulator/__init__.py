"""The lattice simulator."""
