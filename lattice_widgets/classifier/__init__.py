"""The networks: what they answer, and how sure they are.

They are run by NumPy and SciPy (`runtime`). Keras lives in `keras_network` and is imported only for training, to check the
runtime, and for a network of another architecture.
"""

from lattice_widgets.classifier.card import ModelCard, list_classifiers
from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.inference import Classifier, load_classifier

__all__ = ["Classifier", "ClassifierError", "ModelCard", "list_classifiers", "load_classifier"]
