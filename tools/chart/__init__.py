"""Writes what the chart and the reference pages take from the code, and finds those that no longer agree with it."""
