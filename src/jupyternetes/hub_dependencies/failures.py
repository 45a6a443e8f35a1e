"""What does an error mean, in a sentence that holds nothing of the error's own text?

Drivers quote in their errors what they were given: users, hosts, whole URLs with the password. So their texts are
searched for well-known words and never passed on.
"""

import errno
import re
import ssl
from collections.abc import Iterator
from http.client import HTTPException
from socket import gaierror
from typing import Final


class Failure(Exception):  # noqa: N818 (an answer that was not the expected one)
    """Something answered, but not as it should; the text is a sentence of ours."""


NO_ADDRESS: Final = "The name of the host is not known."
NO_TRUST: Final = "The certificate is not trusted."
REFUSED: Final = "The connection is refused."
BROKEN: Final = "The connection was broken off."
UNREACHABLE: Final = "The network has no way to the host."
LATE: Final = "There was no answer in time."

# OpenSSL's numbers, https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_CERTIFICATES: Final = {
    9: "The certificate is not valid yet.",
    10: "The certificate has expired.",
    18: "The certificate is signed by itself, and not trusted.",
    62: "The certificate is for another host.",
    64: "The certificate is for another host.",
}

# The first that fits is said. A host may have several addresses, so what a server answers comes before what the network
# says of the others.
_WORDS: Final = tuple(
    (re.compile(words, re.IGNORECASE), sentence)
    for words, sentence in (
        ("password authentication failed|access denied|no pg_hba.conf|no password", "The hub's login is refused."),
        ("too many (connections|clients)|connection slots", "All its connections are taken."),
        ("starting up|not yet accepting|recovery mode", "It is starting."),
        ("shutting down|administrator command", "It is stopping."),
        ("no space left|is full", "Its disk is full."),
        ("does not exist|unknown database", "It does not know the hub's database or account."),
        ("unable to open database file", "The file cannot be opened."),
        ("database is locked", "The file is locked."),
        ("disk i/o error", "The disk reports an error."),
        ("not a database|malformed", "The file is damaged."),
        ("certificate verify failed", NO_TRUST),
        ("connection refused", REFUSED),
        ("translate host name|not known|name resolution|unknown mysql server host", NO_ADDRESS),
        ("no route to host|network is unreachable", UNREACHABLE),
        ("timeout expired|timed out", LATE),
        ("closed the connection|lost connection|gone away|reset by peer", BROKEN),
    )
)


def explain(error: BaseException) -> str:
    """The sentence for an error of a socket, of TLS, of HTTP, of SQLAlchemy or of a driver of a database."""
    causes = list(_causes(error))
    for cause in causes:
        known = _of_class(cause)
        if known:
            return known
    texts = [str(cause) for cause in causes]
    for words, sentence in _WORDS:
        if any(words.search(text) for text in texts):
            return sentence
    return f"It fails with {type(causes[-1]).__name__}."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what SQLAlchemy wrapped in it, and what the driver says caused that."""
    seen: list[BaseException] = []
    while error not in seen:
        seen.append(error)
        yield error
        cause = getattr(error, "orig", None) or error.__cause__
        if isinstance(cause, BaseException):
            error = cause


def _of_class(error: BaseException) -> str:
    match error:
        case Failure():
            return str(error)
        case ssl.SSLCertVerificationError():
            return _CERTIFICATES.get(error.verify_code, NO_TRUST)
        case ssl.SSLError():
            return "No TLS connection can be agreed upon."
        case gaierror():
            return NO_ADDRESS
        case TimeoutError():
            return LATE
        case ConnectionRefusedError():
            return REFUSED
        case ConnectionError():
            return BROKEN
        case HTTPException():
            return "The answer is not HTTP."
        case OSError() if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
            return UNREACHABLE
        case OSError(errno=int(number)) if number in errno.errorcode:
            return f"The connection fails with {errno.errorcode[number]}."
        case _:
            return ""
