"""The strain map: strain, rotation and amplitude of the lattice of a picture, place by place."""
