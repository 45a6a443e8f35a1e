"""A package of one extension module."""
