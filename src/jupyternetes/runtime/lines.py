"""A byte stream cut into lines.

A watch line may be megabytes long, arrive a byte at a time and be cut inside a character; stream readers with a line
limit raise there. Bytes are only ever split at the newline, so no cut can damage a character.
"""


class LineSplitter:
    """Feed it chunks; an unfinished line waits for the next one and is lost if there is none."""

    def __init__(self) -> None:
        self._unfinished: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that ``chunk`` completes, without their newline; blank ones are left out."""
        head, newline, rest = chunk.partition(b"\n")
        self._unfinished.append(head)
        if not newline:
            return []
        # Joined once per line, not per chunk: a line of 3 MB in small chunks stays linear.
        lines = [b"".join(self._unfinished), *rest.split(b"\n")]
        self._unfinished = [lines.pop()]
        return [line for line in lines if line.strip()]
