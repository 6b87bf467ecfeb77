"""Networks in Keras: for training, to check the runtime, and for an architecture that the runtime does not know."""
