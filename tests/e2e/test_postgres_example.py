"""The operator of the tutorial on a real node: somebody logs in, and a notebook talks to a database of its own."""

import sys
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser

from tests.e2e.servers import Server
from tests.e2e.site_hub import SiteHub
from tests.support.examples import EXAMPLES, example
from tests.support.waiting import eventually
from tools.cluster import Steps
from tools.demo import release
from tools.demo.demo import Demo
from tools.demo.kubectl import Kubectl
from tools.demo.main_job import Session
from tools.demo.settings import NAMESPACE
from tools.images.build import build_all

KIND = "postgresdatabases"
DEFINITION = "customresourcedefinition/postgresdatabases.postgres.example.org"
USER = "dora"


@pytest.fixture(scope="module")
def databases(demo: Demo, steps: Steps) -> Iterator[Kubectl]:
    """PostgreSQL and the operator at work, installed as the tutorial says; kubectl on their namespace."""
    kubectl = demo.kubectl.elsewhere("databases")
    load_database_image(demo, steps)
    try:
        demo.kubectl.apply([example("postgres/definition.yaml")])
        demo.kubectl.run("wait", "--for=condition=Established", DEFINITION, "--timeout=60s")
        release.install(demo.kubectl, demo.images, [*demo.addresses], steps, example("postgres/chart-values.yaml"))
        kubectl.apply(secrets_and_code())
        for each in yaml.safe_load_all(text_of_the_installation(demo)):
            kubectl.elsewhere(each["metadata"]["namespace"]).apply([each])
        for name in ("postgres", "postgres-operator"):
            kubectl.run("rollout", "status", f"deployment/{name}", "--timeout=180s")
        demo.kubectl.apply([example("postgres/template.yaml")])
        yield kubectl
    finally:
        remove(demo, kubectl)


def load_database_image(demo: Demo, steps: Steps) -> None:
    """Bring PostgreSQL's image onto the node."""
    assert demo.cluster is not None
    image = build_all(["database"], steps=steps)["database"]
    if image.reference not in demo.cluster.images():
        demo.cluster.load_image(image.archive)


def secrets_and_code() -> list[dict[str, Any]]:
    """What has to be there before the example is installed."""
    keys = {"operator-password": token_hex(16), "password-key": token_hex(32)}
    code = {"postgres_operator.py": (EXAMPLES / "postgres/postgres_operator.py").read_text()}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "databases"}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "postgres"}, "stringData": keys},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "postgres-operator"}, "data": code},
    ]


def text_of_the_installation(demo: Demo) -> str:
    """With the very image of the hub that runs."""
    text = (EXAMPLES / "postgres/install.yaml").read_text()
    return text.replace("localhost/jupyternetes/hub:dev", demo.images.hub)


def remove(demo: Demo, kubectl: Kubectl) -> None:
    """All of it; the operator last, since it drops the databases."""
    demo.kubectl.run("delete", "jupyternotebooktemplate", "with-database", "--ignore-not-found")
    release.install(demo.kubectl, demo.images, [*demo.addresses], demo.steps)
    if demo.kubectl.exists(DEFINITION):
        demo.kubectl.run("delete", KIND, "--all", "--timeout=60s")
        demo.kubectl.run("delete", DEFINITION)
    demo.kubectl.run("delete", "role,rolebinding", "postgres-operator", "--ignore-not-found")
    kubectl.run("delete", "namespace", "databases", "--ignore-not-found")


@pytest.fixture(scope="module")
def hub(demo: Demo, databases: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteHub]:
    hub = SiteHub(
        name="databases",
        python=Path(sys.executable),
        folder=tmp_path_factory.mktemp("databases"),
        demo=demo,
        templates=("with-database",),
    )
    with hub.running():
        yield hub


@pytest.fixture
def server(demo: Demo, hub: SiteHub) -> Iterator[Server]:
    server = Server(demo.kubectl, USER, hub_id=hub.name)
    yield server
    server.forget()


@pytest.fixture
def session(browser: Browser, hub: SiteHub, server: Server, steps: Steps, tmp_path: Path) -> Session:
    """The user's, of whose server nothing is there yet."""
    server.forget()
    return Session(browser, hub.address, USER, tmp_path, steps)


def names(databases: Kubectl) -> set[str]:
    """Of the databases in PostgreSQL that were made for servers."""
    query = "SELECT datname FROM pg_database WHERE datname LIKE 'server%'"
    ask = ["psql", "--username=postgres", "--tuples-only", "--no-align", f"--command={query}", "postgres"]
    return set(databases.run("exec", "deployment/postgres", "--", *ask).split())


def test_a_notebook_talks_to_a_database_of_its_own_which_stays_over_a_stop_and_goes_with_the_server(
    hub: SiteHub, databases: Kubectl, server: Server, session: Session
) -> None:
    session.log_in()
    session.wait_for_lab()
    session.open_notebook()
    session.run_cell("import psycopg; psycopg.connect().execute('select 1').fetchone()[0]", expected="1")
    session.run_cell("import os; os.environ['PGHOST']", expected="'postgres.databases.svc'")
    session.run_cell(
        "db = psycopg.connect(autocommit=True); db.execute('create table if not exists notes (n int)').statusmessage",
        expected="'CREATE TABLE'",
    )
    session.run_cell("db.execute('insert into notes values (42)').statusmessage", expected="'INSERT 0 1'")
    status = server.instance()["status"]
    assert status["otherResourcesProvisioned"] == {"db": "Completed"}
    assert names(databases) == {status["otherResources"]["db"]["outputs"]["database"]}

    stop(hub, server)
    hub.as_grader("POST", f"users/{USER}/server", {})
    eventually(lambda: [each["status"]["phase"] for each in server.pods()], until=lambda found: found == ["Running"])
    pod = server.the_pod()["metadata"]["name"]
    program = "import psycopg; print(psycopg.connect().execute('select distinct n from notes').fetchone())"
    assert databases.elsewhere(NAMESPACE).run("exec", pod, "--", "python", "-c", program).strip() == "(42,)"

    stop(hub, server)
    server.forget()
    eventually(lambda: names(databases) == set())


def stop(hub: SiteHub, server: Server) -> None:
    """Stop the server; returns when the hub and the cluster know it."""
    hub.as_grader("DELETE", f"users/{USER}/server")

    def is_over() -> bool:
        servers = hub.as_grader("GET", f"users/{USER}").json()["servers"].values()
        return all(each.get("stopped") for each in servers) and server.pods() == []

    eventually(is_over)
