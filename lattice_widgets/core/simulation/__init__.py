"""Simulated micrographs: crystals, microscopes, noise, drift, and damage by the beam."""
