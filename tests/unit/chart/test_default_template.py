"""The Template that comes with the chart, next to the published one that it is made from."""

from pathlib import Path
from typing import Any

import pytest
import yaml

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


def test_the_whole_home_is_on_the_volume(template, notebook) -> None:
    assert [mount["mountPath"] for mount in notebook["volumeMounts"]] == ["/home/jovyan"]
    (volume,) = template["spec"]["pods"][0]["spec"]["volumes"]
    assert volume["name"] == notebook["volumeMounts"][0]["name"]
    assert volume["persistentVolumeClaim"] == {"claimName": "{jupyternetes.pvcs.workspace}"}


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


def test_it_stays_when_the_release_goes(template) -> None:
    assert template["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_none_is_made_when_not_wanted(render) -> None:
    assert not [m for m in render(template={"create": False}) if m["kind"] == "JupyterNotebookTemplate"]
