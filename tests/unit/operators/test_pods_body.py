"""The pod that is created: identity, safer defaults, the hub's environment, and the port that it serves on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.metadata import Metadata
from jupyternetes.operators.pods.body import PortError, pod_body, serving_port, with_defaults, with_hub_environment
from tests.support.environments import environment_of, name_of_source
from tests.support.objects import INSTANCE_UID, instance, rendered

PREFIX = "jupyternetes.kadense.io"
TEMPLATE = Metadata(name="lab", namespace="lab", uid="template-uid", generation=3)
SPEC = {"containers": [{"name": "notebook", "image": "x"}]}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 70000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
known_fields = ("containers", "initContainers", "env", "ports", "securityContext", "capabilities", "add", "name")
odd_specs = st.recursive(
    json_values,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(known_fields) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def body(spec: Any = SPEC, *, primary: bool = True, start: dict[str, Any] | None = None, **fields: Any) -> Any:
    entry = rendered("pods", spec, **fields)
    return pod_body(instance(**(start or {})), entry, TEMPLATE, primary=primary, stable_names=False)


STARTED = {"startId": "4", "hubEnvironment": ["A", "B"]}


def test_identity_is_in_labels_and_owner_not_in_the_name() -> None:
    metadata = body(start=STARTED)["metadata"]

    assert metadata["generateName"] == "notebook-"
    assert metadata["labels"] == {
        f"{PREFIX}/instance": "a",
        f"{PREFIX}/instanceNamespace": "lab",
        f"{PREFIX}/instanceUid": INSTANCE_UID,
        f"{PREFIX}/template": "lab",
        f"{PREFIX}/templateNamespace": "lab",
        f"{PREFIX}/templateUid": "template-uid",
        f"{PREFIX}/templateGeneration": "3",
        f"{PREFIX}/podName": "notebook",
        f"{PREFIX}/startId": "4",
        f"{PREFIX}/port": "8888",
        f"{PREFIX}/container": "notebook",
    }
    [owner] = metadata["ownerReferences"]
    assert (owner["uid"], owner["controller"], owner["blockOwnerDeletion"]) == (INSTANCE_UID, True, True)


@pytest.mark.parametrize("primary", [True, False])
def test_container_that_serves_is_named_on_the_pod_C02(primary: bool) -> None:
    spec = {"containers": [{"name": "server", "image": "x"}, {"name": "helper", "image": "x"}]}

    assert body(spec, primary=primary)["metadata"]["labels"][f"{PREFIX}/container"] == "server"


@pytest.mark.parametrize("name", [None, 7, "", "Not A Name", "x" * 64])
def test_container_without_a_name_that_the_api_takes_is_not_named_C02(name: object) -> None:
    assert f"{PREFIX}/container" not in body({"containers": [{"name": name}]})["metadata"]["labels"]


def test_old_client_gets_no_start_id_and_no_other_restart_policy() -> None:
    made = body()

    assert f"{PREFIX}/startId" not in made["metadata"]["labels"]
    assert "restartPolicy" not in made["spec"]
    assert "env" not in made["spec"]["containers"][0]


@pytest.mark.parametrize(
    ("spec", "field", "value"),
    [
        ({}, "automountServiceAccountToken", False),
        ({"serviceAccountName": "x"}, "automountServiceAccountToken", None),
        ({"serviceAccount": "x"}, "automountServiceAccountToken", None),
        ({"automountServiceAccountToken": True}, "automountServiceAccountToken", True),
        ({"serviceAccountName": "x", "automountServiceAccountToken": False}, "automountServiceAccountToken", False),
        ({}, "enableServiceLinks", False),
        ({"enableServiceLinks": True}, "enableServiceLinks", True),
        ({}, "restartPolicy", "OnFailure"),
        ({"restartPolicy": "Never"}, "restartPolicy", "Never"),
    ],
)
def test_defaults_fill_silence_and_override_nothing_T10_T11_B08(spec: dict[str, Any], field: str, value: Any) -> None:
    assert with_defaults(SPEC | spec, started_by_hub=True).get(field) == value


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (None, {"allowPrivilegeEscalation": False}),
        ({"runAsUser": 5}, {"runAsUser": 5, "allowPrivilegeEscalation": False}),
        ({"allowPrivilegeEscalation": True}, {"allowPrivilegeEscalation": True}),
        ({"privileged": True}, {"privileged": True}),
        ({"capabilities": {"add": ["SYS_ADMIN"]}}, {"capabilities": {"add": ["SYS_ADMIN"]}}),
        (
            {"capabilities": {"add": ["CHOWN"]}},
            {"capabilities": {"add": ["CHOWN"]}, "allowPrivilegeEscalation": False},
        ),
    ],
)
@pytest.mark.parametrize("containers", ["containers", "initContainers"])
def test_no_container_gains_privileges_unless_it_says_so_T11(containers: str, context: Any, expected: Any) -> None:
    container = {"name": "c"} | ({"securityContext": context} if context else {})

    spec = with_defaults({containers: [container]}, started_by_hub=False)

    assert spec[containers][0]["securityContext"] == expected  # type: ignore[index]


@pytest.mark.parametrize(
    ("system", "gets_it"), [({"name": "windows"}, False), ({"name": "linux"}, True), ("odd", True)]
)
def test_pod_for_windows_gets_nothing_that_only_linux_knows_C20(system: Any, gets_it: bool) -> None:
    spec = with_defaults({"os": system, "containers": [{"name": "c"}]}, started_by_hub=True)

    [container] = spec["containers"]  # type: ignore[misc]
    assert ("securityContext" in container) is gets_it
    assert spec["enableServiceLinks"] is False


EMPTY_TOKEN = {"name": "token", "value": ""}


@pytest.mark.parametrize(
    ("mode", "sources", "names"),
    [
        (None, ["config", "jni-a-4"], ["token", "C"]),
        ("Inject", ["config", "jni-a-4"], ["token", "C"]),
        ("Keep", ["jni-a-4", "config"], ["token", "A", "C"]),
        ("None", ["config"], ["A", "C"]),
    ],
)
def test_start_secret_is_the_environment_and_whoever_wins_comes_last_B43(
    mode: str | None, sources: list[str], names: list[str]
) -> None:
    env = [{"name": "A", "value": "template"}, {"name": "C", "value": "$(B)"}]
    container = {"name": "n", "env": env, "envFrom": [{"configMapRef": {"name": "config"}}]}
    fields = {"hubEnvironment": mode} if mode else {}

    made = body({"containers": [container, {"name": "sidecar"}]}, start=STARTED, **fields)

    first, second = made["spec"]["containers"]
    assert [name_of_source(source) for source in first["envFrom"]] == sources
    assert [entry["name"] for entry in first["env"]] == names
    assert second.keys().isdisjoint({"env", "envFrom"})


def test_hub_that_gives_no_variable_changes_no_container() -> None:
    made = body(start={"startId": "4"})

    assert made["spec"]["containers"][0].keys().isdisjoint({"env", "envFrom"})


def test_helper_pods_get_no_environment_and_no_port() -> None:
    made = body(primary=False, start=STARTED)

    assert "env" not in made["spec"]["containers"][0]
    assert f"{PREFIX}/port" not in made["metadata"]["labels"]


@pytest.mark.parametrize(
    ("ports", "port", "expected"),
    [
        ([], None, 8888),
        ([{"containerPort": 1}], None, 1),
        ([{"name": "x", "containerPort": 1}, {"name": "http", "containerPort": 2}], None, 2),
        ([{"name": "http", "containerPort": 2}, {"name": "notebook-port", "containerPort": 3}], None, 3),
        ([{"name": "x", "containerPort": 1}], "x", 1),
        ([{"name": "x", "containerPort": 1}], 9, 9),
        ([{"name": "x", "containerPort": 1}], "9", 9),
        ([{"name": "x", "containerPort": "1"}, {"name": "y", "containerPort": True}], None, 8888),
        ("none", None, 8888),
    ],
)
def test_port_that_serves(ports: Any, port: Any, expected: int) -> None:
    fields = {} if port is None else {"port": port}

    assert serving_port(rendered("pods", {"containers": [{"name": "n", "ports": ports}]}, **fields)) == expected


@pytest.mark.parametrize("port", ["nobody", 0, -1, 65536, "65536", True, 1.5, ["x"], "²"])
def test_port_that_the_pod_does_not_have_is_an_error_with_its_path(port: Any) -> None:
    spec = {"containers": [{"name": "n", "ports": [{"name": "x", "containerPort": 1}]}]}

    with pytest.raises(PortError, match=r"\$\.spec\.pods\[0\]\.port: .*named ones: x"):
        serving_port(rendered("pods", spec, port=port))


@given(st.dictionaries(st.sampled_from(known_fields) | st.text(max_size=3), odd_specs, max_size=4))
def test_whatever_stands_in_a_spec_is_the_api_servers_to_refuse_B01(spec: dict[str, Any]) -> None:
    defaulted = with_defaults(spec, started_by_hub=True)
    made = with_hub_environment(defaulted, instance(**STARTED), template_wins=False)

    assert made.keys() >= spec.keys()
    for name in spec.keys() - {"containers", "initContainers"}:
        assert made[name] == spec[name]
    serving_port(rendered("pods", {name: value for name, value in spec.items() if "{" not in str(value)}))


names = st.sampled_from(["A", "B", "C", "token", "namespace"])
values = st.dictionaries(names, st.sampled_from(["one", "two"]))
hubs_values = st.dictionaries(st.sampled_from(["A", "B"]), st.just("hub's"), min_size=1)
keys_of_a_token = st.dictionaries(st.sampled_from(["token", "namespace"]), st.just("cluster's"))


@given(
    template=st.lists(st.builds(lambda name: {"name": name, "value": "template's"}, names), max_size=4),
    sources=st.lists(values, max_size=2),
    hubs=hubs_values,
    further=keys_of_a_token,
    template_wins=st.booleans(),
)
def test_each_variable_is_whose_it_should_be_and_no_token_passes_B43_T07_C32(
    template: list[dict[str, str]],
    sources: list[dict[str, str]],
    hubs: dict[str, str],
    further: dict[str, str],
    template_wins: bool,
) -> None:
    contents = {f"config-{number}": data for number, data in enumerate(sources)} | {"jni-a-4": hubs | further}
    env_from = [{"configMapRef": {"name": name}} for name in contents if name != "jni-a-4"]
    spec: dict[str, object] = {"containers": [{"name": "n", "env": template, "envFrom": env_from}]}

    made: Any = with_hub_environment(spec, instance(startId="4", hubEnvironment=[*hubs]), template_wins=template_wins)

    (container,) = made["containers"]
    environment = environment_of(container, contents)
    templates = environment_of({"env": template, "envFrom": env_from}, contents)
    expected = hubs | templates if template_wins else templates | hubs
    assert {name: environment[name] for name in expected.keys() - {"token", "namespace"}} == {
        name: value for name, value in expected.items() if name not in ("token", "namespace")
    }
    assert environment["token"] == ("template's" if {"name": "token", "value": "template's"} in template else "")
    assert container["env"][0] == EMPTY_TOKEN, "it stands before all that may refer to it"
