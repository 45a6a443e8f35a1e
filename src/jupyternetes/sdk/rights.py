"""The rights that an operator needs, as roles and bindings for its ServiceAccount."""

from collections.abc import Iterator, Sequence
from typing import Final

from jupyternetes.api.identity import GROUP
from jupyternetes.sdk.kinds import Json, Kind
from jupyternetes.sdk.operator import Part
from jupyternetes.sdk.resources import ResourceOperator

_FOLLOW: Final = ("get", "list", "watch")
_RBAC: Final = "rbac.authorization.k8s.io"


def manifests(name: str, parts: Sequence[Part], *, account_namespace: str, namespaces: Sequence[str] = ()) -> Json:
    """A List of roles and bindings for the ServiceAccount ``name``, for ``kubectl apply``.

    Rights on Templates and Instances are not in it: the chart grants them to the accounts that its values
    ``gates.accounts`` and ``availability.serviceAccounts`` name, and holds them to what these may write.
    """
    leases = ("coordination.k8s.io", "leases")
    lease = [_rule(*leases, ("create",)), _rule(*leases, ("get", "patch")) | {"resourceNames": [name]}]
    grants = [(f"{name}-lease", account_namespace, lease)]
    local, everywhere = list(_rules(parts, wide=False)), list(_rules(parts, wide=True))
    if not namespaces:
        local, everywhere = [], [*local, *everywhere]
    grants += [(name, namespace, local) for namespace in namespaces if local]
    grants += [(name, "", everywhere)] if everywhere else []
    items = [each for grant in grants for each in _granted(name, account_namespace, *grant)]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def _rules(parts: Sequence[Part], *, wide: bool) -> Iterator[Json]:
    """Those for the namespaces that the operator looks after, or for what lies outside of any (``wide``)."""
    for part in parts:
        if isinstance(part, ResourceOperator) and part.kind.namespaced != wide:
            yield from _on(part.kind, (*_FOLLOW, "patch") if part.finalize else _FOLLOW)
            yield from _on(part.kind, ("patch",), "/status")
        for related in part.related:
            if wide == (related.everywhere or not related.kind.namespaced):
                yield from _on(related.kind, _FOLLOW)
        for kind, verbs in part.needs.items():
            if kind.namespaced != wide:
                yield from _on(kind, tuple(verbs))


def _on(kind: Kind, verbs: Sequence[str], subresource: str = "") -> Iterator[Json]:
    if kind.group != GROUP:
        yield _rule(kind.group, f"{kind.plural}{subresource}", verbs)


def _rule(group: str, resource: str, verbs: Sequence[str]) -> Json:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}


def _granted(account: str, account_namespace: str, name: str, namespace: str, rules: list[Json]) -> Iterator[Json]:
    prefix = "" if namespace else "Cluster"
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    yield {"apiVersion": f"{_RBAC}/v1", "kind": f"{prefix}Role", "metadata": metadata, "rules": rules}
    yield {
        "apiVersion": f"{_RBAC}/v1",
        "kind": f"{prefix}RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": _RBAC, "kind": f"{prefix}Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": account_namespace}],
    }
