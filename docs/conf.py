"""How the site is built: `make docs`. Nothing is fetched for it, and the built pages fetch nothing either."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "extensions")]

import lattice_widgets  # noqa: E402

project = "lattice_widgets"
author = "The lattice_widgets engineers"
copyright = "The lattice_widgets engineers"
version = release = lattice_widgets.__version__
language = "en"
smartquotes = False

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "api_pages"]
exclude_patterns = ["extensions", "static"]
templates_path: list[str] = []

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
# a link to a file of the repository that is no page: the address of the repository is not known here
myst_all_links_external = False

# `name` in a docstring is a link if it is a public name, otherwise code
default_role = "py:obj"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say types, shapes and units
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = True

html_theme = "pydata_sphinx_theme"
html_title = "lattice_widgets"
html_sidebars = {"api/**": ["sidebar-nav-bs"], "*": []}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
