"""What a Template's status says of the API server's warnings, and when it is written (pods/template_warnings)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert, structs

from jupyternetes.api.conditions import Condition
from jupyternetes.api.core import Pod
from jupyternetes.api.template import Template
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.operators.pods.acceptance import TemplateReconciler
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.pods.gates.installation import GateSettings
from jupyternetes.operators.pods.steps import Create
from jupyternetes.operators.pods.template_warnings import TemplateWarnings, warned
from jupyternetes.operators.status.warnings import about_entry, message
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.runtime.errors import AlreadyExists, Conflict, Status
from jupyternetes.runtime.objects import ObjectKey, key_of
from tests.support.objects import instance, pod, template
from tests.unit.operators.checked import unchecked
from tests.unit.operators.rehearsed import unrehearsed

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = datetime(2026, 1, 3, tzinfo=UTC)
POD = {"name": "notebook", "spec": {"containers": [{"name": "main", "image": "i"}]}}
THEIRS = Condition(type="Theirs", status="True", reason="Other", last_transition_time="2026-01-01T00:00:00Z")
CONFLICT = Conflict("patch", Status(409, "Conflict", "the object has been modified"))

TEXTS = st.lists(st.text(min_size=1, max_size=600).filter(str.strip), max_size=12)


def saying(*conditions: Condition, generation: int = 1) -> Template:
    """A Template whose status says this."""
    made = template(generation=generation, pods=[POD])
    return structs.replace(made, status=structs.replace(made.status, conditions=conditions))


def told(*texts: str, generation: int = 1) -> Condition:
    """The condition that such warnings lead to."""
    condition = warned(saying(generation=generation), texts, now=NOW)
    assert condition is not None
    return condition


def test_entry_is_named_and_the_name_that_the_server_made_is_not_C19() -> None:
    warnings = ('pod "notebook-x8k2z": no label', 'unknown field "spec.resource"')

    assert about_entry(warnings, "pods", "notebook", {"metadata": {"generateName": "notebook-"}}) == (
        'entry notebook of spec.pods: pod "notebook-*": no label',
        'entry notebook of spec.pods: unknown field "spec.resource"',
    )


@pytest.mark.parametrize(
    ("standing", "texts", "expected"),
    [
        (None, (), None),
        (None, ("a", "b"), told("a", "b")),
        (told("a"), (), told("a")),
        (told("a"), ("a",), told("a")),
        (told("ab"), ("a",), told("ab", "a")),
        (told("a"), ("b", "a"), told("a", "b")),
        (told("a", generation=0), (), None),
        (told("a", generation=0), ("b",), told("b")),
    ],
    ids=str,
)
def test_what_is_said_of_a_generation_grows_and_the_next_one_begins_anew_C19(
    standing: Condition | None, texts: tuple[str, ...], expected: Condition | None
) -> None:
    known = saying(standing) if standing else saying()

    assert warned(known, texts, now=LATER if standing else NOW) == expected


@given(st.lists(TEXTS, max_size=6))
def test_what_was_said_is_not_written_again_whatever_its_length_C19(starts: list[list[str]]) -> None:
    standing: Condition | None = None
    for texts in starts:
        standing = warned(saying(standing) if standing else saying(), texts, now=NOW)
        if standing is not None:
            assert len(standing.message) <= 4096
            assert warned(saying(standing), texts, now=LATER) == standing


def test_message_says_what_to_do() -> None:
    assert message(["a", "b"]) == "a; b. An unknown field has no effect: correct its name in the Template."
    assert message([]) == ""


class World:
    """The cache and the API server, which both hold one Template."""

    def __init__(self, known: Template) -> None:
        self.template: Template | None = known
        self.refusal: Exception | None = None
        self.written: list[dict[str, Any]] = []
        self.news: list[ObjectKey] = []
        self.warnings = TemplateWarnings(news=self.news.append)

    def get(self, *_: str) -> Template | None:
        return self.template

    async def merge_patch(self, _: object, __: str, ___: str, body: dict[str, Any], *, subresource: str) -> None:
        assert subresource == "status"
        if self.refusal is not None:
            raise self.refusal
        assert self.template is not None
        self.written.append(body["status"])
        status = convert(body["status"], type(self.template.status))
        self.template = structs.replace(self.template, status=status)

    def failure(self, *_: object) -> None:
        raise AssertionError("the Template is fine")

    async def check(self) -> None:
        """What the controller does about a Template of which there is news."""
        world: Any = self
        finder = TemplateFinder(world, ())
        passes = TemplateReconciler(
            client=world,
            cache=world,
            templates=finder,
            check=unchecked(finder),
            announcer=world,
            warnings=self.warnings,
            gates=GateSettings(),
            rehearsals=unrehearsed(finder),
            now=lambda: NOW,
        )
        await passes.reconcile(key_of(template()))

    def types(self) -> list[str]:
        assert self.template is not None
        return [each.type for each in self.template.status.conditions]


async def test_condition_is_written_once_beside_those_of_others_C19() -> None:
    world = World(saying(THEIRS))
    made_from = saying()

    for _ in range(3):
        world.warnings.hear(made_from, ["a"])
        await world.check()

    assert world.types() == ["Theirs", "Accepted", "Warnings"]
    assert len(world.written) == 1
    assert len(world.news) == 1, "starts that say nothing new wake nobody"


async def test_refused_write_is_made_up_for_and_a_removed_condition_too_C19() -> None:
    world = World(saying())
    world.warnings.hear(saying(), ["a"])
    world.refusal = CONFLICT
    with pytest.raises(Conflict):
        await world.check()

    world.refusal = None
    await world.check()
    assert world.types() == ["Accepted", "Warnings"]
    world.template = saying()
    await world.check()

    assert world.types() == ["Accepted", "Warnings"]


async def test_operator_that_was_restarted_keeps_what_is_said_of_this_generation_C19() -> None:
    world = World(saying(told("a")))

    await world.check()
    world.warnings.hear(saying(), [])
    await world.check()

    assert world.types() == ["Accepted", "Warnings"]


async def test_condition_stays_until_a_pod_of_the_next_generation_is_made_C19() -> None:
    world = World(saying())
    world.warnings.hear(saying(), ["a"])
    await world.check()
    assert world.template is not None
    world.template = structs.replace(saying(generation=2), status=world.template.status)

    await world.check()
    world.warnings.hear(saying(generation=1), ["b"])
    await world.check()
    assert [each for each in world.template.status.conditions if each.type == "Warnings"] == [told("a")]
    world.warnings.hear(saying(generation=2), [])
    world.warnings.hear(saying(generation=1), ["c"])
    await world.check()

    assert world.types() == ["Accepted"]


async def test_template_of_the_same_name_made_anew_begins_anew_C19() -> None:
    world = World(saying())
    world.warnings.hear(saying(), ["a"])
    anew = saying()
    world.template = structs.replace(anew, metadata=structs.replace(anew.metadata, uid="another"))

    await world.check()
    assert world.types() == ["Accepted"]
    world.template = None
    await world.check()
    world.template = anew
    await world.check()

    assert world.types() == ["Accepted"], "of one that is gone nothing is remembered"


class TakenName:
    """An API server on which a pod of the name is there already: the one that was to be made."""

    def __init__(self) -> None:
        self.heard: list[Pod] = []

    async def create(self, *_: object, **__: object) -> None:
        raise AlreadyExists("create pods", Status(409, "AlreadyExists", "there"))

    async def get(self, *_: object) -> Pod:
        return pod(start_id="1")

    def created(self, made: Pod) -> None:
        self.heard.append(made)


async def test_pod_that_was_there_already_says_nothing_of_its_template_C19() -> None:
    world, news = TakenName(), list[ObjectKey]()
    there: Any = world
    warnings = TemplateWarnings(news=news.append)
    check = unchecked(TemplateFinder(there, ()))
    actions = PodActions(there, there, MadeOnce(there), announcer=there, warnings=warnings, check=check)

    made = await actions.create(instance(startId="1"), Create("notebook", {"metadata": {"name": "a"}}, saying()))

    assert world.heard == [made]
    assert news == []


def test_texts_that_are_kept_are_bounded_C19() -> None:
    world = World(saying())

    for number in range(100):
        world.warnings.hear(saying(), [f"warning {number}"])

    assert len(world.news) == 32
