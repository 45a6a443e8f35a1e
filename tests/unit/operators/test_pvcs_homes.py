"""Whose a claim is when users are renamed, deleted, and their names given to other people."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api import labels
from jupyternetes.api.core import Claim
from jupyternetes.api.instance import Instance
from jupyternetes.operators.assembly.assembly import recorded_claims
from jupyternetes.operators.pvcs.adoption import SOMEBODY, Refuse, adopt, claim_name_of_somebody
from jupyternetes.operators.pvcs.plan import Create, Use, Verify, choose, claim_body, decide, own_claims
from jupyternetes.operators.templates.usable import facts
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import CompiledTemplate, Ready, compile_template, render
from tests.support.objects import NAMESPACE, claim, instance, rendered

SPEC = {"accessModes": ["ReadWriteOnce"]}


def server(
    home: str = "", *, person: str = "", user: str = "ana", uid: str = "u-1", recorded: str = "", **variables: str
) -> Instance:
    """An Instance of a user."""
    annotations = {labels.USERNAME: user} | ({labels.HOME: home} if home else {})
    annotations |= {labels.PERSON: person} if person else {}
    status = {"pvcs": {"workspace": {"resourceName": recorded}}} if recorded else {}
    made = instance(uid=uid, status=status, variables={"jupyterhub.user.name": user, **variables})
    return msgspec.structs.replace(made, metadata=msgspec.structs.replace(made.metadata, annotations=annotations))


def of(home: str | None, name: str = "w-1", *, given: bool = False, **metadata: Any) -> Claim:
    """A claim of the Instance's name and of a home."""
    made = claim(name, **metadata)
    more = ({} if home is None else {labels.HOME: home}) | ({labels.GIVEN: "true"} if given else {})
    meta = msgspec.structs.replace(made.metadata, labels=made.metadata.labels | more)
    return msgspec.structs.replace(made, metadata=meta)


@pytest.mark.parametrize(
    ("home", "claims", "chosen"),
    [
        ("h1", [of("h1")], "w-1"),
        ("h1", [of("h2")], None),
        ("h1", [of(None)], None),
        ("", [of(None)], "w-1"),
        ("", [of("h1")], None),
        ("h1", [of("h2", "w-1"), of("h1", "w-2")], "w-2"),
        ("h1", [of("h1", "w-1"), of("h1", "w-2", given=True)], "w-2"),
        ("h1", [of("h2", given=True)], None),
        ("", [of(None, "w-1"), of(None, "w-2", given=True)], "w-2"),
    ],
)
def test_claim_is_of_one_home_not_of_one_name_H02(home: str, claims: list[Claim], chosen: str | None) -> None:
    found = choose(server(home), "workspace", claims)

    assert (found.metadata.name if found else None) == chosen


@pytest.mark.parametrize(
    ("since", "made", "hers"),
    [
        ("2026-01-01T00:00:00.123456", "2026-01-01T00:00:09Z", True),
        ("2026-01-01T00:00:00.123456", "2026-01-01T00:00:00Z", False),
        ("2026-01-02T00:00:00", "2026-01-01T00:00:09Z", False),
        ("", "2026-01-01T00:00:09Z", False),
    ],
)
def test_claim_from_before_there_were_homes_is_of_who_was_a_user_then_H02(since: str, made: str, hers: bool) -> None:
    found = choose(server("h1", person=f"7@{since}"), "workspace", [of(None, creationTimestamp=made)])

    assert (found is not None) is hers


def test_claim_that_was_handed_over_takes_the_place_of_the_recorded_one_H02() -> None:
    entry, own, given = rendered("pvcs", SPEC), of("h1", "own"), of("h1", "given", given=True)
    before, after = server("h1", recorded="own"), server("h1", recorded="given")

    assert decide(before, entry, [own, given], stable_names=False) == Use(given)
    assert decide(after, entry, [own, given], stable_names=False) == Use(given)
    assert decide(after, entry, [own], stable_names=False) == Verify("given", recorded=True)
    assert decide(after, entry, [given, of("h1", "later", given=True)], stable_names=False) == Use(given)


def test_new_claim_bears_the_home_of_its_instance_H02() -> None:
    made = claim_body(server("h1"), rendered("pvcs", SPEC), stable_names=False)["metadata"]
    old = claim_body(server(), rendered("pvcs", SPEC), stable_names=False)["metadata"]

    assert made["labels"][labels.HOME] == "h1"  # type: ignore[index]
    assert labels.HOME not in old["labels"]  # type: ignore[index]


