"""The drawing: canvases in plain JavaScript and bqplot figures. No science."""
