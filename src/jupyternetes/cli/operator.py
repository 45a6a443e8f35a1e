"""``jupyternetes operator …``: its commands and their options. What they do is in ``operator_work``."""

import inspect
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from jupyternetes.api.gate import LEASE_NAME
from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.runtime.wire import WEBHOOK_SECONDS

app = typer.Typer(help="Run an operator until it is told to stop (SIGTERM).", no_args_is_help=True)


class Level(StrEnum):
    """Levels of logging's."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Format(StrEnum):
    """Forms of a log line."""

    JSON = "json"
    TEXT = "text"


Kubeconfig = Annotated[
    Path | None,
    typer.Option(help="Kubeconfig file; default: $KUBECONFIG, the pod's service account, ~/.kube/config."),
]
Namespaces = Annotated[
    list[str] | None,
    typer.Option("--namespace", help="Namespace of Instances to look after; repeat it for several. Default: all."),
]
TemplateNamespaces = Annotated[
    list[str] | None,
    typer.Option(
        "--template-namespace",
        help="Namespace whose Templates may be used from other namespaces; repeat it for several. "
        "Default: the namespace that the operator runs in.",
    ),
]
LeaseNamespace = Annotated[
    str | None,
    typer.Option(help="Namespace of the Lease that the replicas share. Default: the one that the operator runs in."),
]
LeaseName = Annotated[
    str | None, typer.Option(help="Name of that Lease. Default: jupyternetes- and the operator's name.")
]
WebhookSeconds = Annotated[
    float,
    typer.Option(
        min=WEBHOOK_SECONDS,
        max=30,
        help="For so long may admission webhooks hold up a write. How long a write may take, the times of the Lease "
        "and the waits after a lost answer follow: the Lease lasts 5 s longer.",
    ),
]
LeaseSeconds = Annotated[
    float | None,
    typer.Option(
        min=1,
        help="After so long without a sign of life of the replica that works another one takes over, whatever "
        "--webhook-seconds says; the other times of the Lease, and how long a write may take, follow.",
    ),
]
OtherResources = Annotated[
    list[str] | None,
    typer.Option(
        "--other-resource",
        help="A kind that entries of otherResources may be of, as apiVersion/Kind=resource, such as "
        "v1/ConfigMap=configmaps; repeat it for several. All operators have to be given the same. Default: none.",
    ),
]
DangerousKinds = Annotated[
    bool,
    typer.Option(
        "--allow-dangerous-kinds",
        help="Let --other-resource name kinds that run pods, lead traffic or give files past the rules for Templates.",
    ),
]
HealthHost = Annotated[
    str | None,
    typer.Option(help="Address for /livez, /readyz and /metrics. Default: every one, of IPv4 and IPv6."),
]
HealthPort = Annotated[
    int, typer.Option(min=0, max=65535, help="Port for /livez, /readyz and /metrics; 0 takes a free one.")
]
LogLevel = Annotated[Level, typer.Option(help="Least level that is logged.")]
LogFormat = Annotated[Format, typer.Option(help="json: one object a line. text: for people.")]


def _lease_names(names: list[str] | None) -> list[str] | None:
    for name in names or ():
        if not re.fullmatch(LEASE_NAME, name):
            raise typer.BadParameter(f"{name!r} is not the namespace and name of a Lease, as in a/b")
    return names


Gates = Annotated[
    bool,
    typer.Option(
        "--gates",
        help="Let starts and stops wait for the gates of their Templates. Without this, a Template with gates cannot "
        "be used.",
    ),
]
GateLeases = Annotated[
    list[str] | None,
    typer.Option(
        "--gate-lease",
        callback=_lease_names,
        help="Lease that gates may name, as namespace/name; repeat it for several. It is watched, and once it has run "
        "out its gates are waited for no more.",
    ),
]


_OF_GATES: Final = ("gates", "gate_lease")


def _kinds(operator: str, texts: list[str] | None, *, dangerous_allowed: bool) -> tuple[OtherKind, ...]:
    from jupyternetes.cli.operator_work import allowed_kinds

    try:
        return allowed_kinds(operator, texts or (), dangerous_allowed=dangerous_allowed)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--other-resource") from error


def _command(name: str, purpose: str, *, heeds_gates: bool = False) -> None:
    def run(
        kubeconfig: Kubeconfig = None,
        namespace: Namespaces = None,
        template_namespace: TemplateNamespaces = None,
        other_resource: OtherResources = None,
        allow_dangerous_kinds: DangerousKinds = False,
        lease_namespace: LeaseNamespace = None,
        lease_name: LeaseName = None,
        webhook_seconds: WebhookSeconds = WEBHOOK_SECONDS,
        lease_seconds: LeaseSeconds = None,
        gates: Gates = False,
        gate_lease: GateLeases = None,
        health_host: HealthHost = None,
        health_port: HealthPort = 8080,
        log_level: LogLevel = Level.INFO,
        log_format: LogFormat = Format.TEXT,
    ) -> None:
        from jupyternetes.cli.operator_work import Operator

        Operator(
            name=name,
            kubeconfig=kubeconfig,
            namespaces=tuple(namespace or ()),
            template_namespaces=tuple(template_namespace or ()),
            other_kinds=_kinds(name, other_resource, dangerous_allowed=allow_dangerous_kinds),
            lease_namespace=lease_namespace,
            lease_name=lease_name,
            webhook_seconds=webhook_seconds,
            lease_seconds=lease_seconds,
            gates=gates,
            gate_leases=tuple(gate_lease or ()),
            health_host=health_host,
            health_port=health_port,
        ).run(log_level, "json" if log_format is Format.JSON else "text")

    taken = inspect.signature(run)
    if not heeds_gates:  # the command line is made from the signature
        own = [each for each in taken.parameters.values() if each.name not in _OF_GATES]
        vars(run)["__signature__"] = taken.replace(parameters=own)
    app.command(name, help=purpose)(run)


_command("pvcs", "Make the volume claims of Instances.")
_command("pods", "Make and end the pods of Instances, and check Templates.", heeds_gates=True)
_command("pod-status", "Report in Instances how their pods fare.")
_command("other-resources", "Make the other resources of Instances, and say when they are ready.")
