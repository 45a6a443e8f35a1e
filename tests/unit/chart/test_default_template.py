"""The Template that comes with the chart, next to the published one that it is made from."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyternetes.api import labels
from jupyternetes.templating import InstanceFacts, Ready, compile_template
from jupyternetes.templating import render as render_template
from jupyternetes.templating.schemas import check
from jupyternetes.templating.schemas.shipped import MINORS, shipped

PUBLISHED = Path("examples/published/template.yaml")


def template_of(manifests: list[dict[str, Any]]) -> dict[str, Any]:
    (template,) = (m for m in manifests if m["kind"] == "JupyterNotebookTemplate")
    return template


@pytest.fixture
def template(render) -> dict[str, Any]:
    return template_of(render())


@pytest.fixture
def notebook(template) -> dict[str, Any]:
    (container,) = template["spec"]["pods"][0]["spec"]["containers"]
    return container


def test_it_has_the_name_and_place_of_the_published_one(template) -> None:
    published = yaml.safe_load(PUBLISHED.read_text())
    for field in ("apiVersion", "kind"):
        assert template[field] == published[field]
    for field in ("name", "namespace"):
        assert template["metadata"][field] == published["metadata"][field]


def test_old_clients_find_every_variable_of_the_published_one_but_two_harmful(notebook) -> None:
    published = yaml.safe_load(PUBLISHED.read_text())["spec"]["pods"][0]["spec"]["containers"][0]
    names = {entry["name"] for entry in published["env"]}
    assert names - {entry["name"] for entry in notebook["env"]} == {"JUPYTERHUB_ADMIN_ACCESS", "MEM_GUARANTEE"}


@pytest.mark.parametrize("minor", MINORS)
def test_every_release_of_kubernetes_takes_it_C33(template, minor: int) -> None:
    compiled = compile_template(template["spec"])

    assert compiled.problems == ()
    assert check(compiled, shipped(minor)) == ()


def test_the_whole_home_is_on_the_volume(template, notebook) -> None:
    assert [mount["mountPath"] for mount in notebook["volumeMounts"]] == ["/home/jovyan"]
    (volume,) = template["spec"]["pods"][0]["spec"]["volumes"]
    assert volume["name"] == notebook["volumeMounts"][0]["name"]
    assert volume["persistentVolumeClaim"] == {"claimName": "{jupyternetes.pvcs.workspace}"}


def test_servers_listen_on_every_address_C23(notebook) -> None:
    (url,) = [entry["value"] for entry in notebook["env"] if entry["name"] == "JUPYTERHUB_SERVICE_URL"]
    assert url.startswith("http://*:8888/")


def test_user_names_stand_escaped_in_addresses_and_json(notebook) -> None:
    values = {entry["name"]: entry["value"] for entry in notebook["env"]}
    for name, value in values.items():
        if "/user" in value:
            assert "{jupyterhub.user.name}" not in value, name
        if value.startswith("["):
            assert "{jupyterhub.user.name}" not in value, name


@pytest.mark.parametrize("name", ["JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"])
def test_a_token_is_a_whole_value_so_that_it_can_come_from_the_secret(notebook, name: str) -> None:
    assert {entry["name"]: entry["value"] for entry in notebook["env"]}[name] == "{jupyterhub.api_token}"


def test_the_hub_decides_the_arguments(notebook) -> None:
    assert notebook["args"] == "{jupyterhub.args}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), ("", ""), ("fast", "fast")],
    ids=["absent: the default class", "empty: no class", "named"],
)
def test_storage_class_absent_is_not_storage_class_empty_V12(render, value: str | None, expected: str | None) -> None:
    manifests = render(template={"storage": {"storageClassName": value, "size": "3Gi"}})
    spec = template_of(manifests)["spec"]["pvcs"][0]["spec"]
    assert spec.get("storageClassName") == expected
    assert spec["resources"]["requests"]["storage"] == "3Gi"


def test_there_is_nothing_wrong_with_it(template) -> None:
    assert compile_template(template["spec"], reserved_labels=labels.RESERVED).problems == ()


def filled_in(template: dict[str, Any], variables: dict[str, str], *, with_secret: bool = True) -> dict[str, Any]:
    """The container that a server gets; older clients make no start Secret."""
    facts = InstanceFacts(
        name="8dc366d8a0f05869bfdb6e7eb3d83f65",
        namespace="servers",
        uid="2f1e7e1e-6c52-4f2b-9c6d-5a35b32d1f00",
        template_name="default-template",
        template_namespace="kadense",
        variables={
            "jupyterhub.user.id": "1",
            "jupyterhub.user.name": "jovyan",
            "jupyterhub.oauth_client_id": "client",
            "jupyterhub.namespace": "kadense",
            **variables,
        },
        hub_environment=("JUPYTERHUB_API_TOKEN",) if with_secret else (),
        start_secret="jni-8dc366d8a0f05869bfdb6e7eb3d83f65-1" if with_secret else "",
    )
    rendering = render_template(compile_template(template["spec"]), facts, {"pvcs": {"workspace": "workspace-abcde"}})
    assert rendering.problems == ()
    (pod,) = rendering.pods
    assert isinstance(pod, Ready)
    (container,) = pod.spec["containers"]
    return container


@pytest.mark.parametrize("user", ["jovyan", "user@example.org", "Ünïcode name", 'a "quoted" {name} $(HOME)/..'])
@pytest.mark.parametrize("token", [{}, {"jupyterhub.api_token": "plain"}], ids=["our hub", "an old client"])
def test_it_can_be_filled_in_for_any_name(template, user: str, token: dict[str, str]) -> None:
    container = filled_in(template, {"jupyterhub.user.name": user, **token}, with_secret=not token)
    scopes = next(entry["value"] for entry in container["env"] if entry["name"] == "JUPYTERHUB_OAUTH_SCOPES")
    # The kubelet makes one dollar sign of two.
    assert json.loads(scopes.replace("$$", "$")) == [f"access:servers!server={user}/", f"access:servers!user={user}"]


AMOUNTS = {"requests": {"cpu": 1, "memory": "1Gi", "example.org/gpu": 1}, "limits": {"memory": "4Gi"}}
"""What an administrator gives the chart; the first amount as a number."""


@pytest.mark.parametrize(
    ("set_in_the_hub", "expected"),
    [
        ({}, {"requests": {"cpu": "1", "memory": "1Gi", "example.org/gpu": 1}, "limits": {"memory": "4Gi"}}),
        (
            {"jupyterhub.mem_limit": "2147483648", "jupyterhub.cpu_guarantee": "500m"},
            {"requests": {"cpu": "500m", "memory": "1Gi", "example.org/gpu": 1}, "limits": {"memory": "2147483648"}},
        ),
        (
            {"jupyterhub.mem_guarantee": "1", "jupyterhub.cpu_limit": "1000m"},
            {"requests": {"cpu": "1", "memory": "1", "example.org/gpu": 1}, "limits": {"memory": "4Gi"}},
        ),
    ],
    ids=["nothing", "limit and guarantee", "an amount that the chart does not have"],
)
def test_amounts_of_the_hub_win_over_those_of_the_chart_T09(
    render, set_in_the_hub: dict[str, str], expected: dict[str, Any]
) -> None:
    template = template_of(render(template={"resources": AMOUNTS}))
    assert filled_in(template, set_in_the_hub)["resources"] == expected


def test_amounts_that_the_chart_does_not_give_are_left_out(render) -> None:
    nothing = {"requests": {"cpu": None, "memory": None}, "limits": {"memory": None}}
    template = template_of(render(template={"resources": nothing}))
    resources = filled_in(template, {"jupyterhub.mem_limit": "1"}).get("resources", {})
    assert not any(resources.values())
    assert "variables" not in template["spec"]


def test_a_site_may_set_variables_that_the_default_template_does_not_declare(template) -> None:
    filled_in(template, {"department": "physics"})


def test_it_stays_when_the_release_goes(template) -> None:
    assert template["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_none_is_made_when_not_wanted(render) -> None:
    assert not [m for m in render(template={"create": False}) if m["kind"] == "JupyterNotebookTemplate"]
