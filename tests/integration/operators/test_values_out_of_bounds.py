"""A hub that was taken over asks for what the Template does not allow: nothing is made, and that is said."""

from typing import Any

import pytest

from tests.support.kube import Json
from tests.support.lab import Lab, condition, is_running, says, suspended
from tests.support.templates import CLAIM, container, order, pod_spec, template

pytestmark = pytest.mark.usefixtures("operators")

IMAGES = {"small": "localhost/notebook:none", "course": "localhost/course:none"}
VARIABLES: list[Json] = [
    {
        "name": "kind",
        "default": "small",
        "choices": [{"value": value, "values": {"image": image}} for value, image in IMAGES.items()],
    },
    {"name": "pull", "enum": ["Always", "IfNotPresent"], "default": "IfNotPresent"},
    {"name": "course", "pattern": "[a-z]+(-[a-z]+)*", "maxLength": 24, "default": "none"},
    {"name": "space", "type": "quantity", "minimum": "1Gi", "maximum": "10Gi", "default": "1Gi"},
    {"name": "seconds", "type": "integer", "minimum": 0, "maximum": 60, "default": 30},
]
OUT_OF_BOUNDS = {
    "an image that is no choice": {"kind": "docker.io/evil/miner"},
    "a value that belongs to a choice": {"kind.image": "docker.io/evil/miner"},
    "a word that is not listed": {"pull": "Never"},
    "text that only begins as it must": {"course": "maths\n$(reboot)"},
    "text that is too long": {"course": "a" * 25},
    "text that makes other patterns slow": {"course": "a-" * 12 + "!"},
    "more than there may be": {"space": "11Gi"},
    "more in another unit": {"space": "11000000000000m"},
    "less than there may be": {"space": "77"},
    "a number below zero": {"seconds": "-1"},
    "no number": {"seconds": "30; reboot"},
    "a variable that was not declared": {"hostNetwork": "true"},
}


def bounded() -> Json:
    claim = CLAIM | {"resources": {"requests": {"storage": "{space}"}}}
    fields: dict[str, Any] = {"image": "{kind.image}", "imagePullPolicy": "{pull}"}
    containers = [container(**fields, env=[{"name": "COURSE", "value": "{course}"}])]
    return template(
        variables=VARIABLES,
        pvcs=[{"name": "workspace", "spec": claim}],
        pods=[{"name": "notebook", "spec": pod_spec(containers=containers, terminationGracePeriodSeconds="{seconds}")}],
    )


@pytest.mark.parametrize("wrong", OUT_OF_BOUNDS.values(), ids=OUT_OF_BOUNDS)
def test_a_value_out_of_bounds_makes_neither_claim_nor_pod_and_is_not_repeated(lab: Lab, wrong: dict[str, str]) -> None:
    lab.add_template(bounded())

    lab.hub.first_start("a", order(**wrong))
    told = lab.until(says("PodsProvisioned", "TemplateError"))
    told = lab.until(says("PvcsProvisioned", "TemplateError"))

    assert lab.pods() == []
    assert lab.claims() == []
    (variable, value), *_ = wrong.items()
    for kind in ("PvcsProvisioned", "PodsProvisioned"):
        message = condition(told, kind)["message"].replace(lab.namespace, "")  # which any short text may stand in
        assert variable in message
        assert value not in message.replace(variable, "")


def test_values_within_bounds_reach_the_pod_and_the_claim_with_their_own_types(lab: Lab) -> None:
    lab.add_template(bounded())

    lab.hub.first_start(
        "a", order(kind="course", pull="Always", course="linear-algebra", space="10240Mi", seconds="60")
    )
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())

    (serving,) = pod["spec"]["containers"]
    assert (serving["image"], serving["imagePullPolicy"]) == (IMAGES["course"], "Always")
    assert {"name": "COURSE", "value": "linear-algebra"} in serving["env"]
    assert pod["spec"]["terminationGracePeriodSeconds"] == 60
    (claim,) = lab.claims()
    assert claim["spec"]["resources"]["requests"]["storage"] == "10Gi"


def test_a_running_server_lives_on_when_its_hub_asks_for_more_and_the_next_start_is_refused(lab: Lab) -> None:
    lab.add_template(bounded())
    lab.hub.first_start("a", order())
    pod = lab.serving()

    change = {"spec": {"variables": {"jupyterhub.user.name": "jovyan", "kind": "docker.io/evil/miner"}}}
    lab.hub.change("a", change)
    lab.until(says("PodsProvisioned", "TemplateError"))
    assert is_running(lab.instance())
    assert [each["metadata"]["name"] for each in lab.pods()] == [pod]

    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.hub.start("a")
    lab.until(says("PodsProvisioned", "TemplateError"))
    assert lab.pods() == []
