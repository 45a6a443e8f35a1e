"""What a change of a Template wakes: an edit those who use it, behind people's clicks; its status nobody."""

from typing import Any, cast

import pytest
from msgspec import structs

from jupyternetes.api.conditions import Condition
from jupyternetes.api.resources import TEMPLATES
from jupyternetes.api.template import Template
from jupyternetes.operators.assembly.assembly import Settings
from jupyternetes.operators.pods import wiring as pods
from jupyternetes.operators.pvcs import wiring as pvcs
from jupyternetes.runtime.decoding import Identity, Listing, WatchEvent
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey
from tests.support.objects import NAMESPACE, instance, template

KEY = ObjectKey(NAMESPACE, "a")
CLICKED = ObjectKey(NAMESPACE, "clicked")
OPERATORS = {"pvcs": pvcs.build, "pods": pods.build}


class Operator:
    """An operator as it is wired, with one Instance of one Template in its caches, and nobody at work."""

    def __init__(self, name: str) -> None:
        process = OPERATORS[name](cast("Any", None), cast("Any", None), Settings())  # it is not run
        self._caches = {each.resource.full_name: each for each in process.informers}
        self.controller = process.controllers[0]

    @property
    def templates(self) -> Informer[Template]:
        return self._caches[TEMPLATES.full_name]

    async def fill(self) -> None:
        await self._caches["jupyternotebookinstances.kadense.io"].replace(None, Listing("7", [instance()]))
        await self.templates.replace(None, Listing("7", [versioned(template(), "7")]))
        await self.woken()

    async def woken(self) -> list[ObjectKey]:
        """The keys that were queued since the last call, in their order."""
        queue = self.controller.queue
        keys = [await queue.get() for _ in range(len(queue))]
        for key in keys:
            queue.done(key)
        return keys

    def change(self, changed: Template, version: str, kind: str = "MODIFIED") -> None:
        obj = versioned(changed, version)
        meta = obj.metadata
        self.templates.apply(None, WatchEvent(kind, Identity(meta.name, meta.namespace, meta.uid, version), obj))


def versioned(made: Template, version: str) -> Template:
    return structs.replace(made, metadata=structs.replace(made.metadata, resource_version=version))


@pytest.fixture(params=OPERATORS)
async def operator(request: pytest.FixtureRequest) -> Operator:
    made = Operator(request.param)
    await made.fill()
    return made


async def test_status_of_a_template_wakes_no_instance_C19_C24(operator: Operator) -> None:
    checked = template()
    warned = Condition(type="Warnings", status="True", reason="ApiServerWarns", message="unknown field")
    status = structs.replace(checked.status, observed_generation=1, conditions=(warned,))
    metadata = structs.replace(checked.metadata, labels={"edited": "too"}, annotations={"by": "kubectl"})

    operator.change(structs.replace(checked, status=status, metadata=metadata), "8")

    assert await operator.woken() == []


@pytest.mark.parametrize("kind", ["MODIFIED", "DELETED"])
async def test_edit_of_a_template_wakes_its_instances_behind_clicks_C24(operator: Operator, kind: str) -> None:
    operator.change(template(generation=2), "8", kind)
    operator.controller.enqueue(CLICKED)

    assert await operator.woken() == [CLICKED, KEY]


async def test_click_on_an_instance_that_an_edit_woke_brings_it_forward_C24(operator: Operator) -> None:
    operator.change(template(generation=2), "8")
    operator.controller.enqueue(KEY)
    operator.controller.enqueue(CLICKED)

    assert await operator.woken() == [KEY, CLICKED]
