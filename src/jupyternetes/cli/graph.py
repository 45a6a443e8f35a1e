"""``jupyternetes graph …``: its commands and their options. What they do is in ``graph_work``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyternetes.cli.output import fail
from jupyternetes.graph.model.fold import SHAPES

if TYPE_CHECKING:
    from jupyternetes.cli.graph_work import Source

app = typer.Typer(
    help="The dependency graph of a JupyterHub deployment: which parts depend on which, and how they fare.",
    invoke_without_command=True,
)


class Output(StrEnum):
    """Forms of the graph."""

    TREE = "tree"
    JSON = "json"
    SVG = "svg"
    HTML = "html"
    DOT = "dot"


Kubeconfig = Annotated[
    Path | None,
    typer.Option(help="Kubeconfig file; default: $KUBECONFIG, the pod's service account, ~/.kube/config."),
]
Namespaces = Annotated[
    list[str] | None,
    typer.Option(
        "--namespace",
        help="Namespace of the hub, of Instances or of user pods; repeat it for several. Default: the one that the "
        "kubeconfig or the pod names.",
    ),
]
Snapshot = Annotated[Path | None, typer.Option(help="Work from a file that --output json wrote, without a cluster.")]
AdditionsFile = Annotated[
    Path | None, typer.Option("--additions", help="YAML file with nodes and edges that cannot be discovered.")
]
Cluster = Annotated[
    bool,
    typer.Option(
        "--cluster",
        help="Look at cluster nodes and OpenShift's ClusterOperators too, which takes rights in the whole cluster.",
    ),
]
Observe = Annotated[
    bool,
    typer.Option("--observe/--no-observe", help="Find out whether metrics, logs and Events of each node can be had."),
]
Prometheus = Annotated[
    str | None,
    typer.Option(help="URL of a Prometheus that scrapes the kubelets, to be asked how full volumes are."),
]
File = Annotated[Path | None, typer.Option(help="Write there instead of to standard output.")]


@app.callback()
def show(
    context: typer.Context,
    kubeconfig: Kubeconfig = None,
    namespace: Namespaces = None,
    snapshot: Snapshot = None,
    additions: AdditionsFile = None,
    cluster: Cluster = False,
    observe: Observe = True,
    prometheus: Prometheus = None,
    output: Annotated[
        Output,
        typer.Option(
            help="tree: for the terminal. svg, html: a picture, html with all details. dot: for Graphviz. json: "
            "everything, to be read by programs and by --snapshot."
        ),
    ] = Output.TREE,
    file: File = None,
    shapes: Annotated[
        int, typer.Option(min=30, max=500, help="Shapes beyond which servers that are alike are drawn as one.")
    ] = SHAPES,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show the tree again whenever something changes, until Ctrl-C.")
    ] = False,
    anonymise: Annotated[
        bool, typer.Option("--anonymise", help="Replace every name of a person, object and host by a word.")
    ] = False,
    anonymise_key: Annotated[
        str | None,
        typer.Option(
            help="The same key gives the same words, so that graphs can be compared. Default: a new one each time."
        ),
    ] = None,
) -> None:
    """Show the graph."""
    if context.invoked_subcommand is not None:
        sources = {name: context.get_parameter_source(name) for name in context.params}
        given = [name for name, source in sources.items() if source is not None and source.name != "DEFAULT"]
        if given:
            fail(f"put --{given[0].replace('_', '-')} after {context.invoked_subcommand}: before it, it has no effect")
        return
    from jupyternetes.cli import graph_work

    source = _source(kubeconfig, namespace, snapshot, additions, cluster, observe, prometheus)
    if not watch:
        key = anonymise_key if anonymise_key is not None or not anonymise else graph_work.new_key()
        graph_work.show(source, graph_work.Form(output, shapes, key), file)
    elif output is not Output.TREE or snapshot or file or anonymise or anonymise_key or prometheus:
        fail(
            "--watch shows the tree of a cluster: leave out --output, --file, --snapshot, --anonymise and --prometheus"
        )
    else:
        from jupyternetes.cli.graph_watch import watch as follow

        follow(source, shapes)


@app.command()
def node(
    name: Annotated[str, typer.Argument(help="The id, name or kind of a node, such as hub.")],
    kubeconfig: Kubeconfig = None,
    namespace: Namespaces = None,
    snapshot: Snapshot = None,
    additions: AdditionsFile = None,
    cluster: Cluster = False,
    observe: Observe = True,
    prometheus: Prometheus = None,
) -> None:
    """Show one node: how it fares, its Events and the end of its log, what it depends on and what depends on it."""
    from jupyternetes.cli import graph_work

    graph_work.show_node(_source(kubeconfig, namespace, snapshot, additions, cluster, observe, prometheus), name)


class VerdictOutput(StrEnum):
    """Forms of a verdict."""

    TEXT = "text"
    JSON = "json"
    SVG = "svg"
    HTML = "html"


@app.command()
def causes(
    kubeconfig: Kubeconfig = None,
    namespace: Namespaces = None,
    snapshot: Snapshot = None,
    additions: AdditionsFile = None,
    cluster: Cluster = False,
    output: Annotated[
        VerdictOutput,
        typer.Option(
            help="text: for people. svg, html: the picture with the causes marked, html with all details. json: to be "
            "read by programs."
        ),
    ] = VerdictOutput.TEXT,
    file: File = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch",
            help="Judge again whenever something changes, until Ctrl-C; what comes up then counts once it has lasted.",
        ),
    ] = False,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe",
            help="Connect from here, too, to the hosts and ports that hubs say they depend on, and hang up: that shows "
            "whether only a hub's way there is cut.",
        ),
    ] = False,
) -> None:
    """Say where trouble comes from, who is affected, and how sure that is."""
    from jupyternetes.cli import graph_work

    source = _source(kubeconfig, namespace, snapshot, additions, cluster, observe=False, prometheus=None, probe=probe)
    if not watch:
        graph_work.show_causes(source, output, file)
    elif snapshot or file or output is not VerdictOutput.TEXT:
        fail("--watch follows a cluster and prints text: leave out --snapshot, --output and --file")
    else:
        from jupyternetes.cli.graph_watch import watch_causes

        watch_causes(source)


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(help="A file that --output json wrote.")],
    after: Annotated[Path, typer.Argument(help="A later one.")],
) -> None:
    """Show what came (+), went (-) and changed (~) between two recordings."""
    from jupyternetes.cli import graph_work

    graph_work.show_differences(before, after)


def _source(
    kubeconfig: Path | None,
    namespaces: list[str] | None,
    snapshot: Path | None,
    additions: Path | None,
    cluster: bool,
    observe: bool,
    prometheus: str | None,
    probe: bool = False,
) -> "Source":
    """Where the options say that the graph comes from; ends the command if they do not fit together."""
    # Imported here, as in all commands: operators, which are commands too, would carry these modules in their memory.
    from jupyternetes.cli import graph_work

    if snapshot is not None and (kubeconfig or namespaces or additions or cluster or prometheus or probe):
        fail("--snapshot holds a whole graph: leave out the options that say where to look for one")
    return graph_work.Source(
        snapshot=snapshot,
        kubeconfig=kubeconfig,
        namespaces=tuple(namespaces or ()),
        additions=graph_work.read_additions(additions),
        cluster=cluster,
        observe=observe,
        prometheus=prometheus,
        probe=probe,
    )
