"""Which nodes and edges follow from objects of a deployment with Zero to JupyterHub, and of one of ours."""

import msgspec
import pytest

from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.model import recording
from tests.unit.graph.discovery.recordings import (
    JUPYTERNETES,
    Z2JH,
    arrows,
    evidence,
    graph_of,
    named,
    names,
    node,
    observe,
    recorded,
    without,
)


def test_pods_of_one_workload_are_one_node() -> None:
    graph = graph_of(Z2JH)

    scheduler = node(graph, "user-scheduler", "user-scheduler")
    assert (scheduler.id, len(scheduler.objects)) == ("user-scheduler/jhub/demo", 2)
    assert graph.deployment == "jhub/demo"


def test_pullers_and_placeholders_are_left_out() -> None:
    assert not any("pull" in node.id or "placeholder" in node.id for node in graph_of(Z2JH).nodes)


def test_sqlite_file_is_the_database_and_its_claim_the_volume() -> None:
    graph = graph_of(Z2JH)

    assert arrows(graph, "stores") == {("SQLite", "hub")}
    assert ("hub-db-dir", "SQLite") in arrows(graph, "mounts")
    assert evidence(graph, "stores") == ["referenced"]


def test_people_come_in_by_ingress_or_load_balancer_then_proxy() -> None:
    graph = graph_of(Z2JH)

    assert {("proxy-public", "proxy"), ("jupyterhub", "proxy"), ("proxy", "hub"), ("proxy", "ada")} <= arrows(
        graph, "serves"
    )
    assert arrows(graph, "routes") == {("hub", "proxy")}


def test_an_ingress_leads_to_the_proxy_for_its_hosts_of_which_three_are_named() -> None:
    objects = recorded(Z2JH)
    spec = named(objects, "jupyterhub", "Ingress")["spec"]
    [rule] = spec["rules"]
    pages = {"paths": [{"path": "/", "backend": {"service": {"name": "pages"}}}]}
    spec["rules"] += [{"host": "pages.example.org", "http": pages}]

    def evidence_of_ingress() -> str:
        [edge] = [each for each in build(observe(objects)).edges if each.source == "ingress/jhub/ingress/jupyterhub"]
        return edge.evidence[0].text

    assert evidence_of_ingress() == "Ingress jupyterhub leads hub.example.org to pods of proxy"
    spec["rules"] += [rule | {"host": f"{number}.example.org"} for number in range(4)]
    assert evidence_of_ingress() == (
        "Ingress jupyterhub leads 0.example.org, 1.example.org, 2.example.org and 2 more to pods of proxy"
    )


def test_servers_are_called_as_their_users_and_named_servers() -> None:
    graph = graph_of(Z2JH)

    server = node(graph, "server", "grace@example.org/gpu")
    assert (server.user, server.state, server.reason) == ("grace@example.org", "failing", "Unschedulable")
    assert node(graph, "claim", "claim-grace").user == "grace@example.org"


def test_servers_depend_on_hub_scheduler_quota_claim_and_node() -> None:
    graph = graph_of(Z2JH)

    causes = {(each.source, each.kind) for each in graph.into["server/jhub/jupyter-ada"]}

    assert causes == {
        ("hub/jhub/demo", "spawns"),
        ("proxy/jhub/demo", "serves"),
        ("user-scheduler/jhub/demo", "schedules"),
        ("quota/jhub/servers", "admits"),
        ("claim/jhub/claim-ada", "mounts"),
        ("node/node-b", "runs"),
    }


def test_api_answers_those_that_mount_a_token_and_dns_those_that_use_it() -> None:
    graph = graph_of(Z2JH)

    assert arrows(graph, "answers") == {("Kubernetes API", "hub"), ("Kubernetes API", "user-scheduler")}
    assert arrows(graph, "resolves") == {("DNS", "hub"), ("DNS", "proxy")}
    assert evidence(graph, "answers") == evidence(graph, "resolves") == ["referenced"]
    assert node(graph, "dns", "DNS").state == "ok"


def test_scheduler_and_storage_are_there_since_events_accuse_them() -> None:
    graph = graph_of(Z2JH)

    assert arrows(graph, "schedules") == {("user-scheduler", "ada"), ("user-scheduler", "grace@example.org/gpu")}
    assert evidence(graph, "schedules") == ["referenced", "seen"], "it is the user scheduler that saw the pod"
    assert arrows(graph, "provisions") == {("fast", "claim-grace")}
    accused = node(graph, "storage", "fast")
    assert (accused.state, accused.reason) == ("unknown", "ProvisioningFailed")
    assert evidence(graph, "provisions") == ["seen"]


