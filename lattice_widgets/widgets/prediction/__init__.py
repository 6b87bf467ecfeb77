"""Predictions of lessons."""
