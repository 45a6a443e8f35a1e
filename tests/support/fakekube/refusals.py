"""The answers with which an API server says no, as exceptions that know their Status body."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

_CODES = {
    "BadRequest": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "AlreadyExists": 409,
    "Conflict": 409,
    "Expired": 410,
    "UnsupportedMediaType": 415,
    "Invalid": 422,
    "TooManyRequests": 429,
    "InternalError": 500,
    "NotImplemented": 501,
    "ServiceUnavailable": 503,
    "Timeout": 504,
}


class Refused(Exception):  # noqa: N818 (the API server's word)
    """``reason`` as in a Status, which gives the code unless one is said; ``retry_after`` is in seconds."""

    def __init__(
        self,
        reason: str,
        message: str = "",
        *,
        code: int | None = None,
        causes: Sequence[Json] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.code = code or _CODES[reason]
        self.message = message
        self.causes = list(causes)
        self.retry_after = retry_after

    def status(self) -> Json:
        """The body (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/)."""
        details: Json = {"causes": self.causes} if self.causes else {}
        if self.retry_after is not None:
            details["retryAfterSeconds"] = self.retry_after
        status = {"apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure", "code": self.code}
        return {**status, "reason": self.reason, "message": self.message, "details": details}


def not_found(resource: str, name: str) -> Refused:
    return Refused("NotFound", f'{resource} "{name}" not found')


def conflict(resource: str, name: str, why: str) -> Refused:
    return Refused("Conflict", f'Operation cannot be fulfilled on {resource} "{name}": {why}')


def invalid(kind: str, name: str, field: str, why: str) -> Refused:
    cause = {"reason": "FieldValueInvalid", "message": why, "field": field}
    return Refused("Invalid", f'{kind} "{name}" is invalid: {field}: {why}', causes=[cause])


def expired(why: str) -> Refused:
    return Refused("Expired", why)


def too_large(version: int, current: int) -> Refused:
    """The cluster is younger than what the client has seen, as after a restore from a backup."""
    return Refused(
        "Timeout",
        f"Too large resource version: {version}, current: {current}",
        causes=[{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
        retry_after=1,
    )
