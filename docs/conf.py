"""How Sphinx builds this documentation: MyST Markdown, and the theme of the Jupyter projects."""

from jupyternetes import __version__

project = "Jupyternetes"
author = "The Jupyternetes developers"
copyright = f"2026, {author}"  # noqa: A001 (Sphinx asks for this name)
release = version = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "pydata_sphinx_theme"
html_title = "Jupyternetes"
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": False,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
}
