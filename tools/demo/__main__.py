"""`python -m tools.demo up|check|graph|down`."""

import sys
import time
from typing import Annotated

import typer

from tools.cluster import Cluster, ClusterError, Steps
from tools.demo import demo as demonstration
from tools.demo import graph as dependency_graph
from tools.demo import images
from tools.demo.errors import DemoError
from tools.demo.settings import SCREENSHOTS, HubSettings
from tools.images.errors import ImageError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Existing = Annotated[
    bool, typer.Option("--use-kubeconfig", envvar="USE_KUBECONFIG", help="The cluster of $KUBECONFIG, not a local one.")
]
BaseUrl = Annotated[str, typer.Option(envvar="BASE_URL", help="Path below which the hub serves, as /jh/.")]
Prefix = Annotated[str, typer.Option(envvar="IMAGE_PREFIX", help="Registry and path of pushed images.")]
Tag = Annotated[str, typer.Option(envvar="IMAGE_TAG", help="Their tag.")]


@app.command()
def up(
    use_kubeconfig: Existing = False, base_url: BaseUrl = "/", image_prefix: Prefix = "", image_tag: Tag = "dev"
) -> None:
    """Start the demonstration, or bring it up to date; says what to open."""
    started = time.monotonic()
    hubs = [HubSettings(base_url=base_url)]
    if not use_kubeconfig:
        running = demonstration.up_local(hubs, Steps())
    elif image_prefix:
        running = demonstration.up_existing(hubs, images.published(image_prefix, image_tag), Steps())
    else:
        raise DemoError(
            "a cluster that exists pulls its images: build them (make images), push operators, hub and notebook to a "
            "registry that it can reach, and give IMAGE_PREFIX=<registry>/<path>, and IMAGE_TAG unless it is dev"
        )
    typer.echo(demonstration.directions(running, time.monotonic() - started))


@app.command()
def check() -> None:
    """Start the demonstration on this machine, unless it runs, and do its main job in a real browser."""
    demonstration.check(demonstration.find_local(Steps()), SCREENSHOTS)
    typer.echo(f"The main job works. Screenshots: {SCREENSHOTS}")


@app.command()
def graph() -> None:
    """Start a hub with PostgreSQL, an OAuth provider and users on this machine, and draw its dependency graph."""
    started = time.monotonic()
    running = dependency_graph.up(Steps())
    dependency_graph.draw(running)
    typer.echo(dependency_graph.directions(running, time.monotonic() - started))


@app.command()
def down(use_kubeconfig: Existing = False) -> None:
    """Remove hubs, servers, volumes and operators; the cluster stays."""
    demonstration.down(None if use_kubeconfig else Cluster.find().kubeconfig, Steps())


def main() -> None:
    """Run a command; what a user can put right ends in one message and exit code 1."""
    try:
        app()
    except (DemoError, ClusterError, ImageError) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
