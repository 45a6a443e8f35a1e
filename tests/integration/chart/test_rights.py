"""What the API server grants each account, against the one table of rights."""

import json
from typing import Any

import pytest

from jupyternetes.api.rights import RIGHTS, VERBS_ON_OTHER_RESOURCES, Right
from tests.support.waiting import eventually

RELEASE, NAMESPACE = "one", "kadense"
REVIEW = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview"}

# A patch of an Instance itself could end the record of who wrote what, and start servers.
_PATCHES_OF_INSTANCES = [(verb, "jupyternotebookinstances.kadense.io") for verb in ("patch", "update")]

NEVER = {
    "hub": [
        *((verb, "pods") for verb in ("get", "list", "create", "delete")),
        *((verb, "persistentvolumeclaims") for verb in ("get", "create", "delete")),
        ("create", "services"),
        ("list", "events"),
        *((verb, "secrets") for verb in ("get", "list", "watch", "delete")),
        ("create", "jupyternotebooktemplates.kadense.io"),
        ("patch", "jupyternotebookinstances.kadense.io/status"),
    ],
    "pvcs": [
        ("delete", "persistentvolumeclaims"),
        ("get", "pods"),
        ("get", "secrets"),
        *_PATCHES_OF_INSTANCES,
    ],
    "pods": [
        *((verb, "secrets") for verb in ("get", "list", "watch", "create")),
        ("create", "persistentvolumeclaims"),
        *((verb, "leases.coordination.k8s.io") for verb in ("get", "list", "watch")),  # without a name
        *_PATCHES_OF_INSTANCES,
    ],
    "pod-status": [("create", "pods"), ("delete", "pods"), ("get", "secrets"), *_PATCHES_OF_INSTANCES],
    "other-resources": [
        *((verb, kind) for verb in ("get", "list", "create") for kind in ("secrets", "pods", "services")),
        *((verb, "roles.rbac.authorization.k8s.io") for verb in ("get", "create")),
        ("create", "serviceaccounts/token"),
        ("patch", "jupyternotebooktemplates.kadense.io/status"),
        *_PATCHES_OF_INSTANCES,
    ],
    "availability": [
        *((verb, "jupyternotebooktemplates.kadense.io") for verb in ("create", "patch", "update", "delete")),
        ("list", "jupyternotebookinstances.kadense.io"),
        ("list", "nodes"),
        ("get", "secrets"),
    ],
    "gates": [
        *((verb, kind) for verb in ("get", "list") for kind in ("pods", "secrets", "persistentvolumeclaims", "events")),
        *((verb, "jupyternotebookinstances.kadense.io") for verb in ("create", "update", "patch", "delete")),
        ("update", "jupyternotebookinstances.kadense.io/status"),
        *((verb, "jupyternotebooktemplates.kadense.io") for verb in ("get", "patch")),
    ],
    "graph": [
        *((verb, "pods") for verb in ("create", "delete", "patch")),
        *((verb, kind) for verb in ("get", "list", "watch") for kind in ("secrets", "configmaps")),
        *((verb, f"pods/{way}") for verb in ("create", "get") for way in ("exec", "attach", "portforward", "proxy")),
        ("get", "nodes/proxy"),
        ("create", "events"),
        *((verb, "jupyternotebookinstances.kadense.io") for verb in ("create", "patch", "delete")),
        ("patch", "leases.coordination.k8s.io"),
        *((verb, "clusteroperators.config.openshift.io") for verb in ("get", "list", "patch")),  # without a name
        *((verb, "routes.route.openshift.io") for verb in ("create", "patch")),
        ("impersonate", "users"),
    ],
}

OF_OTHERS = ("hub", "availability", "gates")


def user(account: str) -> str:
    return (
        f"system:serviceaccount:{NAMESPACE}:{account if account in OF_OTHERS else f'{RELEASE}-jupyternetes-{account}'}"
    )


def triples(rights: tuple[Right, ...]) -> set[tuple[str, str, str]]:
    return {(right.group, resource, verb) for right in rights for resource in right.resources for verb in right.verbs}


def flattened(rules: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        if not resource.startswith("self")  # what everybody may: ask what they may
    }


@pytest.mark.parametrize("account", RIGHTS)
def test_an_account_has_exactly_the_rights_of_the_table_X01(cluster, notes, account: str) -> None:
    reviewer = cluster.service_account_kubeconfig(NAMESPACE, user(account).rpartition(":")[2])
    review = REVIEW | {"spec": {"namespace": NAMESPACE}}
    path = "--raw=/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"

    def rights() -> set[tuple[str, str, str]]:
        answer = cluster.kubectl("create", path, "-f", "-", stdin=json.dumps(review), kubeconfig=reviewer)
        return flattened(json.loads(answer)["status"]["resourceRules"])

    allowed = {("", "configmaps", verb) for verb in VERBS_ON_OTHER_RESOURCES} if account == "other-resources" else set()
    # The API server learns of roles a moment after they are installed.
    eventually(rights, until=lambda found: found == triples(RIGHTS[account]) | allowed)


@pytest.mark.parametrize("account", NEVER)
def test_what_an_account_may_never_do_is_refused_X01(cluster, notes, account: str) -> None:
    def may(verb: str, resource: str) -> bool:
        name, _, subresource = resource.partition("/")
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {
                "user": user(account),
                "resourceAttributes": {
                    "namespace": NAMESPACE,
                    "verb": verb,
                    "resource": name.partition(".")[0],
                    "group": name.partition(".")[2],
                    "subresource": subresource,
                },
            },
        }
        answer = cluster.kubectl("create", "-o", "json", "-f", "-", stdin=json.dumps(review))
        return json.loads(answer)["status"]["allowed"]

    # The question is asked right, and the roles are in force: something else is allowed.
    allowed = RIGHTS[account][0]
    eventually(lambda: may(allowed.verbs[0], f"{allowed.resources[0]}.{allowed.group}"))
    assert [denied for denied in NEVER[account] if may(*denied)] == []
