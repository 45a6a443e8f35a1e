"""Whether a quota is in force, as who is refused by it sees it."""

from tests.support.kube import Json, Kube, Refused
from tests.support.templates import CLAIM

_SPECS: dict[str, Json] = {
    "pods": {"containers": [{"name": "a", "image": "none"}]},
    "persistentvolumeclaims": CLAIM,
}


def is_used_up(kube: Kube, namespace: str, resource: str) -> bool:
    """Whether the API server would refuse one more pod or claim.

    It acts on a quota only once it has seen its status, and sees that later than others do.
    """
    return "exceeded quota" in _refusal(kube, namespace, resource)


def is_not_counted(kube: Kube, namespace: str, resource: str) -> bool:
    """Whether the API server refuses all pods or claims since nobody has counted yet how many there are."""
    return "status unknown for quota" in _refusal(kube, namespace, resource)


def _refusal(kube: Kube, namespace: str, resource: str) -> str:
    """What the API server has against one more; empty: nothing."""
    body = {"metadata": {"generateName": "probe-"}, "spec": _SPECS[resource]}
    try:
        kube.request("POST", f"{kube.path(resource, namespace)}?dryRun=All", body)
    except Refused as refused:
        return refused.message
    return ""
