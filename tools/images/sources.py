"""The package archive of the distribution, as this machine's apt is set up for it.

A base image from the same mirror needs no setting of its own. Third parties' repositories stay out of it.
"""

import os
import platform
import subprocess

from tools.images.errors import ImageError

_DISTRIBUTIONS = ("Debian", "Ubuntu")
_FORMAT = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)"


def release() -> str:
    """The code name of this machine's release, as `bookworm`. Raises ImageError where there is none."""
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    if not codename:
        raise ImageError(
            "the base image is made from this machine's Debian or Ubuntu packages; /etc/os-release names no release;"
            " build with Docker instead: docs/how-to/build-images.md"
        )
    return codename


def apt_sources(codename: str) -> list[str]:
    """Lines of a sources.list for `codename`, its updates and its security fixes.

    Raises ImageError if apt knows no packages of this release, and cannot be asked to look.
    """
    lines = parse_index_targets(_index_targets(), codename)
    if not lines and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "--quiet=2"], capture_output=True, check=False)
        lines = parse_index_targets(_index_targets(), codename)
    if not lines:
        raise ImageError(f"apt knows no packages of {codename}; run: sudo apt-get update")
    return lines


def parse_index_targets(output: str, codename: str) -> list[str]:
    """Make lines of a sources.list out of what apt says of its indexes; none unless it has the release itself."""
    components: dict[tuple[str, str], list[str]] = {}
    for line in output.splitlines():
        uri, suite, component, origin = line.split("|")
        if origin not in _DISTRIBUTIONS or suite.partition("-")[0] != codename:
            continue
        known = components.setdefault((uri, suite), [])
        if component not in known:
            known.append(component)
    if not any(suite == codename for _, suite in components):
        return []
    return [f"deb {uri} {suite} {' '.join(names)}" for (uri, suite), names in components.items()]


def _index_targets() -> str:
    command = ["apt-get", "indextargets", "Created-By: Packages", "--format", _FORMAT]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ImageError(f"apt does not tell its package sources: {error}") from error
