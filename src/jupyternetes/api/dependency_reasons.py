"""Why does a service that a hub depends on not answer it? Each reason with its sentence, and with what to look at.

The hub tells the reasons (``jupyternetes.hub_dependencies``); the graph decides by them where the fault is, and has
them in its documentation.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jupyternetes.api.reasons import Reason

_WAY: Final = "Look at NetworkPolicies and firewalls between the hub and the host."
_AUTHORITY: Final = "Give the hub the certificate of the authority that signed it, or a certificate that it trusts."

NO_ANSWER: Final = Reason("NoAnswer", "There was no answer in time.")
SLOW_ANSWER: Final = Reason("SlowAnswer", "It answers the hub too late.")

NAME_LOOKUP_FAILED: Final = Reason(
    "NameLookupFailed", "DNS gives no answer for the name of the host.", "Look at the cluster's DNS, and the way to it."
)
NO_NAME: Final = Reason(
    "NoName",
    "The name of the host is not known.",
    "Compare the host in the hub's configuration with the name of the Service, and see whether the Service is there.",
)
NO_CONNECTION: Final = Reason("NoConnection", "No connection comes about in time.", _WAY)
UNREACHABLE: Final = Reason("Unreachable", "The network has no way to the host.", _WAY)
REFUSED: Final = Reason("Refused", "The connection is refused.")
CONNECTION_FAILED: Final = Reason("ConnectionFailed", "The connection fails.")
BROKEN: Final = Reason("Broken", "The connection was broken off.")
NO_ANSWER_IN_TIME: Final = Reason("NoAnswerInTime", "It takes connections and does not answer in time.")

NO_TLS: Final = Reason("NoTls", "No TLS connection can be agreed upon.", "See whether that port speaks TLS.")
CERTIFICATE_EXPIRED: Final = Reason(
    "CertificateExpired", "The certificate has expired.", "Renew the certificate of the service."
)
CERTIFICATE_NOT_YET_VALID: Final = Reason(
    "CertificateNotYetValid", "The certificate is not valid yet.", "Compare the clocks of both sides."
)
CERTIFICATE_NOT_TRUSTED: Final = Reason("CertificateNotTrusted", "The certificate is not trusted.", _AUTHORITY)
CERTIFICATE_SELF_SIGNED: Final = Reason(
    "CertificateSelfSigned", "The certificate is signed by itself, and not trusted.", _AUTHORITY
)
CERTIFICATE_OF_ANOTHER_HOST: Final = Reason(
    "CertificateOfAnotherHost",
    "The certificate is for another host.",
    "Compare the host in the hub's configuration with the names in the certificate.",
)
NO_HTTP: Final = Reason("NoHttp", "The answer is not HTTP.", "See what listens at that port.")
HTTP_ERROR: Final = Reason("HttpError", "The answer is an error of HTTP.")

LOGIN_REFUSED: Final = Reason(
    "LoginRefused",
    "The hub's login is refused.",
    "Compare the user and the password in the hub's db_url with those of the database, and its rules for hosts.",
)
TOKEN_REFUSED: Final = Reason(
    "TokenRefused",
    "The proxy does not accept the hub's token.",
    "Hub and proxy need the same CONFIGPROXY_AUTH_TOKEN; restart the one that began with an older one.",
)
ROUTES_MISSING: Final = Reason(
    "RoutesMissing",
    "The proxy has lost the route to the hub, and probably all others.",
    "It has them in memory, so see why it was restarted. "
    "The hub tells it all routes again within five minutes; restart the hub to have that now.",
)
UNKNOWN_DATABASE: Final = Reason(
    "UnknownDatabase",
    "It does not know the hub's database or account.",
    "Compare the name of the database and the user in the hub's db_url with what the database has.",
)
TOO_MANY_CONNECTIONS: Final = Reason(
    "TooManyConnections", "All its connections are taken.", "See who holds them, or allow more."
)
STARTING_UP: Final = Reason("StartingUp", "It is starting.")
SHUTTING_DOWN: Final = Reason("ShuttingDown", "It is stopping.")
DISK_FULL: Final = Reason("DiskFull", "Its disk is full.", "Make the volume larger, or remove what is not needed.")
DISK_ERROR: Final = Reason("DiskError", "The disk reports an error.")
READ_ONLY: Final = Reason(
    "ReadOnly", "It can be read and not written.", "See whether the host is a replica, or its volume is read-only."
)
FILE_NOT_OPENED: Final = Reason("FileNotOpened", "The file cannot be opened.")
FILE_LOCKED: Final = Reason("FileLocked", "The file is locked.", "See which other program uses it.")
FILE_DAMAGED: Final = Reason("FileDamaged", "The file is damaged.")
OTHER_ERROR: Final = Reason("OtherError", "It fails in a way that has no name here.")

#: All of them by name.
DEPENDENCY_REASONS: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        each.name: each
        for each in (
            NAME_LOOKUP_FAILED,
            NO_NAME,
            NO_CONNECTION,
            UNREACHABLE,
            REFUSED,
            CONNECTION_FAILED,
            BROKEN,
            NO_ANSWER_IN_TIME,
            NO_ANSWER,
            SLOW_ANSWER,
            NO_TLS,
            CERTIFICATE_EXPIRED,
            CERTIFICATE_NOT_YET_VALID,
            CERTIFICATE_NOT_TRUSTED,
            CERTIFICATE_SELF_SIGNED,
            CERTIFICATE_OF_ANOTHER_HOST,
            NO_HTTP,
            HTTP_ERROR,
            LOGIN_REFUSED,
            TOKEN_REFUSED,
            ROUTES_MISSING,
            UNKNOWN_DATABASE,
            TOO_MANY_CONNECTIONS,
            STARTING_UP,
            SHUTTING_DOWN,
            DISK_FULL,
            DISK_ERROR,
            READ_ONLY,
            FILE_NOT_OPENED,
            FILE_LOCKED,
            FILE_DAMAGED,
            OTHER_ERROR,
        )
    }
)
