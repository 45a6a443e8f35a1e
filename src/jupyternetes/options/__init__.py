"""What a person may choose before a server starts, and what follows from a choice. No I/O.

The form, a link, JupyterHub's REST API and the command line all ask here, and nobody else decides.
"""
