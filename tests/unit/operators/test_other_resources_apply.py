"""The first write to an object after its create: somebody else may have written to it in the same moment."""

from typing import Any

import pytest

from jupyternetes.api import reasons
from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.api.other_object import OtherObject, resource_of
from jupyternetes.operators.other_resources.actions import FIELD_MANAGER, OtherActions
from jupyternetes.operators.other_resources.steps import Apply
from jupyternetes.runtime.errors import Conflict, Invalid, NotFound, Status
from tests.unit.operators.others_case import DATABASE, DB, asked, made

CREATED = {"managedFields": [{"manager": FIELD_MANAGER, "operation": "Update"}]}
GONE = NotFound("get", Status(404, "NotFound", "not found"))


class Server:
    """Takes no JSON Patch; ``live`` is the object as it is by now."""

    def __init__(self, live: OtherObject | None) -> None:
        self.live = live
        self.resources = {DATABASE: resource_of(OtherKind.read("databases.example.org/v1/Database=databases"))}

    async def json_patch(self, *_: object) -> OtherObject:
        raise Invalid("patch", Status(422, "Invalid", "the server rejected our request due to an error in our request"))

    async def get(self, *_: object) -> OtherObject:
        if self.live is None:
            raise GONE
        return self.live


async def apply(live: OtherObject | None) -> Any:
    server: Any = Server(live)
    actions = OtherActions(server, server, server, server)
    return await actions.apply(asked(), Apply("db", DATABASE, made(DB, **CREATED), made(DB).content))


async def test_object_that_its_operator_has_just_written_to_is_looked_at_again() -> None:
    """Said to be refused, it would end the start."""
    with pytest.raises(Conflict, match="not as the cache shows it"):
        await apply(made(DB, **CREATED, resourceVersion="6"))


async def test_object_that_the_api_server_refuses_is_told() -> None:
    failure = await apply(made(DB, **CREATED))

    assert failure.reason is reasons.REJECTED


async def test_object_that_is_gone_by_now_is_waited_for() -> None:
    failure = await apply(None)

    assert failure.reason is reasons.WAITING_FOR_OTHER_RESOURCE
