"""How a picture comes into a widget: chosen from a list, a file, an array, a data set of it, and its pixel size."""
