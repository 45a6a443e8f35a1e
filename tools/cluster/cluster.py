"""A cluster of this machine, for tests and for the command line."""

import shutil
import signal
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import msgspec

from tools.cluster import control_plane, load, node, processes, snapshots
from tools.cluster.binaries import find_or_build
from tools.cluster.certificates import Authority
from tools.cluster.errors import ClusterError
from tools.cluster.files import write_file
from tools.cluster.layout import DEFAULT_NAME, Layout, Profile, Record, choose_ports, is_free
from tools.cluster.locks import file_lock
from tools.cluster.progress import Steps
from tools.cluster.runner import Runner


class Cluster:
    """A cluster that exists. Made by `up` or `find`."""

    def __init__(self, layout: Layout, record: Record, steps: Steps) -> None:
        self._layout = layout
        self._steps = steps
        self._adopt(record)

    @classmethod
    def up(
        cls,
        *,
        profile: Profile | str = Profile.CONTROL_PLANE,
        name: str = DEFAULT_NAME,
        directory: Path | None = None,
        extra_arguments: Mapping[str, Sequence[str]] | None = None,
        steps: Steps | None = None,
    ) -> "Cluster":
        """Make a cluster, repair a half-made one, or return the one that runs.

        `directory` is the folder of clusters (default: build/cluster of the checkout), `extra_arguments` adds
        command-line arguments by component. Raises ClusterError if this machine cannot run it, or if the cluster exists
        in another form.
        """
        layout, steps = Layout.of(name, directory), steps or Steps()
        wanted = Record(
            Profile(profile), choose_ports(), {key: list(value) for key, value in (extra_arguments or {}).items()}
        )
        with _locked(layout, steps):
            record = _choose(layout, wanted, extra_arguments is None)
            cluster = cls(layout, record, steps)
            if cluster.is_ready():
                steps.say(f"cluster {name} ({record.profile}) is already running")
            else:
                if record.profile is Profile.NODE:
                    node.claim(layout, steps)
                layout.write_record(record)
                cluster._start()
            cluster._wait_usable()
        return cluster

    @classmethod
    def find(cls, *, name: str = DEFAULT_NAME, directory: Path | None = None, steps: Steps | None = None) -> "Cluster":
        """A cluster that was made earlier. Raises ClusterError if there is none of this name."""
        layout = Layout.of(name, directory)
        record = layout.read_record()
        if record is None:
            raise ClusterError(f"there is no cluster {name} in {layout.folder.parent}; run: {layout.command('up')}")
        return cls(layout, record, steps or Steps())

    @property
    def name(self) -> str:
        return self._layout.name

    @property
    def folder(self) -> Path:
        return self._layout.folder

    @property
    def profile(self) -> Profile:
        return self._record.profile

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig (group system:masters)."""
        return self._layout.kubeconfig

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return control_plane.server_url(self._record)

    @property
    def audit_log(self) -> Path:
        """The API server's audit log: a line for each answer.

        Except in the profile *load* there is also one for each request of a service account when it comes.
        """
        return self._layout.audit_log

    @property
    def components(self) -> list[str]:
        return self._runner.names

    def log(self, component: str) -> Path:
        """Where a component writes."""
        return self._layout.log(component)

    def pid(self, component: str) -> int | None:
        """The process of a component, None if it does not run. Raises ClusterError for an unknown component."""
        process = self._runner.process(component)
        return process.pid if process else None

    def is_ready(self, component: str | None = None) -> bool:
        """Whether a component, or every one, runs and serves."""
        if component is None and not self.kubeconfig.exists():
            return False
        return all(self._runner.is_ready(name) for name in ([component] if component else self.components))

    def restart(self, component: str) -> None:
        """Stop a component and start it again; returns when it serves."""
        self._runner.stop(component)
        self._runner.start(component)

    def rearrange(self, component: str, arguments: Sequence[str]) -> None:
        """Restart a component with these further arguments in place of those of `up`; returns when it serves."""
        self._runner.stop(component)
        others = self._record.extra_arguments | {component: list(arguments)}
        self._adopt(msgspec.structs.replace(self._record, extra_arguments=others))
        self._layout.write_record(self._record)
        self._runner.start(component)

    def stop(self, component: str) -> None:
        """End a component (SIGTERM, then SIGKILL); `start` brings it back."""
        self._runner.stop(component)

    def start(self, component: str) -> None:
        """Start a component if it does not run; returns when it serves."""
        self._runner.start(component)

    def freeze(self, component: str) -> None:
        """Keep a component from running until `thaw`: it stays connected and answers nobody."""
        self._runner.send(component, signal.SIGSTOP)

    def thaw(self, component: str) -> None:
        self._runner.send(component, signal.SIGCONT)

    def kill(self, component: str) -> None:
        """End a component by SIGKILL and wait until it is gone."""
        process = self._runner.process(component)
        if process:
            processes.kill([process])

    def save(self, folder: Path) -> None:
        """Copy all that the cluster stores to a new folder, for `restore`; restarts the control plane."""
        snapshots.save(self._layout, self._runner, folder)

    def restore(self, folder: Path) -> None:
        """Go back to what was saved: later changes are gone, and the API server's versions are the older ones."""
        snapshots.restore(self._layout, self._runner, folder)

    @cached_property
    def kubectl_program(self) -> Path:
        return find_or_build("kubectl", self._steps)

    def kubectl(self, *arguments: str, stdin: str | None = None, kubeconfig: Path | None = None) -> str:
        """Run kubectl (as the administrator unless told otherwise) and return what it prints.

        Raises ClusterError with kubectl's own words if it fails.
        """
        command = [self.kubectl_program, f"--kubeconfig={kubeconfig or self.kubeconfig}", *arguments]
        result = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ClusterError(f"kubectl {' '.join(arguments)}: {result.stderr.strip()}")
        return result.stdout

    def kubeconfig_for(self, user: str, groups: Sequence[str] = ()) -> Path:
        """A kubeconfig of any user: a client certificate with this name and these groups, valid for a year."""
        content = Authority(self._layout.pki).kubeconfig(self.server, user, groups)
        return self._write_kubeconfig(",".join([user, *groups]), content)

    def service_account_kubeconfig(self, namespace: str, name: str, *, duration: str = "1h") -> Path:
        """A kubeconfig with a token of an existing ServiceAccount, from the TokenRequest API.

        See https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
        """
        token = self.kubectl("create", "token", name, f"--namespace={namespace}", f"--duration={duration}").strip()
        content = Authority(self._layout.pki).token_kubeconfig(self.server, f"{namespace}:{name}", token)
        kubeconfig = self._write_kubeconfig(f"system:serviceaccount:{namespace}:{name}", content)
        # The API server learns of an account a moment after it was made, and refuses its token until then.
        processes.wait_until(
            lambda: self._lets_in(kubeconfig),
            what=f"the API server takes a token of service account {namespace}/{name}",
            timeout=60,
            alive=lambda: None,
        )
        return kubeconfig

    def _lets_in(self, kubeconfig: Path) -> bool:
        try:
            self.kubectl("auth", "whoami", kubeconfig=kubeconfig)
        except ClusterError:
            return False
        return True

    def images(self) -> list[str]:
        """The names of the images on the node. Raises ClusterError if this cluster has no node."""
        self._check_node()
        return node.images.names()

    def load_image(self, archive: Path) -> list[str]:
        """Bring the images of an OCI or Docker archive onto the node; returns their names."""
        self._check_node()
        return node.images.load(archive)

    def enable_metrics(self) -> None:
        """Have the node serve what it and its pods use as metrics.k8s.io, unless it does so already.

        Returns when there is a sample of the node, some 15 seconds after the first call; `up` then keeps it so. Raises
        ClusterError if this cluster has no node.
        """
        self._check_node()
        find_or_build(node.metrics.NAME, self._steps)
        with _locked(self._layout, self._steps):
            self._adopt(msgspec.structs.replace(self._record, metrics=True))
            self._layout.write_record(self._record)
            authority = Authority(self._layout.pki)
            node.start_metrics(self._layout, authority, self.server, self._runner, self.kubectl, self._steps)
            with self._steps.step("waiting for the first sample of the node"):
                self._wait_metrics()

    def down(self) -> None:
        """End the cluster and remove everything of it, its data too."""
        take_down(self._layout, self._steps)

    def _adopt(self, record: Record) -> None:
        self._record = record
        found = control_plane.components(self._layout, record)
        if record.profile is Profile.NODE:
            found += node.components(self._layout, record)
        elif record.profile is Profile.LOAD:
            found += load.components(self._layout, record, self.server)
        self._runner = Runner(self._layout, record, found, self._steps)

    def _start(self) -> None:
        for program in ["kubectl", *self._runner.programs()]:
            find_or_build(program, self._steps)
        authority = control_plane.prepare(self._layout, self._record)
        with self._steps.step("starting the control plane"):
            self._runner.start("etcd")
            self._runner.start("kube-apiserver")
            self._runner.start("kube-controller-manager", "kube-scheduler")
        if self.profile is Profile.NODE:
            node.start(self._layout, authority, self.server, self._runner, self.kubectl, self._steps)
        elif self.profile is Profile.LOAD:
            load.start(self._layout, authority, self.server, self._runner, self.kubectl, self._steps)

    def _wait_usable(self) -> None:
        """Wait for what comes last: before the service account is there, pods are refused."""
        self.kubectl("wait", "--for=create", "serviceaccount/default", "--namespace=default", "--timeout=60s")
        if self.profile is Profile.NODE:
            self.kubectl("wait", "--for=create", f"node/{node.NODE_NAME}", "--timeout=60s")
            self.kubectl("wait", "--for=condition=Ready", f"node/{node.NODE_NAME}", "--timeout=60s")
            if self._record.metrics:
                self._wait_metrics()
        elif self.profile is Profile.LOAD:
            processes.wait_until(
                lambda: load.is_ready(self.kubectl),
                what=f"the fake nodes of cluster {self.name} are ready",
                timeout=60,
                alive=lambda: self._runner.wait_ready("kwok"),
            )

    def _wait_metrics(self) -> None:
        processes.wait_until(
            lambda: node.metrics.has_sample(self.kubectl),
            what=f"metrics-server has a sample of the node (see APIService {node.metrics.API_SERVICE})",
            timeout=60,
            alive=lambda: self._runner.wait_ready(node.metrics.NAME),
        )

    def _write_kubeconfig(self, name: str, content: str) -> Path:
        path = self.folder / "kubeconfigs" / f"{quote(name, safe='')}.kubeconfig"
        write_file(path, content)
        return path

    def _check_node(self) -> None:
        if self.profile is not Profile.NODE:
            raise ClusterError(f"cluster {self.name} has no node; one has: {self._layout.command('up --profile node')}")


