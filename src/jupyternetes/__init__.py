"""Notebook servers for JupyterHub on Kubernetes, made by operators from templates."""

__version__ = "0.1.0"
