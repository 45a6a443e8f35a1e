"""The graph as plain data, and what can be computed from it without a cluster."""
