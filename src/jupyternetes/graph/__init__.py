"""The dependency graph: which parts of a JupyterHub deployment depend on which, and what can be observed of each."""
