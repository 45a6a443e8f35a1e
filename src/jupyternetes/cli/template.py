"""``jupyternetes template …``: its commands and their options. What they do is in ``templates``."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyternetes.cli.output import fail, print_yaml

if TYPE_CHECKING:  # what help does not need is imported by who does
    from jupyternetes.api.template import Template
    from jupyternetes.cli.templates.manifests import Manifest
    from jupyternetes.cli.templates.rendering import Outcome
    from jupyternetes.runtime.client import Client
    from jupyternetes.templating.others.kinds import Kinds
    from jupyternetes.templating.schemas import Schemas

app = typer.Typer(
    help="Look at Templates before they are applied; a cluster is asked with --cluster only.",
    no_args_is_help=True,
)

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="YAML files, with Templates among whatever else, such as what helm template prints; - for standard input. "
        "None, with --cluster: the Templates of the cluster.",
        show_default=False,
    ),
]
Kubeconfig = Annotated[
    Path | None,
    typer.Option(help="Kubeconfig file; default: $KUBECONFIG, the pod's service account, ~/.kube/config."),
]
OtherResources = Annotated[
    list[str] | None,
    typer.Option(
        "--other-resource",
        help="A kind that the chart's otherResources.kinds allows, as the operators are given it, such as "
        "v1/ConfigMap=configmaps; repeat it for several. Default: any kind counts as allowed.",
    ),
]
File = Annotated[str, typer.Argument(metavar="FILE", help="A YAML file; - for standard input.", show_default=False)]


@app.command()
def lint(
    files: Files = None,
    kubernetes: Annotated[
        str,
        typer.Option(
            metavar="1.MINOR", help="The release of Kubernetes that will run the pods. Default: the newest known."
        ),
    ] = "",
    cluster: Annotated[
        bool,
        typer.Option(
            "--cluster",
            help="Ask this cluster which fields there are; without a FILE, look at the Templates that it has.",
        ),
    ] = False,
    other_resource: OtherResources = None,
    kubeconfig: Kubeconfig = None,
    namespace: Annotated[
        list[str] | None,
        typer.Option(
            "--namespace", help="With --cluster: namespace of Templates; repeat it for several. Default: all."
        ),
    ] = None,
) -> None:
    """Say all that the operators will find wrong with Templates, each with file, line and column.

    Exits with 1 if there is anything.
    """
    from jupyternetes.cli.templates.lint import findings

    if not cluster and (kubeconfig or namespace):
        fail("--kubeconfig and --namespace are for --cluster: add it, or leave them out")
    if cluster and kubernetes:
        fail("--cluster takes the fields of the cluster, and --kubernetes those of a release: leave out one of them")
    if files and namespace:
        fail("--namespace says which Templates of the cluster to look at, and FILE which files: leave out one of them")
    if not (files or cluster):
        fail("name a FILE, or look at the Templates of a cluster with --cluster")
    schemas, there = _in_cluster(kubeconfig, namespace, files) if cluster else (_shipped(kubernetes), ())
    templates = [*there, *(template for file in files or () for template in _templates(file))]
    if not templates:
        places = [*(files or ()), *(f"namespace {name}" for name in namespace or ())]
        fail(f"there is no JupyterNotebookTemplate in {', '.join(places) or 'the cluster'}")
    several = bool(files) and len(templates) > 1
    kinds = _kinds(other_resource)
    found = [each for template in templates for each in findings(template, schemas, named=several, kinds=kinds)]
    for finding in found:
        print(finding)
    if found:
        print(f"{_counted(len(found), 'problem')} in {_counted(len(templates), 'Template')}", file=sys.stderr)
        raise typer.Exit(1)
    print(f"{_counted(len(templates), 'Template')}, no problems")


@app.command()
def render(
    file: File,
    user: Annotated[str, typer.Option(help="The user's name in JupyterHub.")] = "jovyan",
    server: Annotated[str, typer.Option(help="The name of the server; empty for the default one.")] = "",
    namespace: Annotated[str, typer.Option(help="Where the server is to live.")] = "default",
    name: Annotated[str, typer.Option(help="Which Template of the file, if there are several.")] = "",
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A variable, as the hub would give it; repeat it for several."
        ),
    ] = None,
    sources: Annotated[bool, typer.Option(help="Say of each inserted value, in comments, where it comes from.")] = True,
) -> None:
    """Print the objects that the operators would make for a user, with what is not known before: names, uids.

    Exits with 1, and all that is wrong, if nothing would be made.
    """
    from jupyternetes.cli.templates.rendering import rendered
    from jupyternetes.operators.templates.sample import Person

    person = Person(user=user, server=server, namespace=namespace)
    outcome = rendered(_template(file, name), person, _variables(given or []))
    for problem in outcome.problems:
        print(problem, file=sys.stderr)
    if outcome.problems:
        raise typer.Exit(1)
    _print(outcome, sources=sources)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A YAML file with the Template as it is.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="One with the Template as it is to be.")],
    name: Annotated[str, typer.Option(help="Which Template of the files, if there are several.")] = "",
) -> None:
    """Say what an edit of a Template means for values that users chose before, and that are remembered for them.

    Exits with 1 if one of them would be refused.
    """
    from jupyternetes.cli.templates.difference import changes
    from jupyternetes.operators.templates.finder import compile_as_operators

    before, after = (compile_as_operators(_template(file, name)) for file in (old, new))
    for file, compiled in ((old, before), (new, after)):
        if compiled.problems:
            fail(f"{file}: this Template has problems; see: jupyternetes template lint {file}")
    found = list(changes(before, after))
    for change in found:
        print(change)
    if any(change.refuses for change in found):
        raise typer.Exit(1)
    if not found:
        print("nothing changes for values that were chosen before")


@app.command()
def schema(
    file: File,
    name: Annotated[str, typer.Option(help="Which Template of the file, if there are several.")] = "",
) -> None:
    """Print the JSON Schema (2020-12) of the options that start a server from a Template by JupyterHub's REST API."""
    import json

    from jupyternetes.options.json_schema import options_schema
    from jupyternetes.templating import compile_as_operators

    template = _template(file, name)
    compiled = compile_as_operators(template)
    if compiled.problems or template.unreadable:
        fail(f"{file}: this Template has problems; see: jupyternetes template lint {file}")
    print(json.dumps(options_schema(template, compiled), indent=2, ensure_ascii=False))


