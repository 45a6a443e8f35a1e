"""``jupyternetes explain``: what a server waits for beside its pods and claims (cli/explanation)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Template
from jupyternetes.cli.explanation.collect import Facts
from jupyternetes.cli.explanation.explanation import Explanation, explain
from jupyternetes.cli.explanation.parts import Part
from jupyternetes.cli.explanation.words import lines
from jupyternetes.operators.templates.objects import object_name
from jupyternetes.runtime.lease import LeaseRecord, LeaseSpec
from tests.support.objects import instance, template

Json = dict[str, Any]

NOW = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)
BEGUN = "2026-01-01T00:00:10.000Z"
POD: Json = {"name": "notebook", "spec": {"containers": [{"name": "main", "image": "i"}]}}
DB: Json = {
    "name": "db",
    "apiVersion": "example.org/v1",
    "kind": "Database",
    "spec": {"size": "2Gi"},
    "timeoutSeconds": 60,
}
GATE = "licence.example.org/granted"
LEASE = "licence-system/licence"


def waited_for(how: str = "Pending", *, entry: str = "db", **state: Any) -> Json:
    """A status with one entry, as the other-resources operator writes it."""
    known = {
        "resourceName": object_name(instance(), entry, of_start=False),
        "apiVersion": "example.org/v1",
        "kind": "Database",
        "observedGeneration": 3,
        "startId": "1",
        "since": BEGUN,
    }
    return {"otherResources": {entry: known | state}, "otherResourcesProvisioned": {entry: how}}


def with_status(status: Json, **spec: Any) -> Instance:
    return instance(status=status, startId="1", **spec)


def explained(about: Instance, made: Template, **known: Any) -> Explanation:
    return explain(Facts(instance=about, template=made, pods=[], claims=[], now=NOW, **known))


def part(about: Instance, made: Template, entry: str = "db", **known: Any) -> Part:
    [found] = [each for each in explained(about, made, **known).parts if each.entry == entry]
    return found


def test_other_resource_that_is_not_ready_says_what_it_waits_for_since_when_and_how_long_it_may() -> None:
    status = waited_for(reason="WaitingForOtherResource", message="Database db-1: its condition Ready is not true")

    found = part(with_status(status), template(pods=[POD], otherResources=[DB]))

    assert (found.kind, found.name) == ("Database", object_name(instance(), "db", of_start=False))
    assert found.state == (
        f"not ready since {BEGUN}, 40 s of 60 s are left: Database db-1: its condition Ready is not true"
    )


def test_time_that_is_up_and_the_way_out_are_told() -> None:
    failed = waited_for("Error", reason="OtherResourceNotReady", errorMessage="it was not ready within 60 s")
    late = waited_for(reason="WaitingForOtherResource", since="2025-12-31T00:00:00Z")
    made = template(pods=[POD], otherResources=[DB])

    assert "it was not ready within 60 s. Look at the object" in part(with_status(failed), made).state
    assert "its 60 s are over" in part(with_status(late), made).state


def test_entry_that_waits_for_another_one_has_no_time_of_its_own() -> None:
    status = waited_for(reason="WaitingForEntries", message="it waits for jupyternetes.otherResources.net")

    state = part(with_status(status), template(pods=[POD], otherResources=[DB])).state

    assert state == f"not ready since {BEGUN}: it waits for jupyternetes.otherResources.net"


@pytest.mark.parametrize(
    ("status", "spec", "state"),
    [
        ({}, {}, "not made yet"),
        ({}, {"suspend": True}, "not made: it is made when a start begins"),
        (waited_for("Completed"), {}, "ready"),
        (waited_for("Completed"), {"suspend": True}, "it stays as it is until the next start"),
        (
            waited_for("Completed", observedGeneration=2),
            {},
            "the other-resources operator has not looked at it since the Instance was changed last",
        ),
    ],
)
def test_state_of_an_entry_is_about_what_is_asked_for_now(status: Json, spec: Json, state: str) -> None:
    assert part(with_status(status, **spec), template(pods=[POD], otherResources=[DB])).state == state


def test_pod_says_what_it_comes_after() -> None:
    made = template(pods=[POD], otherResources=[DB])

    assert part(with_status(waited_for()), made, "notebook").now == "it would be made once this is ready: db"
    assert part(with_status(waited_for("Completed")), made, "notebook").now == "it would be made"


def test_object_that_the_template_would_make_otherwise_is_compared_in_all_its_fields() -> None:
    settings = {"name": "db", "apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "1"}, "labels": {"team": "blue"}}
    made = template(pods=[POD], otherResources=[settings])
    live = {"metadata": {"labels": {"team": "red"}}, "data": {"a": "0", "more": "of others"}}

    found = part(with_status(waited_for("Completed", kind="ConfigMap")), made, others={"db": live})
    gone = part(with_status(waited_for("Completed", kind="ConfigMap")), made, others={"db": None})

    assert [each.path for each in found.differs] == ["$.metadata.labels.team", "$.data.a"]
    assert gone.state == "ready, and there is no such object"


def accepted(made: Json, *, status: str, message: str, generation: int = 1) -> Template:
    said = {"type": "Accepted", "status": status, "observedGeneration": generation, "message": message}
    base = template(**made)
    return Template(metadata=base.metadata, spec=base.spec, status=_status([said]))


def _status(said: list[Json]) -> Any:
    from msgspec import convert

    from jupyternetes.api.template import TemplateStatus

    return convert({"conditions": said}, TemplateStatus)


def test_kind_that_the_chart_does_not_allow_is_known_from_what_the_operators_say() -> None:
    message = "$.spec.otherResources[0].kind: kind Database (example.org/v1) is not allowed"
    refused = accepted({"pods": [POD], "otherResources": [DB]}, status="False", message=message)
    outdated = accepted({"pods": [POD], "otherResources": [DB]}, status="False", message=message, generation=0)

    assert explained(with_status({}), refused).refused == (f"Template {message}",)
    assert explained(with_status({}), outdated).refused == ()


def test_entries_that_nobody_acts_on_keep_no_pod_waiting() -> None:
    message = "spec.otherResources is not acted on, since the chart's otherResources.kinds is empty: db"
    made = accepted({"pods": [POD], "otherResources": [DB]}, status="True", message=message)

    assert part(with_status({}), made, "notebook").now == "it would be made"
    assert part(with_status({}), made).now == "nothing is made of it: the chart's otherResources.kinds is empty"


def gated(answer: Json | None = None, **asked: Any) -> Json:
    record = {"before": "Start", "generation": 3, "startId": "1", "askedAt": "2026-01-01T00:00:10Z"} | asked
    said = [{"type": GATE, "observedGeneration": 3, **answer}] if answer else []
    return {"gates": {GATE: record}, "conditions": said}


def asks(**fields: Any) -> Template:
    return template(pods=[POD], gates=[{"name": GATE, "timeoutSeconds": 60, "lease": LEASE, **fields}])


def the_gate(status: Json, made: Template, **known: Any) -> Any:
    [found] = explained(with_status(status), made, **known).gates
    return found


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "it has not answered, 40 s of 60 s are left, then the start comes to nothing. Ask whoever runs"),
        (
            {"status": "Unknown", "reason": "Queue", "message": "3 before you"},
            "it is at work: Queue: 3 before you, 40 s of 60 s are left",
        ),
        ({"status": "True", "reason": "Seat"}, "it lets it go on: Seat."),
        ({"status": "False", "reason": "NoSeat", "message": "All are taken."}, "it refuses it: NoSeat: All are taken."),
    ],
)
def test_gate_says_what_was_answered_and_how_long_it_is_waited_for(answer: Json | None, words: str) -> None:
    found = the_gate(gated(answer), asks())

    assert found.asked_at == "2026-01-01T00:00:10Z"
    assert found.words.startswith(words)


def test_answer_before_a_stop_never_holds_it_up() -> None:
    record = {"before": "Stop", "generation": 3, "startId": "1", "askedAt": "2026-01-01T00:00:10Z"}
    failed = {"type": GATE, "observedGeneration": 3, "status": "False", "reason": "Full"}

    def words(*said: Json) -> str:
        about = with_status({"gates": {GATE: record}, "conditions": [*said]}, suspend=True)
        [found] = explained(about, asks(before="Stop", timeoutSeconds=600)).gates
        return str(found.words)

    assert words(failed) == "it says that its work failed, and the stop goes on: Full."
    assert words() == "it has not answered, 100 s of 120 s are left, then the stop goes on."


def test_answer_to_an_earlier_start_is_none_and_a_gate_that_may_be_passed_says_so() -> None:
    old = gated({"status": "True", "reason": "Seat", "observedGeneration": 2})

    assert the_gate(old, asks(onTimeout="Proceed")).words == (
        "it has not answered, 40 s of 60 s are left, then the start goes on."
    )
    assert the_gate({}, asks()).words == "not asked; it is at each start"


def lease(**spec: Any) -> LeaseRecord:
    return LeaseRecord(spec=LeaseSpec(holder_identity="one", lease_duration_seconds=15, **spec))


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (None, f"there is no Lease {LEASE}: its operator does not run"),
        (LeaseRecord(), f"nobody holds Lease {LEASE}: its operator does not run"),
        (
            lease(renew_time="2026-01-01T00:00:20Z"),
            f"one renewed Lease {LEASE} at 2026-01-01T00:00:20Z, and it has not run out",
        ),
        (
            lease(renew_time="2026-01-01T00:00:00Z"),
            f"one renewed Lease {LEASE} at 2026-01-01T00:00:00Z, and it has run out",
        ),
        (lease(renew_time="soon"), f"one holds Lease {LEASE}"),
    ],
)
def test_lease_of_who_answers_is_told(record: LeaseRecord | None, words: str) -> None:
    assert the_gate(gated(), asks(), leases={LEASE: record}).lease == words
    assert the_gate(gated(), asks()).lease == ""


def test_people_read_both() -> None:
    status = waited_for(reason="WaitingForOtherResource") | gated()
    gates = [{"name": GATE, "lease": LEASE}]

    text = "\n".join(lines(explained(with_status(status), template(pods=[POD], otherResources=[DB], gates=gates))))

    assert "\n  Database db: db-" in text
    assert f"\nWho is asked\n  gate {GATE}, before each start, asked at 2026-01-01T00:00:10Z: it has not" in text
