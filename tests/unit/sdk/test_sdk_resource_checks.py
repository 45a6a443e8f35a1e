"""The checks of kinds: an operator that keeps the contract passes, with or without our SDK; any other one is found."""

import pytest

from jupyternetes.sdk import Cluster, Json, Kind, Object, ResourceOperator, resource
from jupyternetes.sdk import testing as contract
from jupyternetes.sdk.testing import resource_checks as checks
from tests.support.fakekube import FakeKube
from tests.unit.sdk import plain_resources as plain
from tests.unit.sdk.sdk_site import GROUP, LAB, settings

DATABASES = Kind(f"{GROUP}/v1", "Database", "databases")


def database() -> ResourceOperator:
    @resource(f"{GROUP}/v1", "Database", "databases")
    async def database(wanted: Object, cluster: Cluster) -> Json:
        return {"host": f"{wanted.metadata.name}.example.org"}

    @database.deleted
    async def drop(obj: Object, cluster: Cluster) -> None:
        return

    return database


def case(operator: contract.Operator, seconds: float = 20.0) -> contract.ResourceCase:
    return contract.ResourceCase(
        DATABASES, operator, {"spec": {}}, {"spec": {"size": 2}}, outputs=("status.host",), seconds=seconds, quiet=0.3
    )


@pytest.mark.parametrize("check", contract.RESOURCE_CHECKS, ids=contract.name_of)
@pytest.mark.parametrize("made_with", ["sdk", "nothing of ours"])
async def test_right_operator_passes(fake: FakeKube, check: contract.ResourceCheck, made_with: str) -> None:
    ours = contract.in_process(database(), settings=settings(fake))
    operator = ours if made_with == "sdk" else plain.Right.operator(fake)

    with fake.few_authorities():
        async with contract.site(fake.kubeconfig, LAB) as site:
            await check(site, case(operator))


@pytest.mark.parametrize(
    ("wrong", "check", "words"),
    [
        (plain.IsNeverReady, checks.makes_it_ready, "becomes ready"),
        (plain.SaysNoGeneration, checks.makes_it_ready, "becomes ready"),
        (plain.IsReadyTooSoon, checks.makes_it_ready, "status.host"),
        (plain.SaysTooMuch, checks.makes_it_ready, "status.host"),
        (plain.MakesOnceOnly, checks.follows_a_change, "becomes ready"),
        (plain.WritesForEver, checks.writes_nothing_that_is_there, "written no more"),
        (plain.AnswersAnnotations, checks.writes_nothing_that_is_there, "causes no write"),
        (plain.RemembersInMemoryAlone, checks.writes_nothing_after_a_restart, "restart"),
        (plain.SeesNothingOfItsPast, checks.makes_ready_what_came_while_it_was_dead, "becomes ready"),
        (plain.FillsInTheSpec, checks.leaves_what_is_asked_alone, "changed metadata.generation, spec"),
        (plain.EachReplicaHasItsSay, checks.two_replicas_work_as_one, "written no more"),
        (plain.LetsNothingGo, checks.lets_go, "is gone"),
        (plain.LetsGoOfWhatItHasSeenAlive, checks.lets_go_of_what_was_deleted_while_it_was_dead, "is gone"),
    ],
    ids=contract.name_of,
)
async def test_wrong_operator_is_found(
    fake: FakeKube, wrong: type[plain.Right], check: contract.ResourceCheck, words: str
) -> None:
    patience = {"becomes ready": 1, "is gone": 4}.get(
        words, 10
    )  # what is waited for in vain is not worth a longer wait
    with fake.few_authorities():
        async with contract.site(fake.kubeconfig, LAB) as site:
            with pytest.raises(contract.ContractBroken, match=words):
                await check(site, case(wrong.operator(fake), seconds=patience))


async def test_case_whose_change_changes_nothing_is_told(fake: FakeKube) -> None:
    idle = contract.ResourceCase(DATABASES, plain.Right.operator(fake), {"spec": {}}, {"spec": {}}, quiet=0.1)
    with fake.few_authorities():
        async with contract.site(fake.kubeconfig, LAB) as site:
            with pytest.raises(contract.ContractBroken, match="changes nothing"):
                await checks.follows_a_change(site, idle)


def test_every_check_is_in_the_list_and_says_its_promise() -> None:
    named = [each for each in vars(checks).values() if getattr(each, "__module__", "") == checks.__name__]

    promises = [each for each in named if not each.__name__.startswith("_")]
    assert promises == list(contract.RESOURCE_CHECKS)
    assert all(each.__doc__ for each in promises)
