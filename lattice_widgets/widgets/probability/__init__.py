"""The probability panel."""
