"""The check of Templates against a real API server: what it reports, that API server refuses.

The other direction, that few mistakes are passed over, is counted in ``test_schemas_mutations`` of the unit tests.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyternetes.api.resources import PODS
from jupyternetes.runtime.client import Client
from jupyternetes.templating import CompiledTemplate, InstanceFacts, Ready, compile_template, render
from jupyternetes.templating.schemas import Schemas, check
from tests.contract.http import Http
from tests.contract.servers import once_admitted, real_only
from tests.unit.templating.mutations import mutations

REPOSITORY = Path(__file__).parents[2]
KINDS = {"pods": ("pods", "Pod"), "pvcs": ("persistentvolumeclaims", "PersistentVolumeClaim")}
INSTANCE = InstanceFacts(
    name="a",
    namespace="lab",
    uid="u",
    template_name="lab",
    template_namespace="lab",
    variables={
        "jupyterhub.user.id": "1",
        "jupyterhub.user.name": "ana",
        "jupyterhub.namespace": "hub",
        "jupyterhub.oauth_client_id": "ana",
        "jupyterhub.api_token": "secret",
        "size": "large",
    },
)
POD = {"metadata": {"name": "first"}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
RICH = "tests/unit/templating/rich_template.yaml"
Json = Any


def objects(template: CompiledTemplate) -> list[tuple[str, str, Json]]:
    """What is to be made for an Instance, if it can be: the kind of entry, the resource, and the body."""
    names = {each.written.name: f"{each.written.name}-1" for each in template.pvcs}
    rendered = render(template, INSTANCE, {"pvcs": names})
    return [
        (each.entry.kind, resource, {"apiVersion": "v1", "kind": kind, "spec": each.spec})
        for each in (*rendered.pvcs, *rendered.pods)
        for resource, kind in [KINDS[each.entry.kind]]
        if isinstance(each, Ready) and not getattr(each.filled, "claim_name", "")
    ]


async def refusal(http: Http, namespace: str, resource: str, body: Json) -> str:
    """Why the API server would not take the object; empty if it would."""
    path = f"/api/v1/namespaces/{namespace}/{resource}"
    made = body | {"metadata": {"generateName": "a-"}}
    answer = await http.send("POST", path, made, dryRun="All", fieldValidation="Strict")
    return "" if answer.status < 300 else answer.message


@real_only("the fake knows no pods")
@pytest.mark.parametrize(
    "example",
    [
        "examples/published/template.yaml",
        pytest.param(RICH, marks=[pytest.mark.long, pytest.mark.timeout(900)]),
    ],
)
async def test_what_the_check_reports_is_refused_C33(client: Client, http: Http, namespace: str, example: str) -> None:
    schemas = Schemas.read(await client.read("openapi", "/openapi/v3/api/v1"))
    spec = yaml.safe_load((REPOSITORY / example).read_text())["spec"]
    await once_admitted(lambda: client.create(PODS, namespace, POD))
    assert [await refusal(http, namespace, *each) for _, *each in objects(compile_template(spec))] == ["", ""]

    reported, false_alarms = 0, list[str]()
    for each in mutations({"spec": spec}):
        compiled = compile_template(each.document.get("spec", {}))
        found = check(compiled, schemas)
        # One choice is made here, so a mistake in what comes with another one has no effect; port is a field of ours.
        if compiled.problems or not found or each.place.startswith((".spec.variables", ".spec.pods[0].port")):
            continue
        reported += 1
        made = [one for kind, *one in objects(compiled) if each.place.startswith(f".spec.{kind}[")]
        if made and not any([await refusal(http, namespace, *one) for one in made]):
            false_alarms.append(f"{each.mistake} at {each.place}: {found}")

    assert false_alarms == []
    assert reported > 200
