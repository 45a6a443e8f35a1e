"""Kinds of failure as types, so that callers branch on meaning and never on texts or numbers.

Each prints as one line: verb, resource, namespace/name and the server's own words.
"""
# ruff: noqa: N818 (Conflict, Gone, Forbidden: the API's own words for them)

import msgspec


class Cause(msgspec.Struct, frozen=True, rename="camel"):
    """One reason of a refusal, as in ``Status.details.causes``."""

    reason: str = ""
    message: str = ""
    field: str = ""


class _Details(msgspec.Struct, frozen=True, rename="camel"):
    causes: tuple[Cause, ...] = ()
    retry_after_seconds: float | None = None


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """The API server's error body (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/)."""

    code: int = 0
    reason: str = ""
    message: str = ""
    details: _Details | None = None


class ConfigurationError(Exception):
    """No cluster is configured, or its configuration cannot be used."""


class StartupError(Exception):
    """The process cannot do its work; the text is one line that says why and what to do."""


class LeaseLost(Exception):
    """Somebody else may write from now on: this process must end without another write."""


class Unreachable(Exception):
    """There was no answer and nothing can have changed: a refused connection, DNS, TLS, or a read that broke off."""


class Unreadable(Exception):
    """A read was answered with something that is not what was asked for: a proxy's page, or an object of odd shape."""


class SetBack(Exception):
    """The API server has an older state than was seen before: etcd was restored from a backup."""


class ApiError(Exception):
    """The API server refused. ``retry_after`` is in seconds and present only if the server asked for a pause."""

    def __init__(self, subject: str, status: Status, retry_after: float | None = None) -> None:
        details = status.details or _Details()
        self.status = status.code
        self.reason = status.reason
        self.message = status.message
        self.causes = details.causes
        self.retry_after = retry_after if retry_after is not None else details.retry_after_seconds
        super().__init__(f"{subject}: {status.code} {status.reason}: {status.message}")


class NotFound(ApiError):
    """404: the object, its namespace, or its whole resource type is not there."""


class AlreadyExists(ApiError):
    """409 on create: the name is taken. Nothing was created."""


class Conflict(ApiError):
    """409: the object has another resourceVersion or uid than the request assumed. Read again."""


class Unauthorized(ApiError):
    """401, after the credentials were loaded afresh."""


class Forbidden(ApiError):
    """403: no right to do this, an admission policy said no, or a quota is used up."""

    @property
    def quota(self) -> bool:
        """Whether a ResourceQuota, not a missing right, is the cause."""
        return "exceeded quota" in self.message or "status unknown for quota" in self.message


class Invalid(ApiError):
    """400 or 422: the request itself is wrong; sending it again does not help."""


class TooLarge(Invalid):
    """The object is larger than can be sent or stored; nothing was made of it.

    413 by the API server's limit or that of a proxy, etcd's own refusal (a 500), or 422 for a Secret's or ConfigMap's
    data as a whole. https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
    """


class Gone(ApiError):
    """410: the resourceVersion or continue token is too old. List again."""


class TooManyRequests(ApiError):
    """429: nothing was done; wait for ``retry_after``."""


class ServerError(ApiError):
    """5xx on a read."""


class UnknownOutcome(Exception):
    """A write was sent and may or may not have happened: a timeout, a reset, or a 5xx answer.

    ``settled_at`` is the event loop's time from which on it cannot happen any more, if the API server and etcd run: one
    that stands still carries it out later. ``done``: it happened for certain, but the answer cannot be read.
    ``refusal`` is the 5xx answer, if there was one: what it says may be quoted, and not be relied on.
    """

    def __init__(
        self,
        text: str,
        *,
        settled_at: float,
        done: bool = False,
        retry_after: float | None = None,
        refusal: ApiError | None = None,
    ) -> None:
        self.settled_at = settled_at
        self.done = done
        self.retry_after = retry_after
        self.refusal = refusal
        super().__init__(f"outcome unknown: {text}")


class NotLeader(Exception):
    """A write was held back at the last moment: this process does not hold its lease. Nothing was sent."""


class Fenced(Exception):
    """Nothing may be decided about a key for ``seconds``: an earlier write may still happen until then."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"an earlier write may still happen for {seconds:.1f} s")


_BY_STATUS: dict[int, type[ApiError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    413: TooLarge,
    422: Invalid,
    429: TooManyRequests,
}


#: What etcd, and the API server's client of it, say of an object before anything is written: 500 in the API.
_TOO_LARGE_FOR_ETCD = (
    "etcdserver: request is too large",
    "rpc error: code = ResourceExhausted desc = trying to send message larger than max",
)


def _is_too_large(status: Status) -> bool:
    causes = (status.details or _Details()).causes
    return (status.code == 500 and status.message.startswith(_TOO_LARGE_FOR_ETCD)) or (
        status.code == 422 and any((cause.reason, cause.field) == ("FieldValueTooLong", "data") for cause in causes)
    )


def api_error(subject: str, status: Status, retry_after: float | None = None) -> ApiError:
    """The error whose type says what the Status means."""
    kind = _BY_STATUS.get(status.code, ServerError if status.code >= 500 else ApiError)
    if status.reason == "AlreadyExists":
        kind = AlreadyExists
    elif _is_too_large(status):
        kind = TooLarge
    return kind(subject, status, retry_after)


def read_status(code: int, reason: str, body: bytes) -> Status:
    """The Status in an error body; a body that is none (a proxy's page, plain text) becomes the message."""
    try:
        status = msgspec.json.decode(body, type=Status)
    except msgspec.DecodeError:
        status = Status(message=body[:300].decode(errors="replace").strip())
    return Status(code, status.reason or reason, status.message, status.details)
