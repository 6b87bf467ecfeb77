"""The error that all of this package raises."""


class ClassifierError(RuntimeError):
    """A classifier cannot work; the message says what to do."""