def test_cluster_scheduler_is_accused_by_pods_that_name_no_other() -> None:
    objects = recorded(Z2JH)
    named(objects, "jupyter-grace")["spec"]["schedulerName"] = "default-scheduler"

    assert ("scheduler", "grace@example.org/gpu") in arrows(build(observe(objects)), "schedules")


def test_no_scheduler_is_accused_by_a_pod_that_it_found_a_node_for_since() -> None:
    objects = recorded(Z2JH)
    named(objects, "jupyter-grace")["spec"] |= {"schedulerName": "default-scheduler", "nodeName": "node-a"}

    assert names(build(observe(objects)), "scheduler") == set()


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("ProbeWarning", 'Probe terminated redirects, Response body: Failed to pull image "registry.corp.example/x"'),
        ("Failed", 'Error: Failed to pull image "registry.corp.example/x"'),
    ],
)
def test_what_a_users_server_answers_a_probe_accuses_no_registry(reason: str, message: str) -> None:
    objects = recorded(JUPYTERNETES)
    for each in objects:
        if each["kind"] == "Event" and "pull image" in each["message"]:
            each |= {"reason": reason, "message": message}

    assert names(build(observe(objects)), "registry") == set()


def test_hubs_of_one_release_name_in_two_namespaces_keep_their_own_servers() -> None:
    objects = recorded(Z2JH)
    copies = [msgspec.json.decode(msgspec.json.encode(each)) for each in objects]
    for each in copies:
        if each["metadata"].get("namespace") == "jhub":
            each["metadata"]["namespace"] = "staging"
            each["metadata"]["uid"] = f"{each['metadata'].get('uid', '')}-staging"
    copies = [each for each in copies if each["metadata"].get("namespace") == "staging"]

    graph = build(observe([*objects, *copies]))

    spawns = [edge for edge in graph.edges if edge.kind == "spawns"]
    assert {(edge.source.split("/")[1], edge.target.split("/")[1]) for edge in spawns} == {
        ("jhub", "jhub"),
        ("staging", "staging"),
    }
    assert not any(edge.guessed for edge in spawns)


def test_a_message_that_quotes_a_credential_is_masked() -> None:
    objects = recorded(JUPYTERNETES)
    [instance] = [each for each in objects if each["kind"] == "JupyterNotebookInstance" and "status" in each][:1]
    for entry in instance["status"]["pods"].values():
        entry |= {"state": "Error", "message": "cannot reach postgresql://hub:hunter2@db/hub", "reason": "Error"}

    assert "hunter2" not in recording.write(build(observe(objects))).decode()


def test_a_password_at_the_end_of_what_is_shown_of_an_event_is_masked() -> None:
    objects = recorded(Z2JH)
    event = named(objects, "claim-grace", "Event")
    event["message"] = f"{'x' * 280} https://storage:hunter2@disks.example.org/v2"

    assert "hunter2" not in recording.write(build(observe(objects))).decode()


def test_events_about_what_is_well_accuse_nobody() -> None:
    objects = recorded(Z2JH)
    named(objects, "claim-grace", "PersistentVolumeClaim")["status"]["phase"] = "Bound"

    assert names(build(observe(objects)), "storage") == set()


def test_cluster_nodes_are_drawn_only_if_they_were_read() -> None:
    assert names(graph_of(Z2JH), "node") == {"node-a", "node-b"}
    assert names(graph_of(Z2JH, cluster_nodes=None), "node") == set()
    assert node(graph_of(Z2JH, cluster_nodes=None), "server", "ada").cluster_node == "node-b"


def test_node_that_is_gone_fails() -> None:
    assert node(build(observe(without(recorded(Z2JH), "node-b", "Node"))), "node", "node-b").reason == "NodeLost"


def test_autohttps_stands_before_the_proxy() -> None:
    objects = recorded(Z2JH)
    front = named([*recorded(Z2JH)], "proxy-7f9c")
    front["metadata"] |= {"name": "autohttps-7f9c6d4b8-x", "ownerReferences": []}
    front["metadata"]["labels"] = {"app": "jupyterhub", "component": "autohttps", "release": "demo"}
    public = named(objects, "proxy-public", "Service")
    public["spec"]["selector"] = dict(front["metadata"]["labels"])
    objects = without(objects, "proxy-public", "EndpointSlice")

    graph = build(observe([*objects, front]))

    assert {("autohttps-7f9c6d4b8-x", "proxy"), ("proxy-public", "autohttps-7f9c6d4b8-x")} <= arrows(graph, "serves")


