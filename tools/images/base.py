"""The base image: a Debian with Python and nothing that a running program has no use for.

A machine with Docker takes a public image instead; the Containerfiles work on both.
"""

import platform
from collections.abc import Sequence
from pathlib import Path

from tools.images.inputs import fingerprint
from tools.images.recipes import PREFIX
from tools.images.sources import apt_sources, release
from tools.images.storage import Buildah, Cache, run_logged

_PACKAGES = (
    "usr-is-merged",  # without it the `usrmerge` program comes, and 50 MB of Perl
    "python3",
    "python3-venv",  # the build stages make virtual environments
    "libstdc++6",  # wheels of C++ programs expect it of the system
    "ca-certificates",
    "tini",
)

# Character sets as Debian 13 keeps them in libc6; the other 200 are a package of their own there, and 8 MB here.
_CHARACTER_SETS = (
    "gconv-modules*",
    "ANSI_X3.110.so",
    "CP1252.so",
    "ISO8859-1.so",
    "ISO8859-15.so",
    "UNICODE.so",
    "UTF-*",
)
_LEFT_OUT = ("doc", "info", "lintian", "locale", "man")
_DPKG_OPTIONS = (
    *(f"path-exclude=/usr/share/{folder}/*" for folder in _LEFT_OUT),
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/lib/*/gconv/*",
    *(f"path-include=/usr/lib/*/gconv/{pattern}" for pattern in _CHARACTER_SETS),
)

_OPTIONS = (
    "--variant=essential",  # no apt: an image is built anew, never updated in place
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    "--skip=output/dev",
    f"--include={','.join(_PACKAGES)}",
    *(f"--dpkgopt={option}" for option in _DPKG_OPTIONS),
    # Copied from the building machine for the time of the installation.
    '--customize-hook=rm -f "$1"/etc/apt/sources.list "$1"/etc/resolv.conf "$1"/etc/hostname',
)
# Services make data and keys of their own when they are installed; everybody would have the same ones.
_NO_DATA = '--customize-hook=rm -rf "$1"/var/lib/postgresql/* "$1"/etc/postgresql/* "$1"/etc/ssl/private/*'


def base_reference(packages: Sequence[str] = ()) -> str:
    """The name of the base image that this machine makes; another one whenever what goes into it changes.

    `packages`: what it holds beyond the usual, which is in no other image's base.
    """
    parts = {"release": release(), "machine": platform.machine(), "options": "\n".join(_options(packages))}
    return f"{PREFIX}/base:{fingerprint({name: part.encode() for name, part in parts.items()})}"


def build_base(reference: str, packages: Sequence[str], folder: Path, buildah: Buildah, cache: Cache) -> None:
    """Make the base image, working in `folder`. Raises ImageError with the last words of the program that failed."""
    archive = folder / "base.tar"
    command = bootstrap_command(archive, release(), apt_sources(release()), packages)
    run_logged(command, log=cache.log("base"), environment={"TMPDIR": str(folder)})
    container = buildah.ask(["from", "scratch"])
    buildah.run(["add", "--quiet", container, str(archive), "/"], log=cache.log("base-add"))
    buildah.run(["commit", "--quiet", "--rm", container, reference], log=cache.log("base-commit"))
    archive.unlink()


def bootstrap_command(archive: Path, codename: str, sources: Sequence[str], packages: Sequence[str] = ()) -> list[str]:
    """How to install the packages into an archive of a root file system."""
    return ["mmdebstrap", *_options(packages), codename, str(archive), *sources]


def _options(packages: Sequence[str]) -> tuple[str, ...]:
    return (*_OPTIONS, f"--include={','.join(packages)}", _NO_DATA) if packages else _OPTIONS
