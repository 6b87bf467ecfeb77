"""The drawing: canvases in plain JavaScript and bqplot figures. No science.

The views below are anywidgets, each a picture that a hand can move, without boxes around it: they live where boxes of
ipywidgets do not, as in marimo (``mo.ui.anywidget(canvas)``), and in pages of your own. Their names stand in `__init__.pyi`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
