"""From frames to phase fractions, holes and drift."""
