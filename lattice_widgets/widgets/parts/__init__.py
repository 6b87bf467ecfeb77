"""What several widgets are made of: controls, sources, the list of pictures."""
