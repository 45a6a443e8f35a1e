"""The command line: `python -m tools.images <command>`."""

import shutil
import sys
from typing import Annotated

import typer

from tools.cluster.errors import ClusterError
from tools.cluster.locks import file_lock
from tools.cluster.node.cleanup import unmount_below
from tools.cluster.progress import Steps
from tools.images.build import DEFAULT_TAG, BuiltImage, build_all, cached, verify
from tools.images.errors import ImageError
from tools.images.recipes import RECIPES
from tools.images.requirements import LOCKS, lock_proxy, lock_python
from tools.images.storage import Cache

app = typer.Typer(
    help="The project's container images, without Docker and without a registry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Names = Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(RECIPES)}; all without any.")]


@app.command()
def build(
    names: Names = None,
    tag: Annotated[str, typer.Option(help="Further tag beside the one that says the content.")] = DEFAULT_TAG,
) -> None:
    """Build the images that are not in the cache yet, check them, and print where they are."""
    _print_images(build_all(names, tag=tag))


@app.command("list")
def list_archives() -> None:
    """Show the archives in the cache, newest first."""
    for name, archives in cached(Cache.default()).items():
        for archive in archives:
            typer.echo(f"{name}: {archive} ({archive.stat().st_size / 1e6:.0f} MB)")


@app.command("verify")
def verify_images(names: Names = None) -> None:
    """Check size, user and contents of the images, building what is missing."""
    for image in build_all(names).values():
        typer.echo(f"{image.name}: {verify(image) / 1e6:.0f} MB, in order")


@app.command()
def lock(
    upgrade: Annotated[bool, typer.Option("--upgrade", help="Take newer releases of what is pinned already.")] = False,
) -> None:
    """Pin the requirements of the images anew, after a change of pyproject.toml or requirements/*.in."""
    steps = Steps()
    for each in LOCKS:
        with steps.step(each.path):
            lock_python(each, upgrade=upgrade)
    with steps.step("images/hub/package-lock.json"):
        lock_proxy()


@app.command()
def clean() -> None:
    """Remove all archives and everything that makes the next build fast."""
    cache = Cache.default()
    with file_lock(cache.lock):
        unmount_below(cache.folder)
        for entry in [cache.run, *cache.folder.iterdir()]:
            if entry.is_dir():
                shutil.rmtree(entry)


def main() -> None:
    """Run a command; what a user can put right ends in one message and exit code 1."""
    try:
        app()
    except (ImageError, ClusterError) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)


def _print_images(images: dict[str, BuiltImage]) -> None:
    for image in images.values():
        typer.echo(f"{image.name}: {image.archive}")
        for name in image.names:
            typer.echo(f"  {name}")
