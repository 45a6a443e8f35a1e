"""From an answer of the API server to a reason that people understand."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from jupyternetes.api import reasons
from jupyternetes.api.answers import reason_of
from jupyternetes.api.reasons import Reason
from jupyternetes.runtime.errors import AlreadyExists, ApiError, Forbidden, NotFound, Unauthorized, UnknownOutcome
from jupyternetes.templating import Problem, summary

_PROBLEMS_LIMIT = 750  # characters: an Event holds 1024, and the way out is to be among them

#: Seconds after which a refused create is tried again: its cause (a quota, a policy) is in nothing that we watch.
REFUSED_RETRY_SECONDS = 20.0
#: The same where the cause is likely to go by itself.
WAITING_RETRY_SECONDS = 2.0
#: For how long a used-up quota counts as one that a server just being stopped is about to free.
QUOTA_PATIENCE_SECONDS = 30.0

#: From the admission of quotas, until the quota controller has counted for the first time (plugin/pkg/admission).
_NOT_COUNTED = "status unknown for quota"

#: What the API server makes names of (k8s.io/apimachinery/pkg/util/rand): no vowels, no digits that look like letters.
_GENERATED = "[bcdfghjklmnpqrstvwxz2456789]{5}"

#: The way out where the name is taken, by kind. A claim may hold somebody's files: nobody is told to delete one.
_NAME_TAKEN = {
    "Pod": "Delete the Pod of that name, or set the Template's spec.naming to Generated.",
    "PersistentVolumeClaim": "Set the Template's spec.naming to Generated, which gives every claim a name of its own, "
    "or, to use the claim of that name, name it in the entry's claimName.",
}

#: The API server's own address on a connection to a webhook (Go's net.OpError), another port at each attempt.
_OWN_PORT = re.compile(r"(?<=[0-9\]]):[0-9]+(?=->)")


class Failure(NamedTuple):
    """Why an object could not be made or deleted, what to say of it, and in how many seconds to try again."""

    reason: Reason
    message: str
    retry_seconds: float = REFUSED_RETRY_SECONDS


def create_failure(
    error: ApiError | UnknownOutcome, body: Mapping[str, object], *, refused_for: float = 0.0
) -> Failure | None:
    """What to say of a create that failed, or None if there is nothing to say yet: it is just done again.

    ``refused_for``: the seconds since when a quota has refused it.
    """
    if isinstance(error, AlreadyExists) and _has_name(body):
        return Failure(reasons.REJECTED, refusal_message(error, body, _NAME_TAKEN[cast("str", body["kind"])]))
    reason = refusal_reason(error, refused_for)
    refusal = error.refusal if isinstance(error, UnknownOutcome) else error
    if reason is None or refusal is None:
        return None
    seconds = REFUSED_RETRY_SECONDS if reason.final else WAITING_RETRY_SECONDS
    return Failure(reason, refusal_message(refusal, body, reason.advice), seconds)


def delete_failure(error: ApiError | UnknownOutcome) -> Failure | None:
    """What to say of a failed delete of a pod or Secret, or None if there is nothing to say yet: it is done again."""
    refusal = error.refusal if isinstance(error, UnknownOutcome) else error
    if refusal is None or refusal_reason(error) is None:
        return None
    message = refusal_message(refusal, {}, reasons.FAILED_DELETE.advice)
    return Failure(reasons.FAILED_DELETE, message, WAITING_RETRY_SECONDS)


def _has_name(body: Mapping[str, object]) -> bool:
    """Whether the object is to have a certain name; of names that the API server makes another one may be free."""
    return "name" in cast("Mapping[str, object]", body.get("metadata", {}))


def is_quota(error: ApiError | UnknownOutcome) -> bool:
    """Whether a quota refused the object."""
    return isinstance(error, Forbidden) and error.quota


def refusal_reason(error: ApiError | UnknownOutcome, refused_for: float = 0.0) -> Reason | None:
    """Why the API server refuses a write, or None if trying again soon may help.

    A namespace that is gone takes its Instances along, and credentials are renewed: both are tried again.
    """
    if isinstance(error, NotFound | Unauthorized):
        return None
    if is_quota(error) and (_NOT_COUNTED in str(error) or refused_for < QUOTA_PATIENCE_SECONDS):
        return reasons.WAITING_FOR_QUOTA
    return reason_of(error)


def refusal_message(error: ApiError, body: Mapping[str, object], advice: str) -> str:
    """The server's own words and the way out, the same at each attempt.

    The server names the object that it did not make, and would have named the next one differently: a status that
    quotes that name differs after each attempt and is written each time. The same goes for the port of a connection.
    """
    return f"{steady_words(str(error), body)}. {advice}".strip()


def steady_words(text: str, body: Mapping[str, object]) -> str:
    """What the API server said of the object made from ``body``, the same at each attempt."""
    return without_generated_name(_OWN_PORT.sub(":*", text), body)


def without_generated_name(text: str, body: Mapping[str, object]) -> str:
    """What the API server says of the object made from ``body``, the same whatever name it gave the object."""
    prefix = cast("Mapping[str, object]", body.get("metadata", {})).get("generateName")
    if isinstance(prefix, str) and prefix:
        return re.sub(rf"{re.escape(prefix)}{_GENERATED}\b", f"{prefix}*", text)
    return text


def template_message(problems: Iterable[Problem], template: tuple[str, str]) -> str:
    """All that is wrong with ``template`` (namespace, name), or with an Instance's values for it, and the way out."""
    found = summary(problems, limit=_PROBLEMS_LIMIT)
    return f"Filling in Template {'/'.join(template)}: {found}. {reasons.TEMPLATE_ERROR.advice}"
