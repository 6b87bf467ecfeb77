"""A Jupyter lab notebook kit that names the two-dimensional Bravais lattice of an atomically resolved picture.

The public names stand in `__init__.pyi` and are loaded when they are first used, so that ``import lattice_widgets`` is
quick and loads neither Keras nor TensorFlow nor Matplotlib (Scientific Python SPEC 1).
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
