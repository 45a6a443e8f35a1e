"""What of a URL may be told when it may hold a password? Its host and port, if they can be read in one way only."""

from urllib.parse import SplitResult, urlsplit


def readable_parts(url: str) -> SplitResult | None:
    """The parts of a URL, of which ``hostname`` and ``port`` can be read; None where there is more than one reading.

    An unescaped ``/`` or ``?`` in a password ends the authority too early: the user then stands where the host should
    be, and an ``@`` comes after it.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return None if "@" in parts.path + parts.query + parts.fragment else parts
