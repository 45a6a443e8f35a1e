"""From an answer of the API server to a reason that people understand."""

from jupyternetes.api import reasons
from jupyternetes.api.reasons import Reason
from jupyternetes.runtime.errors import ApiError, Forbidden, Invalid

#: Seconds after which a refused create is tried again: its cause (a quota, a policy) is in nothing that we watch.
REFUSED_RETRY_SECONDS = 20.0


def refusal_reason(error: ApiError) -> Reason | None:
    """Why the API server will not have the object, or None if trying again soon may help (5xx, 429, conflicts)."""
    match error:
        case Forbidden() if error.quota:
            return reasons.QUOTA_EXCEEDED
        case Forbidden():
            return reasons.FORBIDDEN
        case Invalid():
            return reasons.REJECTED
        case _:
            return None
