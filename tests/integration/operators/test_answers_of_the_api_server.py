"""What the real API server answers where something stands in the way, and what people are told of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyternetes.api import reasons
from jupyternetes.api.answers import reason_of
from jupyternetes.api.resources import CLAIMS, INSTANCES, PODS
from jupyternetes.operators.status.failures import refusal_reason
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError
from jupyternetes.runtime.resource import Resource
from jupyternetes.spawner.hub.refusals import api_refusal, message_of
from tests.support.hub import INSTANCES as INSTANCES_PATH
from tests.support.hub import instance
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import Lab, condition, says
from tests.support.operators import Operators
from tests.support.templates import CLAIM, container, order, pod_spec, template
from tests.support.waiting import eventually


@pytest.fixture
def terminating(lab: Lab) -> Iterator[str]:
    """A namespace that is being deleted, and that something keeps from being gone."""
    held = {"metadata": {"name": "held", "finalizers": ["example.org/held"]}}
    lab.kube.create("configmaps", lab.namespace, held)
    lab.kube.delete("namespaces", "", lab.namespace)
    eventually(lambda: lab.kube.get("namespaces", "", lab.namespace), until=is_terminating)
    yield lab.namespace
    lab.kube.merge_patch("configmaps", lab.namespace, "held", {"metadata": {"finalizers": None}})


def is_terminating(namespace: Json) -> bool:
    return namespace["status"]["phase"] == "Terminating"


@pytest.mark.parametrize(
    ("account", "resource", "body"),
    [
        ("hub", INSTANCES, instance("a", "any", order())),
        ("pvcs", CLAIMS, {"metadata": {"generateName": "workspace-"}, "spec": CLAIM}),
        ("pods", PODS, {"metadata": {"generateName": "notebook-"}, "spec": pod_spec()}),
    ],
    ids=["hub", "pvcs", "pods"],
)
async def test_namespace_that_is_being_deleted_is_told_from_a_missing_right_C09(
    terminating: str, accounts: dict[str, Path], account: str, resource: Resource, body: Json
) -> None:
    metadata = body["metadata"] | {"namespace": terminating}

    async with await Client.connect(accounts[account], user_agent=account) as client:
        with pytest.raises(ApiError) as refused:
            await client.create(resource, terminating, body | {"metadata": metadata})

    assert reason_of(refused.value) is refusal_reason(refused.value) is reasons.NAMESPACE_TERMINATING
    refusal = api_refusal(refused.value)
    assert refusal is not None
    assert reasons.NAMESPACE_TERMINATING.sentence in message_of(refusal)


def test_refusal_longer_than_a_status_can_hold_is_cut_and_told_C12(lab: Lab, operators: Operators) -> None:
    long_name = container(name="x" * 40_000)
    lab.add_template(template(pods=[{"name": "notebook", "spec": pod_spec(containers=[long_name])}]))

    lab.hub.first_start("a", order())

    told = lab.until(says("PodsProvisioned", "Rejected"))
    assert told["status"]["pods"]["notebook"]["errorMessage"].endswith("…")
    assert condition(told, "PodsProvisioned")["message"].endswith("…")


def test_audit_log_tells_writes_that_met_another_from_wrong_ones(lab: Lab, hub_kube: Kube) -> None:
    """Tests of costs leave the first out, whichever way of writing was refused."""
    made = lab.hub.create("a", order())
    lab.hub.stop("a", grace_seconds=0)
    mark = lab.audit.mark()
    old_version = {"metadata": {"resourceVersion": made["metadata"]["resourceVersion"]}, "spec": {"suspend": True}}
    does_not_hold = [{"op": "test", "path": "/spec/startId", "value": "7"}]
    wrong = [{"op": "replace", "path": "/spec/startId", "value": "zero"}]

    with pytest.raises(Refused):
        hub_kube.merge_patch(INSTANCES_PATH, lab.namespace, "a", old_version)
    for patch in (does_not_hold, wrong):
        with pytest.raises(Refused):
            hub_kube.json_patch(INSTANCES_PATH, lab.namespace, "a", patch)

    answers = [
        (call.status, call.met_another)
        for call in lab.audit.calls(mark, namespace=lab.namespace)
        if call.user.endswith(":hub")
    ]
    assert answers == [(409, True), (422, True), (422, False)]