@app.command()
def test(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="YAML files of tests; each names its Template's file.")
    ],
) -> None:
    """Run tests of Templates: what comes of given values, and what is refused.

    Exits with 1 if one fails.
    """
    from jupyternetes.cli.templates.cases import failures, suites, template_for
    from jupyternetes.cli.templates.manifests import ManifestError

    passed = failed = 0
    try:
        for file in files:
            for suite in suites(file):
                template = template_for(suite, file)
                for case in suite.tests:
                    found = failures(case, template)
                    print(f"{'FAILED' if found else 'passed'} {case.name}")
                    for failure in found:
                        print(f"       {failure}")
                    passed, failed = passed + (not found), failed + bool(found)
    except ManifestError as error:
        fail(str(error))
    print(f"{passed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


def _kinds(texts: list[str] | None) -> "Kinds":
    from jupyternetes.api.other_kinds import OtherKind
    from jupyternetes.templating.others.kinds import ANY, Kinds

    try:
        read = [OtherKind.read(text) for text in texts or ()]
    except ValueError as error:
        fail(f"--other-resource {error}")
    return Kinds((each.api_version, each.kind) for each in read) if read else ANY


def _shipped(kubernetes: str) -> "Schemas":
    from jupyternetes.templating.schemas.shipped import MINORS, shipped

    known = {f"1.{minor}": minor for minor in MINORS}
    if kubernetes and kubernetes not in known:
        fail(f"--kubernetes {kubernetes!r}: must be one of {', '.join(known)}")
    return shipped(known[kubernetes]) if kubernetes else shipped()


def _in_cluster(
    kubeconfig: Path | None, namespaces: list[str] | None, files: list[str] | None
) -> "tuple[Schemas, Sequence[Manifest]]":
    """The schemas of a cluster, and its Templates unless there are files."""
    from jupyternetes.cli.cluster import look
    from jupyternetes.cli.templates.in_cluster import ClusterError, schemas_of, templates_of

    async def found(client: "Client") -> "tuple[Schemas, Sequence[Manifest]]":
        templates = [] if files else await templates_of(client, namespaces or ())
        return await schemas_of(client), templates

    try:
        return look(kubeconfig, found, name="lint")
    except ClusterError as error:
        fail(str(error))


def _templates(file: str) -> "list[Manifest]":
    from jupyternetes.cli.templates.lint import templates_in
    from jupyternetes.cli.templates.manifests import ManifestError

    try:
        return templates_in(file)
    except ManifestError as error:
        fail(str(error))


def _template(file: str, name: str) -> "Template":
    from jupyternetes.cli.templates.lint import one_template
    from jupyternetes.cli.templates.manifests import ManifestError

    try:
        return one_template(file, name, f"choose one Template of {file} with --name")
    except ManifestError as error:
        fail(str(error))


def _variables(pairs: list[str]) -> Mapping[str, str]:
    variables: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            fail(f"--set {pair!r}: write NAME=VALUE")
        variables[name] = value
    return variables


def _print(outcome: "Outcome", *, sources: bool) -> None:
    for made in outcome.made:
        print("---")
        print(f"# {made.path}{': ' if made.note else ''}{made.note}")
        for source in made.sources if sources else ():
            print("#  ", " ".join(str(source).splitlines()))
        if made.body is not None:
            print_yaml([made.body])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
