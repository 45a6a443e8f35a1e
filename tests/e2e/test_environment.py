"""What a kubelet makes of the hub's environment: whose variable it is, and what no Secret can bring in."""

from collections.abc import Iterator
from typing import Any

import pytest

from jupyternetes.api.identity import START_SECRET_TYPE
from tests.e2e.case import SERVES, Case, Json
from tests.support.token_secrets import TOKEN_KEYS, asking_for_token, once_filled
from tests.support.waiting import eventually

HUBS = {"A": "hub-a", "B": "hub-b"}
CONFIG = {"B": "config-b", "D": "config-d"}
OWN = {"A": "own-a", "FROM_A": "$(A)", "AS_IT_IS": "$$(A)", "FROM_B": "$(B)", "FROM_LATER": "$(LATER)", "LATER": "x"}


@pytest.fixture
def config(case: Case) -> Iterator[str]:
    """A ConfigMap of the Template's author."""
    case.kubectl.apply([_object("ConfigMap", case.name, data=CONFIG)])
    yield case.name
    case.kubectl.run("delete", "configmap", case.name)


@pytest.fixture
def start_secret(case: Case) -> Iterator[str]:
    """The name that the Secret of the start has."""
    name = f"jni-{case.name}-1"
    yield name
    case.kubectl.run("delete", "secret", name, "--ignore-not-found")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("Inject", {"A": "hub-a", "B": "hub-b", "FROM_A": "hub-a", "FROM_B": "hub-b"}),
        ("Keep", {"A": "own-a", "B": "config-b", "FROM_A": "own-a", "FROM_B": "config-b"}),
    ],
)
def test_variables_are_whose_they_should_be_and_others_may_refer_to_them_B43_T07(
    case: Case, config: str, start_secret: str, mode: str, expected: dict[str, str]
) -> None:
    case.kubectl.apply([_object("Secret", start_secret, stringData=HUBS, type=START_SECRET_TYPE, immutable=True)])
    mounts = [
        {"name": "files", "mountPath": "/part", "subPathExpr": "$(A)"},
        {"name": "files", "mountPath": "/as-it-is", "subPathExpr": "$$(A)"},
        {"name": "files", "mountPath": "/files"},
    ]
    server = case.container(
        "notebook",
        SERVES,
        args=["$(A)", "$(B)", "$$(A)"],
        env=[{"name": name, "value": value} for name, value in OWN.items()],
        envFrom=[{"configMapRef": {"name": config}}],
        volumeMounts=mounts,
    )

    case.start_entry(_entry(server, mode, volumes=[{"name": "files", "emptyDir": {}}]), list(HUBS))

    case.until(state="Running")
    environment = _environment(case)
    always = {"AS_IT_IS": "$(A)", "FROM_LATER": "$(LATER)", "LATER": "x", "D": "config-d", "token": ""}
    assert {name: environment.get(name) for name in expected | always} == expected | always
    arguments = _exec(case, "cat", "/proc/1/cmdline").split("\0")
    assert arguments[-4:-1] == [expected["A"], expected["B"], "$(A)"]
    assert {*_exec(case, "ls", "/files").split()} == {expected["A"], "$(A)"}


@pytest.mark.parametrize("mode", ["Inject", "Keep"])
def test_every_key_of_the_start_secret_but_token_reaches_the_server_listed_or_not_B43_C32(
    case: Case, start_secret: str, mode: str
) -> None:
    further = {"FURTHER": "not listed", "no-identifier": "not listed"}
    data = HUBS | further | {"token": "not listed"}
    case.kubectl.apply([_object("Secret", start_secret, stringData=data, type=START_SECRET_TYPE, immutable=True)])

    case.start_entry(_entry(case.container("notebook", SERVES), mode), [*HUBS])

    case.until(state="Running")
    environment = _environment(case)
    assert environment == environment | HUBS | further | {"token": ""}


@pytest.mark.parametrize("mode", ["Inject", "Keep"])
def test_token_of_a_service_account_under_the_name_of_a_start_reaches_no_server_C32(
    case: Case, start_secret: str, mode: str
) -> None:
    """What a hub that was broken into can do where no admission policy guards the Secrets of its namespace."""
    case.kubectl.apply([asking_for_token(_object("Secret", start_secret, stringData=HUBS))])
    data = once_filled(lambda: case.kubectl.get("secret", start_secret))
    server = case.container(
        "notebook", SERVES, args=["$(token)"], env=[{"name": "COPY", "value": "[$(token)]"}], envFrom=[]
    )

    case.start_entry(_entry(server, mode), [*HUBS])

    case.until(state="Running")
    environment = _environment(case)
    assert data.keys() == HUBS.keys() | TOKEN_KEYS
    assert environment == environment | data | {"token": "", "COPY": "[]"}
    assert data["token"] not in _exec(case, "cat", "/proc/1/cmdline", "/proc/1/environ")


def test_server_without_its_start_secret_waits_for_it_and_says_so_B44(case: Case, start_secret: str) -> None:
    case.start_entry(_entry(case.container("notebook", SERVES), "Inject"), [*HUBS])

    told = eventually(case.entry, until=lambda entry: start_secret in entry.get("message", ""))
    case.kubectl.apply([_object("Secret", start_secret, stringData=HUBS)])

    assert told["state"] != "Running"
    case.until(state="Running")
    assert _environment(case)["A"] == "hub-a"


def _object(kind: str, name: str, **fields: Any) -> Json:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}} | fields


def _entry(server: Json, mode: str, **spec: Any) -> Json:
    return {"hubEnvironment": mode, "spec": {"containers": [server], "terminationGracePeriodSeconds": 1} | spec}


def _exec(case: Case, *command: str) -> str:
    (pod,) = case.pods()
    return case.kubectl.run("exec", pod["metadata"]["name"], "--", *command)


def _environment(case: Case) -> dict[str, str]:
    variables = (variable.partition("=") for variable in _exec(case, "cat", "/proc/1/environ").split("\0"))
    return {name: value for name, _, value in variables}
