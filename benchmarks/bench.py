"""What every benchmark stands on: a control plane, the operators as processes, accounts with exactly their rights."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.objects import template
from tests.support.audit import AuditLog
from tests.support.installation import (
    RELEASE_NAMESPACE,
    install_accounts,
    install_kinds,
    install_storage_class,
    make_namespace,
)
from tests.support.kube import Kube
from tests.support.operators import Operator
from tools.cluster import Cluster

NAMESPACE = "bench"


@dataclass(frozen=True, slots=True)
class Bench:
    """A cluster with working operators; ``kube`` is the administrator."""

    kube: Kube
    audit: AuditLog
    accounts: dict[str, Path]

    @staticmethod
    @contextmanager
    def up() -> Iterator["Bench"]:
        """Make it, and take it down at the end."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            cluster = Cluster.up(profile="control-plane", name="bench", directory=folder)
            stack.callback(cluster.down)
            kube = Kube(cluster.kubeconfig)
            install_kinds(kube)
            install_storage_class(kube)
            accounts = install_accounts(kube, cluster)
            make_namespace(kube, NAMESPACE)
            kube.create("jupyternotebooktemplates", NAMESPACE, template(NAMESPACE))
            for name in ("pvcs", "pods", "pod-status"):
                options = [f"--template-namespace={RELEASE_NAMESPACE}"]
                operator = Operator(name, accounts[name], folder / f"{name}.log", options=options)
                stack.enter_context(operator)
            yield Bench(kube, AuditLog(cluster.audit_log, kube), accounts)
