"""The control plane: etcd, API server, controller manager and scheduler as processes of this machine. Needs no root."""

import json

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.files import write_file
from tools.cluster.layout import NODE_ADDRESS, Layout, Profile, Record, listen_address

SERVICE_CIDR = "10.96.0.0/16"
POD_CIDR = "10.244.0.0/16"
API_SERVICE_ADDRESS = "10.96.0.1"
CLUSTER_DOMAIN = "cluster.local"

_SERVICE_NAMES = tuple(
    f"kubernetes{suffix}" for suffix in ("", ".default", ".default.svc", f".default.svc.{CLUSTER_DOMAIN}")
)
# The user as which the API server calls extension API servers.
_FRONT_PROXY_USER = "front-proxy-client"
_API_SERVER_HOSTS = ("127.0.0.1", "localhost", NODE_ADDRESS, API_SERVICE_ADDRESS, *_SERVICE_NAMES)

# One line per request, written when it is answered: what is needed to count calls, and no bodies.
_ANSWERS = {"level": "Metadata", "omitStages": ["RequestReceived"]}
# The change that a request makes is seen by others before the request is answered. Only a line from the moment at which
# it came tells a reader that there is an answer to wait for.
_ARRIVALS = {"level": "Metadata", "userGroups": ["system:serviceaccounts"]}


def server_url(record: Record) -> str:
    """The API server's address."""
    return f"https://{listen_address(record.profile)}:{record.ports['kube-apiserver']}"


def prepare(layout: Layout, record: Record) -> Authority:
    """Write every file that the control plane reads, and the administrator's kubeconfig."""
    authority = Authority(layout.pki)
    authority.issue_files("kube-apiserver", "kube-apiserver", hosts=_API_SERVER_HOSTS)
    authority.issue_files("kubelet-client", "kube-apiserver-kubelet-client", ["system:masters"])
    authority.issue_files("loopback", "loopback", hosts=["127.0.0.1", "localhost"])
    authority.signing_key_pair("service-accounts")
    # Kubernetes warns against one authority for both: then any client could pass itself off as the API server.
    Authority(layout.front_proxy).issue_files("client", _FRONT_PROXY_USER)
    server = server_url(record)
    for name in ("kube-controller-manager", "kube-scheduler"):
        write_file(layout.component_kubeconfig(name), authority.kubeconfig(server, f"system:{name}"))
    write_file(layout.kubeconfig, authority.kubeconfig(server, "admin", ["system:masters"]))
    write_file(layout.configuration("audit-policy.json"), json.dumps(_audit_policy(record.profile)))
    layout.audit_log.parent.mkdir(exist_ok=True)
    return authority


def components(layout: Layout, record: Record) -> list[Component]:
    """The control plane in the order in which it starts."""
    return [
        _etcd(layout, record),
        _api_server(layout, record),
        _controller_manager(layout, record),
        _scheduler(layout, record),
    ]


def _etcd(layout: Layout, record: Record) -> Component:
    clients = f"http://127.0.0.1:{record.ports['etcd']}"
    peers = f"http://127.0.0.1:{record.ports['etcd-peer']}"
    arguments = (
        f"--data-dir={layout.etcd}",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        "--quota-backend-bytes=4294967296",
        "--log-level=warn",
        "--watch-progress-notify-interval=5s",  # as with kubeadm and k3s: bookmarks of silent watches rest on it
        "--unsafe-no-fsync",  # nothing here is worth surviving a power cut
    )
    return Component(name="etcd", program="etcd", arguments=arguments, health=f"{clients}/health")


