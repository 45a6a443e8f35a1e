"""The one error of the demonstration that its users are meant to read."""


class DemoError(Exception):
    """The demonstration does not do what it should; the message says what, where to look and the way out."""
