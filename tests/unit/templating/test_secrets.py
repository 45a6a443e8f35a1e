"""Rule 9: the token and sensitive variables stay in the start Secret."""

import pytest

from tests.unit.templating.templating_support import (
    container,
    first_container,
    instance,
    pod_template,
    rendering,
    texts,
)

TOKEN = {"name": "JPY_API_TOKEN", "value": "{jupyterhub.api_token}"}
NEW_CLIENT = instance(hub_environment=("JUPYTERHUB_API_TOKEN", "GITHUB_PAT"), start_secret="jni-inst-1")


def in_environment(value, **template):
    return {**pod_template(container(env=[{"name": "A", "value": value}])), **template}


def test_the_token_becomes_a_reference_to_the_start_secret():
    rendered = first_container(pod_template(container(env=[TOKEN, {"name": "B", "value": "b"}])), NEW_CLIENT)
    assert rendered["env"] == [
        {
            "name": "JPY_API_TOKEN",
            "valueFrom": {"secretKeyRef": {"name": "jni-inst-1", "key": "JUPYTERHUB_API_TOKEN"}},
        },
        {"name": "B", "value": "b"},
    ]


def test_an_old_client_gets_the_plain_value():
    template = pod_template(container(env=[TOKEN], args=["--token={jupyterhub.api_token}"]))
    rendered = first_container(template, {"jupyterhub.api_token": "t0ken"})
    assert rendered["env"] == [{"name": "JPY_API_TOKEN", "value": "t0ken"}]
    assert rendered["args"] == ["--token=t0ken"]


@pytest.mark.parametrize(
    "facts",
    [
        instance(),
        instance(start_secret="jni-inst-1"),
        instance(start_secret="jni-inst-1", hub_environment=("JUPYTERHUB_USER",)),
        instance(hub_environment=("JUPYTERHUB_API_TOKEN",)),
    ],
)
def test_without_the_key_in_hub_environment_it_is_a_problem_that_says_so(facts):
    (problem,) = rendering(pod_template(container(env=[TOKEN])), facts).problems
    assert problem.path == "$.spec.pods[0].spec.containers[0].env[0].value"
    assert "hubEnvironment" in problem.message
    assert "JUPYTERHUB_API_TOKEN" in problem.message


@pytest.mark.parametrize(
    "spec",
    [
        container(env=[{"name": "A", "value": "Bearer {jupyterhub.api_token}"}]),
        container(env=[{"name": "A", "value": "{jupyterhub.api_token:url}"}]),
        container(env=[{"name": "A", "value": "{jupyterhub.api_token}", "valueFrom": {}}]),
        container(env=[{"name": "{jupyterhub.api_token}"}]),
        container(args=["{jupyterhub.api_token}"]),
        {"hostname": "{jupyterhub.api_token}"},
        {"env": [TOKEN]},
    ],
)
def test_anywhere_else_it_is_a_problem(spec):
    (problem,) = rendering(pod_template(spec), NEW_CLIENT).problems
    assert "whole value" in problem.message


def test_a_sensitive_variable_is_treated_alike():
    variables = [{"name": "GITHUB_PAT", "sensitive": True, "required": True, "title": "GitHub token"}]
    template = in_environment("{github_pat}", variables=variables)
    reference = {"name": "jni-inst-1", "key": "GITHUB_PAT"}
    assert first_container(template, NEW_CLIENT)["env"] == [{"name": "A", "valueFrom": {"secretKeyRef": reference}}]
    assert first_container(template, {"github_pat": "old"})["env"] == [{"name": "A", "value": "old"}]
    assert "'GITHUB_PAT' (GitHub token)" in texts(rendering(template).problems)


def test_an_optional_sensitive_variable_falls_back_to_its_default():
    template = in_environment("{PAT}", variables=[{"name": "PAT", "sensitive": True, "default": ""}])
    assert first_container(template)["env"] == [{"name": "A", "value": ""}]
    listed = instance(hub_environment=("PAT",), start_secret="s")
    assert first_container(template, listed)["env"][0]["valueFrom"]["secretKeyRef"] == {"name": "s", "key": "PAT"}


@pytest.mark.parametrize(
    "declaration",
    [
        {"name": "token", "sensitive": True},
        {"name": "namespace", "sensitive": True},
        {"name": "a.b", "sensitive": True},
        {"name": "a-b", "sensitive": True},
        {"name": "A", "sensitive": True, "type": "integer"},
    ],
)
def test_a_sensitive_variable_must_be_able_to_travel_in_the_secret(declaration):
    (problem,) = rendering({"variables": [declaration]}).problems
    assert problem.path.startswith("$.spec.variables[0]")


def test_declaring_the_token_does_not_make_it_less_secret():
    template = in_environment("{jupyterhub.api_token}", variables=[{"name": "jupyterhub.api_token", "title": "Token"}])
    assert "valueFrom" in first_container(template, NEW_CLIENT)["env"][0]
