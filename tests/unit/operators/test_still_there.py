"""What was made once in a start is made again only for an Instance that is there."""

from typing import Any

import pytest

from jupyternetes.api.instance import Instance
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.runtime.errors import Conflict, NotFound, Status
from jupyternetes.runtime.objects import key_of
from tests.support.objects import instance

GONE = NotFound("get", Status(404, "NotFound", "not found"))


class Server:
    """Has one Instance, or none; counts how often it is asked."""

    def __init__(self, present: Instance | None = None) -> None:
        self.present = present
        self.asked = 0

    async def get(self, *_: object) -> Instance:
        self.asked += 1
        if self.present is None:
            raise GONE
        return self.present


def made_once(server: Any) -> MadeOnce:
    return MadeOnce(server)


async def test_first_of_each_kind_and_start_is_made_without_a_question() -> None:
    server = Server()
    made = made_once(server)

    for start in ("1", "2"):
        for entry in ("notebook", "helper"):
            await made.begin(instance(startId=start), entry)

    assert server.asked == 0


async def test_what_was_made_is_made_again_if_the_instance_is_there() -> None:
    server = Server(instance(startId="1"))
    made = made_once(server)

    for _ in range(3):
        await made.begin(instance(startId="1"), "notebook")

    assert server.asked == 2


@pytest.mark.parametrize("present", [None, instance(uid="another")], ids=["gone", "made anew"])
async def test_nothing_is_made_again_for_an_instance_that_is_gone(present: Instance | None) -> None:
    server = Server(present)
    made = made_once(server)
    await made.begin(instance(startId="1"), "notebook")

    for _ in range(2):
        with pytest.raises(Conflict, match="is gone"):
            await made.begin(instance(startId="1"), "notebook")


async def test_what_was_made_is_forgotten_once_the_cache_shows_the_end() -> None:
    server = Server()
    made, known = made_once(server), instance(startId="1")
    await made.begin(known, "notebook")

    made.forget(key_of(known))

    await made.begin(known, "notebook")
    assert server.asked == 0
