"""Publication figures by Matplotlib, a file each: what a widget shows, with scale bar, units, markers and errors."""
