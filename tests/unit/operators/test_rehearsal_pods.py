"""Which pods a Template is tried with, and in which namespace (pods/rehearsal)."""

import re
from typing import Any

import pytest
from msgspec import structs

from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Access, Template
from jupyternetes.operators.pods.rehearsal.bodies import NotFilled, sample_pods
from jupyternetes.operators.pods.rehearsal.namespaces import candidates
from jupyternetes.operators.templates.finder import compile_as_operators
from jupyternetes.runtime.objects import ObjectKey
from tests.support.objects import instance, template

KEY = ObjectKey("shared", "lab")
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def pod(name: str = "notebook", *, container: Any = None, **fields: Any) -> dict[str, Any]:
    main: dict[str, Any] = {"name": "main", "image": "i", **(container or {})}
    return {"name": name, "spec": {"containers": [main], **fields.pop("spec", {})}, **fields}


def pods_of(made: Template) -> dict[str, Any]:
    return {entry: pod.body for entry, pod in sample_pods(made, compile_as_operators(made), "class").items()}


def made_up(made: Template) -> str:
    return sample_pods(made, compile_as_operators(made), "class")["notebook"].made_up


def limits(body: Any) -> Any:
    return body["spec"]["containers"][0]["resources"]["limits"]


def sized(**fields: Any) -> dict[str, Any]:
    choices = [
        {"value": "old", "hidden": True, "values": {"cpu": 9}},
        {"value": "small", "values": {"cpu": 1}},
        {"value": "large", "values": {"cpu": 4}},
    ]
    return {"name": "size", "choices": choices, **fields}


SIZED_POD = pod(container={"resources": {"limits": {"cpu": "{size.cpu}"}}})


def test_default_is_used_where_there_is_one_else_the_first_choice_that_a_form_offers() -> None:
    assert limits(pods_of(template(variables=[sized(default="large")], pods=[SIZED_POD]))["notebook"]) == {"cpu": 4}
    assert limits(pods_of(template(variables=[sized(required=True)], pods=[SIZED_POD]))["notebook"]) == {"cpu": 1}


def test_other_resources_count_as_ready_under_their_own_names_and_each_output_stands_for_itself() -> None:
    env = [{"name": "HOST", "value": "{jupyternetes.otherResources.db.host}"}]
    secret = [{"secretRef": {"name": "{jupyternetes.otherResources.db}-app"}}]
    outputs = [{"name": "host", "path": "status.host"}]
    made = template(
        otherResources=[{"name": "db", "apiVersion": "example.org/v1", "kind": "Database", "outputs": outputs}],
        pods=[pod(container={"env": env, "envFrom": secret})],
    )

    container = pods_of(made)["notebook"]["spec"]["containers"][0]

    assert {"name": "HOST", "value": "db.host"} in container["env"]
    assert re.fullmatch(r"db-[0-9a-f]{10}-app", container["envFrom"][0]["secretRef"]["name"])


def database(pattern: str | None) -> dict[str, Any]:
    output = {"name": "host", "path": "status.host"} | ({"pattern": pattern} if pattern else {})
    return {"name": "db", "apiVersion": "example.org/v1", "kind": "Database", "outputs": [output]}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("[0-9]{1,5}", "8080"),
        ("[0-9.]+", "192.0.2.1"),
        (r"[0-9]+(\.[0-9]+){3}", "192.0.2.1"),
        ("[a-z-]+", "sample"),
        (r"[a-z0-9-]+(\.[a-z0-9-]+)+:[0-9]+", "sample.example.org:8080"),
        (r"https?://[a-z.]+/", "https://sample.example.org/"),
        ("[a-z0-9.-]+", "db.host"),
        ("xyz-[0-9]{40}", "db.host"),
    ],
)
def test_output_with_a_pattern_is_a_text_that_fits_as_far_as_one_is_known(pattern: str, text: str) -> None:
    env = [{"name": "HOST", "value": "{jupyternetes.otherResources.db.host}"}]

    found = pods_of(template(otherResources=[database(pattern)], pods=[pod(container={"env": env})]))

    assert {"name": "HOST", "value": text} in found["notebook"]["spec"]["containers"][0]["env"]


def test_place_where_an_output_might_be_refused_is_told_and_those_that_take_any_text_are_not() -> None:
    output = "{jupyternetes.otherResources.db.host}"
    env, aliases = [{"name": "HOST", "value": output}], [{"ip": output, "hostnames": ["db"]}]
    free = pod(container={"env": env, "args": ["--db", output]}, annotations={"db": output})
    judged = pod(spec={"hostAliases": aliases}, container={"env": env})

    assert made_up(template(otherResources=[database("[0-9.]+")], pods=[free])) == ""
    assert made_up(template(otherResources=[database("[0-9.]+")], pods=[judged])) == "$.spec.hostAliases[0].ip"
    assert made_up(template(pods=[pod()])) == ""


