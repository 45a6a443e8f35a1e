"""The one error of the fault suite that its users are meant to read."""


class FaultError(Exception):
    """A fault cannot be made, healed, recorded or read; the message says which, and the way out."""
