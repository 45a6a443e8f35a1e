"""What is asked of claims that are there already: more storage, or nothing; and how often."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.core import Claim
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.pvcs.fit import Fit, fit
from jupyternetes.operators.pvcs.growth import REFUSED_SECONDS, Growth, Note, Wanted, summary
from jupyternetes.runtime.errors import ApiError, Conflict, Status, UnknownOutcome, api_error
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.templating.variables.amounts import amount
from tests.support.objects import claim, instance

KEY = key_of(instance())


def size(storage: object) -> dict[str, Any]:
    return {"resources": {"requests": {"storage": storage}}}


def made(storage: str = "10Gi", *, name: str = "w-1", phase: str = "Bound", **spec: Any) -> Claim:
    whole = {"accessModes": ["ReadWriteOnce"], **size(storage), **spec}
    return claim(name, spec=whole, status={"phase": phase}, resourceVersion="7")


@pytest.mark.parametrize(
    ("have", "want", "found"),
    [
        ({}, {}, Fit()),
        ({}, size("10Gi"), Fit()),
        ({}, size("10240Mi"), Fit()),
        ({}, size("20Gi"), Fit(more="20Gi")),
        ({}, size(20 * 1024**3), Fit(more=str(20 * 1024**3))),
        ({}, size("5Gi"), Fit(kept=("its size of 10Gi (the Template asks for 5Gi, and no claim shrinks)",))),
        ({}, size("a lot"), Fit()),
        ({"storageClassName": "a"}, {"storageClassName": "a"}, Fit()),
        ({"storageClassName": "a"}, {"accessModes": []}, Fit()),
        (
            {"storageClassName": "a"},
            {"storageClassName": "b"},
            Fit(kept=("its storage class 'a' (not 'b')",)),
        ),
        ({"storageClassName": "a"}, {"storageClassName": ""}, Fit(kept=("its storage class 'a' (not '')",))),
        ({}, {"storageClassName": ""}, Fit(kept=("its storage class none (not '')",))),
        ({"storageClassName": ""}, {"storageClassName": ""}, Fit()),
        ({"accessModes": ["ReadWriteOnce", "ReadWriteMany"]}, {"accessModes": ["ReadWriteMany"]}, Fit()),
        (
            {},
            {"accessModes": ["ReadWriteOnce", "ReadWriteMany"]},
            Fit(kept=("its access modes ReadWriteOnce (not ReadWriteMany)",)),
        ),
        ({"volumeMode": "Block"}, {"volumeMode": "Block"}, Fit()),
        ({"volumeMode": "Block"}, size("10Gi"), Fit(kept=("its volume mode Block (not Filesystem)",))),
        ({"volumeMode": "Block"}, {}, Fit()),
        (
            {"storageClassName": "a"},
            {"storageClassName": "b", **size("20Gi")},
            Fit(more="20Gi", kept=("its storage class 'a' (not 'b')",)),
        ),
    ],
)
def test_what_a_template_asks_of_a_claim_that_is_there_B29_V12(
    have: dict[str, Any], want: dict[str, Any], found: Fit
) -> None:
    assert fit(made(**have), want) == found


quantities = st.one_of(
    st.from_regex(r"[0-9]{1,6}(Ki|Mi|Gi|k|M|G|m)?", fullmatch=True), st.sampled_from(["", "1e3", "x", "0.5Gi"])
)


@given(have=quantities, want=quantities)
def test_a_claim_is_only_ever_asked_for_more_B29(have: str, want: str) -> None:
    found = fit(made(have), size(want))

    if found.more:
        assert amount(found.more) > amount(have)
        assert found.kept == ()


class Server:
    """Answers patches of claims with the ``errors``, then by making them; and hears what is announced."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.patches: list[dict[str, Any]] = []
        self.announced: list[str] = []

    async def merge_patch(self, _: object, namespace: str, name: str, body: dict[str, Any]) -> None:
        self.patches.append(body)
        if self.errors:
            raise self.errors.pop(0)

    def normal(self, _: object, reason: Reason, __: str) -> None:
        self.announced.append(reason.name)


async def passes(growth: Growth, *claims: Claim, storage: str = "20Gi", own: bool = True) -> list[Note]:
    """One pass over claims of which the Template asks for so much."""
    fits = [(each, fit(each, size(storage))) for each in claims]
    wanted, notes = growth.plan(KEY, fits, claims if own else [])
    for each in wanted:
        note = await growth.grow(instance(), each)
        notes += [note] if note else []
    return notes


def growth_at(server: Any) -> Growth:
    return Growth(server, server)


NO_RIGHT = 'persistentvolumeclaims "w-1" is forbidden: User "pvcs" cannot patch resource "persistentvolumeclaims"'
NO_CLASS = 'persistentvolumeclaims "w-1" is forbidden: only dynamically provisioned pvc can be resized'


def forbidden(message: str) -> ApiError:
    return api_error("patch persistentvolumeclaims lab/w-1", Status(403, "Forbidden", message))


@pytest.mark.looptime
async def test_the_claim_that_was_looked_at_grows_and_no_other_B29() -> None:
    server = Server()

    assert await passes(growth_at(server), made()) == []

    [patch] = server.patches
    assert patch == {"metadata": {"uid": "uid-w-1", "resourceVersion": "7"}, "spec": size("20Gi")}
    assert server.announced == ["VolumeClaimGrown"]


@pytest.mark.looptime
async def test_growth_that_the_cache_has_not_shown_yet_is_not_asked_for_twice_B29() -> None:
    server = Server()
    growth = growth_at(server)

    for _ in range(3):
        assert await passes(growth, made()) == []
    assert await passes(growth, made("20Gi")) == []
    assert await passes(growth, made("20Gi"), storage="30Gi") == []

    assert [patch["spec"] for patch in server.patches] == [size("20Gi"), size("30Gi")]


