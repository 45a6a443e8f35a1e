"""What was created counts as existing until the cache has shown it (B27)."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Codec, Listing, WatchEvent
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.informer import Informer
from tests.unit.runtime.conftest import KubeconfigWriter
from tests.unit.runtime.following import eventually
from tests.unit.runtime.scripted_api import (
    WIDGETS,
    Answer,
    Json,
    ScriptedApi,
    Widget,
    answer,
    bookmark,
    hang,
    line,
    page,
    refusal,
    reset,
    widget,
    widget_json,
)

TTL, WRITE_BOUND = 300.0, 60.0
PassTime = Callable[[float], None]


def identity(obj: Widget) -> int:
    return obj.size


def selector(size: int) -> tuple[str, str]:
    return "lab", f"size={size}"


@pytest.fixture
async def informer(client: Client) -> Informer[Widget]:
    informer = Informer(client, WIDGETS, indexers={"size": lambda obj: [obj.size]})
    await informer.replace(None, Listing("10"))
    return informer


@pytest.fixture
def expectations(client: Client, informer: Informer[Widget]) -> Expectations[Widget, int]:
    return Expectations(informer, client, WIDGETS, index="size", identity=identity, selector=selector, ttl=TTL)


@pytest.fixture
async def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass at once; nothing here depends on how much time this machine has for us."""
    loop = asyncio.get_running_loop()
    clock, passed = loop.time, 0.0

    def pass_time(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    monkeypatch.setattr(loop, "time", lambda: clock() + passed)
    return pass_time


def show(informer: Informer[Widget], data: bytes) -> None:
    event = Codec(Widget).line(data)
    assert isinstance(event, WatchEvent)
    informer.apply(None, event)


def names(found: list[Widget]) -> list[str]:
    return sorted(obj.metadata.name for obj in found)


async def test_created_object_exists_before_the_cache_shows_it_B27(
    informer: Informer[Widget], expectations: Expectations[Widget, int]
) -> None:
    expectations.created(widget("a", 12, size=7))

    assert names(expectations.find(7)) == ["a"]
    assert expectations.find(8) == []
    show(informer, bookmark(11))
    assert names(expectations.find(7)) == ["a"]
    show(informer, line("ADDED", widget_json("a", 12, size=7)))
    assert names(expectations.find(7)) == ["a"], "once, not twice"


@pytest.mark.parametrize(("shown", "just_so"), [("12", True), ("13", False)])
async def test_cache_that_shows_what_a_create_was_answered_with_tells_nothing_new(
    informer: Informer[Widget], expectations: Expectations[Widget, int], shown: str, *, just_so: bool
) -> None:
    expectations.created(widget("a", 12, size=7))
    answers: list[bool] = []
    informer.subscribe(lambda change: answers.append(change.new is not None and expectations.shows(change.new)))

    show(informer, line("ADDED", widget_json("a", int(shown), size=7)))
    show(informer, line("ADDED", widget_json("of another", 14, size=7)))
    show(informer, line("MODIFIED", widget_json("a", 15, size=7)))

    assert answers == [just_so, False, False]
    assert names(expectations.find(7)) == ["a", "of another"]


async def test_subscriber_that_is_just_told_of_it_finds_it_once(
    informer: Informer[Widget], expectations: Expectations[Widget, int]
) -> None:
    expectations.created(widget("a", 12, size=7))
    found: list[list[str]] = []
    informer.subscribe(lambda _: found.append(names(expectations.find(7))))

    show(informer, line("ADDED", widget_json("a", 12, size=7)))

    assert found == [["a"]]


@pytest.mark.parametrize("proof", [bookmark(13), line("ADDED", widget_json("other", 13))])
async def test_cache_that_has_gone_past_it_proves_a_deletion(
    informer: Informer[Widget], expectations: Expectations[Widget, int], proof: bytes
) -> None:
    expectations.created(widget("a", 12, size=7))

    show(informer, proof)

    assert expectations.find(7) == []


async def test_list_that_has_gone_past_it_proves_a_deletion(
    informer: Informer[Widget], expectations: Expectations[Widget, int]
) -> None:
    expectations.created(widget("a", 12, size=7))

    await informer.replace(None, Listing("20"))

    assert expectations.find(7) == []


async def test_answer_that_comes_after_the_deletion_was_seen_is_not_believed(
    informer: Informer[Widget], expectations: Expectations[Widget, int]
) -> None:
    show(informer, line("ADDED", widget_json("a", 12, size=7)))
    show(informer, line("DELETED", widget_json("a", 13, size=7)))

    expectations.created(widget("a", 12, size=7))

    assert expectations.find(7) == []


async def test_object_that_the_cache_cannot_read_is_not_created_again(
    informer: Informer[Widget], expectations: Expectations[Widget, int]
) -> None:
    expectations.created(widget("a", 12, size=7))

    show(informer, line("ADDED", widget_json("a", 12) | {"size": "unreadable"}))

    assert names(expectations.find(7)) == ["a"]


LIVE_ANSWERS: list[tuple[Json | None, list[str]]] = [
    (widget_json("a", 14, size=7), ["a"]),
    (widget_json("a", 14, size=7, uid="another object"), []),
    (None, []),
]


@pytest.mark.parametrize(("found", "expected"), LIVE_ANSWERS, ids=["there", "replaced", "gone"])
async def test_old_expectation_is_settled_by_asking(
    api: ScriptedApi,
    expectations: Expectations[Widget, int],
    pass_time: PassTime,
    found: Json | None,
    expected: list[str],
) -> None:
    expectations.created(widget("a", 12, size=7))
    api.others.append(answer(found) if found else refusal(404, "NotFound"))

    await expectations.settle(7)
    assert api.seen == [], "not yet"
    pass_time(TTL)
    await expectations.settle(7)

    assert names(expectations.find(7)) == expected
    assert len(api.seen) == 1


async def test_question_that_fails_settles_nothing(
    api: ScriptedApi, expectations: Expectations[Widget, int], pass_time: PassTime
) -> None:
    expectations.created(widget("a", 12, size=7))
    pass_time(TTL)

    with pytest.raises(errors.ServerError):
        await expectations.settle(7)

    assert names(expectations.find(7)) == ["a"]


async def lose(api: ScriptedApi, expectations: Expectations[Widget, int], failure: Answer = reset) -> None:
    """A create of size 7 whose outcome nobody knows."""
    api.others.append(failure)
    with pytest.raises(errors.UnknownOutcome):
        await expectations.create(7, "lab", {})


async def test_answer_of_a_create_is_expected(api: ScriptedApi, expectations: Expectations[Widget, int]) -> None:
    api.others.append(answer(widget_json("a", 12, size=7), code=201))

    await expectations.create(7, "lab", {})

    assert names(expectations.find(7)) == ["a"]


@pytest.fixture
async def hasty(api: ScriptedApi, kubeconfig_for: KubeconfigWriter) -> AsyncIterator[Client]:
    """A client whose writes are settled soon, as ``pass_time`` goes."""
    kubeconfig = kubeconfig_for(api.url, token="t")
    async with await Client.connect(kubeconfig, user_agent="t/1", write_bound=WRITE_BOUND) as client:
        yield client


@pytest.mark.parametrize("failure", [reset, refusal(504, "Timeout")], ids=["reset", "504"])
@pytest.mark.parametrize("happened", [True, False])
async def test_unknown_outcome_fences_the_identity_until_a_live_list_decides_B27(
    api: ScriptedApi,
    hasty: Client,
    expectations: Expectations[Widget, int],
    pass_time: PassTime,
    happened: bool,
    failure: Answer,
) -> None:
    expectations.client = hasty
    await lose(api, expectations, failure)
    api.lists += [page(11), page(12, *([widget_json("a", 12, size=7)] if happened else []))]

    for _ in range(2):
        with pytest.raises(errors.Fenced) as fence:
            await expectations.settle(7)
    await expectations.settle(8)
    assert len(api.asked("list")) == 1, "to see that it runs; it is too early to look, and others are not concerned"

    pass_time(fence.value.seconds)
    await expectations.settle(7)

    assert names(expectations.find(7)) == (["a"] if happened else [])
    assert api.asked("list")[1].query["labelSelector"] == "size=7"
    await expectations.settle(7)
    assert len(api.asked("list")) == 2


async def test_time_counts_from_the_first_sign_of_life(
    api: ScriptedApi, hasty: Client, expectations: Expectations[Widget, int], pass_time: PassTime
) -> None:
    expectations.client = hasty
    await lose(api, expectations)
    pass_time(WRITE_BOUND)
    api.lists += [refusal(500, "InternalError"), page(11)]

    with pytest.raises(errors.ServerError):
        await expectations.settle(7)
    with pytest.raises(errors.Fenced) as fence:
        await expectations.settle(7)

    assert fence.value.seconds == pytest.approx(WRITE_BOUND)


async def test_create_gives_the_object_and_what_the_server_warns_of_C19(
    api: ScriptedApi, expectations: Expectations[Widget, int]
) -> None:
    api.others.append(answer(widget_json("a", 12, size=7), code=201, warnings=["unknown field"]))

    made = await expectations.create(7, "lab", {})

    assert (made.obj, made.warnings) == (widget("a", 12, size=7), ("unknown field",))
    assert names(expectations.find(7)) == ["a"]


async def test_refused_create_fences_nothing(api: ScriptedApi, expectations: Expectations[Widget, int]) -> None:
    api.others.append(refusal(429, "TooManyRequests"))

    with pytest.raises(errors.TooManyRequests):
        await expectations.create(7, "lab", {})

    await expectations.settle(7)


async def test_list_that_fails_leaves_the_fence_in_doubt(
    api: ScriptedApi, expectations: Expectations[Widget, int]
) -> None:
    api.others.append(answer(widget_json("a", 12, size=7) | {"size": "odd"}, code=201))
    with pytest.raises(errors.UnknownOutcome):
        await expectations.create(7, "lab", {})
    api.lists += [refusal(500, "InternalError"), page(12, widget_json("a", 12, size=7) | {"size": "odd"})]

    with pytest.raises(errors.ServerError):
        await expectations.settle(7)
    with pytest.raises(errors.Unreadable, match="may be what is looked for"):
        await expectations.settle(7)

    api.lists.append(page(12))
    await expectations.settle(7)


async def test_list_that_took_long_is_a_sign_of_life_only(
    api: ScriptedApi,
    hasty: Client,
    expectations: Expectations[Widget, int],
    pass_time: PassTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expectations.client = hasty
    await lose(api, expectations)
    api.lists += [page(11), page(12), page(13)]
    with pytest.raises(errors.Fenced):
        await expectations.settle(7)
    pass_time(WRITE_BOUND)
    with monkeypatch.context() as patched:
        patched.setattr("jupyternetes.runtime.expectations.PROMPT_SECONDS", 0.0)
        with pytest.raises(errors.Fenced):
            await expectations.settle(7)

    pass_time(WRITE_BOUND)
    await expectations.settle(7)
    assert len(api.asked("list")) == 3


async def test_create_that_fails_soon_is_tried_again_briefly_C11(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter, expectations: Expectations[Widget, int]
) -> None:
    """A policy engine that is down must not keep a server waiting for as long as one that is slow may."""
    made = answer(widget_json("a", 12, size=7), code=201)
    fences: list[float] = []
    async with await Client.connect(kubeconfig_for(api.url, token="t"), user_agent="t/1", write_bound=12) as client:
        expectations.client = client
        for failure in (refusal(500, "InternalError"), refusal(500, "InternalError")):
            await lose(api, expectations, failure)
            api.lists.append(page(11))
            with pytest.raises(errors.Fenced) as fence:
                await expectations.settle(7)
            fences.append(fence.value.seconds)
            expectations._doubts.clear()  # its time is over
        api.others += [made, made]
        await expectations.create(7, "lab", {})
        await expectations.create(7, "lab", {})

    assert [seen.query["timeout"] for seen in api.asked("post")] == ["11000ms", "4000ms", "4000ms", "11000ms"]
    assert fences == [12, 5]


async def test_create_that_is_cancelled_on_its_way_fences_the_identity_B27(
    api: ScriptedApi, expectations: Expectations[Widget, int]
) -> None:
    api.others.append(hang)
    api.lists.append(page(11))
    creating = asyncio.ensure_future(expectations.create(7, "lab", {}))
    await eventually(lambda: "post" in api.verbs())

    creating.cancel()
    await asyncio.wait([creating])

    with pytest.raises(errors.Fenced):
        await expectations.settle(7)


async def test_of_several_creates_in_doubt_the_longest_decides_C11(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter, expectations: Expectations[Widget, int]
) -> None:
    """An Instance has several entries, and the one that failed first is still in doubt when the next one fails."""
    async with await Client.connect(kubeconfig_for(api.url, token="t"), user_agent="t/1", write_bound=12) as client:
        expectations.client = client
        await lose(api, expectations, refusal(500, "InternalError"))
        await lose(api, expectations, refusal(500, "InternalError"))
        api.lists.append(page(11))

        with pytest.raises(errors.Fenced) as fence:
            await expectations.settle(7)

    assert fence.value.seconds == 12
