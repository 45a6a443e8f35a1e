"""How long a write may take, by whose clock, and what waits for it meanwhile."""

import asyncio

import pytest

from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.wire import WRITE_BOUND, WriteBound, outlasting
from tests.unit.runtime.conftest import KubeconfigWriter
from tests.unit.runtime.following import eventually
from tests.unit.runtime.scripted_api import WIDGETS, ScriptedApi, answer, hang, reset, widget, widget_json


async def test_write_that_is_not_answered_has_an_unknown_outcome_when_it_is_settled(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others.append(hang)

    async with await Client.connect(kubeconfig_for(api.url, token="t"), user_agent="t", write_bound=0.2) as client:
        with pytest.raises(errors.UnknownOutcome, match="create") as caught:
            await client.create(WIDGETS, "lab", {})

        assert caught.value.settled_at < asyncio.get_running_loop().time(), "whoever catches it may look at once"
        assert client.unsettled_until == caught.value.settled_at


async def test_api_server_is_told_of_the_bound_of_a_write(api: ScriptedApi, client: Client) -> None:
    api.others += [answer(widget_json("a", 3)), answer(widget_json("a", 3))]

    await client.create(WIDGETS, "lab", {})
    await client.get(WIDGETS, "lab", "a")

    assert [seen.query.get("timeout") for seen in api.seen] == ["4000ms", None]
    assert WriteBound().limits.connect + WriteBound().server == WRITE_BOUND


async def test_write_without_the_right_to_it_is_not_sent_and_reads_are(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others += [answer(widget_json("a", 3)), answer(widget_json("a", 3))]
    until = float("-inf")
    config = kubeconfig_for(api.url, token="t")

    async with await Client.connect(config, user_agent="t", writes_until=lambda: until) as client:
        with pytest.raises(errors.NotLeader):
            await client.create(WIDGETS, "lab", {})
        await client.get(WIDGETS, "lab", "a")
        until = float("inf")
        await client.create(WIDGETS, "lab", {})

    assert api.verbs() == ["get", "post"]


async def test_write_is_bounded_to_what_is_left_of_the_lease_C11(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others += [answer(widget_json("a", 3)) for _ in range(3)]
    config, now, left = kubeconfig_for(api.url, token="t"), asyncio.get_running_loop().time, 60.0
    bound = outlasting(10)

    async with await Client.connect(
        config, user_agent="t", write_bound=bound, writes_until=lambda: now() + left
    ) as client:
        for left in (60.0, 13.0, 6.0):  # noqa: B007 (the client asks for it)
            await client.create(WIDGETS, "lab", {})
        left = 1.9
        with pytest.raises(errors.NotLeader):
            await client.create(WIDGETS, "lab", {})

    given = [float(seen.query["timeout"].removesuffix("ms")) / 1000 for seen in api.seen]
    assert given == pytest.approx([11, 11, 4], abs=0.1), "what connecting and sending may take is kept back"


async def test_write_whose_connection_took_the_time_it_had_is_not_sent_C11(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    now = asyncio.get_running_loop().time
    ends = iter([now() + 20.0, now() + 9.0])  # when its bound is made, and when its first byte is about to go out

    async with await Client.connect(
        kubeconfig_for(api.url, token="t"), user_agent="t", write_bound=12, writes_until=lambda: next(ends)
    ) as client:
        with pytest.raises(errors.NotLeader):
            await client.create(WIDGETS, "lab", {})

    assert api.seen == []


async def test_unknown_outcome_of_a_shortened_write_is_settled_when_its_time_is_over_C11(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others.append(reset)
    now = asyncio.get_running_loop().time

    async with await Client.connect(
        kubeconfig_for(api.url, token="t"), user_agent="t", write_bound=12, writes_until=lambda: end
    ) as client:
        end = now() + 8.0
        with pytest.raises(errors.UnknownOutcome) as caught:
            await client.create(WIDGETS, "lab", {})

    assert caught.value.settled_at <= end


async def test_brief_write_is_not_given_the_time_of_a_webhook_C11(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others += [answer(widget_json("a", 3)), answer(widget_json("a", 3))]

    async with await Client.connect(kubeconfig_for(api.url, token="t"), user_agent="t", write_bound=12) as client:
        await client.create_with_warnings(WIDGETS, "lab", {}, brief=True)
        await client.create(WIDGETS, "lab", {})

    assert [seen.query["timeout"] for seen in api.seen] == ["4000ms", "11000ms"]


async def test_requests_that_are_held_up_do_not_wait_for_each_other_C11(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others += [hang for _ in range(60)]

    async with await Client.connect(kubeconfig_for(api.url, token="t"), user_agent="t") as client:
        writes = [asyncio.ensure_future(client.create(WIDGETS, "lab", {})) for _ in range(60)]
        await eventually(lambda: len(api.seen) == 60)
        for write in writes:
            write.cancel()
        await asyncio.wait(writes)


async def test_waiting_for_a_turn_is_no_part_of_the_time_that_a_write_has(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others += [hang, hang, answer(widget_json("a", 3))]
    path = kubeconfig_for(api.url)

    async with await Client.connect(path, user_agent="t", max_requests=2, write_bound=0.5) as client:
        writes = [client.create(WIDGETS, "lab", {}) for _ in range(3)]
        first, second, third = await asyncio.gather(*writes, return_exceptions=True)

    assert isinstance(first, errors.UnknownOutcome)
    assert isinstance(second, errors.UnknownOutcome)
    assert third == widget("a", 3)