def test_stable_name_is_that_of_a_home_and_of_the_instance_alone_where_there_is_none_H02() -> None:
    bodies = [claim_body(server(home), rendered("pvcs", SPEC), stable_names=True) for home in ("", "h1", "h2")]

    names = [body["metadata"]["name"] for body in bodies]  # type: ignore[index]
    assert len(set(names)) == 3
    assert names[0] == claim_body(instance(), rendered("pvcs", SPEC), stable_names=True)["metadata"]["name"]  # type: ignore[index]


def test_only_claims_of_the_home_are_known_by_their_entry_H02() -> None:
    assert own_claims(server("h1"), [of("h2", "theirs"), of("h1", "own")]) == [of("h1", "own")]


def template(claim_name: str) -> CompiledTemplate:
    variables = [{"name": "team", "enum": ["blue", "red"]}]
    return compile_template({"pvcs": [{"name": "workspace", "claimName": claim_name}], "variables": variables})


def entry_of(compiled: CompiledTemplate, of_instance: Instance) -> Ready:
    [entry] = render(compiled, facts(of_instance), {}).pvcs
    assert isinstance(entry, Ready)
    return entry


@pytest.mark.parametrize(
    ("claim_name", "somebodys"),
    [
        ("shared", None),
        ("team-{team}", None),
        ("{jupyterhub.user.name:dns}-home", f"{SOMEBODY}-home"),
        ("{jupyterhub.user.name:dns}-{team}", f"{SOMEBODY}-blue"),
        ("{jupyterhub.server.name:dns}-home", f"{SOMEBODY}-home"),
        ("claim-{jupyterhub.user_server:kubespawner}", f"claim-{SOMEBODY}--{SOMEBODY}"),
        ("claim-{jupyterhub.user_server:kubespawner-escape}", f"claim-{SOMEBODY}--{SOMEBODY}"),
        ("{jupyterhub.user.name:kubespawner}-{team}", f"{SOMEBODY}-blue"),
    ],
)
def test_claim_name_either_says_who_the_user_is_or_does_not_H02(claim_name: str, somebodys: str | None) -> None:
    asking = server(team="blue", **{"jupyterhub.server.name": "lab"})
    compiled = template(claim_name)

    assert claim_name_of_somebody(compiled, asking, entry_of(compiled, asking)) == somebodys


@pytest.mark.parametrize(
    ("claim_name", "somebodys"),
    [
        ("claim-{jupyterhub.user_server:kubespawner}", f"claim-{SOMEBODY}"),
        ("claim-{jupyterhub.user.name:kubespawner}--{jupyterhub.server.name:kubespawner}", f"claim-{SOMEBODY}"),
        # the name of the server alone, even if it has none, is that of a user's server
        ("home-{jupyterhub.server.name:label}", f"home-{SOMEBODY}"),
        ("home-{jupyterhub.server.name:dns}", f"home-{SOMEBODY}"),
    ],
)
def test_claim_of_a_server_without_a_name_differs_in_the_user_alone_H02(claim_name: str, somebodys: str) -> None:
    asking = server(team="blue", **{"jupyterhub.server.name": ""})
    compiled = template(claim_name)

    assert claim_name_of_somebody(compiled, asking, entry_of(compiled, asking)) == somebodys


@pytest.mark.parametrize("scheme", ["kubespawner", "kubespawner-escape"])
@pytest.mark.parametrize("name", ["", "lab"])
def test_renamed_user_keeps_the_claim_that_is_made_by_name_H02_V08(scheme: str, name: str) -> None:
    entry = {"name": "workspace", "spec": SPEC, "create": "IfMissing"}
    entry["claimName"] = f"claim-{{jupyterhub.user_server:{scheme}}}"
    compiled = compile_template({"pvcs": [entry]})
    recorded = "--".join(filter(None, ("claim-ana", name)))
    renamed = server(user="ana.silva", recorded=recorded, **{"jupyterhub.server.name": name})
    ready = entry_of(compiled, renamed)
    somebodys = claim_name_of_somebody(compiled, renamed, ready)
    assert somebodys is not None

    found = adopt(renamed, ready, somebodys=somebodys, holders=lambda _: [])

    assert found == Verify(recorded, recorded=True)


