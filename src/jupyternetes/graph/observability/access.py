"""May the account do something, by the API server's word? One question, where asking really would take many.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
"""

from typing import Final

import msgspec
from msgspec import Struct

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError

_VERSION: Final = "authorization.k8s.io/v1"
_REVIEWS: Final = "selfsubjectaccessreviews"


class _Status(Struct, frozen=True, rename="camel"):
    allowed: bool = False
    evaluation_error: str = ""


class _Review(Struct, frozen=True):
    status: _Status = _Status()


async def may_read_logs(client: Client, namespace: str) -> bool | None:
    """Whether the account may get logs of all pods in ``namespace``; None where the API server does not say.

    Every account may ask that, by the role ``system:basic-user``. Raises Unreachable.
    """
    wanted = {"namespace": namespace, "verb": "get", "resource": "pods", "subresource": "log"}
    body = {
        "apiVersion": _VERSION,
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": wanted},
    }
    try:
        answer = await client.review(f"{_REVIEWS}.authorization.k8s.io", f"/apis/{_VERSION}/{_REVIEWS}", body)
        status = msgspec.json.decode(answer, type=_Review).status
    except (ApiError, msgspec.DecodeError):
        return None
    return None if status.evaluation_error and not status.allowed else status.allowed
