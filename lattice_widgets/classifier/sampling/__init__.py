"""Many passes of a network with dropout, fast and repeatable."""
