"""The ways in which a connection ends under its client."""

import asyncio
import socket
import struct
from enum import StrEnum

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class End(StrEnum):
    """``REGULAR``: the answer is complete, as when the time of a watch is over. The others come in mid-answer."""

    REGULAR = "regular"
    FIN = "FIN"
    RST = "RST"


class Broken(Exception):  # noqa: N818 (an outcome, not an error)
    """The connection to the client is to end now; ``last`` are bytes that it still gets."""

    def __init__(self, end: End, last: bytes = b"") -> None:
        super().__init__(end)
        self.end = end
        self.last = last


def end_connection(transport: asyncio.BaseTransport | None, end: End) -> None:
    """Close it; with RST, also what was written and not yet sent is lost."""
    if not isinstance(transport, asyncio.WriteTransport) or transport.is_closing():
        return
    if end is End.RST:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()
