"""The one error of this tool that its users are meant to read."""


class ClusterError(Exception):
    """Something about this machine or this cluster is not as needed; the message says what, where and the way out."""
