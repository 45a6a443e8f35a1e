"""From an answer of the API server to a reason: the only place that tells one from the other, for hub and operators."""

import re
from typing import Final

from jupyternetes.api import reasons
from jupyternetes.api.reasons import Reason
from jupyternetes.runtime.errors import ApiError, Forbidden, Invalid, NotFound, TooLarge, Unauthorized, UnknownOutcome

#: From the admission of pods (plugin/pkg/admission/serviceaccount in Kubernetes); a 403 like any other in its code.
_NO_ACCOUNT: Final = "error looking up service account"
#: The cause that the API server names when it creates nothing more in a namespace (corev1.NamespaceTerminatingCause).
_TERMINATING: Final = "NamespaceTerminating"
_BY_RBAC: Final = re.compile(r"cannot \w+ resource")


def lacks_right(error: object) -> bool:
    """Whether it is RBAC that refuses the request, and no admission plugin.

    By the API server's words (k8s.io/apiserver/pkg/endpoints/handlers/responsewriters): no field tells the two apart.
    """
    return isinstance(error, Forbidden) and _BY_RBAC.search(error.message) is not None


def reason_of(error: ApiError | UnknownOutcome) -> Reason | None:
    """Why the API server did not do what it was asked, or None if trying again soon may help (429, conflicts, silence).

    A 5xx answer to a write is a failure that passes, and can be told to people. What became of the object is unknown
    all the same.
    """
    match error:
        case UnknownOutcome():
            return reasons.FAILED_CREATE if error.refusal is not None and error.retry_after is None else None
        case Forbidden() if any(cause.reason == _TERMINATING for cause in error.causes):
            return reasons.NAMESPACE_TERMINATING
        case Forbidden() if error.quota:
            return reasons.QUOTA_EXCEEDED
        case Forbidden() if _NO_ACCOUNT in error.message:
            return reasons.SERVICE_ACCOUNT_NOT_FOUND
        case Forbidden():
            return reasons.FORBIDDEN
        case NotFound():
            return reasons.NOT_FOUND
        case Unauthorized():
            return reasons.UNAUTHORIZED
        case TooLarge():
            return reasons.TOO_LARGE
        case Invalid():
            return reasons.REJECTED
        case _:
            return None
