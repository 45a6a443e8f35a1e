"""The one error of this tool that its users are meant to read."""


class ImageError(Exception):
    """An image cannot be built as things are; the message says which, why and the way out."""
