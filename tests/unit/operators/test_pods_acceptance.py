"""What a Template's author is told (pods/acceptance)."""

from datetime import UTC, datetime

import pytest

from jupyternetes.api.conditions import Condition
from jupyternetes.api.metadata import Metadata
from jupyternetes.api.template import Template
from jupyternetes.operators.pods.acceptance import accepted
from jupyternetes.operators.pods.gates.installation import GateSettings
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.templating.others.kinds import ANY

POD = {"name": "notebook", "spec": {"containers": [{"name": "main", "image": "i"}]}}
SERVICE = {"name": "s", "apiVersion": "v1", "kind": "Service"}
ON = GateSettings(on=True)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def condition_of(spec: dict[str, object], gates: GateSettings = ON) -> Condition:
    template = Template(metadata=Metadata(name="lab", generation=3), spec=spec)
    compiled = TemplateFinder({}, ()).compiled(template)  # type: ignore[arg-type]
    return accepted(template, compiled, (), now=NOW, gates=gates)


@pytest.mark.parametrize(
    ("spec", "reason", "words"),
    [
        ({"pods": [POD]}, "Accepted", "can be used"),
        (
            {"pods": [POD], "otherResources": [SERVICE]},
            "PartlySupported",
            "otherResources is not acted on, since the chart's otherResources.kinds is empty: s",
        ),
        ({"pods": [POD | {"condition": "true"}]}, "Invalid", "condition"),
        ({"pods": [POD], "access": {"groups": ["staff"]}}, "Accepted", "can be used"),
        ({"pods": [POD], "access": {"roles": ["staff"]}}, "Invalid", "'roles'"),
        ({"pods": [POD], "variables": [{"name": "size", "enum": ["s", "l"]}]}, "Accepted", "can be used"),
        ({"pods": [POD], "variables": [{"name": "size", "enum": ["s"], "default": "l"}]}, "Invalid", "one of s"),
        ({"pods": [POD], "variables": [{"name": "size", "when": "true"}]}, "Accepted", "can be used"),
        ({"pods": [POD], "variables": [{"name": "size", "when": "vars.sise"}]}, "Invalid", "undeclared reference"),
        ({"pods": [POD], "rules": [{"rule": "1", "message": "m"}]}, "Invalid", "must be true or false"),
        (
            {"pods": [POD], "variables": [{"name": "size", "choices": [{"value": "s", "groups": ["staff"]}]}]},
            "Invalid",
            "nobody chooses a variable that no user may set",
        ),
    ],
)
def test_a_template_is_accepted_only_if_everything_in_it_is_honoured(
    spec: dict[str, object], reason: str, words: str
) -> None:
    condition = condition_of(spec)

    assert condition.reason == reason
    assert condition.status == ("False" if reason == "Invalid" else "True")
    assert words in condition.message
    assert condition.observed_generation == 3
    assert condition.last_transition_time == "2026-01-02T03:04:05Z"


def test_a_template_with_a_condition_of_another_program_that_cannot_be_read_can_be_used() -> None:
    said = [{"type": "Odd", "status": True}]
    metadata = {"name": "lab", "generation": 3}
    template = Template.partial_decode({"metadata": metadata, "spec": {"pods": [POD]}, "status": {"conditions": said}})
    compiled = TemplateFinder({}, ()).compiled(template)  # type: ignore[arg-type]

    assert accepted(template, compiled, (), now=NOW).reason == "Accepted"


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        (
            {"pods": [POD | {"labels": {"to": "{jupyternetes.otherResources.s}"}}], "otherResources": [SERVICE]},
            "$.spec.pods[0].labels.to",
        ),
        (
            {
                "pods": [POD],
                "pvcs": [{"name": "home", "claimName": "{jupyternetes.otherResources.s}"}],
                "otherResources": [SERVICE],
            },
            "$.spec.pvcs[0].claimName",
        ),
        ({"pods": [POD], "pvcs": [{"name": "{x}", "claimName": "{jupyternetes.pods.notebook}"}]}, "$.spec.pvcs[0]"),
        ({"pods": [POD | {"annotations": {"me": "{jupyternetes.pods.notebook}"}}]}, "$.spec.pods[0]"),
    ],
)
def test_a_template_that_would_wait_for_ever_is_not_accepted_C15(spec: dict[str, object], path: str) -> None:
    condition = condition_of(spec)

    assert (condition.status, condition.reason) == ("False", "Invalid")
    assert path in condition.message
    assert "for ever" in condition.message


