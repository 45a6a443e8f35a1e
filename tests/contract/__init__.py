"""A package, so that its control plane ends with the last of its tests."""
