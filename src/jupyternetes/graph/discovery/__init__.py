"""Which parts a deployment of JupyterHub has, and how they depend on each other: read from objects of the cluster."""