def test_first_of_an_enum_is_used() -> None:
    made = template(
        variables=[{"name": "policy", "enum": ["Always", "Never"], "required": True}],
        pods=[pod(container={"imagePullPolicy": "{policy}"})],
    )

    assert pods_of(made)["notebook"]["spec"]["containers"][0]["imagePullPolicy"] == "Always"


def test_required_variable_without_default_is_named_and_nothing_is_tried() -> None:
    made = template(variables=[{"name": "course", "required": True}], pods=[pod()])

    with pytest.raises(NotFilled) as fault:
        pods_of(made)

    assert [str(each) for each in fault.value.problems] == [
        "Instance $.spec.variables.course: the Template requires the variable 'course': set it here"
    ]


def test_rule_that_defaults_break_says_its_message() -> None:
    made = template(
        variables=[{"name": "gpus", "type": "integer", "default": 0}],
        rules=[{"rule": "vars.gpus > 0", "message": "Say how many GPUs."}],
        pods=[pod()],
    )

    with pytest.raises(NotFilled, match="Say how many GPUs"):
        pods_of(made)


@pytest.mark.parametrize(("default", "cpu"), [("gpu", {"cpu": 1}), ("none", {})])
def test_choice_that_may_be_made_in_some_cases_only_is_made_where_it_may(default: str, cpu: object) -> None:
    kind = {"name": "kind", "enum": ["gpu", "none"], "default": default}
    made = template(
        variables=[kind, sized(when="vars.kind == 'gpu'")],
        pods=[pod(), SIZED_POD | {"name": "worker", "condition": "vars.kind == 'gpu'"}],
    )

    found = pods_of(made)

    assert ("worker" in found) is bool(cpu)
    assert not cpu or limits(found["worker"]) == cpu


def test_pods_are_those_of_a_start_with_made_up_names_in_place_of_claims_and_pods() -> None:
    volume = {"name": "home", "persistentVolumeClaim": {"claimName": "{jupyternetes.pvcs.home}"}}
    made = template(
        pvcs=[{"name": "home", "spec": CLAIM}],
        pods=[pod(spec={"volumes": [volume]}), pod("helper", labels={"beside": "{jupyternetes.pods.notebook}"})],
    )

    found = pods_of(made)

    assert found["notebook"]["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": "home-xxxxx"}
    assert found["notebook"]["spec"]["automountServiceAccountToken"] is False
    assert found["notebook"]["metadata"]["generateName"] == "notebook-"
    assert found["notebook"]["metadata"]["namespace"] == "class"
    assert found["helper"]["metadata"]["labels"]["beside"] == "notebook-xxxxx"


def test_default_of_a_sensitive_variable_is_in_no_pod_that_is_tried() -> None:
    made = template(
        variables=[{"name": "PASSWORD", "sensitive": True, "default": "s3cret"}],
        pods=[pod(container={"env": [{"name": "PASSWORD", "value": "{PASSWORD}"}]})],
    )

    assert "s3cret" not in str(pods_of(made))


def living(namespace: str, name: str = "lab", number: int = 1) -> list[Instance]:
    made = instance(template={"name": name, "namespace": "shared"})
    return [structs.replace(made, metadata=structs.replace(made.metadata, namespace=namespace))] * number


EVERYWHERE = [*living("few"), *living("many", number=3), *living("other", "another", number=9)]


def places(
    *listed: str, instances: list[Instance] = EVERYWHERE, watched: tuple[str, ...] = (), shared: bool = True
) -> list[str]:
    access = Access(namespaces=listed or None)
    return candidates(
        KEY, access, shared=shared, instances=instances, watched=watched, serves=lambda name: name != "refused"
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (places(), ["many", "few", "other", "shared"]),
        (places(instances=[]), ["shared"]),
        (places("few", "new"), ["few", "new", "shared"]),
        (places("new", "refused", instances=[]), ["new", "shared"]),
        (places(instances=[], watched=("one", "two")), ["one", "two"]),
        (places(watched=("one", "few")), ["few", "one"]),
        (places("elsewhere", instances=[], watched=("one",)), []),
        (places(shared=False), ["shared"]),
        (places("few", shared=False), ["shared"]),
        (places(shared=False, watched=("one",)), []),
    ],
)
def test_template_is_tried_where_servers_are_made_of_it_or_may_be(found: list[str], expected: list[str]) -> None:
    assert found == expected