@pytest.mark.parametrize(
    ("port", "ports", "fault"),
    [
        ("htpt", [{"name": "http", "containerPort": 8888}], "'htpt' is neither"),
        ("http", None, "named ones: none"),
        (70000, None, "70000 is neither"),
        ("http", [{"name": "http", "containerPort": 8888}], ""),
        (8888, None, ""),
        (None, None, ""),
        ("{port}", None, ""),
        ("htpt", [{"name": "{name}", "containerPort": 8888}], ""),
        ("htpt", "{ports}", ""),
    ],
)
def test_a_template_with_a_port_that_no_server_can_have_is_not_accepted_C15(
    port: object, ports: object, fault: str
) -> None:
    containers = [{"name": "main", "image": "localhost/notebook:none", "ports": ports}]
    variables = [
        {"name": "port", "type": "integer", "maximum": 65535},
        {"name": "name", "enum": ["http", "htpt"]},
        {"name": "ports", "type": "json", "enum": [[{"name": "htpt", "containerPort": 8888}]]},
    ]
    pod = {"name": "notebook", "port": port, "spec": {"containers": containers}}

    condition = condition_of({"pods": [pod], "variables": variables})

    assert condition.status == ("False" if fault else "True")
    assert fault in condition.message
    assert ("$.spec.pods[0].port" in condition.message) is bool(fault)


GATE = {"name": "licence.example.org/granted"}
LEASED = GATE | {"lease": "licence/operator"}


@pytest.mark.parametrize(
    ("gates", "spec", "reason", "words"),
    [
        (GateSettings(on=True), {"gates": [GATE]}, "Accepted", "can be used"),
        (GateSettings(on=True, leases=["licence/operator"]), {"gates": [LEASED]}, "Accepted", "can be used"),
        (
            GateSettings(on=True),
            {"gates": [GATE | {"name": "a.org/b"}, LEASED]},
            "PartlySupported",
            "$.spec.gates[1].lease",
        ),
        (GateSettings(on=True), {"gates": [LEASED]}, "PartlySupported", "name it in the chart's gates.leases"),
        (
            GateSettings(on=True),
            {"gates": [LEASED], "otherResources": [SERVICE]},
            "PartlySupported",
            "otherResources.kinds is empty: s",
        ),
        (GateSettings(), {"gates": [GATE]}, "Invalid", "set the chart's value gates.enabled to true"),
        (GateSettings(), {}, "Accepted", "can be used"),
    ],
)
def test_what_an_installation_does_not_heed_of_gates_is_said_with_the_way_out(
    gates: GateSettings, spec: dict[str, object], reason: str, words: str
) -> None:
    condition = condition_of({"pods": [POD]} | spec, gates)

    assert (condition.reason, condition.status) == (reason, "False" if reason == "Invalid" else "True")
    assert words in condition.message


def test_other_resources_are_not_in_vain_where_they_are_made_and_gates_are_judged_as_ever() -> None:
    spec = {"pods": [POD], "otherResources": [SERVICE], "gates": [{"name": "licence.example.org/granted"}]}
    template = Template(metadata=Metadata(name="lab", generation=3), spec=spec)
    compiled = TemplateFinder({}, (), ANY).compiled(template)  # type: ignore[arg-type]

    def reason(gates: GateSettings, *, made: bool) -> str:
        return accepted(template, compiled, (), now=NOW, gates=gates, others_are_made=made).reason

    assert reason(ON, made=True) == "Accepted"
    assert reason(ON, made=False) == "PartlySupported"
    assert reason(GateSettings(on=False), made=True) == "Invalid"
