"""The hub's connection to the cluster: one client and one watch, and what is asked and done through them."""
