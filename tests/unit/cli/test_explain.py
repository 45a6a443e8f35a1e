"""``jupyternetes explain``: what is said of what was read (cli/explanation)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert, structs

from jupyternetes.api import labels
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Template
from jupyternetes.cli.explanation.collect import Facts, Live, Phase, matching
from jupyternetes.cli.explanation.compare import Difference, differences
from jupyternetes.cli.explanation.explanation import Explanation, explain
from jupyternetes.cli.explanation.parts import Part
from jupyternetes.cli.explanation.words import lines
from jupyternetes.operators.pods.body import pod_body
from jupyternetes.operators.templates.finder import compile_as_operators
from jupyternetes.operators.templates.objects import object_name
from jupyternetes.operators.templates.usable import facts
from jupyternetes.templating import Ready, render
from tests.support.objects import instance, template
from tests.unit.cli.conftest import Run

MAIN = {"name": "main", "image": "i:1", "env": [{"name": "WHO", "value": "{jupyterhub.user.name}"}]}
POD = {"name": "notebook", "spec": {"containers": [MAIN]}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
RUNNING = {"resourceName": "notebook-1", "uid": "u", "startId": "1", "state": "Running", "templateUid": "uid-lab"}


def of(**fields: Any) -> Instance:
    """An Instance of user ana."""
    return instance(variables={"jupyterhub.user.name": "ana"}, startId="1", **fields)


def live(about: Instance, made_from: Any, **changes: Any) -> Live:
    """The pod that an operator made of a Template, as the API server shows it: with what that adds."""
    compiled = compile_as_operators(made_from)
    [entry] = render(compiled, facts(about), {}).pods
    assert isinstance(entry, Ready)
    body: Any = pod_body(about, entry, made_from.metadata, primary=True, stable_names=False)
    container = {**body["spec"]["containers"][0], "terminationMessagePath": "/dev/termination-log", **changes}
    spec = {**body["spec"], "containers": [container], "nodeName": "n1", "dnsPolicy": "ClusterFirst"}
    return convert(
        {"metadata": body["metadata"] | {"name": "notebook-1"}, "spec": spec, "status": {"phase": "Running"}}, Live
    )


def only(explained: Explanation, entry: str = "notebook") -> Part:
    [found] = [part for part in explained.parts if part.entry == entry]
    return found


def test_server_of_the_current_template_differs_in_nothing() -> None:
    made = template(pods=[POD], generation=3)
    about = of(status={"pods": {"notebook": RUNNING | {"templateGeneration": 3}}})

    part = only(explain(Facts(instance=about, template=made, pods=[live(about, made)])))

    assert (part.name, part.state) == ("notebook-1", "running, phase Running")
    assert part.revision == "made from generation 3 of the Template, which is the current one"
    assert (part.now, part.differs) == ("", ())


def test_server_of_an_earlier_revision_says_what_would_be_otherwise() -> None:
    before = template(pods=[POD], generation=3)
    after = template(pods=[{**POD, "spec": {"containers": [MAIN | {"image": "i:2"}]}}], generation=4)
    about = of(status={"pods": {"notebook": RUNNING | {"templateGeneration": 3}}})

    part = only(explain(Facts(instance=about, template=after, pods=[live(about, before)])))

    assert part.revision == "made from generation 3 of the Template, which is at generation 4 now"
    assert part.differs == (Difference(path="$.spec.containers[0].image", found="i:1", wanted="i:2"),)


def test_template_that_was_made_anew_and_an_unknown_revision_are_told_apart() -> None:
    made = template(pods=[POD])
    for state, words in (
        ({"templateGeneration": 1, "templateUid": "another"}, "which was deleted since"),
        ({"templateGeneration": 0}, "is not known"),
    ):
        about = of(status={"pods": {"notebook": RUNNING | state}})
        assert words in only(explain(Facts(instance=about, template=made, pods=[live(about, made)]))).revision


def test_values_of_environment_variables_are_not_shown() -> None:
    made = template(pods=[POD])
    about = of(status={"pods": {"notebook": RUNNING | {"templateGeneration": 1}}})
    other = live(about, made, env=[{"name": "WHO", "value": "s3cret"}])

    explained = explain(Facts(instance=about, template=made, pods=[other]))

    assert [each.path for each in only(explained).differs] == ["$.spec.containers[0].env[0].value"]
    assert "s3cret" not in str(explained)
    assert "another value, which is not shown" in "\n".join(lines(explained))


def test_entries_that_are_not_made_say_why() -> None:
    made = template(
        variables=[{"name": "gpus", "type": "integer", "default": 0}],
        pvcs=[{"name": "data", "spec": CLAIM}, {"name": "shared", "claimName": "course"}],
        pods=[
            POD,
            {**POD, "name": "trainer", "condition": "vars.gpus > 0"},
            {**POD, "name": "helper", "labels": {"beside": "{jupyternetes.pods.notebook}"}},
        ],
    )

    explained = explain(Facts(instance=of(), template=made))

    assert {part.entry: part.now for part in explained.parts} == {
        "data": "it would be made",
        "shared": "the Template uses the claim course as it is",
        "notebook": "it would be made",
        "helper": "it waits for jupyternetes.pods.notebook",
        "trainer": "it is not wanted: its condition is false: vars.gpus > 0",
    }


def test_entry_that_the_template_has_no_more_is_told() -> None:
    about = of(status={"pods": {"gone": RUNNING}, "pvcs": {"old": {"resourceName": "old-1", "state": "Processed"}}})

    explained = explain(Facts(instance=about, template=template(pods=[POD])))

    assert only(explained, "gone").now == "the current Template has no such entry"
    assert only(explained, "gone").state == "running, and there is no such pod"
    assert only(explained, "old").state == (
        "it is gone, or is not labelled as this Instance's; stays when the Instance is deleted"
    )


def test_what_cannot_even_be_read_is_named() -> None:
    metadata = {"name": "a", "namespace": "lab"}
    about = Instance.partial_decode({"metadata": metadata, "spec": {"template": {"name": "lab"}, "suspend": "yes"}})
    made = Template.partial_decode({"metadata": metadata, "spec": 7})

    refused = explain(Facts(instance=about, template=made)).refused

    assert refused[0].startswith("Instance $.spec.suspend: ")
    assert refused[1].startswith("Template $.spec: ")


def test_pod_of_an_earlier_start_that_is_still_there_is_told() -> None:
    made = template(pods=[POD])
    about = of()
    old = structs.replace(live(about, made), status=Phase("Failed"))

    parts = explain(Facts(instance=about, template=made, pods=[old])).parts

    assert [(part.name, part.state) for part in parts] == [
        ("notebook-1", "Failed, and not on record for this server"),
        ("", "not made yet"),
    ]


def test_value_that_is_refused_now_is_named_and_nothing_is_said_to_be_missing() -> None:
    made = template(variables=[{"name": "size", "enum": ["small"]}], pods=[POD])
    about = instance(
        variables={"jupyterhub.user.name": "ana", "size": "s3cret"}, status={"pods": {"notebook": RUNNING}}
    )

    explained = explain(
        Facts(instance=about, template=made, pods=None, unseen=("pods could not be looked at: right.",))
    )

    assert explained.refused == ("Instance $.spec.variables.size: variable 'size' must be one of small",)
    assert only(explained).now == ""
    seen = explain(Facts(instance=about, template=template(pods=[POD]), pods=None))
    assert only(seen).now == "", "nobody knows whether there is one"
    text = "\n".join(lines(explained))
    assert "With the current Template nothing would be made\n  Instance $.spec.variables.size" in text
    assert "What you may not see\n  pods could not be looked at: right." in text
    assert "s3cret" not in text


def test_reasons_are_said_in_plain_words_and_not_twice() -> None:
    conditions = [
        {"type": "Ready", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available"},
        {"type": "PodsProvisioned", "status": "False", "reason": "Suspended", "message": ""},
        {
            "type": "PvcsProvisioned",
            "status": "True",
            "reason": "Provisioned",
            "message": "Everything that the Template asks for exists.",
        },
    ]
    about = of(
        suspend=True,
        status={
            "conditions": conditions,
            "lastTermination": {"notebook": {"time": "2026-01-01T00:00:00Z", "reason": "OOMKilled", "exitCode": 137}},
        },
    )

    text = "\n".join(lines(explain(Facts(instance=about, template=None, no_template="There is no Template lab/lab."))))

    assert "Ready is False: No node has room for the server yet. 0/3 nodes are available" in text
    assert "PodsProvisioned is False: The server is stopped and its pods are gone." in text
    assert text.count("Everything that the Template asks for exists.") == 1
    assert "Asked for: stopped, after start 1." in text
    assert (
        "notebook ended last at 2026-01-01T00:00:00Z with exit code 137: The server used more memory than it may"
        in text
    )
    assert "With the current Template nothing would be made\n  There is no Template lab/lab." in text


def test_reason_that_the_message_repeats_is_said_once() -> None:
    sentence = "The server is stopped and its pods are gone."
    ended = {"notebook": {"time": "2026-01-01T00:00:00Z", "reason": "Suspended", "message": sentence}}

    explained = explain(Facts(instance=of(status={"lastTermination": ended}), template=None))

    assert explained.ended == (f"notebook ended last at 2026-01-01T00:00:00Z: {sentence}",)


def test_what_is_wrong_with_the_template_is_told_and_what_is_right_is_not() -> None:
    said = [
        {"type": "Accepted", "status": "True", "reason": "Accepted"},
        {"type": "Rehearsed", "status": "False", "reason": "RehearsalRefused", "message": "In namespace lab: no"},
        {"type": "Warnings", "status": "True", "reason": "ApiServerWarns", "message": "unknown field"},
    ]
    made = template(pods=[POD])
    made = structs.replace(made, status=convert({"conditions": said}, type(made.status)))

    explained = explain(Facts(instance=of(), template=made))

    assert [each.type for each in explained.template_conditions] == ["Rehearsed", "Warnings"]


@pytest.mark.parametrize(
    ("who", "server", "names"),
    [
        ("ana", None, ["a", "c"]),
        ("ana", "", ["a"]),
        ("ana", "gpu", ["c"]),
        ("ana", "other", []),
        ("b", None, ["b"]),
        ("bob", None, ["b"]),
        ("nobody", None, []),
    ],
)
def test_a_name_is_an_instance_or_else_a_user_with_all_servers(who: str, server: str | None, names: list[str]) -> None:
    def made(name: str, user: str, server_name: str = "") -> Instance:
        known = instance()
        annotations = {labels.USERNAME: user, labels.SERVERNAME: server_name}
        metadata = structs.replace(known.metadata, name=name, annotations=annotations)
        return structs.replace(known, metadata=metadata)

    found = matching([made("c", "ana", "gpu"), made("a", "ana"), made("b", "bob")], who, server)

    assert [each.metadata.name for each in found] == names


@pytest.mark.parametrize(
    ("wanted", "found", "paths"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": {}}, {}, []),
        ({"a": None}, {}, []),
        ({"a": True}, {"a": 1}, ["$.a"]),
        (
            {"resources": {"limits": {"cpu": 1, "memory": "1024Mi"}}},
            {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}},
            [],
        ),
        ({"resources": {"limits": {"cpu": 1}}}, {"resources": {"limits": {"cpu": "2"}}}, ["$.resources.limits.cpu"]),
        ({"env": [{"name": "A", "x": 1}]}, {"env": [{"name": "B"}, {"name": "A", "x": 1}]}, []),
        ({"env": [{"name": "A", "x": 1}]}, {"env": [{"name": "B"}]}, ["$.env[0]"]),
        (
            {"volumeMounts": [{"name": "h", "mountPath": "/a"}, {"name": "h", "mountPath": "/b", "subPath": "x"}]},
            {"volumeMounts": [{"name": "h", "mountPath": "/b"}, {"name": "h", "mountPath": "/a"}]},
            ["$.volumeMounts[1].subPath"],
        ),
        ({"tolerations": [{"x": 1}]}, {"tolerations": [{"x": 1}, {"x": 2}]}, []),
        ({"args": ["a"]}, {"args": ["a", "b"]}, ["$.args"]),
        ({"args": ["a"]}, {}, ["$.args"]),
    ],
)
def test_only_what_is_missing_counts_as_a_difference(wanted: Any, found: Any, paths: list[str]) -> None:
    assert [each.path for each in differences(wanted, found, "$")] == paths


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


@given(JSON)
def test_nothing_differs_from_itself(value: object) -> None:
    assert [*differences(value, value, "$")] == []


def test_no_cluster_and_no_name_end_in_one_line(run: Run, restored_logging: None) -> None:
    assert run("explain")[0] == 1
    code, out, err = run("explain", "ana", "--kubeconfig", "none")

    assert (code, out, err) == (1, "", "jupyternetes: kubeconfig none does not exist\n")


def test_a_pod_waits_for_what_it_reads_of_an_object_only_until_that_is_ready() -> None:
    reads = MAIN | {"env": [{"name": "HOST", "value": "{jupyternetes.otherResources.db.host}"}]}
    outputs = [{"name": "host", "path": "status.host"}]
    entry = {"name": "db", "apiVersion": "example.org/v1", "kind": "Database", "outputs": outputs}
    made = template(pods=[{"name": "notebook", "spec": {"containers": [reads]}}], otherResources=[entry])
    state = {"resourceName": object_name(of(), "db", of_start=False), "observedGeneration": 3}

    def now(how: str) -> str:
        others = {"db": state | {"outputs": {"host": "10.1.2.3"}}}
        status = {"otherResources": others, "otherResourcesProvisioned": {"db": how}}
        return only(explain(Facts(instance=of(status=status), template=made, pods=[]))).now

    assert now("Completed") == "it would be made"
    assert now("Pending").startswith("it waits for ")