def _api_server(layout: Layout, record: Record) -> Component:
    pki, url = layout.pki, server_url(record)
    arguments = (
        f"--etcd-servers=http://127.0.0.1:{record.ports['etcd']}",
        f"--bind-address={listen_address(record.profile)}",
        f"--secure-port={record.ports['kube-apiserver']}",
        f"--tls-cert-file={pki / 'kube-apiserver.crt'}",
        f"--tls-private-key-file={pki / 'kube-apiserver.key'}",
        f"--client-ca-file={pki / 'ca.crt'}",
        "--authorization-mode=Node,RBAC",
        # The second is what OpenShift has: it finds rights to set owner references that somebody forgot to grant.
        "--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement",
        "--allow-privileged=true",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        f"--service-account-issuer=https://kubernetes.default.svc.{CLUSTER_DOMAIN}",
        f"--service-account-key-file={pki / 'service-accounts.pub'}",
        f"--service-account-signing-key-file={pki / 'service-accounts.key'}",
        f"--kubelet-certificate-authority={pki / 'ca.crt'}",
        f"--kubelet-client-certificate={pki / 'kubelet-client.crt'}",
        f"--kubelet-client-key={pki / 'kubelet-client.key'}",
        "--kubelet-preferred-address-types=InternalIP",
        f"--audit-policy-file={layout.configuration('audit-policy.json')}",
        f"--audit-log-path={layout.audit_log}",
        "--audit-log-format=json",
        "--audit-log-maxsize=4096",  # MB; readers want one file
        *_aggregation(layout),
        *_advertising(record.profile),
    )
    return Component(name="kube-apiserver", program="kube-apiserver", arguments=arguments, health=f"{url}/readyz")


def _audit_policy(profile: Profile) -> dict[str, object]:
    """What is written down costs CPU, so where costs are measured it is only what they need: the answers."""
    rules = [_ANSWERS] if profile is Profile.LOAD else [_ARRIVALS, _ANSWERS]
    return {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitManagedFields": True, "rules": rules}


def _aggregation(layout: Layout) -> tuple[str, ...]:
    """How extension API servers know the API server, and what it tells them of the user who asks.

    See https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
    """
    front_proxy = layout.front_proxy
    return (
        f"--requestheader-client-ca-file={front_proxy / 'ca.crt'}",
        f"--requestheader-allowed-names={_FRONT_PROXY_USER}",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={front_proxy / 'client.crt'}",
        f"--proxy-client-key-file={front_proxy / 'client.key'}",
    )


def _advertising(profile: Profile) -> tuple[str, ...]:
    if profile is Profile.NODE:
        return (f"--advertise-address={NODE_ADDRESS}",)
    # Nobody is there to use the Service `kubernetes`, and an endpoint may not be a loopback address.
    return ("--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none")


def _controller_manager(layout: Layout, record: Record) -> Component:
    pki = layout.pki
    arguments = (
        "--use-service-account-credentials",
        f"--service-account-private-key-file={pki / 'service-accounts.key'}",
        f"--root-ca-file={pki / 'ca.crt'}",
        f"--cluster-signing-cert-file={pki / 'ca.crt'}",
        f"--cluster-signing-key-file={pki / 'ca.key'}",
        "--allocate-node-cidrs=true",
        f"--cluster-cidr={POD_CIDR}",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        *_client_limits(record.profile),
    )
    return _client_component("kube-controller-manager", layout, record, arguments)


def _client_limits(profile: Profile) -> tuple[str, ...]:
    """Clusters with nodes keep Kubernetes' default of 20 calls a second, as real clusters do.

    It delays the first service accounts by five seconds, for which tests that make namespaces should not wait.
    """
    return ("--kube-api-qps=500", "--kube-api-burst=1000") if profile is Profile.CONTROL_PLANE else ()


def _scheduler(layout: Layout, record: Record) -> Component:
    return _client_component("kube-scheduler", layout, record, ())


def _client_component(name: str, layout: Layout, record: Record, arguments: tuple[str, ...]) -> Component:
    """What the two components that are clients of the API server have in common."""
    port, kubeconfig = record.ports[name], layout.component_kubeconfig(name)
    common = (
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--tls-cert-file={layout.pki / 'loopback.crt'}",
        f"--tls-private-key-file={layout.pki / 'loopback.key'}",
        "--leader-elect=false",
    )
    health = f"https://127.0.0.1:{port}/healthz"
    return Component(name=name, program=name, arguments=(*common, *arguments), health=health)
