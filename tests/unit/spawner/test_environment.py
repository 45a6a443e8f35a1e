"""What is handed over as text, and what is refused with its name and without its value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.web import HTTPError

from jupyternetes.spawner.hub.refusals import message_of
from jupyternetes.spawner.start.environment import environment_texts, variable_texts


@given(st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,20}", fullmatch=True), st.text()))
def test_environment_of_texts_is_handed_over_as_it_is_B43(environment: dict[str, str]) -> None:
    assert environment_texts(environment) == environment


def test_values_become_text_and_none_leaves_a_variable_out() -> None:
    assert environment_texts({"B": 1, "A": 0.5, "C": True, "D": None}) == {"A": "0.5", "B": "1", "C": "True"}


@pytest.mark.parametrize("name", ["token", "namespace", "ca.crt", "1A", "A-B", "", "Ä", "A" * 254, "A=B", "A\n"])
def test_bad_name_is_refused_by_name(name: str) -> None:
    with pytest.raises(HTTPError) as refused:
        environment_texts({"GOOD": "x", name: "secret-value"})

    message = message_of(refused.value)
    assert repr(name) in message
    assert "secret-value" not in message
    assert "GOOD" not in message
    assert refused.value.status_code < 500


@pytest.mark.parametrize("value", [{"valueFrom": {}}, ["secret-value"], b"secret-value"])
def test_value_that_is_no_text_is_refused_without_showing_it(value: object) -> None:
    with pytest.raises(HTTPError) as refused:
        environment_texts({"BAD": value})

    assert "'BAD'" in message_of(refused.value)
    assert "secret-value" not in message_of(refused.value)


def test_variables_are_text_or_become_json() -> None:
    given = {"image": "a/b:c", "cpu": 2, "gpu": False, "list": ["x"], "map": {"k": None}}

    assert variable_texts(given, ()) == {
        "image": "a/b:c",
        "cpu": "2",
        "gpu": "false",
        "list": '["x"]',
        "map": '{"k":null}',
    }


@pytest.mark.parametrize("name", ["jupyterhub.api_token", "JupyterHub.API_Token", "jupyterhub.user.name"])
def test_variable_that_the_spawner_sets_may_not_be_configured(name: str) -> None:
    with pytest.raises(HTTPError, match=r"c\.JupyternetesSpawner\.variables"):
        variable_texts({name: "x"}, ("jupyterhub.api_token", "jupyterhub.user.name"))


def test_variable_without_json_is_refused_by_name_and_type() -> None:
    with pytest.raises(HTTPError) as refused:
        variable_texts({"handle": object()}, ())

    assert "'handle'" in message_of(refused.value)
    assert "object" in message_of(refused.value)
