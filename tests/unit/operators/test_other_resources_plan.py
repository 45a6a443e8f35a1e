"""What the other-resources operator decides (other_resources/plan)."""

import copy
from collections.abc import Sequence

import pytest
from msgspec import structs

from jupyternetes.api import reasons
from jupyternetes.api.other_object import OtherObject
from jupyternetes.operators.other_resources.drift import contains
from jupyternetes.operators.other_resources.plan import kept_of
from jupyternetes.operators.other_resources.steps import Create, Plan
from jupyternetes.operators.status.failures import Failure
from jupyternetes.operators.templates.objects import object_name
from jupyternetes.operators.templates.usable import Refusal
from tests.unit.operators.others_case import (
    BEGUN,
    CONFIG,
    CONFIG_MAP,
    DATABASE,
    DB,
    UP,
    Case,
    Json,
    applied,
    asked,
    created,
    deleted,
    made,
    recorded,
)

USES_DB = CONFIG | {"data": {"host": "{jupyternetes.otherResources.db.host}"}}
OF_START = CONFIG | {"lifetime": "Start"}
AFTER_POD = CONFIG | {"data": {"pod": "{jupyternetes.pods.notebook}"}}
GOING = {"deletionTimestamp": "2026-01-02T00:00:00Z", "finalizers": ["databases.example.org/drop"]}


def said(case: Case) -> tuple[str, str]:
    status = case.status()
    return (status.reason.name if status.reason else "", status.message)


# What is made


