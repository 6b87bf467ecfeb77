"""Learning the rule of the joint verdict: its own suite of pictures, the two opinions about each, and the fit."""
