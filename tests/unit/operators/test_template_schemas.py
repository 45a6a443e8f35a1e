"""Templates held against the API server's schemas: when these are read, and what is said of the Template."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest
from msgspec import convert, structs

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.api.template import Template
from jupyternetes.operators.pods.acceptance import TemplateReconciler
from jupyternetes.operators.pods.gates.installation import GateSettings
from jupyternetes.operators.pods.template_warnings import TemplateWarnings
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.operators.templates.schema_check import SchemaCheck
from jupyternetes.operators.templates.server_schemas import ServerSchemas
from jupyternetes.runtime.errors import Forbidden, Status, Unreachable
from jupyternetes.runtime.objects import key_of
from jupyternetes.templating.schemas import Schemas
from jupyternetes.templating.schemas.shipped import shipped
from tests.support.objects import template
from tests.unit.operators.checked import checked, unchecked
from tests.unit.operators.rehearsed import unrehearsed

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RIGHT = {"name": "notebook", "spec": {"containers": [{"name": "main", "image": "i"}]}}
WRONG = {
    "name": "notebook",
    "spec": {"containers": [{"name": "main", "image": "i", "resorces": {}}], "hostNetwrk": True},
}
UNKNOWN = "$.spec.pods[0].spec.containers[0].resorces: there is no field 'resorces' here; did you mean 'resources'?"
MINUTE = 60.0


class ApiServer:
    """Describes itself, or does what a test says in place of that."""

    def __init__(self) -> None:
        self.document = shipped(31).document()
        self.version = "a"
        self.failure: Exception | None = None
        self.hangs = False
        self.asked: list[str] = []
        self.news = 0
        self.schemas = ServerSchemas(cast("Any", self), news=self.hear)

    def hear(self) -> None:
        self.news += 1

    async def read(self, what: str, path: str, query: dict[str, str] | None = None) -> bytes:
        self.asked.append(path)
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        if path == "/openapi/v3":
            place = {"serverRelativeURL": f"/openapi/v3/api/v1?hash={self.version}"}
            return msgspec.json.encode({"paths": {"api/v1": place, "apis/apps/v1": {"serverRelativeURL": "/x"}}})
        assert (path, query) == ("/openapi/v3/api/v1", {"hash": self.version})
        return self.document

    def upgrade(self, minor: int) -> None:
        self.document, self.version = shipped(minor).document(), str(minor)


@pytest.mark.looptime
async def test_the_description_is_read_once_for_each_version_of_the_server_C33() -> None:
    server = ApiServer()
    following = asyncio.create_task(server.schemas.run())
    await asyncio.sleep(55 * MINUTE)
    assert server.schemas.current == shipped(31)
    assert server.asked == ["/openapi/v3", "/openapi/v3/api/v1", *["/openapi/v3"] * 5]

    server.upgrade(35)
    await asyncio.sleep(10 * MINUTE)

    assert server.schemas.current == shipped(35)
    assert server.news == 2
    following.cancel()


@pytest.mark.looptime
@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("get openapi: refused"),
        Forbidden("get openapi", Status(403, "Forbidden", "no")),
        "a proxy's page",
        "hangs",
    ],
)
async def test_a_server_that_does_not_describe_itself_is_waited_for_ten_seconds_and_asked_again_C33(
    failure: Exception | str, caplog: pytest.LogCaptureFixture
) -> None:
    server, loop = ApiServer(), asyncio.get_running_loop()
    described = server.document
    server.failure = failure if isinstance(failure, Exception) else None
    server.document = b"<html>" if failure == "a proxy's page" else described
    server.hangs = failure == "hangs"
    following = asyncio.create_task(server.schemas.run())
    await asyncio.sleep(0)

    began = loop.time()
    await server.schemas.first_look()
    assert loop.time() - began == (10.0 if server.hangs else 0.0)
    assert server.schemas.current is None
    await asyncio.sleep(2 * MINUTE)
    assert len(server.asked) >= 4
    server.failure, server.document, server.hangs = None, described, False
    await asyncio.sleep(10 * MINUTE)

    assert server.schemas.current == shipped(31)
    assert server.news == 1
    assert len([each for each in caplog.records if "cannot be checked" in each.message]) == 1
    following.cancel()


@pytest.mark.looptime
async def test_what_was_read_stays_while_the_server_is_away_C33() -> None:
    server = ApiServer()
    following = asyncio.create_task(server.schemas.run())
    await server.schemas.first_look()
    await asyncio.sleep(MINUTE)

    server.failure = Unreachable("get openapi: refused")
    await asyncio.sleep(60 * MINUTE)

    assert server.schemas.current == shipped(31)
    following.cancel()


@pytest.mark.looptime
async def test_a_kind_that_is_not_installed_is_looked_for_again_soon() -> None:
    server = ApiServer()
    kind = OtherKind.read("databases.example.org/v1/Database=databases")
    server.schemas = ServerSchemas(cast("Any", server), news=server.hear, kinds=[kind])
    following = asyncio.create_task(server.schemas.run())
    await asyncio.sleep(0)
    await server.schemas.first_look()
    assert server.schemas.served == {("databases.example.org/v1", "Database"): None}

    await asyncio.sleep(MINUTE)

    assert server.asked.count("/openapi/v3") == 2
    assert server.news == 1
    following.cancel()


class World:
    """One Template, its operator's memory and the API server that holds its status."""

    def __init__(self, known: Template, schemas: Schemas | None) -> None:
        self.template = known
        self.schemas = schemas
        self.told: list[Condition] = []
        self.warnings = TemplateWarnings(news=lambda _: None)

    def get(self, *_: str) -> Template:
        return self.template

    async def merge_patch(self, _: object, __: str, ___: str, body: dict[str, Any], *, subresource: str) -> None:
        status = convert(body["status"], type(self.template.status))
        self.template = structs.replace(self.template, status=status)

    def failure(self, _: Template, condition: Condition) -> None:
        self.told.append(condition)

    @property
    def check(self) -> SchemaCheck:
        finder = TemplateFinder(cast("Any", self), ())
        return unchecked(finder) if self.schemas is None else checked(finder, self.schemas)

    async def look(self) -> dict[str, Condition]:
        """What the conditions are once the operator has looked, twice, for there may be news."""
        world: Any = self
        check = self.check
        passes = TemplateReconciler(
            client=world,
            cache=world,
            templates=check.templates,
            check=check,
            announcer=world,
            warnings=self.warnings,
            gates=GateSettings(),
            rehearsals=unrehearsed(check.templates),
            now=lambda: NOW,
        )
        await passes.reconcile(key_of(self.template))
        await passes.reconcile(key_of(self.template))
        return {each.type: each for each in self.template.status.conditions}

    def edit(self, pod: dict[str, Any]) -> None:
        known = self.template
        changed = template(generation=known.metadata.generation + 1, pods=[pod])
        self.template = structs.replace(changed, status=known.status)


