"""What servers get beside pod and volume, on a real node: the examples as they are, and a hub in the cluster.

The node's network does not enforce NetworkPolicies: whom the one of a server names is looked at, not whom it stops.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from jupyternetes.api import labels
from tests.e2e.conftest import AT_ROOT, UNDER_A_PATH
from tests.e2e.hub_session import HubSession
from tests.e2e.servers import Server, uid
from tests.support.examples import example
from tests.support.waiting import eventually
from tools.demo import hub as demo_hub
from tools.demo import release
from tools.demo.demo import Demo
from tools.demo.kubectl import Kubectl
from tools.demo.settings import NAMESPACE, HubSettings

Json = dict[str, Any]
OTHERS = HubSettings(namespace="kadense-others")
DEFINITION = example("other-resources/licence-definition.yaml")
TEMPLATES = {
    template["metadata"]["name"]: template
    for name in ("service", "config-map", "network-policy", "licence")
    for template in [example(f"other-resources/{name}.yaml")]
}
#: Asks the proxy, from within the hub's pod, where it sends whom.
ROUTES = """
import json, os, urllib.request
token = {"Authorization": "token " + os.environ["CONFIGPROXY_AUTH_TOKEN"]}
with urllib.request.urlopen(urllib.request.Request("http://proxy-api:8001/api/routes", headers=token)) as answer:
    print(json.dumps({path.rstrip("/"): route["target"] for path, route in json.load(answer).items()}))
"""
#: Asks for an address, from within the hub's pod.
ASK = """
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1], timeout=10)
connection.request("GET", sys.argv[2])
print(connection.getresponse().status)
"""


@dataclass(frozen=True)
class Hub:
    """A hub of the demonstration that offers the Templates of the examples. `kubectl`: on its namespace."""

    address: str
    kubectl: Kubectl

    def set(self, *variables: str) -> None:
        """Set variables of its environment (`NAME=value`), or remove them (`NAME-`); it begins anew with these."""
        self.kubectl.run("set", "env", "deployment/hub", *variables)
        release.wait_ready(self.kubectl, "app=jupyterhub")

    def ask(self, program: str, *arguments: str) -> str:
        """What a few lines of Python print in the hub's pod."""
        return self.kubectl.run("exec", "deployment/hub", "--", "python3", "-c", program, *arguments)

    def target(self, path: str) -> str:
        """Where the proxy sends who asks for a path; empty: it knows of no such server."""
        return json.loads(self.ask(ROUTES)).get(path, "")


@dataclass(frozen=True)
class Guest:
    """Somebody who starts one server, and what there is of it in the cluster."""

    hub: Hub
    session: HubSession
    server: Server

    def choose(self, template: str, **options: str) -> None:
        """Start a server of a Template; it need not be there on return."""
        key = f"{NAMESPACE}/{template}"
        self.session.choose(template=key, **{f"{key}/{name}": value for name, value in options.items()})

    def wait_ready(self) -> list[Json]:
        """The events of the start, once the server is ready."""
        events = self.session.progress()
        assert events[-1].get("ready"), events
        return events

    def others(self, resource: str) -> list[Json]:
        """What was made beside pod and volume."""
        found = self.hub.kubectl.items(resource, f"--selector={labels.INSTANCE}={self.server.name}")
        return [each for each in found if labels.RESOURCE_NAME in each["metadata"]["labels"]]

    def until_none(self, resource: str) -> None:
        eventually(lambda: self.others(resource), until=lambda found: found == [], seconds=30)

    def run(self, *command: str) -> str:
        """What a command prints in the server's container."""
        return self.hub.kubectl.run("exec", self.server.the_pod()["metadata"]["name"], "--", *command)


Come = Callable[[str], Guest]


@pytest.fixture(scope="module")
def hub(demo: Demo) -> Iterator[Hub]:
    """A hub of its own that offers the Templates of the examples; the chart has the values that these take."""
    values = example("other-resources/chart-values.yaml")
    kubectl = demo.kubectl.elsewhere(OTHERS.namespace)
    definition = f"customresourcedefinition/{DEFINITION['metadata']['name']}"
    try:
        demo.kubectl.apply([DEFINITION])
        demo.kubectl.run("wait", "--for=condition=Established", definition, "--timeout=60s")
        kubectl.ensure_namespace()
        release.install(demo.kubectl, demo.images, [AT_ROOT, UNDER_A_PATH, OTHERS], demo.steps, values)
        demo.kubectl.apply([*TEMPLATES.values()])
        for name in TEMPLATES:
            eventually(lambda name=name: is_accepted(demo.kubectl, name))
        found = Hub(demo_hub.deploy(kubectl, OTHERS, demo.images, demo.steps), kubectl)
        found.set(f"TEMPLATES={' '.join(TEMPLATES)}")
        yield found
    finally:
        kubectl.run("delete", "namespace", OTHERS.namespace, "--ignore-not-found")
        demo.kubectl.run("delete", "jupyternotebooktemplates", *TEMPLATES, "--ignore-not-found")
        release.install(demo.kubectl, demo.images, [AT_ROOT, UNDER_A_PATH], demo.steps)
        demo.kubectl.run("delete", definition, "--ignore-not-found")


