"""Names and ownership of Instances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api import identity, labels
from jupyternetes.api.instance import Instance, InstanceSpec
from jupyternetes.api.metadata import Metadata
from jupyternetes.spawner.hub.ownership import Identity, Owner, Standing, Whereabouts, hub_selector

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
    ("annotations", "standing"),
    [
        (Owner("jovyan").annotations, Standing.OURS),
        (Owner("jovyan", "lab").annotations, Standing.FOREIGN),
        (Owner("jovyan", hub_id="other").annotations, Standing.FOREIGN),
        (Owner("somebody").annotations, Standing.FOREIGN),
        ({labels.USERNAME: "jovyan"}, Standing.OURS),
    ],
)
def test_names_decide_where_nothing_else_is_known(annotations: dict[str, str], standing: Standing) -> None:
    owner = Owner("jovyan")
    found = instance(owner.instance_name, annotations, jupyterhub__user__name="jovyan")

    assert Identity(owner).standing(found) is standing


@pytest.mark.parametrize(("variable", "owned"), [("jovyan", True), ("somebody", False), (None, False)])
def test_instance_of_an_older_client_is_owned_if_its_variables_name_the_user(variable: str | None, owned: bool) -> None:
    owner = Owner("jovyan")
    variables = {"JupyterHub__user__name": variable} if variable else {}

    assert Identity(owner).owns(instance(owner.instance_name, **variables)) is owned


class Database:
    """``here`` are users, ``gone`` were some; ``recorded`` are Instances in states of other servers."""

    def __init__(self, *, here: str = "", gone: str = "", recorded: str = "") -> None:
        self._whereabouts = {here: Whereabouts.HERE, gone: Whereabouts.GONE}
        self._recorded = recorded

    def whereabouts(self, person: str) -> Whereabouts:
        return self._whereabouts.get(person, Whereabouts.UNKNOWN)

    def recorded_elsewhere(self, namespace: str, instance: str) -> bool:
        return instance == self._recorded


ANA = Owner("ana", person="1@2026-01-01T00:00:00")
ANOTHER = "2@2026-01-02T00:00:00"


def marked(owner: Owner = ANA, *, name: str = ANA.instance_name, **annotations: str) -> Instance:
    """An Instance with a person and a home."""
    keys = {"home": labels.HOME, "person": labels.PERSON}
    return instance(name, owner.annotations | {keys[key]: value for key, value in annotations.items()})


@pytest.mark.parametrize(
    ("found", "database", "standing"),
    [
        (marked(Owner("ana.silva", person=ANA.person)), Database(), Standing.OURS),
        (marked(Owner("ana", "lab", person=ANA.person)), Database(), Standing.OTHERS),
        (marked(), Database(recorded=ANA.instance_name), Standing.OTHERS),
        (marked(person=ANOTHER), Database(here=ANOTHER), Standing.OTHERS),
        (marked(person=ANOTHER), Database(gone=ANOTHER), Standing.OTHERS),
        (marked(person=ANOTHER), Database(), Standing.OURS),
        (marked(Owner("ana.silva", person=ANOTHER)), Database(), Standing.OTHERS),
        (marked(Owner("ana")), Database(recorded=ANA.instance_name), Standing.OTHERS),
        (marked(Owner("ana.silva")), Database(recorded=ANA.instance_name), Standing.OTHERS),
        (marked(Owner("ana.silva")), Database(), Standing.FOREIGN),
        (marked(Owner("ana", hub_id="second", person=ANA.person)), Database(), Standing.FOREIGN),
    ],
)
def test_person_counts_for_more_than_names_where_nothing_is_saved_H02(
    found: Instance, database: Database, standing: Standing
) -> None:
    assert Identity(ANA, register=database).standing(found) is standing


@pytest.mark.parametrize(
    ("home", "found", "database", "owned"),
    [
        ("h1", marked(Owner("old"), home="h1"), Database(), True),
        ("h1", marked(Owner("old", "server"), home="h1", person=ANOTHER), Database(here=ANOTHER), True),
        ("h1", marked(home="h2"), Database(), False),
        ("h1", marked(), Database(), False),
        ("", marked(home="h1"), Database(), False),
        ("", marked(Owner("old")), Database(), True),
        ("", marked(Owner("old")), Database(recorded=ANA.instance_name), False),
        ("", marked(Owner("ana")), Database(recorded=ANA.instance_name), True),
        ("", marked(Owner("ana", person=ANOTHER)), Database(here=ANOTHER), False),
        ("", marked(Owner("ana", person=ANOTHER)), Database(), True),
        ("", instance(ANA.instance_name), Database(), True),
        ("h1", marked(Owner("ana", hub_id="second"), home="h1"), Database(), False),
    ],
)
def test_saved_state_counts_for_more_than_what_the_instance_says_H02(
    home: str, found: Instance, database: Database, owned: bool
) -> None:
    assert Identity(ANA, ANA.instance_name, home, database).owns(found) is owned


def test_own_instance_is_located_by_person_then_by_the_name_that_tells_more_H02() -> None:
    by_person = marked(Owner("ana.silva", person=ANA.person), name="a")
    by_other_name = marked(Owner("ana"), name="b")
    by_computed_name = marked(Owner("ana"))
    identity = Identity(ANA)

    assert identity.locate([by_computed_name, by_other_name, by_person]) == by_person
    assert identity.locate([by_computed_name, by_other_name]) == by_other_name
    assert identity.locate([by_computed_name]) == by_computed_name
    assert identity.locate([]) is None
