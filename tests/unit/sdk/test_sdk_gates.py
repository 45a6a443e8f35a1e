"""Operators of gates: a start or stop asks, the function's answer becomes a condition."""

import asyncio
from collections.abc import Callable

import pytest

from jupyternetes.sdk import Answer, Asking, Cluster, GateOperator, allow, gate, progress, refuse
from tests.support.fakekube import FakeKube, on
from tests.support.fakekube.kinds import Json
from tests.unit.sdk.sdk_site import GATE, LAB, ask, instances, operating, said, until, writes

STATUS = "jupyternotebookinstances.kadense.io/status"


def licence(answer: Callable[[Asking], Answer], **options: object) -> GateOperator:
    @gate(GATE, **options)  # type: ignore[arg-type]
    async def licence(asking: Asking, cluster: Cluster) -> Answer:
        return answer(asking)

    return licence


async def test_answer_is_a_condition_about_the_asking(fake: FakeKube) -> None:
    generation = ask(fake)
    async with operating(fake, licence(lambda _: allow("seat 12 of 20", reason="SeatGranted"))):
        await until(lambda: said(fake))

    answered = said(fake)
    assert answered.pop("lastTransitionTime")
    assert answered == {
        "type": GATE,
        "status": "True",
        "reason": "SeatGranted",
        "message": "seat 12 of 20",
        "observedGeneration": generation,
    }


async def test_function_learns_who_asks(fake: FakeKube) -> None:
    askings = list[Asking]()
    generation = ask(fake)
    named = {"metadata": {"annotations": {"hub.jupyter.org/username": "Zoë"}}}
    fake.registry.patch("merge", instances(fake), LAB, "a", named)
    async with operating(fake, licence(lambda asking: askings.append(asking) or allow())):
        await until(lambda: said(fake))

    [asking] = askings
    assert (asking.username, asking.before, asking.generation, asking.start_id) == ("Zoë", "Start", generation, "1")
    assert asking.instance.spec.template.name == "t"


async def test_asked_once_for_each_start(fake: FakeKube) -> None:
    askings = list[int]()

    def answer(asking: Asking) -> Answer:
        askings.append(asking.generation)
        return allow()

    first = ask(fake)
    async with operating(fake, licence(answer)):
        await until(lambda: said(fake))
        edited = {"spec": {"gracePeriodSeconds": 7}}
        fake.registry.patch("merge", instances(fake), LAB, "a", edited)
        second = ask(fake, 2)
        await until(lambda: said(fake)["observedGeneration"] == second)
    async with operating(fake, licence(answer)):
        third = ask(fake, 3)
        await until(lambda: said(fake)["observedGeneration"] == third)

    assert askings == [first, second, third]
    assert len(writes(fake, STATUS)) == 3


async def test_refusal_keeps_its_reason_and_message(fake: FakeKube) -> None:
    ask(fake)
    async with operating(fake, licence(lambda _: refuse("NoSeat", "All 20 seats are taken"))):
        await until(lambda: said(fake))

    assert (said(fake)["status"], said(fake)["reason"], said(fake)["message"]) == (
        "False",
        "NoSeat",
        "All 20 seats are taken",
    )


async def test_progress_is_asked_again_and_written_when_its_words_change(fake: FakeKube) -> None:
    answers = [progress("looking", again_after=1), progress("looking", again_after=1), allow()]
    ask(fake)
    async with operating(fake, licence(lambda _: answers.pop(0))):
        await until(lambda: said(fake).get("status") == "Unknown")
        await until(lambda: said(fake)["status"] == "True")

    assert answers == []
    assert len(writes(fake, STATUS)) == 2


async def test_own_progress_does_not_ask_again_at_once(fake: FakeKube) -> None:
    askings = list[int]()
    ask(fake)
    operator = licence(lambda asking: askings.append(asking.generation) or progress("looking", again_after=600))
    async with operating(fake, operator):
        await until(lambda: said(fake))
        later = ask(fake, 2)
        await until(lambda: said(fake)["observedGeneration"] == later)

    assert len(askings) == 2


async def test_exception_is_progress_that_names_its_type_alone(fake: FakeKube) -> None:
    failures = [ConnectionError("password=secret")]

    def answer(_: Asking) -> Answer:
        if failures:
            raise failures.pop()
        return allow()

    seen = list[str]()
    ask(fake)
    async with operating(fake, licence(answer)):
        await until(lambda: seen.append(str(said(fake))) or said(fake).get("status") == "True")

    assert any("OperatorFailed" in each and "ConnectionError" in each for each in seen)
    assert not any("secret" in each for each in seen)


