"""What becomes of conditions that do not fit the definition, since an older one let them in.

Our operators carry those of other programs along in every list that they write.
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.api.resources import INSTANCES
from tests.contract.http import Http, Json
from tests.contract.servers import real_only
from tests.support.kinds import permissive

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
MERGE, STEPS = "application/merge-patch+json", "application/json-patch+json"
DEFINITION: Json = next(
    each
    for each in custom_resource_definitions()
    if each["spec"]["names"]["plural"] == INSTANCES.plural  # type: ignore[index]
)
OURS = {"type": "Ready", "status": "True", "reason": "R", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}

ITEMS: dict[str, Any] = {
    "value-of-another-type": {"type": "Odd", "status": True},
    "fields-missing": {"type": "Odd", "status": "True"},
    "no-type": {"status": "True"},
    "no-object": "odd",
}


@pytest.fixture
async def standing(http: Http, namespace: str) -> AsyncIterator[str]:
    """The path of a collection of Instances with an item of ``ITEMS`` each, under the definition of today."""
    path = INSTANCES.path(namespace)
    loose = permissive(DEFINITION)
    assert (await http.send("POST", DEFINITIONS, loose)).status == 201
    try:
        await until_taken(http, path, taken=True)
        for name, item in ITEMS.items():
            assert (await http.send("POST", path, instance(name, {"template": {"name": "lab"}}))).status == 201
            body = {"status": {"conditions": [item]}}
            assert (await http.send("PATCH", f"{path}/{name}/status", body, content=MERGE)).status == 200
        definition = f"{DEFINITIONS}/{DEFINITION['metadata']['name']}"
        assert (await http.send("PATCH", definition, {"spec": DEFINITION["spec"]}, content=MERGE)).status == 200
        await until_taken(http, path, taken=False)
        yield path
    finally:
        await http.send("DELETE", f"{DEFINITIONS}/{DEFINITION['metadata']['name']}")


def instance(name: str, spec: Json) -> Json:
    return {"apiVersion": INSTANCES.api_version, "kind": INSTANCES.kind, "metadata": {"name": name}, "spec": spec}


async def until_taken(http: Http, path: str, *, taken: bool) -> None:
    """Until an Instance that does not fit the definition of today is taken, or no more."""
    wanted, status = 201 if taken else 422, 0
    async with asyncio.timeout(30):
        while status != wanted:
            await asyncio.sleep(0.05)
            status = (await http.send("POST", path, instance("probe", {"template": "x"}), dryRun="All")).status


@real_only("the fake refuses all that does not fit, changed or not")
async def test_condition_that_does_not_fit_is_taken_back_as_it_stands_if_it_has_a_type(
    http: Http, standing: str
) -> None:
    """An item without a type, the key of the list, counts as new: while it is there, no status is taken."""

    async def answer(name: str, body: object, content: str) -> int:
        return (await http.send("PATCH", f"{standing}/{name}/status", body, content=content, dryRun="All")).status

    answers: dict[str, dict[str, int]] = {}
    for name, item in ITEMS.items():
        read = (await http.send("GET", f"{standing}/{name}")).body["status"]["conditions"]
        assert read == [item]
        changed = item | {"lastTransitionTime": ""} if isinstance(item, dict) else item
        answers[name] = {
            "changed": await answer(name, {"status": {"conditions": [changed, OURS]}}, MERGE),
            "whole list": await answer(name, {"status": {"conditions": [*read, OURS]}}, MERGE),
            "own place": await answer(name, [{"op": "add", "path": "/status/conditions/-", "value": OURS}], STEPS),
            "without it": await answer(name, {"status": {"conditions": [OURS]}}, MERGE),
            "elsewhere": await answer(name, {"status": {"address": "a:1"}}, MERGE),
        }

    typed = {"changed": 422, "whole list": 200, "own place": 200, "without it": 200, "elsewhere": 200}
    untyped = typed | {"whole list": 422, "own place": 422, "elsewhere": 422}
    assert answers == {
        "value-of-another-type": typed,
        "fields-missing": typed,
        "no-type": untyped,
        "no-object": untyped,
    }
