"""A question of a quiz in the browser."""
