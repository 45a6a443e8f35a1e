"""Figures, not tests: what a start costs and how long it takes, on a real API server."""
