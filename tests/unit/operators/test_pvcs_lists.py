"""Live lists of claims: fresh for each who asks, and shared by those who ask together."""

import asyncio
from typing import Any

import msgspec
import pytest

from jupyternetes.api.core import Claim
from jupyternetes.operators.pvcs.lists import SharedLists
from jupyternetes.runtime.decoding import Broken, Listing
from jupyternetes.runtime.errors import Invalid, ServerError, Status, Unreadable
from jupyternetes.runtime.objects import ObjectKey
from tests.support.objects import NAMESPACE, claim

PREFIX = "jupyternetes.kadense.io/instance in "


class Claims:
    """Claims by the Instance they are of. A list answers once ``let_go``; names in ``wrong`` spoil each list."""

    def __init__(self, *instances: str) -> None:
        self.claims = [_of(name) for name in instances]
        self.asked: list[str] = []
        self.wrong: dict[str, Exception] = {}
        self.unreadable: set[str] = set()
        self.let_go = asyncio.Event()

    async def list(self, _: object, namespace: str, *, label_selector: str) -> Listing[Claim]:
        assert label_selector.startswith(PREFIX)
        text = label_selector.removeprefix(PREFIX)
        self.asked.append(f"{namespace} {text}" if namespace != NAMESPACE else text)
        await self.let_go.wait()
        names = text.strip("()").split(",")
        for name in names:
            if name in self.wrong:
                raise self.wrong[name]
        broken = {
            ObjectKey(namespace, f"claim-of-{name}"): Broken("", "no list") for name in names if name in self.unreadable
        }
        return Listing("9", [each for each in self.claims if _instance(each) in names], broken)


def _of(name: str) -> Claim:
    made = claim(f"claim-of-{name}")
    labels = made.metadata.labels | {"jupyternetes.kadense.io/instance": name}
    return msgspec.structs.replace(made, metadata=msgspec.structs.replace(made.metadata, labels=labels))


def _instance(found: Claim) -> str:
    return found.metadata.labels["jupyternetes.kadense.io/instance"]


def asking(lists: SharedLists, *names: str, namespace: str = NAMESPACE) -> list[asyncio.Task[list[Claim]]]:
    return [asyncio.create_task(lists.claims_of(ObjectKey(namespace, name))) for name in names]


def shared(claims: Claims) -> SharedLists:
    client: Any = claims
    return SharedLists(client)


async def answers(tasks: list[asyncio.Task[list[Claim]]]) -> list[Any]:
    found = await asyncio.gather(*tasks, return_exceptions=True)
    return [each if isinstance(each, BaseException) else [c.metadata.name for c in each] for each in found]


async def test_who_asks_alone_is_answered_at_once_V08() -> None:
    claims = Claims("a", "b")
    claims.let_go.set()
    lists = shared(claims)

    assert await answers(asking(lists, "a")) == [["claim-of-a"]]
    assert await answers(asking(lists, "c")) == [[]]
    assert claims.asked == ["(a)", "(c)"]


async def test_who_asks_while_a_list_is_under_way_shares_the_next_one_V08() -> None:
    claims = Claims("a", "b")
    lists = shared(claims)
    first = asking(lists, "a")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = asking(lists, "c", "b", "a")
    await asyncio.sleep(0)

    claims.let_go.set()

    assert await answers(first) == [["claim-of-a"]]
    assert await answers(others) == [[], ["claim-of-b"], ["claim-of-a"]], "what was asked after it began is not of it"
    assert claims.asked == ["(a)", "(a,b,c)"]


async def test_each_namespace_has_lists_of_its_own() -> None:
    claims = Claims("a")
    lists = shared(claims)
    tasks = asking(lists, "a") + asking(lists, "a", namespace="elsewhere")
    claims.let_go.set()

    await answers(tasks)

    assert sorted(claims.asked) == ["(a)", "elsewhere (a)"]


async def test_a_hundred_names_fit_into_one_list() -> None:
    claims = Claims()
    lists = shared(claims)
    claims.let_go.set()

    assert await answers(asking(lists, *(f"i{number}" for number in range(250)))) == [[]] * 250
    assert [asked.count(",") + 1 for asked in claims.asked] == [100, 100, 50]


@pytest.mark.parametrize("fault", ["name", "claim"])
async def test_what_spoils_the_list_of_all_is_the_trouble_of_one(fault: str) -> None:
    claims = Claims("a", "c")
    claims.let_go.set()
    if fault == "name":
        claims.wrong["b"] = Invalid("list", Status(message="not a label value"))
    else:
        claims.unreadable.add("b")

    a, b, c = await answers(asking(shared(claims), "a", "b", "c"))

    assert (a, c) == (["claim-of-a"], ["claim-of-c"])
    assert isinstance(b, Invalid if fault == "name" else Unreadable)


async def test_failure_of_the_api_server_is_everybodys_and_the_next_call_asks_anew() -> None:
    claims = Claims("a")
    claims.let_go.set()
    claims.wrong["a"] = ServerError("list", Status(message="etcd is away"))
    lists = shared(claims)

    assert [type(each) for each in await answers(asking(lists, "a", "b"))] == [ServerError, ServerError]
    claims.wrong.clear()
    assert await answers(asking(lists, "a")) == [["claim-of-a"]]
    assert claims.asked == ["(a,b)", "(a)"]


async def test_who_gives_up_takes_nobody_along() -> None:
    claims = Claims("a", "b")
    first, second = asking(lists := shared(claims), "a", "b")
    await asyncio.sleep(0)
    third = asking(lists, "b")
    first.cancel()
    claims.let_go.set()

    assert await answers([second, *third]) == [["claim-of-b"], ["claim-of-b"]]
