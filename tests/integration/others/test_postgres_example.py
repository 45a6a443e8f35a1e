"""The operator of the tutorial with a real PostgreSQL: an Instance asks for a database, and its pod is told of it."""

import base64
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.support.examples import example
from tests.support.hub import INSTANCES
from tests.support.kube import Json, Kube
from tests.support.lab import Lab, condition, says, suspended
from tests.support.postgres import ACCOUNT, HOST, Postgres
from tests.support.postgres_site import KIND, Site, example_operator
from tests.support.templates import order
from tests.support.waiting import eventually
from tools.cluster import Cluster, Steps

pytestmark = pytest.mark.usefixtures("operators")


@pytest.fixture(scope="module")
def shared(
    control_plane: Cluster, kube: Kube, steps: Steps, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with Postgres(steps) as postgres:
        operator = example_operator(control_plane, kube, postgres, tmp_path_factory.mktemp("example") / "log")
        yield Site(kube, postgres, operator)
        if operator.runs:
            operator.stop()


@pytest.fixture
def site(shared: Site, lab: Lab) -> Iterator[Site]:
    """All of it at work, without a database; a test leaves none behind."""
    shared.at_work()
    yield shared
    shared.at_work()
    for instance in lab.kube.all(INSTANCES, lab.namespace):
        lab.kube.delete(INSTANCES, lab.namespace, instance["metadata"]["name"])
    all_gone(lab)
    assert shared.postgres.databases() == shared.postgres.accounts() == set()


def template(*, timeout: int = 300) -> Json:
    """The example's, under the name that the lab asks for."""
    body = example("postgres/template.yaml")
    body["metadata"]["name"] = "lab"
    body["spec"]["otherResources"][0]["timeoutSeconds"] = timeout
    return body


def start(lab: Lab, name: str = "a") -> None:
    lab.hub.first_start(name, order())


def database(lab: Lab, owner: str = "a") -> Json:
    """The object that was made for an Instance, once it is there."""

    def made() -> list[Json]:
        return lab.kube.all(KIND, lab.namespace, labels=f"jupyternetes.kadense.io/instance={owner}")

    (found,) = eventually(made)
    return found


def environment(lab: Lab, name: str = "a") -> dict[str, str]:
    """The variables of PostgreSQL's own library as the kubelet would give them to the Instance's pod."""
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod(name))
    found: dict[str, str] = {}
    for each in pod["spec"]["containers"][0]["env"]:
        if each["name"].startswith("PG"):
            found[each["name"]] = each.get("value") or secret_value(lab, each["valueFrom"]["secretKeyRef"])
    return found


def secret_value(lab: Lab, reference: Json) -> str:
    secret = lab.kube.get("secrets", lab.namespace, reference["name"])
    return base64.b64decode(secret["data"][reference["key"]]).decode()


def log_in(given: dict[str, str], **changes: str) -> psycopg.Connection[tuple[object, ...]]:
    """As the user's notebook does with these variables."""
    named = {"PGHOST": "host", "PGPORT": "port", "PGDATABASE": "dbname", "PGUSER": "user", "PGPASSWORD": "password"}
    return psycopg.connect(**{named[name]: value for name, value in (given | changes).items()}, autocommit=True)  # type: ignore[arg-type]


def waits_for(words: str) -> Callable[[Json], bool]:
    """Whether the person who waits reads these words of the entry."""

    def holds(instance: Json) -> bool:
        said = condition(instance, "OtherResourcesProvisioned")
        return said.get("reason") == "WaitingForOtherResource" and words in said["message"]

    return holds


def test_a_server_gets_a_database_and_keeps_it_over_a_stop(site: Site, lab: Lab) -> None:
    lab.add_template(template())
    start(lab)

    given = environment(lab)
    assert (given["PGHOST"], given["PGPORT"]) == (HOST, str(site.postgres.port))
    with log_in(given) as user:
        user.execute("CREATE TABLE notes (line text)")
        user.execute("INSERT INTO notes VALUES ('kept')")
    assert site.postgres.databases() == site.postgres.accounts() == {given["PGDATABASE"]}
    reference = lab.kube.get("pods", lab.namespace, lab.made_pod())["spec"]["containers"][0]["env"][-1]
    assert reference["valueFrom"]["secretKeyRef"]["name"] == f"{database(lab)['metadata']['name']}-app"
    told = [str(lab.instance()), str(database(lab)), site.operator.text, site.postgres.log]
    assert all(given["PGDATABASE"] in each for each in (told[0], told[1], told[3]))
    assert [each for each in told if given["PGPASSWORD"] in each] == []

    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.hub.start("a")
    assert environment(lab) == given
    with log_in(given) as user:
        assert user.execute("SELECT line FROM notes").fetchall() == [("kept",)]


