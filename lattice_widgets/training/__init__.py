"""What makers run: pictures to train on, training, calibration, examination. Widgets and analysis never import it."""
