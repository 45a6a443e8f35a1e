"""One pass over an Instance that is to run: what it renders, and with which names."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pods import reconciler
from jupyternetes.operators.pods.reconciler import PodReconciler
from jupyternetes.operators.templates.finder import UsableTemplate
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import compile_template
from tests.support.objects import NAMESPACE, instance, pod, template

KEY = ObjectKey(NAMESPACE, "a")
SPEC = {"containers": [{"name": "notebook", "image": "i", "ports": [{"name": "notebook", "containerPort": 8888}]}]}


class World:
    """One Instance, one Template with one pod, and whatever pods there are."""

    client: Any = None

    def __init__(self, known: Instance, *pods: Pod) -> None:
        self.instance = known
        self.pods = list(pods)
        self.deleted: list[str] = []
        self.written: list[Mapping[str, Any]] = []

    def get(self, *_: str) -> Instance:
        return self.instance

    async def find_for_certain(self, *_: object) -> UsableTemplate:
        made = template(pods=[{"name": "notebook", "spec": SPEC}])
        return UsableTemplate(made, compile_template({"pods": [{"name": "notebook", "spec": SPEC}]}), False)

    async def known(self, _: ObjectKey) -> list[Pod]:
        return self.pods

    async def delete(self, _: Instance, pods: Iterable[Pod], **__: object) -> None:
        self.deleted += [each.metadata.name for each in pods]

    async def delete_secrets(self, *_: object) -> None:
        return None

    def latest(self, cached: Instance) -> Instance:
        return cached

    async def write(self, _: Instance, fields: Mapping[str, Any]) -> bool:
        self.written.append(fields)
        return False


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The names that each rendering was made with."""
    seen: list[Any] = []
    real = reconciler.render

    def noting(compiled: Any, known: Any, names: Any) -> Any:
        seen.append(names["pods"])
        return real(compiled, known, names)

    monkeypatch.setattr(reconciler, "render", noting)
    return seen


def passing(world: Any) -> PodReconciler:
    return PodReconciler(instances=world, templates=world, actions=world, status=world, announcer=world)


async def test_pass_that_makes_nothing_renders_once_and_with_the_pod_that_it_keeps(renderings: list[Any]) -> None:
    record = {"resourceName": "notebook-2", "uid": "uid-notebook-2", "startId": "2"}
    status = {"podsProvisioned": "Completed", "pvcsProvisioned": "Completed", "pods": {"notebook": record}}
    world = World(
        instance(startId="2", status=status), pod("notebook-1", start_id="2"), pod("notebook-2", start_id="2")
    )

    await passing(world).reconcile(KEY)

    assert renderings == [{"notebook": "notebook-2"}]
    assert world.deleted == ["notebook-1"]
    assert world.written[-1]["pods"]["notebook"]["resourceName"] == "notebook-2"
