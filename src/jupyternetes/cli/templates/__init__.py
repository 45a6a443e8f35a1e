"""What ``jupyternetes template`` does: all of it with the operators' own pure code, and without a cluster."""
