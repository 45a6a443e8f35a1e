"""What was made once in a start is made again only for an Instance that is there, and its end is no failure."""

import asyncio
import logging
import random
from typing import Any

import pytest

from jupyternetes.api.instance import Instance
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.runtime.errors import Conflict, NotFound, Status
from jupyternetes.runtime.objects import key_of
from tests.support.fakekube import Refused, on
from tests.support.objects import instance
from tests.unit.operators.properties_world import NAMESPACE, World
from tests.unit.runtime.properties_time import in_fake_time

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


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_report_on_an_instance_that_is_gone_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever deletes a server while it starts or runs would find a warning of it in the log."""

    async def story() -> int:
        world = await World.with_a_server()
        world.hold(world.instances)
        world.delete("a")
        before = len(world.kube.faults.log)
        await asyncio.sleep(20.0)
        reported = on("patch", resource=f"{world.instances}/status")
        return len([call for call in world.kube.faults.log[before:] if reported(call)])

    assert in_fake_time(story()) >= 1
    assert warnings(caplog) == []


def test_report_on_a_template_that_is_gone_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> list[str]:
        world = World(random.Random(0), rough=0.0)  # noqa: S311
        reports = on("patch", resource=f"{world.templates}/status")
        world.refuse(reports, Refused("InternalError", "not now"))
        world.begin()
        await asyncio.sleep(1.0)
        world.hold(world.templates)
        world.registry.delete(world.templates, NAMESPACE, "lab")
        world.kube.faults.clear()
        caplog.clear()
        before = len(world.kube.faults.log)
        await asyncio.sleep(20.0)
        return [str(call) for call in world.kube.faults.log[before:] if reports(call)]

    assert in_fake_time(story()) != []
    assert warnings(caplog) == []


def test_reports_that_find_no_status_to_write_to_are_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    """As with a CustomResourceDefinition of another version: the Instance is there."""

    async def story() -> None:
        world = await World.with_a_server()
        missing = Refused("NotFound", "the server could not find the requested resource")
        world.refuse(on("patch", resource=f"{world.instances}/status"), missing)
        world.stop("a")
        await asyncio.sleep(20.0)

    in_fake_time(story())

    assert [text for text in warnings(caplog) if "could not find the requested resource" in text]