def test_what_is_not_there_is_made_whole_and_owned() -> None:
    (create,) = Case().plan().actions

    assert isinstance(create, Create)
    assert create.kind == CONFIG_MAP
    metadata = create.body["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["name"].startswith("config-")
    assert metadata["labels"]["jupyternetes.kadense.io/instanceUid"] == "instance-uid"
    assert metadata["labels"]["jupyternetes.kadense.io/resourceName"] == "config"
    assert "jupyternetes.kadense.io/startId" not in metadata["labels"]
    (owner,) = metadata["ownerReferences"]
    assert (owner["uid"], owner["controller"]) == ("instance-uid", True)
    assert create.body["data"] == {"user": "jovyan"}
    assert "spec" not in create.body


def test_a_name_follows_from_the_uid_and_for_a_start_from_its_number_B26() -> None:
    def name(uid: str = "u", start: str = "1", entry: str = "db", *, of_start: bool = False) -> str:
        return object_name(asked(uid=uid, start_id=start), entry, of_start=of_start)

    assert name() == name(start="2")
    assert len({name(), name(uid="v"), name(entry="db2"), name(of_start=True), name(start="2", of_start=True)}) == 5
    assert all(len(name(entry="x" * length)) <= 63 for length in (1, 51, 52, 53, 57))
    assert name(entry="x" * 52) != name(entry="x" * 53)


def test_what_refers_to_another_waits_until_that_is_ready() -> None:
    nothing = Case([DB, USES_DB]).plan()
    unready = Case([DB, USES_DB], [made(DB, status={})]).plan()
    ready = Case([DB, USES_DB], [made(DB, status=UP)]).plan()

    assert (created(nothing), created(unready), created(ready)) == (["db"], [], ["config"])
    (create,) = ready.actions
    assert isinstance(create, Create)
    assert create.body["data"] == {"host": "db.example.org"}


def test_what_refers_to_a_pod_comes_after_it() -> None:
    pods = {"notebook": {"resourceName": "notebook-1", "uid": "u", "startId": "2"}}
    older = {"notebook": {"resourceName": "notebook-1", "uid": "u", "startId": "1"}}

    assert created(Case([AFTER_POD]).plan()) == []
    assert created(Case([AFTER_POD], of=asked(status={"pods": older})).plan()) == []
    assert created(Case([AFTER_POD], of=asked(status={"pods": pods})).plan()) == ["config"]


def test_nothing_is_made_of_an_entry_whose_condition_is_false_and_what_was_made_goes_B07() -> None:
    obj = made(CONFIG)
    decided = Case([CONFIG | {"condition": "1 > 2"}, DB], [obj]).plan()

    assert created(decided) == ["db"]
    assert deleted(decided) == [obj.metadata.name]


@pytest.mark.parametrize("suspend", [True, False])
def test_nothing_is_said_of_an_instance_whose_template_has_no_other_resources(suspend: bool) -> None:
    assert Case([], of=asked(suspend=suspend)).plan() == Plan()


def test_nothing_is_made_while_the_instance_is_suspended() -> None:
    assert Case([CONFIG, DB], of=asked(suspend=True)).plan() == Plan()


# What goes


def test_what_an_entry_made_goes_with_the_entry_and_the_words_with_it() -> None:
    obj = made(CONFIG)
    decided = Case([], [obj], of=asked(status=recorded(config={"resourceName": obj.metadata.name}))).plan()

    assert deleted(decided) == [obj.metadata.name]
    assert decided.status is not None
    assert (decided.status.entries, decided.status.provisioned, decided.status.reason) == ({}, {}, None)


def test_of_a_kind_that_was_changed_the_old_object_goes() -> None:
    old = made(DB, status=UP)
    decided = Case([CONFIG | {"name": "db"}], [old]).plan()

    assert (created(decided), deleted(decided)) == (["db"], [old.metadata.name])


def test_what_belongs_to_a_start_goes_at_its_stop_and_the_rest_stays_W02() -> None:
    of_start, of_instance = made(OF_START), made(DB, status=UP)
    there = {name: {"resourceName": obj.metadata.name} for name, obj in (("config", of_start), ("db", of_instance))}
    decided = Case([OF_START, DB], [of_start, of_instance], of=asked(suspend=True, status=recorded(**there))).plan()

    assert deleted(decided) == [of_start.metadata.name]
    assert decided.status is not None
    assert decided.status.entries.keys() == decided.status.provisioned.keys() == {"db"}


def test_a_stop_of_an_old_client_is_one_too() -> None:
    old = asked(start_id="")
    of_start, of_instance = made(OF_START, of=old), made(DB, of=old, status=UP)
    there = {name: {"resourceName": obj.metadata.name} for name, obj in (("config", of_start), ("db", of_instance))}
    stopped = asked(start_id="", suspend=True, status=recorded(**there))
    decided = Case([OF_START, DB], [of_start, of_instance], of=stopped).plan()

    assert deleted(decided) == [of_start.metadata.name]
    assert decided.status is not None
    assert decided.status.entries.keys() == {"db"}
    kept = asked(start_id="", suspend=True, status=recorded(db=there["db"] | {"how": "Completed"}))
    assert Case([DB], [of_instance], of=kept).plan() == Plan()


def test_what_belongs_to_a_start_stays_while_a_gate_before_the_stop_lets_the_server_run_on() -> None:
    gates, obj = [{"name": "audit.example.org/done", "before": "Stop"}], made(OF_START)
    said = {"type": "PodsProvisioned", "status": "False", "reason": "WaitingForGate", "observedGeneration": 3}

    def going(*conditions: Json, gates: Sequence[Json] = gates, refusal: Refusal | None = None) -> list[str]:
        stopped = asked(suspend=True, status={"conditions": [*conditions]})
        return deleted(Case([OF_START], [obj], of=stopped, gates=gates, refusal=refusal).plan())

    assert going() == going(said) == going(said | {"reason": "Suspended", "observedGeneration": 2}) == []
    gone = [obj.metadata.name]
    assert going(said | {"reason": "Suspended"}) == gone
    assert going(said, gates=[{"name": "licence.example.org/granted"}]) == gone
    assert going(said, refusal=Refusal(reasons.TEMPLATE_NOT_FOUND, "gone")) == gone


@pytest.mark.parametrize("refused", [True, False])
def test_a_stop_needs_no_template(refused: bool) -> None:
    obj = made(OF_START)
    refusal = Refusal(reasons.TEMPLATE_NOT_FOUND, "gone") if refused else None

    assert deleted(Case([OF_START], [obj], of=asked(suspend=True), refusal=refusal).plan()) == [obj.metadata.name]


def test_a_start_that_is_spent_keeps_nothing_of_its_own() -> None:
    spent = {"type": "PodsProvisioned", "status": "False", "reason": "StartSpent", "observedGeneration": 3}
    obj = made(OF_START)

    assert deleted(Case([OF_START], [obj], of=asked(status={"conditions": [spent]})).plan()) == [obj.metadata.name]
    older = spent | {"observedGeneration": 2}
    assert deleted(Case([OF_START], [obj], of=asked(status={"conditions": [older]})).plan()) == []


def test_what_an_earlier_start_left_goes_when_the_next_one_begins() -> None:
    left = made(OF_START, of=asked(start_id="1"))
    decided = Case([OF_START], [left], of=asked(start_id="2")).plan()

    assert (created(decided), deleted(decided)) == (["config"], [left.metadata.name])


@pytest.mark.parametrize(
    "strange",
    [
        made(CONFIG, of=asked(uid="another-uid")),
        made(CONFIG, ownerReferences=[]),
        made(CONFIG, ownerReferences=[{"kind": "ConfigMap", "name": "x", "uid": "x", "controller": True}]),
        made(
            CONFIG,
            ownerReferences=[{"kind": "JupyterNotebookInstance", "name": "a", "uid": "instance-uid"}],
        ),
        made(CONFIG, labels={"jupyternetes.kadense.io/instance": "a"}),
        made(CONFIG, labels={"jupyternetes.kadense.io/instanceUid": "another-uid"}),
    ],
    ids=["of another Instance", "nobody's", "of another owner", "not controlled", "no uid", "another uid"],
)
def test_what_is_not_ours_is_neither_used_nor_changed_nor_deleted_X02(strange: OtherObject) -> None:
    assert created(Case([CONFIG], [strange]).plan()) == ["config"]  # which is refused, as the name is taken
    assert Case([], [strange], of=asked(suspend=True)).plan().actions == ()
    assert Case([], [strange]).plan().actions == ()


@pytest.mark.parametrize("why", ["a Template that is gone", "values that do not fit"])
def test_nothing_goes_because_a_template_cannot_be_read(why: str) -> None:
    refusal = Refusal(reasons.TEMPLATE_NOT_FOUND, "gone") if "gone" in why else None
    entries = [CONFIG | {"data": {"a": "{nobody}"}}]

    assert Case(entries, [made(CONFIG), made(DB, status=UP)], refusal=refusal).plan() == Plan()


def test_what_is_being_deleted_is_waited_for_and_not_deleted_again() -> None:
    obj = made(DB, status=UP, **GOING)

    assert Case([], [obj]).plan().actions == ()
    decided = Case([DB], [obj]).plan()
    assert decided.actions == ()
    assert "databases.example.org/drop keeps it" in said(Case([DB], [obj]))[1]


# Drift


def test_what_is_as_it_was_written_is_left_alone() -> None:
    assert Case([CONFIG, DB], [made(CONFIG), made(DB, status=UP)]).plan().actions == ()


def changed(obj: OtherObject, *path: str, value: object) -> OtherObject:
    content = copy.deepcopy(obj.content)
    parent: Json = content
    for step in path[:-1]:
        parent = parent[step]
    if value is None:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return structs.replace(obj, content=content)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("data", "user"), "mallory"),
        (("data", "user"), None),
        (("metadata", "labels", "jupyternetes.kadense.io/template"), None),
        (("metadata", "annotations", "jupyternetes.kadense.io/applied"), "x"),
    ],
)
def test_what_of_ours_was_changed_is_written_again(path: tuple[str, ...], value: object) -> None:
    assert applied(Case([CONFIG], [changed(made(CONFIG), *path, value=value)]).plan()) == ["config"]


