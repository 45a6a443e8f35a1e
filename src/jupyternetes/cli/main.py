"""Commands and options; expected failures end in one line and exit code 1, never in a traceback."""

import sys
from typing import Annotated

import typer

import jupyternetes
from jupyternetes.cli import explain, graph_serve, operator, template
from jupyternetes.cli.output import fail, print_yaml
from jupyternetes.runtime.errors import (
    ApiError,
    ConfigurationError,
    LeaseLost,
    SetBack,
    StartupError,
    UnknownOutcome,
    Unreachable,
)

app = typer.Typer(
    help="Notebook servers for JupyterHub on Kubernetes, made by operators from templates.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(operator.app, name="operator")
app.add_typer(graph_serve.app, name="graph")
app.add_typer(template.app, name="template")
app.command("explain")(explain.explain)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jupyternetes {jupyternetes.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)
    ] = False,
) -> None: ...


@app.command()
def crds() -> None:
    """Print the CustomResourceDefinitions as YAML, for kubectl apply --server-side -f -."""
    from jupyternetes.api.crds import custom_resource_definitions

    print_yaml(custom_resource_definitions())


def main() -> None:
    """Run the command line."""
    try:
        result = app(standalone_mode=False)
    except (ConfigurationError, StartupError, Unreachable, UnknownOutcome, ApiError) as error:
        fail(str(error))
    except LeaseLost as error:
        fail(f"lost the lease: {error}; another replica may be at work, so this one ends")
    except SetBack as error:
        fail(f"{error}: it was restored from a backup; this process ends, to begin anew from what is there now")
    except typer.Abort:
        fail("interrupted")
    except typer.TyperException as error:
        mistake = error.format_message()
        fail(
            f"{mistake.rstrip('.')}. See: jupyternetes --help" if mistake else "a command is needed, see the help above"
        )
    sys.exit(result if isinstance(result, int) else 0)
