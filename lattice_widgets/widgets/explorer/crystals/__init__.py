"""Which crystal could this be: the list of the likeliest, one of them over picture and transform, and the calibration by it."""