@pytest.mark.looptime
@pytest.mark.parametrize("phase", ["Pending", "Lost"])
async def test_a_claim_that_is_not_bound_is_left_alone_B29(phase: str) -> None:
    server = Server()

    assert await passes(growth_at(server), made(phase=phase)) == []

    assert server.patches == []


@pytest.mark.looptime
async def test_that_a_claim_is_bound_is_awaited_while_it_is_to_grow_B29() -> None:
    server = Server()
    growth = growth_at(server)
    new, bound = made(phase="Pending"), made(phase="Bound")

    await passes(growth, new, storage="10Gi")
    assert not growth.awaits(KEY, new), "it is as large as it is to be"
    await passes(growth, new)
    assert growth.awaits(KEY, bound)
    await passes(growth, bound)
    assert not growth.awaits(KEY, bound)
    assert [patch["spec"] for patch in server.patches] == [size("20Gi")]


@pytest.mark.looptime
async def test_a_claim_that_was_bound_since_the_pass_began_grows_B29() -> None:
    growth = growth_at(Server())
    new = made(phase="Pending")

    wanted, _ = growth.plan(KEY, [(new, fit(new, size("20Gi")))], [made(phase="Bound")])

    assert wanted == [Wanted(made(phase="Bound"), "20Gi")]


@pytest.mark.looptime
async def test_nothing_is_awaited_for_an_instance_that_is_gone() -> None:
    growth = growth_at(Server())
    await passes(growth, made(phase="Pending"))

    growth.forget(KEY)

    assert not growth.awaits(KEY, made())


@pytest.mark.looptime
async def test_an_adopted_claim_keeps_its_size_and_that_is_told_B29() -> None:
    server = Server()

    [note] = await passes(growth_at(server), made(), own=False)

    assert note.reason.name == "ClaimDiffers"
    assert "the claim was not made for this server" in note.message
    assert server.patches == []


@pytest.mark.looptime
async def test_what_the_server_refuses_is_told_at_each_pass_and_asked_again_after_a_while_B29() -> None:
    server = Server(forbidden(NO_CLASS), forbidden(NO_CLASS))
    growth = growth_at(server)

    notes = [(await passes(growth, made()))[0] for _ in range(3)]
    assert len(server.patches) == 1
    assert {note.message for note in notes} == {notes[0].message}
    assert notes[0].reason.name == "GrowthRefused"
    assert NO_CLASS in notes[0].message
    await asyncio.sleep(notes[0].retry_seconds or 0)

    assert await passes(growth, made()) == [notes[0]]
    assert len(server.patches) == 2
    # another size is another question
    assert await passes(growth, made(), storage="15Gi") == []


@pytest.mark.looptime
async def test_a_missing_right_is_asked_about_once_for_all_claims_of_a_namespace_B29() -> None:
    server = Server(forbidden(NO_RIGHT))
    growth = growth_at(server)

    first = await passes(growth, made())
    others = await passes(growth, made(), made(name="w-2"), made(name="w-3"))

    assert [note.reason.name for note in [*first, *others]] == ["GrowthOff"] * 4
    assert len(server.patches) == 1
    await asyncio.sleep(REFUSED_SECONDS)
    assert await passes(growth, made()) == []


@pytest.mark.looptime
async def test_a_claim_that_changed_meanwhile_is_looked_at_again_B29() -> None:
    server = Server(api_error("patch", Status(409, "Conflict", "the object has been modified")))
    growth = growth_at(server)

    with pytest.raises(Conflict):
        await passes(growth, made())

    assert await passes(growth, made()) == []
    assert len(server.patches) == 2


@pytest.mark.looptime
async def test_a_claim_that_is_gone_meanwhile_does_not_grow_B29() -> None:
    server = Server(api_error("patch", Status(404, "NotFound", "not found")))

    assert await passes(growth_at(server), made()) == []
    assert server.announced == []


@pytest.mark.looptime
async def test_a_webhook_that_does_not_answer_is_told_and_asked_again_in_a_minute_B29() -> None:
    refusal = api_error("patch", Status(500, "InternalError", 'failed calling webhook "guard.example.org"'))
    server = Server(UnknownOutcome("patch", settled_at=5.0, refusal=refusal), UnknownOutcome("patch", settled_at=5.0))
    growth = growth_at(server)

    [first] = await passes(growth, made())
    await asyncio.sleep(60)
    [second] = await passes(growth, made())

    assert "guard.example.org" in first.message
    assert "did not answer" in second.message
    assert first.retry_seconds == 60


@pytest.mark.looptime
async def test_an_instance_that_is_gone_leaves_nothing_behind() -> None:
    growth = growth_at(Server(forbidden(NO_CLASS)))
    await passes(growth, made())

    growth.forget(KEY)
    growth.forget(ObjectKey("lab", "never seen"))

    assert growth._tried == {}


@pytest.mark.looptime
async def test_one_condition_says_all_of_several_claims() -> None:
    server = Server(forbidden(NO_CLASS))
    growth = growth_at(server)
    fits = [(made(name="w-0"), fit(made(name="w-0"), size("5Gi"))), (made(), fit(made(), size("20Gi")))]
    [wanted], notes = growth.plan(KEY, fits, [each for each, _ in fits])
    assert wanted == Wanted(made(), "20Gi")
    note = await growth.grow(instance(), wanted)
    assert note is not None

    told = summary([*notes, note])

    assert told is not None
    assert (told.reason.name, told.retry_seconds) == ("GrowthRefused", REFUSED_SECONDS)
    assert "w-0 keeps its size" in told.message
    assert NO_CLASS in told.message
    assert summary([]) is None
