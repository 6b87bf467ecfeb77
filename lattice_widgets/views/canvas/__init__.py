"""A picture in the browser: contrast, zoom, window, overlays."""