@pytest.fixture
def come(hub: Hub) -> Iterator[Come]:
    """Logs people in; nothing of their servers is left afterwards."""
    guests: list[Guest] = []

    def guest(user: str) -> Guest:
        guests.append(Guest(hub, HubSession(hub.address, user), Server(hub.kubectl, user)))
        return guests[-1]

    yield guest
    for each in guests:
        each.server.forget()


def is_accepted(kubectl: Kubectl, template: str) -> bool:
    """Whether the operators make servers of a Template with all that it asks for."""
    status = kubectl.get("jupyternotebooktemplate", template).get("status", {})
    return any(
        (each["type"], each["status"], each["reason"]) == ("Accepted", "True", "Accepted")
        for each in status.get("conditions", [])
    )


def test_a_server_is_reached_by_its_service_whatever_the_hub_is_set_to_later_W01_W02(hub: Hub, come: Come) -> None:
    hub.set("SERVICE_ENTRY=web")
    try:
        guest = come("sue")
        guest.choose("with-service")
        guest.wait_ready()
        (service,) = guest.others("services")
        host = f"{service['metadata']['name']}.{OTHERS.namespace}.svc:8888"
        assert hub.target("/user/sue") == f"http://{host}"
        guest.session.open_lab()

        pod = guest.server.the_pod()
        eventually(lambda: endpoints(hub, service), until=lambda found: found == [pod["status"]["podIP"]])
        assert hub.ask(ASK, host, "/user/sue/lab").strip() == "302"
    finally:
        hub.set("SERVICE_ENTRY-")

    again = come("sue")
    eventually(lambda: again.session.servers().get("", {}).get("ready"))
    assert hub.target("/user/sue") == f"http://{host}", "a server that runs is reached as before"
    again.session.open_lab()
    assert uid(again.server.the_pod()) == uid(pod)
    again.session.stop()
    again.until_none("services")


def endpoints(hub: Hub, service: Json) -> list[str]:
    """The addresses that a Service leads to."""
    found = hub.kubectl.items("endpointslices", f"--selector=kubernetes.io/service-name={service['metadata']['name']}")
    return [address for each in found for endpoint in each["endpoints"] or () for address in endpoint["addresses"]]


def test_a_config_map_is_read_in_the_server_and_follows_the_choice(come: Come) -> None:
    guest = come("connie")
    guest.choose("with-config-map", course="acoustics")
    guest.wait_ready()

    page = guest.run("cat", "/home/jovyan/course/WELCOME.md")
    assert page == "# acoustics\n\nWelcome, connie. The data is in /data/acoustics.\n"
    (config,) = guest.others("configmaps")
    guest.session.stop()
    guest.choose("with-config-map", course="optics")
    guest.wait_ready()
    assert guest.run("cat", "/home/jovyan/course/WELCOME.md").startswith("# optics\n")
    assert [uid(each) for each in guest.others("configmaps")] == [uid(config)]


def test_a_network_policy_selects_the_server_and_goes_with_the_instance(hub: Hub, come: Come) -> None:
    """That nobody else gets in cannot be seen here: the node's network lets everybody through."""
    guest = come("nell")
    guest.choose("with-network-policy")
    guest.wait_ready()

    (policy,) = guest.others("networkpolicies")
    pod = guest.server.the_pod()
    assert [uid(each) for each in selected(hub, policy["spec"]["podSelector"])] == [uid(pod)]
    from_hub, from_own = policy["spec"]["ingress"][0]["from"]
    components = {each["metadata"]["labels"]["component"] for each in selected(hub, from_hub["podSelector"])}
    assert components == {"hub", "proxy"}
    assert [uid(each) for each in selected(hub, from_own["podSelector"])] == [uid(pod)]
    guest.session.stop()
    assert [uid(each) for each in guest.others("networkpolicies")] == [uid(policy)]
    guest.server.forget()
    guest.until_none("networkpolicies")


def selected(hub: Hub, selector: Json) -> list[Json]:
    """The pods of the hub's namespace that a label selector selects."""
    terms = [f"{key}={value}" for key, value in selector.get("matchLabels", {}).items()]
    for each in selector.get("matchExpressions", []):
        assert each["operator"] == "In"
        terms.append(f"{each['key']} in ({','.join(each['values'])})")
    return hub.kubectl.items("pods", f"--selector={','.join(terms)}")


def test_a_licence_of_somebody_elses_operator_is_waited_for_and_reaches_the_server(hub: Hub, come: Come) -> None:
    guest = come("lee")
    guest.choose("with-licence")
    (licence,) = eventually(lambda: guest.others("licences"))
    assert licence["spec"] == {"product": "solver", "holder": "lee"}
    answer(hub, licence, phase="Waiting", message="two before you")
    told = guest.session.progress(until="two before you")
    assert "two before you" in told[-1].get("message", ""), told
    assert guest.server.pods() == []

    answer(hub, licence, phase="Granted", server="27000@licences.example.org")

    guest.wait_ready()
    assert "SOLVER_LICENCE_SERVER=27000@licences.example.org" in guest.run("env").splitlines()
    guest.session.stop()
    guest.until_none("licences")


def answer(hub: Hub, licence: Json, **status: str) -> None:
    """What the operator of licences writes."""
    patch = json.dumps({"status": status})
    name = licence["metadata"]["name"]
    hub.kubectl.run("patch", "licences", name, "--subresource=status", "--type=merge", f"--patch={patch}")