@pytest.mark.parametrize("path", [("data", "more"), ("metadata", "labels", "x"), ("binaryData",), ("status",)])
def test_what_others_added_is_left_alone(path: tuple[str, ...]) -> None:
    assert Case([CONFIG], [changed(made(CONFIG), *path, value="theirs")]).plan().actions == ()


def test_what_the_api_server_writes_in_its_own_way_is_no_change() -> None:
    entry = DB | {"spec": {"size": "1024Mi"}}
    obj = changed(made(entry, status=UP), "spec", "size", value="1Gi")
    wanted = made(entry).content
    body = {"apiVersion": wanted["apiVersion"], "kind": wanted["kind"], "spec": wanted["spec"]}
    metadata = wanted["metadata"]
    assert isinstance(metadata, dict)
    body["metadata"] = {key: value for key, value in metadata.items() if key != "uid"}

    assert applied(Case([entry], [obj]).plan()) == ["db"]
    assert applied(Case([entry], [obj], kept={"uid-db": kept_of(obj, body)}).plan()) == []
    other = changed(obj, "spec", "size", value="2Gi")
    assert applied(Case([entry], [other], kept={"uid-db": kept_of(obj, body)}).plan()) == ["db"]


def test_a_field_that_the_template_says_no_more_is_noticed() -> None:
    before = made(CONFIG | {"data": {"user": "jovyan", "old": "1"}})

    assert applied(Case([CONFIG], [before]).plan()) == ["config"]


def test_a_number_is_no_boolean_and_lists_are_whole() -> None:
    assert contains({"a": 1, "b": 2}, {"a": 1})
    assert contains({"a": 1.0}, {"a": 1})
    assert not contains({"a": True}, {"a": 1})
    assert not contains({"a": [1, 2]}, {"a": [1]})
    assert not contains({"a": None}, {"a": {}})


# What is said


