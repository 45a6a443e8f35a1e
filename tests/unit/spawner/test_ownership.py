"""Names and ownership of Instances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api import identity, labels
from jupyternetes.api.instance import Instance, InstanceSpec
from jupyternetes.api.metadata import Metadata
from jupyternetes.spawner.hub.ownership import Owner, hub_selector

NAMES = st.text(min_size=1, max_size=255)


def instance(name: str, annotations: dict[str, str] | None = None, **variables: str) -> Instance:
    variables = {key.replace("__", "."): value for key, value in variables.items()}
    return Instance(metadata=Metadata(name=name, annotations=annotations or {}), spec=InstanceSpec(variables=variables))


def test_names_are_those_of_the_published_product_N01() -> None:
    assert Owner("jovyan").instance_name == "8dc366d8a0f05869bfdb6e7eb3d83f65"


@given(NAMES, st.text(max_size=255), st.text(max_size=30))
def test_every_name_is_one_that_the_API_takes_N06(user: str, server: str, hub_id: str) -> None:
    owner = Owner(user, server, hub_id)

    assert len(owner.instance_name) == 32
    assert len(identity.start_secret_name(owner.instance_name, "9" * 10)) <= 63
    assert all(len(value) <= 63 for value in owner.labels.values())


def test_named_servers_and_hubs_have_instances_of_their_own_N01_B48() -> None:
    owners = [Owner("a"), Owner("a", "lab"), Owner("a", "lab2"), Owner("b"), Owner("a", hub_id="h"), Owner("A")]

    assert len({owner.instance_name for owner in owners}) == len(owners)


def test_label_holds_the_slug_and_annotation_the_raw_name_N08() -> None:
    owner = Owner("Ünïcode name", "my lab")

    assert owner.labels[labels.USERNAME].startswith("Unicode-name--")
    assert owner.annotations[labels.USERNAME] == "Ünïcode name"
    assert owner.annotations[labels.SERVERNAME] == "my lab"


def test_hub_without_an_id_selects_its_own_instances_only() -> None:
    assert hub_selector("") == f"{labels.HUB}="
    assert hub_selector("one") == f"{labels.HUB}=one"


@pytest.mark.parametrize(
    ("annotations", "owned"),
    [
        (Owner("jovyan").annotations, True),
        (Owner("jovyan", "lab").annotations, False),
        (Owner("jovyan", hub_id="other").annotations, False),
        (Owner("somebody").annotations, False),
        ({labels.USERNAME: "jovyan"}, True),
    ],
)
def test_annotations_decide_whose_an_instance_is(annotations: dict[str, str], owned: bool) -> None:
    owner = Owner("jovyan")

    assert owner.owns(instance(owner.instance_name, annotations, jupyterhub__user__name="jovyan")) is owned


@pytest.mark.parametrize(("variable", "owned"), [("jovyan", True), ("somebody", False), (None, False)])
def test_instance_of_an_older_client_is_owned_if_its_variables_name_the_user(variable: str | None, owned: bool) -> None:
    owner = Owner("jovyan")
    variables = {"JupyterHub__user__name": variable} if variable else {}

    assert owner.owns(instance(owner.instance_name, **variables)) is owned


def test_renamed_server_still_owns_the_instance_that_its_state_names() -> None:
    before, after = Owner("jovyan", "old"), Owner("jovyan", "new")

    assert after.owns(instance(before.instance_name, before.annotations))
    assert not Owner("somebody", "new").owns(instance(before.instance_name, before.annotations))
