"""One picture, place by place: maps of its lattice with errors."""