def test_all_is_ready_is_said_with_outputs_and_the_start() -> None:
    status = Case([CONFIG, DB], [made(CONFIG), made(DB, status=UP)]).status()

    assert status.reason is reasons.PROVISIONED
    assert status.provisioned == {"config": "Completed", "db": "Completed"}
    db = status.entries["db"]
    assert db.outputs == {"host": "db.example.org"}
    assert (db.state, db.start_id, db.observed_generation, db.since) == ("Processed", "2", 3, BEGUN)


def test_who_is_waited_for_and_what_it_says_is_told() -> None:
    creating = {"conditions": [{"type": "Ready", "status": "False", "reason": "Creating", "message": "disk 3 of 5"}]}
    obj = made(DB, status=creating)
    reason, message = said(Case([CONFIG, DB], [made(CONFIG), obj]))

    assert reason == "WaitingForOtherResource"
    assert message.startswith(f"entry db of spec.otherResources: Database {obj.metadata.name}: ")
    assert "Creating: disk 3 of 5" in message


def test_a_wait_ends_at_its_time_with_the_objects_own_words_B31() -> None:
    creating = {"conditions": [{"type": "Ready", "status": "False", "reason": "Creating", "message": "disk 3 of 5"}]}
    begun = recorded(db={"startId": "2", "since": BEGUN, "how": "Pending"})
    just_before = Case([DB], [made(DB, status=creating)], of=asked(status=begun), after=29.0)
    at_last = Case([DB], [made(DB, status=creating)], of=asked(status=begun), after=30.0)

    assert said(just_before)[0] == "WaitingForOtherResource"
    assert just_before.plan().requeue_after == pytest.approx(1.05)
    assert said(at_last)[0] == "OtherResourceNotReady"
    assert "not ready within 30 s" in said(at_last)[1]
    assert "disk 3 of 5" in said(at_last)[1]
    assert at_last.plan().requeue_after is None
    assert at_last.status().provisioned == {"db": "Error"}
    assert reasons.OTHER_RESOURCE_NOT_READY.final


def test_the_time_of_an_earlier_start_does_not_count() -> None:
    earlier = recorded(db={"startId": "1", "since": BEGUN})

    assert (
        said(Case([DB], [made(DB, status={})], of=asked(status=earlier), after=999.0))[0] == "WaitingForOtherResource"
    )


def test_what_waits_for_a_pod_ends_no_start() -> None:
    begun = recorded(config={"startId": "2", "since": BEGUN, "how": "Pending"})

    assert said(Case([AFTER_POD], of=asked(status=begun), after=9999.0))[0] == "WaitingForEntries"


def test_a_kind_that_cannot_be_listed_keeps_its_entries_waiting_and_no_others() -> None:
    case = Case([DB, CONFIG], unlisted={DATABASE: "404 the server could not find the requested resource"})

    assert created(case.plan()) == ["config"]
    reason, message = said(case)
    assert reason == "WaitingForOtherResource"
    assert "objects of kind Database cannot be listed: 404" in message


@pytest.mark.parametrize(
    ("reason", "how"), [(reasons.OBJECT_OF_ANOTHER, "Error"), (reasons.WAITING_FOR_QUOTA, "Error")]
)
def test_what_the_api_server_refuses_is_told_and_tried_again(reason: reasons.Reason, how: str) -> None:
    case = Case([DB], failed={"db": Failure(reason, "it says no", 20.0)})

    assert said(case) == (reason.name, "entry db of spec.otherResources: it says no")
    assert case.status().provisioned == {"db": how}
    assert case.status().entries["db"].error_message == "it says no"
    assert case.plan().requeue_after == 20.0


def test_a_refusal_that_may_pass_ends_the_start_at_its_time_too_B31() -> None:
    begun = recorded(db={"startId": "2", "since": BEGUN, "how": "Error"})
    failed = {"db": Failure(reasons.FAILED_CREATE, "webhook down", 2.0)}

    assert said(Case([DB], failed=failed, of=asked(status=begun), after=30.0))[0] == "OtherResourceNotReady"


def test_of_several_troubles_the_one_that_ends_the_start_is_named() -> None:
    case = Case([CONFIG, DB], failed={"db": Failure(reasons.OBJECT_OF_ANOTHER, "taken", 20.0)})

    assert said(case)[0] == "ObjectOfAnother"


def test_an_output_that_is_nonsense_is_no_output_and_not_repeated_X02() -> None:
    case = Case([DB], [made(DB, status=UP | {"host": "<script>"})])

    assert case.status().entries["db"].outputs == {}
    assert said(case)[0] == "WaitingForOtherResource"
    assert "<script>" not in said(case)[1]


def test_a_body_is_the_same_each_time() -> None:
    assert made(CONFIG) == made(CONFIG)
