"""kwok: one process that plays the kubelets of all fake nodes.

What it does to nodes and pods is said by Stages: for which objects, and what their status becomes.
See https://kwok.sigs.k8s.io/docs/user/stages-configuration/ and https://kwok.sigs.k8s.io/docs/generated/apis/
"""

import json
from typing import Any

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.control_plane import POD_CIDR
from tools.cluster.files import write_file
from tools.cluster.layout import Layout, Record

_NAME = "kwok"
_LEASE_SECONDS = 40
# A burst is to wait for our own operators and for Kubernetes, not for the stand-in of twenty kubelets.
_PARALLELISM = 32
_HEARTBEAT_MILLISECONDS = 300_000

Json = dict[str, Any]


def component(layout: Layout, record: Record) -> Component:
    """kwok as a component."""
    address = f"127.0.0.1:{record.ports[_NAME]}"
    arguments = (
        f"--kubeconfig={layout.component_kubeconfig(_NAME)}",
        f"--config={layout.configuration('kwok.yaml')}",
        f"--server-address={address}",
        f"--cidr={POD_CIDR}",
        "--node-ip=127.0.0.1",
        "--manage-all-nodes=true",
        f"--node-lease-duration-seconds={_LEASE_SECONDS}",
        "--v=WARN",  # else a line for each node and heartbeat
    )
    return Component(name=_NAME, program=_NAME, arguments=arguments, health=f"http://{address}/healthz")


def prepare(layout: Layout, authority: Authority, server: str) -> None:
    """Write kwok's configuration and kubeconfig."""
    documents = [_configuration(), *stages()]
    write_file(layout.configuration("kwok.yaml"), "\n---\n".join(json.dumps(document) for document in documents))
    write_file(layout.component_kubeconfig(_NAME), authority.kubeconfig(server, _NAME, ["system:masters"]))


def stages() -> list[Json]:
    """A node is Ready at once and stays it; a pod runs and is Ready as soon as it is bound, and goes when told to."""
    ready = _first('.status.conditions.[] | select( .type == "Ready" ) | .status')
    deleted = _first(".metadata.deletionTimestamp")
    return [
        _stage("node-ready", "Node", [ready | _operator("NotIn", "True")], {"statusTemplate": _NODE}),
        _stage(
            "node-heartbeat",
            "Node",
            [ready | _operator("In", "True")],
            {"statusTemplate": _NODE},
            delay={"durationMilliseconds": _HEARTBEAT_MILLISECONDS, "jitterDurationMilliseconds": 360_000},
        ),
        _stage(
            "pod-ready",
            "Pod",
            [deleted | _operator("DoesNotExist"), _first(".status.podIP") | _operator("DoesNotExist")],
            {"statusTemplate": _POD},
        ),
        _stage("pod-gone", "Pod", [deleted | _operator("Exists")], {"finalizers": {"empty": True}, "delete": True}),
    ]


def _configuration() -> Json:
    return {
        "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
        "kind": "KwokConfiguration",
        "options": {
            "podPlayStageParallelism": _PARALLELISM,
            "nodePlayStageParallelism": _PARALLELISM,
            "nodeLeaseParallelism": _PARALLELISM,
            "enableDebuggingHandlers": False,
        },
    }


def _stage(name: str, kind: str, expressions: list[Json], then: Json, **more: Json) -> Json:
    return {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Stage",
        "metadata": {"name": name},
        "spec": {
            "resourceRef": {"apiGroup": "v1", "kind": kind},
            "selector": {"matchExpressions": expressions},
            "next": then,
            **more,
        },
    }


def _first(path: str) -> Json:
    return {"key": path}


def _operator(name: str, *values: str) -> Json:
    return {"operator": name} | ({"values": [*values]} if values else {})


_NODE = """
{{ $now := Now }}
phase: Running
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
"""

_POD = """
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName false .metadata.uid .metadata.name .metadata.namespace | Quote }}
conditions:
{{ range $type := list "Initialized" "ContainersReady" "Ready" }}
- type: {{ $type }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  started: true
  restartCount: 0
  state:
    running:
      startedAt: {{ $now | Quote }}
{{ end }}
"""