def take_down(layout: Layout, steps: Steps) -> None:
    """End and remove whatever there is of a cluster: processes, files, the traces of a node on the machine."""
    with _locked(layout, steps):
        running = processes.find(layout.folder)
        holds_node = node.is_claimed_by(layout)
        if not running and not holds_node and not layout.folder.exists():
            steps.say(f"there is no cluster {layout.name} in {layout.folder.parent}")
            return
        with steps.step(f"taking down cluster {layout.name}"):
            # A node's containers go first and by force: nothing that would be told to shut down is worth keeping.
            if holds_node:
                node.clean(layout)
            processes.kill(processes.find(layout.folder))
            if layout.folder.exists():
                shutil.rmtree(layout.folder)


@contextmanager
def _locked(layout: Layout, steps: Steps) -> Generator[None]:
    waiting = f"waiting for another command on cluster {layout.name}"
    with file_lock(layout.lock, on_wait=lambda: steps.say(waiting)):
        yield


def _choose(layout: Layout, wanted: Record, any_arguments: bool) -> Record:
    """The record of the cluster that is there, else the wanted one. Ports that were lost to others are chosen anew."""
    there = layout.read_record()
    if there is None:
        return wanted
    if there.profile is not wanted.profile:
        raise ClusterError(
            f"cluster {layout.name} exists with profile {there.profile}; first run: {layout.command('down')}"
        )
    if not any_arguments and there.extra_arguments != wanted.extra_arguments:
        raise ClusterError(f"cluster {layout.name} exists with other arguments; first run: {layout.command('down')}")
    if not processes.find(layout.folder) and not all(is_free(port) for port in there.ports.values()):
        return msgspec.structs.replace(there, ports=wanted.ports)
    return there
