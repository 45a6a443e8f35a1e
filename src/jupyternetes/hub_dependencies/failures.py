"""What does an error mean? A reason of ours, which holds nothing of the error's own text.

Drivers quote in their errors what they were given: users, hosts, whole URLs with the password. So their texts are
searched for well-known words and never passed on.
"""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPException
from typing import Final

from jupyternetes.api import dependency_reasons as reasons
from jupyternetes.api.reasons import Reason


class Failure(Exception):  # noqa: N818 (an answer that was not the expected one)
    """Something answered, but not as it should."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason


# OpenSSL's numbers, https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_CERTIFICATES: Final = {
    9: reasons.CERTIFICATE_NOT_YET_VALID,
    10: reasons.CERTIFICATE_EXPIRED,
    18: reasons.CERTIFICATE_SELF_SIGNED,
    62: reasons.CERTIFICATE_OF_ANOTHER_HOST,
    64: reasons.CERTIFICATE_OF_ANOTHER_HOST,
}

#: A name server answered that there is no such name; all else is that none answered, or none that knows.
_NO_SUCH_NAME: Final = (socket.EAI_NONAME, socket.EAI_NODATA)

# The first that fits is said. A host may have several addresses, so what a server answers comes before what the network
# says of the others.
_WORDS: Final = tuple(
    (re.compile(words, re.IGNORECASE), reason)
    for words, reason in (
        ("password authentication failed|access denied|no pg_hba.conf|no password", reasons.LOGIN_REFUSED),
        ("too many (connections|clients)|connection slots", reasons.TOO_MANY_CONNECTIONS),
        ("starting up|not yet accepting|recovery mode", reasons.STARTING_UP),
        ("shutting down|administrator command", reasons.SHUTTING_DOWN),
        ("no space left|is full", reasons.DISK_FULL),
        ("read-?only (transaction|database|mode)|--(super-)?read-only", reasons.READ_ONLY),
        ("does not exist|unknown database", reasons.UNKNOWN_DATABASE),
        ("unable to open database file", reasons.FILE_NOT_OPENED),
        ("database is locked", reasons.FILE_LOCKED),
        ("disk i/o error", reasons.DISK_ERROR),
        ("not a database|malformed", reasons.FILE_DAMAGED),
        ("certificate verify failed", reasons.CERTIFICATE_NOT_TRUSTED),
        ("connection refused", reasons.REFUSED),
        (r"temporary failure in name resolution|unknown mysql server host.*\(-3\)", reasons.NAME_LOOKUP_FAILED),
        ("translate host name|not known|name resolution|unknown mysql server host", reasons.NO_NAME),
        ("no route to host|network is unreachable", reasons.UNREACHABLE),
        ("timeout expired|timed out", reasons.NO_ANSWER),
        ("closed the connection|lost connection|gone away|reset by peer", reasons.BROKEN),
    )
)


def explain(error: BaseException) -> Reason:
    """The reason of an error of a socket, of TLS, of HTTP, of SQLAlchemy or of a driver of a database.

    It is `NO_ANSWER` for any time limit that has passed: who asked may know what was waited for.
    """
    causes = list(_causes(error))
    for cause in causes:
        known = _of_class(cause)
        if known is not None:
            return known
    texts = [str(cause) for cause in causes]
    for words, reason in _WORDS:
        if any(words.search(text) for text in texts):
            return reason
    return replace(reasons.OTHER_ERROR, sentence=f"It fails with {type(causes[-1]).__name__}.")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what SQLAlchemy wrapped in it, and what the driver says caused that."""
    seen: list[BaseException] = []
    while error not in seen:
        seen.append(error)
        yield error
        cause = getattr(error, "orig", None) or error.__cause__
        if isinstance(cause, BaseException):
            error = cause


def _of_class(error: BaseException) -> Reason | None:
    match error:
        case Failure():
            return error.reason
        case ssl.SSLCertVerificationError():
            return _CERTIFICATES.get(error.verify_code, reasons.CERTIFICATE_NOT_TRUSTED)
        case ssl.SSLError():
            return reasons.NO_TLS
        case socket.gaierror():
            return reasons.NO_NAME if error.errno in _NO_SUCH_NAME else reasons.NAME_LOOKUP_FAILED
        case TimeoutError():
            return reasons.NO_ANSWER
        case ConnectionRefusedError():
            return reasons.REFUSED
        case ConnectionError():
            return reasons.BROKEN
        case HTTPException():
            return reasons.NO_HTTP
        case OSError() if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
            return reasons.UNREACHABLE
        case OSError(errno=int(number)) if number in errno.errorcode:
            return replace(reasons.CONNECTION_FAILED, sentence=f"The connection fails with {errno.errorcode[number]}.")
        case _:
            return None
