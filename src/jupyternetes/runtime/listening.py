"""A socket on every address of the machine, of IPv4 and IPv6."""

import socket


def every_address(port: int) -> socket.socket:
    """One socket for both families, so that they have one port; of IPv4 where the kernel knows no other.

    Raises OSError if the port is taken.
    """
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", port))
