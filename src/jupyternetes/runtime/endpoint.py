"""Where is the API server, and by which certificates and proxy is it spoken to?"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Two that are equal can share connections. Certificates are PEM; without an ``authority`` the system's serve."""

    url: str
    authority: bytes = field(default=b"", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    """The client's, with its key."""
    verify: bool = True
    server_name: str | None = None
    """What the server's certificate has to name, if not the host of the URL."""
    proxy: str | None = None

    def tls(self) -> ssl.SSLContext:
        """How to secure a connection. Raises OSError or ValueError if a certificate cannot be used."""
        # Of text beside certificates, such as names in a bundle, Python takes no letters beyond ASCII.
        context = ssl.create_default_context(cadata=self.authority.decode("ascii", "ignore") or None)
        # Python 3.13 made strict RFC 5280 checks the default; many clusters' certificates fail them, and kubectl asks
        # none.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.certificate:
            with TemporaryDirectory() as folder:  # OpenSSL's functions that Python offers read keys from files only
                file = Path(folder) / "client.pem"
                file.write_bytes(self.certificate)
                context.load_cert_chain(file)
        return context
