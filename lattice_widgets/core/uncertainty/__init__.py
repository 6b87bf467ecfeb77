"""How sure a classifier is, and whether it may be trusted."""
