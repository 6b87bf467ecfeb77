"""Streams of simulated pictures to train on."""
