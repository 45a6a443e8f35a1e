"""``jupyternetes operator …``: the operators, a process each."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import jupyternetes
from jupyternetes.operators.pod_status import wiring as pod_status
from jupyternetes.operators.pods import wiring as pods
from jupyternetes.operators.pvcs import wiring as pvcs
from jupyternetes.operators.shared.assembly import Settings
from jupyternetes.runtime import logs
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.process import Process

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


Build = Callable[[Client, Settings], Process]

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
HealthHost = Annotated[str, typer.Option(help="Address for /livez, /readyz and /metrics.")]
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
        health_host: HealthHost = "0.0.0.0",  # noqa: S104 - the kubelet probes the pod's address
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

        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_run(build, name, kubeconfig, settings))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where the extra is installed: quicker requests and answers."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _run(build: Build, name: str, kubeconfig: Path | None, settings: Callable[[str], Settings]) -> None:
    agent = f"jupyternetes-{name}/{jupyternetes.__version__}"
    async with await Client.connect(kubeconfig, user_agent=agent) as client:
        await build(client, settings(client.namespace)).run()


_command("pvcs", pvcs.build, "Make the volume claims of Instances.")
_command("pods", pods.build, "Make and end the pods of Instances, and check Templates.")
_command("pod-status", pod_status.build, "Report in Instances how their pods fare.")
