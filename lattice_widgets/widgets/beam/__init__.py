"""The beam energy widget."""
