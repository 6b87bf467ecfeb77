"""The FFT explorer."""
