"""Charts by bqplot."""