def test_instances_stand_for_servers_and_their_pods_for_no_node() -> None:
    graph = graph_of(JUPYTERNETES)

    assert names(graph, "server") == {"ada", "Grace <grace@example.org>/gpu", "linus"}
    server = node(graph, "server", "ada")
    assert [(each.kind, each.name) for each in server.objects] == [
        ("JupyterNotebookInstance", "5e0f6a0d9c1b4c7e8f2a3b4c5d6e7f80"),
        ("Pod", "notebook-ada"),
    ]
    assert (server.template, server.cluster_node, server.since) == ("small", "node-a", "2026-11-28T09:00:09Z")


def test_operators_template_quota_and_claim_lead_to_the_server() -> None:
    graph = graph_of(JUPYTERNETES)

    causes = {(each.kind, graph.by_id[each.source].name) for each in graph.into[node(graph, "server", "ada").id]}

    assert {("operates", f"lab-jupyternetes-{name}") for name in ("pods", "pvcs", "pod-status")} <= causes
    assert {("shapes", "small"), ("admits", "users"), ("mounts", "home-ada"), ("spawns", "hub")} <= causes


def test_operator_whose_lease_is_stale_fails_though_its_pod_is_ready() -> None:
    operator = node(graph_of(JUPYTERNETES), "operator", "lab-jupyternetes-pods")

    assert (operator.state, operator.reason) == ("failing", "LeaseNotRenewed")
    assert node(graph_of(JUPYTERNETES), "operator", "lab-jupyternetes-pvcs").state == "ok"


def test_operator_without_pods_keeps_its_node_as_long_as_its_lease_is_there() -> None:
    graph = build(observe(without(recorded(JUPYTERNETES), "lab-jupyternetes-pods")))

    operator = node(graph, "operator", "lab-jupyternetes-pods")
    assert operator.id == node(graph_of(JUPYTERNETES), "operator", "lab-jupyternetes-pods").id
    assert operator.reason == "LeaseNotRenewed"


def test_operator_that_ended_in_order_and_does_not_come_back_fails() -> None:
    objects = without(recorded(JUPYTERNETES), "lab-jupyternetes-pods")
    (lease,) = (
        each for each in objects if (each["kind"], each["metadata"]["name"]) == ("Lease", "lab-jupyternetes-pods")
    )
    lease["spec"]["holderIdentity"] = ""

    operator = node(build(observe(objects)), "operator", "lab-jupyternetes-pods")

    assert (operator.state, operator.reason) == ("failing", "NoPods")


def test_operator_that_is_nowhere_is_a_gap() -> None:
    objects = without(without(recorded(JUPYTERNETES), "lab-jupyternetes-pods"), "lab-jupyternetes-pods", "Lease")

    assert "the operator pods" in {gap.what for gap in build(observe(objects)).gaps}


def test_operator_serves_the_namespaces_of_its_arguments_only() -> None:
    objects = recorded(JUPYTERNETES)
    [container] = named(objects, "lab-jupyternetes-pvcs")["spec"]["containers"]
    container["args"] = ["--namespace=other" if each == "--namespace=lab" else each for each in container["args"]]

    served = arrows(build(observe(objects)), "operates")

    assert "lab-jupyternetes-pvcs" not in {cause for cause, _ in served}


def test_template_that_does_not_exist_fails_unless_templates_must_not_be_read() -> None:
    unread = frozenset({("jupyternotebooktemplates", "lab")})

    assert node(graph_of(JUPYTERNETES), "template", "large").reason == "TemplateNotFound"
    assert node(graph_of(JUPYTERNETES, unread=unread), "template", "large").state == "unknown"


def test_scheduler_that_a_template_names_is_found() -> None:
    objects = recorded(JUPYTERNETES)
    scheduler = named([*recorded(Z2JH)], "user-scheduler-5c8f9d7b6-aa111")
    named(objects, "small", "JupyterNotebookTemplate")["spec"]["pods"][0]["spec"]["schedulerName"] = (
        "demo-user-scheduler"
    )

    graph = build(observe([*objects, scheduler]))

    assert ("user-scheduler", "ada") in arrows(graph, "schedules")


def test_event_of_an_earlier_pod_of_the_same_name_accuses_nobody() -> None:
    graph = graph_of(JUPYTERNETES)

    assert arrows(graph, "pulls") == {("registry.example.org", "Grace <grace@example.org>/gpu")}
    assert names(graph, "scheduler") == set()


def test_claim_that_several_users_share_is_nobodys() -> None:
    objects = recorded(JUPYTERNETES)
    for each in objects:
        if each["kind"] == "JupyterNotebookInstance":
            each["status"]["pvcs"] = {"shared": {"resourceName": "home-ada"}}

    assert node(build(observe(objects)), "claim", "home-ada").user == ""


def test_evidence_is_shared_between_servers() -> None:
    spawns = [edge.evidence for edge in graph_of(JUPYTERNETES).edges if edge.kind == "spawns"]

    assert len(spawns) == 3
    assert len({id(each) for each in spawns}) == 1
