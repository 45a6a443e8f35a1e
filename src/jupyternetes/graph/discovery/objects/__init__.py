"""Objects of the cluster, as far as the graph reads them, and where the API server keeps them."""
