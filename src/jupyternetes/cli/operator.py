"""``jupyternetes operator …``: the operators, a process each."""

import asyncio
import socket
import uuid
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import jupyternetes
from jupyternetes.api.identity import lease_name as default_lease_name
from jupyternetes.operators.assembly.assembly import Settings
from jupyternetes.operators.pod_status import wiring as pod_status
from jupyternetes.operators.pods import wiring as pods
from jupyternetes.operators.pvcs import wiring as pvcs
from jupyternetes.runtime import logs
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.process import Process
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


Build = Callable[[Client, Lease, Settings], Process]

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
HealthHost = Annotated[
    str | None,
    typer.Option(help="Address for /livez, /readyz and /metrics. Default: every one, of IPv4 and IPv6."),
]
HealthPort = Annotated[
    int, typer.Option(min=0, max=65535, help="Port for /livez, /readyz and /metrics; 0 takes a free one.")
]
LogLevel = Annotated[Level, typer.Option(help="Least level that is logged.")]
LogFormat = Annotated[Format, typer.Option(help="json: one object a line. text: for people.")]


def _command(name: str, build: Build, purpose: str) -> None:
    @app.command(name, help=purpose)
    def run(  # pyright: ignore[reportUnusedFunction]
        kubeconfig: Kubeconfig = None,
        namespace: Namespaces = None,
        template_namespace: TemplateNamespaces = None,
        lease_namespace: LeaseNamespace = None,
        lease_name: LeaseName = None,
        webhook_seconds: WebhookSeconds = WEBHOOK_SECONDS,
        lease_seconds: LeaseSeconds = None,
        health_host: HealthHost = None,
        health_port: HealthPort = 8080,
        log_level: LogLevel = Level.INFO,
        log_format: LogFormat = Format.TEXT,
    ) -> None:
        logs.configure(log_level, "json" if log_format is Format.JSON else "text")

        def settings(own_namespace: str) -> Settings:
            return Settings(
                namespaces=tuple(namespace or ()),
                template_namespaces=tuple(template_namespace or (own_namespace,)),
                health_host=health_host,
                health_port=health_port,
            )

        def lease(client: Client) -> Lease:
            identity = f"{socket.gethostname()}_{uuid.uuid4().hex[:8]}"  # a restarted process is another candidate
            where, called = lease_namespace or client.namespace, lease_name or default_lease_name(name)
            times = LeaseTimes.lasting(lease_seconds) if lease_seconds else LeaseTimes.outlasting(webhook_seconds)
            return Lease(client, where, called, identity, times)

        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_run(build, name, kubeconfig, settings, lease))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where the extra is installed: quicker requests and answers."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _run(
    build: Build,
    name: str,
    kubeconfig: Path | None,
    settings: Callable[[str], Settings],
    make_lease: Callable[[Client], Lease],
) -> None:
    asyncio.get_running_loop().set_exception_handler(logs.loop_error)
    agent = f"jupyternetes-{name}/{jupyternetes.__version__}"
    # The Lease has connections of its own: no burst of work may keep it from being renewed.
    async with await Client.connect(kubeconfig, user_agent=agent) as lease_client:
        lease = make_lease(lease_client)
        async with await Client.connect(
            kubeconfig,
            user_agent=agent,
            write_bound=lease.times.write_bound,
            writes_until=lambda: lease.writes_until,
        ) as client:
            await build(client, lease, settings(client.namespace)).run()


_command("pvcs", pvcs.build, "Make the volume claims of Instances.")
_command("pods", pods.build, "Make and end the pods of Instances, and check Templates.")
_command("pod-status", pod_status.build, "Report in Instances how their pods fare.")
