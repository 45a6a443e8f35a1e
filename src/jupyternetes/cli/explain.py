"""``jupyternetes explain``: its options. What it does is in ``explanation``."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyternetes.cli.output import fail

if TYPE_CHECKING:  # what help does not need is imported by who does
    from jupyternetes.cli.explanation.collect import Facts
    from jupyternetes.runtime.client import Client


class Output(StrEnum):
    """Forms of an explanation."""

    TEXT = "text"
    JSON = "json"


def explain(
    who: Annotated[
        str,
        typer.Argument(metavar="USER|INSTANCE", help="A user's name in JupyterHub, or the name of an Instance."),
    ],
    server: Annotated[
        str | None, typer.Option(help="Of the user only the server of this name; '' is the default one. Default: all.")
    ] = None,
    kubeconfig: Annotated[
        Path | None,
        typer.Option(help="Kubeconfig file; default: $KUBECONFIG, the pod's service account, ~/.kube/config."),
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option(help="Namespace of the Instance. Default: the one that the kubeconfig or the pod names."),
    ] = None,
    output: Annotated[Output, typer.Option(help="text: for people. json: to be read by programs.")] = Output.TEXT,
) -> None:
    """Say how a server is and why, and what its Template as it is now would make otherwise. Nothing is changed.

    It takes the right to list Instances in the namespace; of Templates, pods and claims it says what you may see.
    """
    import msgspec

    from jupyternetes.cli.cluster import look
    from jupyternetes.cli.explanation.collect import ExplainError, collect
    from jupyternetes.cli.explanation.explanation import explain as explained
    from jupyternetes.cli.explanation.words import lines

    async def found(client: "Client") -> "list[Facts]":
        return await collect(client, namespace or client.namespace, who, server)

    try:
        servers = [explained(each) for each in look(kubeconfig, found, name="explain")]
    except ExplainError as error:
        fail(str(error))
    if output is Output.JSON:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(servers)).decode() + "\n")
        return
    for number, each in enumerate(servers):
        if number:
            print()
        for line in lines(each):
            print(line)
