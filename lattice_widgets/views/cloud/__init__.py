"""A map of many points in the browser."""
