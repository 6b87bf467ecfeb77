"""The micrograph reader."""
