"""Who holds this machine's one node, and what the machine was like before.

Two nodes would share iptables chains, addresses and control groups. The claim is written before anything is changed, so
what was half done can be undone.
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tools.cluster.errors import ClusterError
from tools.cluster.files import write_file
from tools.cluster.layout import Layout
from tools.cluster.locks import file_lock
from tools.cluster.node import network
from tools.cluster.node.places import CLAIM, FIXED_PATHS


class Claim(msgspec.Struct, frozen=True):
    """The cluster that holds the node."""

    folder: Path
    settings: dict[str, str]
    """Kernel settings as they were."""
    absent: list[Path]
    """Those of `places.FIXED_PATHS` that were not there."""


def read() -> Claim | None:
    """The present claim, if there is one. Raises ClusterError if it is not readable."""
    try:
        return msgspec.json.decode(CLAIM.read_bytes(), type=Claim, dec_hook=lambda kind, value: kind(value))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except msgspec.MsgspecError as error:
        raise ClusterError(f"{CLAIM} is damaged ({error}); remove it when no kubelet runs on this machine") from error


def take(layout: Layout) -> Claim | None:
    """Claim the node for a cluster. Returns a claim whose cluster's folder is gone: its traces are still to be removed.

    Raises ClusterError that says where the node runs and how to end it, if another cluster holds it.
    """
    with _locked():
        present = read()
        if present is None:
            absent = [path for path in FIXED_PATHS if not path.exists()]
            layout.folder.mkdir(parents=True, exist_ok=True)  # a claim without its folder counts as left over
            claim = Claim(layout.folder, network.read_settings(), absent)
            write_file(CLAIM, msgspec.json.encode(claim, enc_hook=str), mode=0o644)
            return None
        if present.folder == layout.folder:
            return None
        if not present.folder.exists():
            return present
    other = Layout(present.folder)
    raise ClusterError(
        f"this machine can run one node, and cluster {other.name} in {other.folder.parent} holds it; "
        f"take that down first: {other.command('down')}"
    )


def is_held_by(layout: Layout) -> bool:
    """Whether a cluster holds the node."""
    present = read() if CLAIM.parent.exists() else None
    return present is not None and present.folder == layout.folder


def release() -> None:
    """Give the node up; the last step of cleaning."""
    with _locked():
        CLAIM.unlink(missing_ok=True)
        CLAIM.parent.rmdir()


@contextmanager
def _locked() -> Generator[None]:
    with file_lock(CLAIM.parent.with_suffix(".lock")):
        yield
