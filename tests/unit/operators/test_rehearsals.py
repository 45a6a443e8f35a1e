"""When Templates are tried, how often, and what is remembered of it (pods/rehearsal/rehearsals)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from msgspec import structs

from jupyternetes.api.conditions import Condition
from jupyternetes.api.template import Template
from jupyternetes.operators.pods.rehearsal.rehearsals import Rehearsals
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.runtime.errors import Status, Unreachable, api_error
from jupyternetes.runtime.objects import ObjectKey, key_of
from tests.support.objects import template

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POD = {"name": "notebook", "spec": {"containers": [{"name": "main", "image": "i"}]}}
FORBIDDEN = api_error("create pods", Status(403, "Forbidden", "violates PodSecurity"))
GONE = api_error("create pods", Status(404, "NotFound", 'namespaces "lab" not found'))


class Cluster:
    """Templates, and an API server that answers dry runs of their pods."""

    def __init__(self, *templates: Template) -> None:
        self.templates = {key_of(each): each for each in templates}
        self.answers: list[Exception] = []
        self.asked: list[tuple[float, str, str]] = []
        self.told: list[ObjectKey] = []
        self.kept_from: set[str] = set()
        self.begin()

    def begin(self, *shared: str) -> None:
        """A new process: nothing is remembered."""
        self.rehearsals = Rehearsals(
            cast("Any", self),
            cast("Any", self),
            TemplateFinder(cast("Any", self), shared),
            cast("Any", self),
            news=self.told.append,
            serves=lambda name: name not in self.kept_from,
        )

    def get(self, namespace: str, name: str) -> Template | None:
        return self.templates.get(ObjectKey(namespace, name))

    def values(self) -> list[Any]:
        return []

    async def try_create(self, _: object, namespace: str, body: dict[str, Any]) -> tuple[str, ...]:
        self.asked.append((asyncio.get_running_loop().time(), namespace, body["metadata"]["generateName"]))
        await asyncio.sleep(0.02)
        if self.answers:
            raise self.answers.pop(0)
        return ()

    def condition(self, name: str = "lab", *, accepted: bool = True) -> Condition | None:
        """What a pass over the Template writes into its status."""
        known = self.templates[ObjectKey("lab", name)]
        found = self.rehearsals.condition(known, accepted=accepted, now=NOW)
        self.templates[key_of(known)] = structs.replace(
            known, status=structs.replace(known.status, conditions=(found,) if found else ())
        )
        return found

    def edit(self, generation: int) -> None:
        known = self.templates[ObjectKey("lab", "lab")]
        self.templates[key_of(known)] = structs.replace(
            template(generation=generation, pods=[POD]), status=known.status
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncGenerator[None]:
        task = asyncio.create_task(self.rehearsals.run())
        try:
            yield
        finally:
            task.cancel()


@pytest.fixture
async def cluster() -> Cluster:
    return Cluster(template(pods=[POD]))


@pytest.mark.looptime
async def test_each_generation_is_tried_once_whatever_else_wakes_the_template(cluster: Cluster) -> None:
    async with cluster.at_work():
        assert cluster.condition() is None
        await asyncio.sleep(60)
        assert cluster.told == [ObjectKey("lab", "lab")]

        told = cluster.condition()
        for _ in range(3):
            assert cluster.condition() == told
            await asyncio.sleep(60)

        assert told is not None
        assert (told.status, told.reason, told.observed_generation) == ("True", "Rehearsed", 1)
        assert len(cluster.asked) == 1
        cluster.edit(2)
        assert cluster.condition() == told, "what was said stays until there is news"
        await asyncio.sleep(60)
        told = cluster.condition()

    assert told is not None
    assert told.observed_generation == 2
    assert len(cluster.asked) == 2


@pytest.mark.looptime
async def test_template_that_is_woken_while_it_is_tried_is_tried_once(cluster: Cluster) -> None:
    """Its other conditions are written just then."""
    async with cluster.at_work():
        cluster.condition()
        await asyncio.sleep(0.01)
        assert len(cluster.asked) == 1
        cluster.condition()
        await asyncio.sleep(60)

    assert len(cluster.asked) == 1


@pytest.mark.looptime
async def test_restart_tries_nothing_again_that_the_status_tells(cluster: Cluster) -> None:
    cluster.answers = [FORBIDDEN]
    async with cluster.at_work():
        cluster.condition()
        await asyncio.sleep(60)
        told = cluster.condition()
    assert told is not None
    assert told.status == "False"

    cluster.begin()
    async with cluster.at_work():
        assert cluster.condition() == told
        await asyncio.sleep(60)

    assert len(cluster.asked) == 1


@pytest.mark.looptime
async def test_replica_that_does_not_lead_tries_nothing(cluster: Cluster) -> None:
    cluster.condition()
    await asyncio.sleep(60)

    assert cluster.asked == []


@pytest.mark.looptime
async def test_template_that_is_not_accepted_is_not_tried_and_says_nothing_of_it(cluster: Cluster) -> None:
    async with cluster.at_work():
        cluster.condition()
        await asyncio.sleep(60)
        assert cluster.condition() is not None
        cluster.edit(2)

        assert cluster.condition(accepted=False) is None
        await asyncio.sleep(60)

    assert len(cluster.asked) == 1


@pytest.mark.looptime
async def test_many_templates_are_tried_one_pod_a_second() -> None:
    pods = [POD, {**POD, "name": "helper"}]
    cluster = Cluster(*(template(name=f"t{number}", pods=pods) for number in range(5)))
    async with cluster.at_work():
        for number in range(5):
            cluster.condition(f"t{number}")
        await asyncio.sleep(60)

    assert [round(at) for at, *_ in cluster.asked] == [0, 0, 2, 2, 4, 4, 6, 6, 8, 8]
    assert len(cluster.told) == 5


@pytest.mark.looptime
async def test_template_that_is_edited_all_the_time_is_tried_as_it_is_then(cluster: Cluster) -> None:
    async with cluster.at_work():
        for generation in range(2, 102):
            cluster.edit(generation)
            cluster.condition()
            await asyncio.sleep(0.1)
        await asyncio.sleep(60)
        told = cluster.condition()

    assert told is not None
    assert told.observed_generation == 101
    assert len(cluster.asked) <= 12


@pytest.mark.looptime
async def test_what_passes_by_itself_is_tried_again_with_growing_pauses_and_given_up(cluster: Cluster) -> None:
    cluster.answers = [Unreachable("no route")] * 9
    async with cluster.at_work():
        for _ in range(600):
            cluster.condition()
            await asyncio.sleep(1)
        told = cluster.condition()

    assert told is not None
    assert (told.status, told.reason) == ("Unknown", "RehearsalFailed")
    assert [round(at) for at, *_ in cluster.asked] == [0, 4, 12, 28, 60]


@pytest.mark.looptime
async def test_edit_does_not_wait_for_the_next_attempt(cluster: Cluster) -> None:
    cluster.answers = [Unreachable("no route")] * 4
    async with cluster.at_work():
        cluster.condition()
        await asyncio.sleep(30)
        cluster.edit(2)
        cluster.condition()
        await asyncio.sleep(2)
        told = cluster.condition()

    assert told is not None
    assert (told.status, told.observed_generation) == ("True", 2)


@pytest.mark.looptime
async def test_namespace_that_is_gone_is_passed_over() -> None:
    known = template(pods=[POD], access={"namespaces": ["gone", "there"]})
    cluster = Cluster(known)
    cluster.begin("lab")
    cluster.answers = [GONE]
    async with cluster.at_work():
        cluster.condition()
        await asyncio.sleep(60)
        told = cluster.condition()

    assert [namespace for _, namespace, _ in cluster.asked] == ["gone", "there"]
    assert told is not None
    assert "in namespace there" in told.message


@pytest.mark.looptime
async def test_nothing_is_tried_where_the_operator_does_not_work(cluster: Cluster) -> None:
    cluster.kept_from = {"lab"}
    async with cluster.at_work():
        cluster.condition()
        await asyncio.sleep(60)
        told = cluster.condition()

    assert told is not None
    assert (told.status, told.reason) == ("Unknown", "NoNamespace")
    assert cluster.asked == []


@pytest.mark.looptime
async def test_template_that_is_deleted_meanwhile_is_not_tried_and_its_successor_is(
    cluster: Cluster,
) -> None:
    key = ObjectKey("lab", "lab")
    known = cluster.templates.pop(key)
    async with cluster.at_work():
        cluster.rehearsals.condition(known, accepted=True, now=NOW)
        await asyncio.sleep(60)
        assert cluster.asked == []
        cluster.templates[key] = known
        cluster.condition()
        await asyncio.sleep(60)
        cluster.rehearsals.forget(key)
        cluster.templates[key] = structs.replace(known, metadata=structs.replace(known.metadata, uid="another"))
        assert cluster.condition() is None
        await asyncio.sleep(60)

    assert len(cluster.asked) == 2


@pytest.mark.looptime
async def test_failure_of_one_rehearsal_does_not_end_the_others(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.templates[ObjectKey("lab", "other")] = template(name="other", pods=[POD])
    cluster.answers = [RuntimeError("a defect")]
    async with cluster.at_work():
        cluster.condition()
        cluster.condition("other")
        await asyncio.sleep(60)

    assert cluster.told == [ObjectKey("lab", "other")]
    assert "the rehearsal of Template lab/lab failed" in caplog.text
