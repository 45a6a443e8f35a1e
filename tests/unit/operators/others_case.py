"""Situations of one Instance's other resources, as a plan sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyternetes.api.instance import Instance
from jupyternetes.api.other_object import OtherObject
from jupyternetes.operators.other_resources.body import object_body
from jupyternetes.operators.other_resources.plan import plan
from jupyternetes.operators.other_resources.steps import Apply, Create, Delete, KindKey, Observed, OthersStatus, Plan
from jupyternetes.operators.status.failures import Failure
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate, facts
from jupyternetes.templating import Ready, compile_template, render
from tests.support.objects import instance, template

Json = dict[str, Any]

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BEGUN = "2026-01-02T03:04:05.000Z"
CONFIG_MAP: KindKey = ("v1", "ConfigMap")
DATABASE: KindKey = ("databases.example.org/v1", "Database")
KINDS = (CONFIG_MAP, DATABASE)

CONFIG: Json = {"name": "config", "apiVersion": "v1", "kind": "ConfigMap", "data": {"user": "{jupyterhub.user.name}"}}
DB: Json = {
    "name": "db",
    "apiVersion": "databases.example.org/v1",
    "kind": "Database",
    "spec": {"size": "1Gi"},
    "timeoutSeconds": 30,
    "outputs": [{"name": "host", "path": "status.host", "pattern": "[a-z0-9.]+"}],
}
POD: Json = {"name": "notebook", "spec": {"containers": [{"name": "notebook", "image": "i"}]}}
UP: Json = {"conditions": [{"type": "Ready", "status": "True"}], "host": "db.example.org"}


def asked(
    *, start_id: str = "2", suspend: bool = False, status: Json | None = None, uid: str = "instance-uid"
) -> Instance:
    return instance(
        uid=uid, startId=start_id, suspend=suspend, variables={"jupyterhub.user.name": "jovyan"}, status=status or {}
    )


def usable(entries: Sequence[Json], gates: Sequence[Json] = ()) -> UsableTemplate:
    spec = {"pods": [POD], "otherResources": [*entries], "gates": [*gates]}
    return UsableTemplate(template(**spec), compile_template(spec))


def made(
    entry: Json, *, of: Instance | None = None, status: Json | None = None, others: Any = None, **metadata: Any
) -> OtherObject:
    """The object of an entry as the API server has it, changed in its metadata."""
    owner = of or asked()
    rendering = render(usable([entry]).compiled, facts(owner), {"otherResources": others or {}})
    (ready,) = rendering.other_resources
    assert isinstance(ready, Ready)
    body: Json = object_body(owner, ready)
    body["metadata"] = body["metadata"] | {"uid": f"uid-{entry['name']}", "resourceVersion": "5"} | metadata
    return OtherObject.from_content(body | ({} if status is None else {"status": status}))


@dataclass(frozen=True)
class Case:
    """An Instance that runs, with a Template of these entries."""

    entries: Sequence[Json] = (CONFIG,)
    objects: Sequence[OtherObject] = ()
    of: Instance = field(default_factory=asked)
    gates: Sequence[Json] = ()
    refusal: Refusal | None = None
    unlisted: dict[KindKey, str] = field(default_factory=dict[KindKey, str])
    failed: dict[str, Failure] = field(default_factory=dict[str, Failure])
    kept: dict[str, object] = field(default_factory=dict[str, object])
    after: float = 0.0

    def plan(self) -> Plan:
        listed = {
            kind: tuple(obj for obj in self.objects if (obj.content["apiVersion"], obj.content["kind"]) == kind)
            for kind in KINDS
            if kind not in self.unlisted
        }
        observed = Observed(
            now=NOW + timedelta(seconds=self.after),
            objects=listed,
            unlisted=self.unlisted,
            failed=self.failed,
            kept=self.kept,
        )
        return plan(self.of, self.refusal or usable(self.entries, self.gates), observed)

    def status(self) -> OthersStatus:
        decided = self.plan().status
        assert decided is not None
        return decided


def created(decided: Plan) -> list[str]:
    return [action.entry for action in decided.actions if isinstance(action, Create)]


def applied(decided: Plan) -> list[str]:
    return [action.entry for action in decided.actions if isinstance(action, Apply)]


def deleted(decided: Plan) -> list[str]:
    return [action.obj.metadata.name for action in decided.actions if isinstance(action, Delete)]


def recorded(**entries: Any) -> Json:
    """A status with these entries, each ``Completed`` unless it says otherwise."""
    how = {name: state.pop("how", "Completed") for name, state in entries.items()}
    return {"otherResources": entries, "otherResourcesProvisioned": how}