def test_nobody_reaches_the_database_of_somebody_else(site: Site, lab: Lab) -> None:
    lab.add_template(template())
    start(lab, "a")
    start(lab, "b")
    first, second = environment(lab, "a"), environment(lab, "b")

    assert site.postgres.databases() == {first["PGDATABASE"], second["PGDATABASE"]}
    assert first["PGPASSWORD"] != second["PGPASSWORD"]
    for other in (second["PGDATABASE"], ACCOUNT, "template1"):
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            log_in(first, PGDATABASE=other)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        log_in(first, PGUSER=second["PGUSER"], PGDATABASE=second["PGDATABASE"])
    with log_in(first) as user:
        may = user.execute("SELECT has_database_privilege(%s, 'CONNECT')", [second["PGDATABASE"]]).fetchone()
        assert may == (False,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            user.execute("CREATE ROLE more")


def test_a_start_ends_in_time_and_says_who_did_not_answer_while_the_operator_is_away(site: Site, lab: Lab) -> None:
    site.kill()
    lab.add_template(template(timeout=3))
    start(lab)

    late = lab.until(says("OtherResourcesProvisioned", "OtherResourceNotReady"))
    message = condition(late, "OtherResourcesProvisioned")["message"]
    name = database(lab)["metadata"]["name"]
    assert message.startswith(f"entry db of spec.otherResources: it was not ready within 3 s: PostgresDatabase {name}")
    assert lab.pods() == []
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    site.operator.start()
    lab.hub.start("a")
    log_in(environment(lab)).close()


def test_who_waits_reads_that_postgresql_is_away_and_the_start_goes_on_when_it_is_back(site: Site, lab: Lab) -> None:
    site.postgres.stop()
    lab.add_template(template())
    start(lab)

    waiting = lab.until(waits_for("Connection refused"))
    assert f"PostgreSQL at {HOST}" in condition(waiting, "OtherResourcesProvisioned")["message"]
    assert lab.pods() == []
    site.postgres.start()
    log_in(environment(lab)).close()


def test_a_postgresql_that_does_not_answer_is_told_of_too(site: Site, lab: Lab) -> None:
    site.postgres.freeze()
    lab.add_template(template())
    start(lab)

    lab.until(waits_for(f"PostgreSQL at {HOST}: connection timeout"))
    assert lab.pods() == []
    site.postgres.thaw()
    log_in(environment(lab)).close()


def test_a_server_that_runs_is_left_alone_while_postgresql_is_away(site: Site, lab: Lab) -> None:
    lab.add_template(template(timeout=3))
    start(lab)
    pod = lab.serving()
    site.postgres.stop()
    look_again(lab)

    eventually(lambda: condition(database(lab), "Ready"), until=lambda said: said["reason"] == "PostgresFails")
    site.kill()
    lab.until(says("OtherResourcesProvisioned", "OtherResourceNotReady"))
    assert [each["metadata"]["name"] for each in lab.pods()] == [pod]
    assert lab.instance()["status"]["pods"]["notebook"]["state"] == "Running"


def test_a_database_goes_with_its_instance_whoever_is_connected(site: Site, lab: Lab) -> None:
    lab.add_template(template())
    start(lab)
    with log_in(environment(lab)):
        secret = f"{database(lab)['metadata']['name']}-app"
        lab.kube.delete(INSTANCES, lab.namespace, "a")
        all_gone(lab)

    assert site.postgres.databases() == site.postgres.accounts() == set()
    eventually(lambda: lab.kube.find("secrets", lab.namespace, secret), until=lambda found: found is None)


def test_an_instance_goes_without_postgresql_and_the_database_goes_once_it_is_back(site: Site, lab: Lab) -> None:
    lab.add_template(template())
    start(lab)
    environment(lab)
    site.postgres.stop()
    lab.kube.delete(INSTANCES, lab.namespace, "a")

    eventually(lambda: lab.kube.find(INSTANCES, lab.namespace, "a"), until=lambda found: found is None)
    eventually(lambda: condition(database(lab), "Ready"), until=lambda said: said["reason"] == "PostgresFails")
    site.postgres.start()
    all_gone(lab)
    assert site.postgres.databases() == site.postgres.accounts() == set()


@pytest.mark.parametrize("table", ["pg_authid", "pg_auth_members", "pg_database"])
def test_nothing_is_doubled_when_the_operator_dies_in_a_step_in_postgresql_B26(
    site: Site, lab: Lab, table: str
) -> None:
    lab.add_template(template())
    with site.postgres.connect() as administrator, administrator.transaction():
        administrator.execute(f"LOCK TABLE pg_catalog.{table} IN SHARE MODE")
        start(lab)
        eventually(site.postgres.somebody_waits)
        site.kill()
    # PostgreSQL does not know that nobody waits any more, and carries the step out now.
    site.operator.start()

    made_once(site, lab)


@pytest.mark.parametrize("resource", ["secrets", f"{KIND}/status"])
def test_nothing_is_doubled_when_the_operator_dies_in_a_step_in_kubernetes_B26(
    site: Site, lab: Lab, resource: str
) -> None:
    lab.add_template(template())
    site.revoke(resource)
    start(lab)
    eventually(lambda: "403" in site.operator.life)
    site.kill()
    site.at_work()

    made_once(site, lab)


def made_once(site: Site, lab: Lab) -> None:
    """There is one of everything, and it works."""
    given = environment(lab)
    assert site.postgres.databases() == site.postgres.accounts() == {given["PGDATABASE"]}
    assert [each for each in lab.secrets() if each.endswith("-app")] == [f"{database(lab)['metadata']['name']}-app"]
    log_in(given).close()


def look_again(lab: Lab) -> None:
    """Let the operator look at the object that was made, which it does once a minute otherwise."""
    name = database(lab)["metadata"]["name"]
    lab.kube.merge_patch(KIND, lab.namespace, name, {"metadata": {"annotations": {"look": "again"}}})


def all_gone(lab: Lab) -> None:
    """Until no object that asks for a database is left."""
    eventually(lambda: lab.kube.all(KIND, lab.namespace), until=lambda left: left == [])
