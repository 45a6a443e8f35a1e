"""Homes that KubeSpawner made are found by their names: our filters beside KubeSpawner 7.1 itself."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubespawner import KubeSpawner

from jupyternetes.templating import Ready, compile_template, render
from jupyternetes.templating.filters import FILTERS
from tests.unit.templating.templating_support import instance

SAFE, ESCAPE = FILTERS["kubespawner"], FILTERS["kubespawner-escape"]
LONG = "firstname.middlename.lastname@university.example.org"

#: What a template of KubeSpawner's is in one of ours, by the scheme.
RECIPES = {
    ("claim-{user_server}", "safe"): "claim-{jupyterhub.user_server:kubespawner}",
    ("claim-{user_server}", "escape"): "claim-{jupyterhub.user_server:kubespawner-escape}",
    ("claim-{username}", "safe"): "claim-{jupyterhub.user.name:kubespawner}",
    ("claim-{username}", "escape"): "claim-{jupyterhub.user.name:kubespawner-escape}",
    ("claim-{username}--{servername}", "safe"): (
        "claim-{jupyterhub.user.name:kubespawner}--{jupyterhub.server.name:kubespawner}"
    ),
    ("claim-{username}--{servername}", "escape"): (
        "claim-{jupyterhub.user.name:kubespawner-escape}--{jupyterhub.server.name:kubespawner-escape}"
    ),
    ("claim-{username}{servername}", "escape"): (
        "claim-{jupyterhub.user.name:kubespawner-escape}{jupyterhub.server.name:kubespawner-escape}"
    ),
}

#: JupyterHub lets no name of a user or a server have a slash.
names = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="/"), max_size=70),
    st.text("ab9-.A@_é", max_size=70),
    st.from_regex(r"[a-z][a-z0-9-]{40,50}", fullmatch=True),
)


def of_kubespawner(template: str, scheme: str, user: str, server: str) -> str:
    """What KubeSpawner fills in."""
    spawner = SimpleNamespace(
        name=server,
        user=SimpleNamespace(id=1, name=user),
        slug_scheme=scheme,
        _namespace_default=lambda: "hub",
    )
    return KubeSpawner._expand_user_properties(spawner, template)


def of_ours(claim_name: str, user: str, server: str) -> str:
    """The name of the claim that an entry of a Template adopts."""
    compiled = compile_template({"pvcs": [{"name": "home", "claimName": claim_name}]})
    assert compiled.problems == ()
    variables = {"jupyterhub.user.name": user, "jupyterhub.server.name": server}
    [entry] = render(compiled, instance(variables), {}).pvcs
    assert isinstance(entry, Ready)
    return entry.filled.existing_claim


@pytest.mark.parametrize(
    ("text", "safe", "escape"),
    [
        ("ada", "ada", "ada"),
        ("ada-l", "ada-l", "ada-2dl"),
        ("Ada", "ada---99a563ab", "-41da"),
        ("ada.l", "ada-l---8debcb8d", "ada-2el"),
        ("9lives", "x-9lives---bc867356", "9lives"),
        ("ada--l", "ada-l---31053fcf", "ada-2d-2dl"),
        ("ünï", "n---e975a529", "-c3-bcn-c3-af"),
        ("日本", "x---cf2abf0c", "-e6-97-a5-e6-9c-ac"),
        ("a" * 48, "a" * 48, "a" * 48),
        ("a" * 49, f"{'a' * 37}---8f9bec6a", "a" * 49),
        ("", "", ""),
        ("ada/", "ada", "ada"),
        ("ada/lab", "ada--lab", "ada--lab"),
        ("Ada/The Lab", "ada---99a563ab--the-lab---9924ab1d", "-41da---54he-20-4cab"),
        (f"{LONG}/", "firstname-middlen--x---57367509", LONG.replace(".", "-2e").replace("@", "-40")),
        (f"{LONG}/lab", "firstname-middlen--lab---d4b7a6e3", LONG.replace(".", "-2e").replace("@", "-40") + "--lab"),
    ],
)
def test_slugs_of_kubespawner_N03(text: str, safe: str, escape: str) -> None:
    assert (SAFE(text), ESCAPE(text)) == (safe, escape)


@pytest.mark.parametrize(("template", "scheme"), RECIPES)
@given(user=names.filter(bool), server=st.one_of(st.just(""), names))
def test_claim_is_called_as_kubespawner_called_it_N03(template: str, scheme: str, user: str, server: str) -> None:
    ours = of_ours(RECIPES[template, scheme], user, server)

    assert ours == of_kubespawner(template, scheme, user, server)


@pytest.mark.parametrize(("template", "scheme"), RECIPES)
@pytest.mark.parametrize("server", ["", "lab", "The Lab", "x" * 60])
@pytest.mark.parametrize("user", ["ada", "Ada", "ada-l", "a" * 46, "a" * 47, "a" * 49, LONG, "-", "日本"])
def test_claims_of_odd_and_long_names_are_called_as_kubespawner_called_them_N03_N06(
    template: str, scheme: str, user: str, server: str
) -> None:
    assert of_ours(RECIPES[template, scheme], user, server) == of_kubespawner(template, scheme, user, server)


def test_user_and_server_are_one_variable_that_follows_from_the_two() -> None:
    # what an Instance says under that name is ignored
    given_too = {"jupyterhub.user.name": "ada", "jupyterhub.user_server": "bob/"}

    rendering = render(compile_template(labelled("{jupyterhub.user_server}")), instance(given_too), {})

    assert rendering.pods[0].annotations == {"who": "ada/"}


def labelled(text: str) -> dict[str, object]:
    spec = {"containers": [{"name": "notebook"}]}
    return {"pods": [{"name": "notebook", "annotations": {"who": text}, "spec": spec}]}


def test_without_a_user_there_is_no_user_and_server() -> None:
    rendering = render(compile_template(labelled("{jupyterhub.user_server:url}")), instance({}), {})

    [problem] = rendering.problems
    assert "'jupyterhub.user.name' has no value" in problem.message


def test_a_template_cannot_declare_it() -> None:
    declared = {"variables": [{"name": "jupyterhub.user_server", "default": "ada/"}]}

    [problem] = compile_template(labelled("x") | declared).problems

    assert problem.path == "$.spec.variables[0].name"
