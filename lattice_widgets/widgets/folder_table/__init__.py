"""The table of a folder: a line and a small picture for each file, which follows what a microscope writes."""
