"""Where one cluster keeps what: everything in one folder, by fixed names, and a record of what was chosen at `up`."""

import random
import re
import socket
import sys
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

import msgspec

from tools.cluster.errors import ClusterError
from tools.cluster.files import write_file

CHECKOUT = Path(__file__).resolve().parents[2]
DEFAULT_NAME = "default"
DEFAULT_DIRECTORY = CHECKOUT / "build" / "cluster"

NODE_ADDRESS = "172.30.0.1"
_LOOPBACK = "127.0.0.1"
_PORTS = ("etcd", "etcd-peer", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")


class Profile(StrEnum):
    """What a cluster consists of."""

    CONTROL_PLANE = "control-plane"
    NODE = "node"
    LOAD = "load"


class Record(msgspec.Struct, frozen=True):
    """What was chosen when the cluster was made, and must be the same when it is repaired."""

    profile: Profile
    ports: dict[str, int]
    extra_arguments: dict[str, list[str]]
    """Component -> command-line arguments that come after ours."""
    metrics: bool = False
    """Whether metrics-server was added to the node."""


@dataclass(frozen=True)
class Layout:
    """The folder of a cluster."""

    folder: Path

    @classmethod
    def of(cls, name: str, directory: Path | None) -> "Layout":
        """The cluster `name` of a directory of clusters. Raises ClusterError for a name that is no DNS label."""
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", name):
            raise ClusterError(f"cluster name {name!r}: use up to 32 of a-z, 0-9 and -, not - at an end")
        return cls((directory or DEFAULT_DIRECTORY).resolve() / name)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def lock(self) -> Path:
        return self.folder.with_name(f"{self.name}.lock")

    @property
    def record_file(self) -> Path:
        return self.folder / "cluster.json"

    @property
    def pki(self) -> Path:
        return self.folder / "pki"

    @property
    def front_proxy(self) -> Path:
        """The authority by which extension API servers know the API server, and its certificate."""
        return self.pki / "front-proxy"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def etcd(self) -> Path:
        """All that the cluster stores."""
        return self.folder / "etcd"

    @property
    def audit_log(self) -> Path:
        return self.folder / "audit" / "audit.log"

    def configuration(self, name: str) -> Path:
        """A configuration file that is handed to a component."""
        return self.folder / "config" / name

    def log(self, component: str) -> Path:
        return self.logs / f"{component}.log"

    def component_kubeconfig(self, component: str) -> Path:
        return self.configuration(f"{component}.kubeconfig")

    def read_record(self) -> Record | None:
        """What was chosen, or None if there is no cluster. Raises ClusterError if the record is not readable."""
        try:
            return msgspec.json.decode(self.record_file.read_bytes(), type=Record)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError as error:
            raise ClusterError(f"{self.record_file} is damaged ({error}); run: {self.command('down')}") from error

    def write_record(self, record: Record) -> None:
        write_file(self.record_file, msgspec.json.format(msgspec.json.encode(record)))

    def command(self, command: str) -> str:
        """How to run a command of this tool on this cluster."""
        options = f" --name {self.name}" if self.name != DEFAULT_NAME else ""
        if self.folder.parent != DEFAULT_DIRECTORY:
            options += f" --directory {self.folder.parent}"
        return f"{sys.executable} -m tools.cluster {command}{options}"


def listen_address(profile: Profile) -> str:
    """Where the API server listens: pods must reach it on a node, nobody but this machine otherwise."""
    return NODE_ADDRESS if profile is Profile.NODE else _LOOPBACK


def choose_ports() -> dict[str, int]:
    """A free port for each that a cluster may need."""
    return dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))


def free_ports(number: int) -> list[int]:
    """TCP ports for programs that are told theirs. Raises ClusterError if there are too few.

    From below the ports that the kernel gives to outgoing connections and that Kubernetes gives to NodePorts: there a
    program that begins late, or that was stopped, could find its port taken when it comes.
    """
    candidates = random.sample(range(20000, 30000), 200)
    free = [*islice(filter(is_free, candidates), number)]
    if len(free) < number:
        raise ClusterError("no free TCP ports between 20000 and 30000")
    return free


def is_free(port: int) -> bool:
    """Whether a TCP port can be listened on, on every address."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("", port))
        except OSError:
            return False
    return True