async def test_function_that_hangs_is_given_up_and_told(fake: FakeKube) -> None:
    @gate(GATE, timeout=0.05)
    async def licence(asking: Asking, cluster: Cluster) -> Answer:
        await asyncio.Event().wait()
        return allow()

    ask(fake)
    async with operating(fake, licence):
        await until(lambda: said(fake))

    assert "TimeoutError" in said(fake)["message"]


async def test_template_that_asks_before_something_else_is_refused(fake: FakeKube) -> None:
    ask(fake)
    async with operating(fake, licence(lambda _: allow(), before="Stop")):
        await until(lambda: said(fake))

    assert (said(fake)["status"], said(fake)["reason"]) == ("False", "WrongGate")


async def test_stop_is_asked(fake: FakeKube) -> None:
    ask(fake, before="Stop")
    async with operating(fake, licence(lambda asking: allow(asking.before), before="Stop")):
        await until(lambda: said(fake))

    assert said(fake)["message"] == "Stop"


async def test_who_is_being_deleted_or_does_not_ask_is_not_answered(fake: FakeKube) -> None:
    ask(fake)
    fake.registry.patch("merge", instances(fake), LAB, "a", {"metadata": {"finalizers": ["a.example.org/x"]}})
    fake.registry.delete(instances(fake), LAB, "a")
    body = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "metadata": {"name": "b"}}
    fake.registry.create(instances(fake), LAB, body | {"spec": {"template": {"name": "t"}}})
    askings = list[Asking]()
    async with operating(fake, licence(lambda asking: askings.append(asking) or allow())):
        ask(fake, name="c")
        await until(lambda: said(fake, "c"))

    assert [asking.instance.metadata.name for asking in askings] == ["c"]
    assert said(fake) == {}


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (lambda standing, new: [new, *standing], ["other.example.org/x", "PodsProvisioned", GATE]),
        (lambda standing, new: [standing[0], new], ["PodsProvisioned", "other.example.org/x", GATE]),
    ],
    ids=["before ours", "in place of ours"],
)
async def test_conditions_that_others_write_in_the_same_moment_stay_B40(
    fake: FakeKube, theirs: Callable[[list[Json], Json], list[Json]], expected: list[str]
) -> None:
    """Given: another condition comes between our look and our write. Then: both stand, and nobody is asked again."""
    askings, first = list[int](), ask(fake)

    def answer(asking: Asking) -> Answer:
        askings.append(asking.generation)
        if asking.generation != first:
            standing = fake.registry.get(instances(fake), LAB, "a")["status"]["conditions"]
            body = {"status": {"conditions": theirs(standing, {**standing[0], "type": "other.example.org/x"})}}
            fake.registry.patch("merge", instances(fake), LAB, "a", body, subresource="status")
        return allow()

    async with operating(fake, licence(answer)):
        await until(lambda: said(fake))
        second = ask(fake, 2)
        await until(lambda: said(fake).get("observedGeneration") == second)

    standing = fake.registry.get(instances(fake), LAB, "a")["status"]["conditions"]
    assert [each["type"] for each in standing] == expected
    assert askings == [first, second]


async def test_words_that_the_api_server_refuses_are_logged(fake: FakeKube, caplog: pytest.LogCaptureFixture) -> None:
    ask(fake)
    fake.faults.answer(on("patch", resource=STATUS), "Invalid", times=2)
    async with operating(fake, licence(lambda _: allow())):
        await until(lambda: said(fake))

    assert "failed" in caplog.text


async def test_lost_answer_does_not_answer_twice(fake: FakeKube) -> None:
    ask(fake)
    fake.faults.lose_answer(on("patch", resource=STATUS))
    async with operating(fake, licence(lambda _: allow())):
        await until(lambda: said(fake))
        later = ask(fake, 2)
        await until(lambda: said(fake)["observedGeneration"] == later)

    assert said(fake)["status"] == "True"


@pytest.mark.parametrize("name", ["granted", "Licence/x", "a.kadense.io/x", "kadense.io/x", "example.org/"])
def test_name_of_a_gate_has_a_domain_that_is_not_ours(name: str) -> None:
    with pytest.raises(ValueError, match="name of a gate"):
        gate(name)


@pytest.mark.parametrize("reason", ["", "no word", "1st", "Ends:"])
def test_reason_is_one_word(reason: str) -> None:
    for answer in (lambda: allow(reason=reason), lambda: refuse(reason, ""), lambda: progress("", reason=reason)):
        with pytest.raises(ValueError, match="one word"):
            answer()