async def test_a_field_that_kubernetes_does_not_know_is_told_when_the_template_is_applied_C33() -> None:
    world = World(template(pods=[WRONG]), shipped())

    accepted = (await world.look())["Accepted"]

    assert (accepted.status, accepted.reason) == ("False", "Invalid")
    assert accepted.message == (
        f"Template {UNKNOWN}; "
        "Template $.spec.pods[0].spec.hostNetwrk: there is no field 'hostNetwrk' here; did you mean 'hostNetwork'?"
    )
    assert world.told == [accepted]
    assert world.check.strict(world.template), "its pods are refused, not made without the field"
    world.edit(RIGHT)
    conditions_ = await world.look()
    assert (conditions_["Accepted"].status, conditions_["Accepted"].message) == ("True", "The Template can be used.")
    assert world.check.strict(world.template)


async def test_many_problems_are_all_told_as_far_as_there_is_room_C33() -> None:
    pods = [{"name": f"p{i}", "spec": {"containers": [{"name": "main", "resorces": {}}]}} for i in range(60)]

    accepted = (await World(template(pods=pods), shipped()).look())["Accepted"]

    assert accepted.message.count("did you mean 'resources'?") >= 20
    assert accepted.message.endswith("more")


async def test_a_template_that_was_accepted_is_not_lost_when_the_server_changes_C33() -> None:
    gone = {"name": "notebook", "spec": {"containers": [{"name": "main"}], "resources": {"limits": {"cpu": 1}}}}
    world = World(template(pods=[gone]), shipped(35))
    assert (await world.look())["Accepted"].status == "True"

    world.schemas = shipped(31)  # where a pod has no resources of its own
    told = await world.look()

    assert (told["Accepted"].status, told["Accepted"].reason) == ("True", "Accepted")
    assert told["Warnings"].status == "True"
    assert "$.spec.pods[0].spec.resources: there is no field 'resources' here" in told["Warnings"].message
    assert world.told == []
    assert not world.check.strict(world.template), "its servers go on to start, as before"
    world.edit({**gone, "labels": {"a": "b"}})
    assert (await world.look())["Accepted"].status == "False"
    world.schemas = shipped(35)
    assert (await world.look())["Accepted"].status == "True"


async def test_a_template_is_accepted_without_the_server_and_that_is_said_C33() -> None:
    world = World(template(pods=[WRONG]), None)

    accepted = (await world.look())["Accepted"]

    assert accepted.status == "True"
    assert accepted.message.endswith("are not checked yet: the API server's schemas cannot be read.")
    assert not world.check.strict(world.template)
    world.schemas = shipped()
    told = await world.look()
    assert told["Accepted"].message == "The Template can be used."
    assert UNKNOWN in told["Warnings"].message


async def test_a_template_is_checked_once_until_it_or_the_server_changes() -> None:
    world = World(template(pods=[WRONG]), shipped())
    check = world.check

    first = check.problems(world.template)

    assert check.problems(world.template) is first
    check.schemas.current = shipped(31)
    assert check.problems(world.template) is not first
    check.forget(world.template)
    world.edit(RIGHT)
    assert check.problems(world.template) == ()


def test_nobody_but_the_condition_of_this_generation_makes_it_accepted() -> None:
    accepted = Condition(type=conditions.ACCEPTED, status="True", observed_generation=1)
    check = checked(TemplateFinder(cast("Any", None), ()), shipped())

    def strict(*standing: Condition, generation: int = 1) -> bool:
        made = template(generation=generation, pods=[WRONG])
        return check.strict(structs.replace(made, status=structs.replace(made.status, conditions=standing)))

    assert strict()
    assert not strict(accepted)
    assert strict(accepted, generation=2)
    assert strict(structs.replace(accepted, status="False"))
