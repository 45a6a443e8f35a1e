"""``jupyternetes graph serve``: its options. What it does is in ``graph.serve``."""

from typing import Annotated

import typer

from jupyternetes.cli.graph import AdditionsFile, Cluster, Kubeconfig, Namespaces, app
from jupyternetes.cli.operator import Format, Level, LogFormat, LogLevel
from jupyternetes.cli.output import fail
from jupyternetes.runtime import logs

Host = Annotated[
    str,
    typer.Option(
        help="Address to listen on. Pages, JSON and events are served at loopback addresses only, because they name "
        "people; anywhere else there are /healthz, /readyz and /metrics."
    ),
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
InCluster = Annotated[
    bool,
    typer.Option(
        "--in-cluster", help="Listen on every address, of IPv4 and IPv6, for /healthz, /readyz and /metrics alone."
    ),
]
LoopbackPort = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        help="With --in-cluster: serve the pages too, on this port of the loopback address, where kubectl port-forward "
        "reaches them.",
    ),
]


@app.command()
def serve(
    kubeconfig: Kubeconfig = None,
    namespace: Namespaces = None,
    additions: AdditionsFile = None,
    cluster: Cluster = False,
    host: Host = "127.0.0.1",
    port: Port = 8090,
    in_cluster: InCluster = False,
    loopback_port: LoopbackPort = None,
    log_level: LogLevel = Level.INFO,
    log_format: LogFormat = Format.TEXT,
) -> None:
    """Keep the verdict current, and serve it to browsers and to Prometheus until told to stop (SIGTERM, Ctrl-C)."""
    # Imported here: operators, which are commands too, would carry these modules in their memory.
    from jupyternetes.cli import graph_work
    from jupyternetes.graph.discovery.follow import Follower
    from jupyternetes.graph.serve.service import Place
    from jupyternetes.graph.serve.service import serve as serve_until_stopped
    from jupyternetes.runtime.client import Client

    if loopback_port is not None and not in_cluster:
        fail("--loopback-port adds the pages to --in-cluster; without that, --port says where they are")
    if in_cluster and host != "127.0.0.1":
        fail("--in-cluster listens on every address: leave out --host")
    logs.configure(log_level, "json" if log_format is Format.JSON else "text")
    places = [Place(None if in_cluster else host, port)]
    places += [Place("127.0.0.1", loopback_port)] if loopback_port is not None else []
    source = graph_work.Source(
        snapshot=None,
        kubeconfig=kubeconfig,
        namespaces=tuple(namespace or ()),
        additions=graph_work.read_additions(additions),
        cluster=cluster,
        observe=False,
        prometheus=None,
    )

    async def connected(client: Client) -> None:
        async with Follower(client, source.places(client), cluster=cluster) as follower:
            await serve_until_stopped(client, follower, source.made, places)

    source.use(connected)
