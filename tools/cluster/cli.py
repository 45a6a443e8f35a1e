"""The command line: `python -m tools.cluster <command>`."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tools.cluster.binaries import OF_PROMETHEUS, find_or_build
from tools.cluster.cluster import Cluster, take_down
from tools.cluster.errors import ClusterError
from tools.cluster.layout import DEFAULT_DIRECTORY, DEFAULT_NAME, Layout, Profile
from tools.cluster.programs import PROGRAMS
from tools.cluster.progress import Steps

app = typer.Typer(
    help="A real Kubernetes on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
images_app = typer.Typer(help="The images on the node.", no_args_is_help=True)
app.add_typer(images_app, name="images")

_PROGRAMS = ("kubectl", *PROGRAMS, *OF_PROMETHEUS)

Name = Annotated[str, typer.Option(help="Name of the cluster; several can run side by side.")]
Directory = Annotated[Path, typer.Option(help="Folder in which clusters keep their files.")]


@app.command()
def up(
    profile: Annotated[
        Profile, typer.Option(help="`node` adds a real node (needs root), `load` fake ones.")
    ] = Profile.CONTROL_PLANE,
    name: Name = DEFAULT_NAME,
    directory: Directory = DEFAULT_DIRECTORY,
    argument: Annotated[
        list[str] | None,
        typer.Option(metavar="COMPONENT=FLAG", help="Further argument of a component, as kube-scheduler=--v=4."),
    ] = None,
) -> None:
    """Make a cluster, or repair one that was left half made."""
    cluster = Cluster.up(profile=profile, name=name, directory=directory, extra_arguments=_by_component(argument))
    typer.echo(f"export KUBECONFIG={cluster.kubeconfig}")


@app.command()
def down(name: Name = DEFAULT_NAME, directory: Directory = DEFAULT_DIRECTORY) -> None:
    """End a cluster and remove everything of it, its data too."""
    take_down(Layout.of(name, directory), Steps())


@app.command()
def status(name: Name = DEFAULT_NAME, directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Show the components; exit code 1 unless all are ready."""
    cluster = Cluster.find(name=name, directory=directory)
    table = Table("component", "state", "pid")
    for component in cluster.components:
        pid = cluster.pid(component)
        state = "stopped" if pid is None else "ready" if cluster.is_ready(component) else "not ready"
        table.add_row(component, state, str(pid or ""))
    typer.echo(f"cluster {name} ({cluster.profile}) at {cluster.server}, in {cluster.folder}")
    Console().print(table)
    if not cluster.is_ready():
        raise typer.Exit(1)


@app.command()
def logs(
    component: Annotated[str | None, typer.Argument(help="Without it: what logs there are.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on printing what is added.")] = False,
    name: Name = DEFAULT_NAME,
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Print the log of a component."""
    cluster = Cluster.find(name=name, directory=directory)
    if component is None:
        for each in cluster.components:
            typer.echo(f"{each}\t{cluster.log(each)}")
        return
    if component not in cluster.components:
        raise ClusterError(f"no component {component!r} in this cluster; there are: {', '.join(cluster.components)}")
    log = str(cluster.log(component))
    command = ["tail", "-n", "+1", *(["-f"] if follow else []), "--", log]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


@app.command()
def kubeconfig(
    user: Annotated[str | None, typer.Option(help="For this user in place of the administrator.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="A group of the user; may be repeated.")] = None,
    name: Name = DEFAULT_NAME,
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Print the path of a kubeconfig."""
    cluster = Cluster.find(name=name, directory=directory)
    typer.echo(cluster.kubeconfig_for(user, group or []) if user else cluster.kubeconfig)


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,  # what follows kubectl's own command is kubectl's, `--` too
        "help_option_names": [],
    }
)
def kubectl(context: typer.Context, name: Name = DEFAULT_NAME, directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Run kubectl as the cluster's administrator."""
    cluster = Cluster.find(name=name, directory=directory)
    environment = os.environ | {"KUBECONFIG": str(cluster.kubeconfig)}
    command = [cluster.kubectl_program, *context.args]
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


@app.command()
def metrics(name: Name = DEFAULT_NAME, directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Add metrics-server to a node; `kubectl top` then says what nodes and pods use."""
    Cluster.find(name=name, directory=directory).enable_metrics()


@app.command()
def program(name: Annotated[str, typer.Argument(help=", ".join(_PROGRAMS))]) -> None:
    """Print the path of a program of the pinned version, making or fetching it first if it is nowhere."""
    if name not in _PROGRAMS:
        raise ClusterError(f"no program {name!r}; there are: {', '.join(_PROGRAMS)}")
    typer.echo(find_or_build(name, Steps(Console(stderr=True, highlight=False, soft_wrap=True))))


@images_app.command("list")
def list_images(name: Name = DEFAULT_NAME, directory: Directory = DEFAULT_DIRECTORY) -> None:
    """Print the names of the images on the node."""
    for image in Cluster.find(name=name, directory=directory).images():
        typer.echo(image)


@images_app.command("load")
def load_images(
    archives: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="OCI or Docker archives.")],
    name: Name = DEFAULT_NAME,
    directory: Directory = DEFAULT_DIRECTORY,
) -> None:
    """Bring images onto the node, where pods find them without a registry."""
    cluster, steps = Cluster.find(name=name, directory=directory), Steps()
    for archive in archives:
        with steps.step(f"loading {archive}"):
            names = cluster.load_image(archive)
        for image in names:
            steps.say(f"  {image}")


def main() -> None:
    """Run a command; an error that users can do something about is one line and exit code 1."""
    try:
        app()
    except ClusterError as error:
        sys.exit(f"error: {error}")
    except OSError as error:  # a folder that is not ours, a full disk
        sys.exit(f"error: {error.strerror}: {error.filename}")


def _by_component(arguments: list[str] | None) -> dict[str, list[str]] | None:
    if not arguments:
        return None
    result: defaultdict[str, list[str]] = defaultdict(list)
    for argument in arguments:
        component, separator, flag = argument.partition("=")
        if not separator or not flag.startswith("-"):
            raise ClusterError(f"--argument {argument}: write COMPONENT=FLAG, as kube-scheduler=--v=4")
        result[component].append(flag)
    return dict(result)
