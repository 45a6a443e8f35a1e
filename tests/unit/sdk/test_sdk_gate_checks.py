"""The checks of gates: an operator that keeps the contract passes, with or without our SDK; any other one is found."""

import sys

import pytest

from jupyternetes.sdk import Answer, Asking, Cluster, allow, gate
from jupyternetes.sdk import testing as contract
from jupyternetes.sdk.testing import gate_checks as checks
from tests.support.fakekube import FakeKube
from tests.unit.sdk import plain_gates as plain
from tests.unit.sdk.sdk_site import GATE, LAB, settings


@gate(GATE)
async def licence(asking: Asking, cluster: Cluster) -> Answer:
    return allow()


@pytest.mark.parametrize("check", contract.GATE_CHECKS, ids=contract.name_of)
@pytest.mark.parametrize("made_with", ["sdk", "nothing of ours"])
async def test_right_operator_passes(fake: FakeKube, check: contract.GateCheck, made_with: str) -> None:
    short = check is checks.renews_its_lease
    if made_with == "sdk":
        operator, lease = (
            contract.in_process(licence, settings=settings(fake, lease_seconds=2 if short else 15)),
            "third",
        )
    else:
        operator, lease = (plain.RightWithShortLease if short else plain.Right).operator(fake), "plain"
    case = contract.GateCase(GATE, operator, lease=(LAB, lease), quiet=0.3)

    with fake.few_authorities():
        async with contract.site(fake.kubeconfig, LAB) as site:
            await check(site, case)


@pytest.mark.parametrize(
    ("wrong", "check", "words"),
    [
        (plain.NeverAnswers, checks.answers_what_is_asked, "gives a final answer"),
        (plain.NeverDecides, checks.answers_what_is_asked, "gives a final answer"),
        (plain.AnswersOfAnOlderGeneration, checks.answers_what_is_asked, "gives a final answer"),
        (plain.AnswersOfTheFuture, checks.answers_what_is_asked, "there is not yet"),
        (plain.TalksTooMuch, checks.answers_what_is_asked, "at most 4096"),
        (plain.AnswersUnasked, checks.says_nothing_unasked, "was not asked"),
        (plain.AnswersForEver, checks.answers_once, "writes no more"),
        (plain.AnswersEditsOfTheSpec, checks.answers_once, "an edit of the spec"),
        (plain.AnswersTheFirstStartOnly, checks.answers_each_start, "gives a final answer"),
        (plain.DropsConditionsOfOthers, checks.leaves_the_rest_alone, "changed status.conditions"),
        (plain.ForgesAnAddress, checks.leaves_the_rest_alone, "changed status.address"),
        (plain.LeavesItsMarkOnTheObject, checks.leaves_the_rest_alone, "changed metadata.annotations"),
        (plain.SeesNothingOfItsPast, checks.answers_what_was_asked_while_it_was_dead, "gives a final answer"),
        (plain.RemembersInMemoryAlone, checks.says_nothing_again_after_a_restart, "restart"),
        (plain.EachReplicaHasItsSay, checks.two_replicas_answer_as_one, "stands by"),
        (plain.HasNoLease, checks.renews_its_lease, "no Lease"),
        (plain.SaysNoContract, checks.renews_its_lease, "label"),
        (plain.LetsItsLeaseRunOut, checks.renews_its_lease, "renewed"),
    ],
    ids=contract.name_of,
)
async def test_wrong_operator_is_found(
    fake: FakeKube, wrong: type[plain.Right], check: contract.GateCheck, words: str
) -> None:
    patience = 1 if words == "gives a final answer" else 10  # what is waited for in vain is not worth a longer wait
    case = contract.GateCase(GATE, wrong.operator(fake), lease=(LAB, "plain"), seconds=patience, quiet=0.3)

    with fake.few_authorities():
        async with contract.site(fake.kubeconfig, LAB) as site:
            with pytest.raises(contract.ContractBroken, match=words):
                await check(site, case)


async def test_operator_without_a_lease_in_its_case_is_told_to_name_one(fake: FakeKube) -> None:
    with fake.few_authorities():
        async with contract.site(fake.kubeconfig, LAB) as site:
            with pytest.raises(contract.ContractBroken, match="name it in the case"):
                await checks.renews_its_lease(site, contract.GateCase(GATE, plain.Right.operator(fake)))


async def test_program_that_ends_by_itself_is_told(fake: FakeKube) -> None:
    case = contract.GateCase(GATE, contract.as_process(sys.executable, "-c", "raise SystemExit(3)"), seconds=2)
    with fake.few_authorities():
        async with contract.site(fake.kubeconfig, LAB) as site:
            with pytest.raises(contract.ContractBroken, match="ended by itself, with exit code 3"):
                await checks.answers_what_is_asked(site, case)


def test_every_check_is_in_the_list_and_says_its_promise() -> None:
    named = [each for name, each in vars(checks).items() if getattr(each, "__module__", "") == checks.__name__]

    promises = [each for each in named if not each.__name__.startswith("_")]
    assert promises == list(contract.GATE_CHECKS)
    assert all(each.__doc__ for each in promises)
