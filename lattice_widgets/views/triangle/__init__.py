"""The map of all lattices in the browser."""