def test_claim_made_by_name_that_another_has_on_record_is_not_hers_H02() -> None:
    entry = {"name": "workspace", "spec": SPEC, "create": "IfMissing", "claimName": "{jupyterhub.user.name:dns}-home"}
    compiled = compile_template({"pvcs": [entry]})
    first = server("h1", person="1@2026-01-01")

    found = adopt(NEW, entry_of(compiled, NEW), somebodys=f"{SOMEBODY}-home", holders=lambda _: [first])

    assert found == Refuse("ana-home", "a")


def test_a_condition_about_the_user_does_not_hide_who_the_user_is_H02() -> None:
    claim = {"name": "workspace", "claimName": "{jupyterhub.user.name:dns}-home"}
    claim["condition"] = "vars.jupyterhub.user.name == 'ada'"
    compiled = compile_template({"pvcs": [claim]})
    asking = server(**{"jupyterhub.user.name": "ada"})

    assert claim_name_of_somebody(compiled, asking, entry_of(compiled, asking)) == f"{SOMEBODY}-home"


@pytest.mark.parametrize(
    "bounds",
    [
        {"pattern": "[a-z]+"},
        {"maxLength": 4},
        {"enum": ["ada", "bea"]},
        {"choices": [{"value": "ada"}, {"value": "bea"}]},
        {"required": True},
    ],
)
def test_bounds_of_the_users_name_do_not_hide_who_the_user_is_H02(bounds: dict[str, object]) -> None:
    compiled = compile_template(
        {
            "pvcs": [{"name": "workspace", "claimName": "{jupyterhub.user.name:dns}-home"}],
            "variables": [{"name": "jupyterhub.user.name", **bounds}],
        }
    )
    asking = server(**{"jupyterhub.user.name": "ada"})

    assert claim_name_of_somebody(compiled, asking, entry_of(compiled, asking)) == f"{SOMEBODY}-home"


def test_a_claim_of_whom_nobody_else_can_have_one_is_that_users_H02() -> None:
    who = {"name": "jupyterhub.user.name", "choices": [{"value": "ada", "values": {"claim": "ada-home"}}]}
    compiled = compile_template(
        {"pvcs": [{"name": "workspace", "claimName": "{jupyterhub.user.name.claim}"}], "variables": [who]}
    )
    asking = server(**{"jupyterhub.user.name": "ada"})

    assert claim_name_of_somebody(compiled, asking, entry_of(compiled, asking)) == ""


NEW = server("h2", person="2@2026-02-02", uid="u-2")


@pytest.mark.parametrize(
    ("asking", "holders", "decision"),
    [
        (server(), [], Verify("ana-home", recorded=False)),
        (server(recorded="ana-home"), [], Verify("ana-home", recorded=False)),
        (server(user="ana.silva", recorded="ana-home"), [], Verify("ana-home", recorded=True)),
        (server(recorded="workspace-x7"), [], Verify("ana-home", recorded=False)),
        (NEW, [server("h1", person="1@2026-01-01")], Refuse("ana-home", "a")),
        (NEW, [server(user="ana.silva")], Refuse("ana-home", "a")),
        (NEW, [server("h3", person="2@2026-02-02")], Verify("ana-home", recorded=False)),
        (NEW, [server()], Verify("ana-home", recorded=False)),
        (NEW, [NEW], Verify("ana-home", recorded=False)),
    ],
)
def test_claim_by_name_stays_with_who_has_it_on_record_H02_V08(
    asking: Instance, holders: list[Instance], decision: object
) -> None:
    compiled = template("{jupyterhub.user.name:dns}-home")

    def on_record(name: str) -> list[Instance]:
        assert name == "ana-home"
        return holders

    found = adopt(asking, entry_of(compiled, asking), somebodys=f"{SOMEBODY}-home", holders=on_record)

    assert found == decision


def test_claims_on_record_are_found_by_their_names() -> None:
    assert recorded_claims(server(recorded="ana-home")) == [ObjectKey(NAMESPACE, "ana-home")]
    assert recorded_claims(server()) == []


def test_home_of_nobody_is_made_anew_H02() -> None:
    assert isinstance(decide(server("h2"), rendered("pvcs", SPEC), [of("h1"), of(None)], stable_names=False), Create)
