"""Builds the project's container images without Docker and without a registry.

From the checkout and the package registries alone: a Debian base, our wheel, then the Containerfiles that serve a
machine with Docker as well. The results are archives in a cache, keyed by what they were made from, so building what
has not changed does nothing. Entry point for other tools: `tools.images.build.build_all`.
"""
