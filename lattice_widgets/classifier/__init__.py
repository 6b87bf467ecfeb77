"""The networks: their architecture, training data, training and inference. Keras lives here and nowhere else.

Importing this package does not import Keras; building or loading a network does.
"""

from lattice_widgets.classifier.backend import ClassifierError
from lattice_widgets.classifier.card import ModelCard, list_classifiers
from lattice_widgets.classifier.inference import Classifier, load_classifier

__all__ = ["Classifier", "ClassifierError", "ModelCard", "list_classifiers", "load_classifier"]
