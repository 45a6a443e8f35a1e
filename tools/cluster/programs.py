"""The programs of a cluster: where each comes from and how it tells its version."""

from dataclasses import dataclass

from tools.cluster import versions


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that is found on the machine or built from a Go module.

    `package` is the Go import path of its main package, `module` the module that holds it; `release` names the folder
    in the cache.
    """

    name: str
    version: str
    module: str
    package: str
    version_arguments: tuple[str, ...] = ("--version",)
    version_variables: tuple[str, ...] = ()
    """Go variables that the linker sets to `v<version>`."""

    @property
    def release(self) -> str:
        return f"{self.name}-{self.version}"


def _of_kubernetes(name: str) -> Program:
    return Program(
        name=name,
        version=versions.KUBERNETES,
        module="k8s.io/kubernetes",
        package=f"k8s.io/kubernetes/cmd/{name}",
        version_variables=("k8s.io/component-base/version.gitVersion",),
    )


_ALL = (
    _of_kubernetes("kube-apiserver"),
    _of_kubernetes("kube-controller-manager"),
    _of_kubernetes("kube-scheduler"),
    _of_kubernetes("kubelet"),
    _of_kubernetes("kube-proxy"),
    Program(
        name="etcd",
        version=versions.ETCD,
        module="go.etcd.io/etcd/server/v3",
        package="go.etcd.io/etcd/server/v3",
    ),
    Program(
        name="coredns",
        version=versions.COREDNS,
        module="github.com/coredns/coredns",
        package="github.com/coredns/coredns",
        version_arguments=("-version",),
    ),
    Program(
        name="local-path-provisioner",
        version=versions.LOCAL_PATH_PROVISIONER,
        module="github.com/rancher/local-path-provisioner",
        package="github.com/rancher/local-path-provisioner",
        version_variables=("main.VERSION",),
    ),
    Program(
        name="metrics-server",
        version=versions.METRICS_SERVER,
        module="sigs.k8s.io/metrics-server",
        package="sigs.k8s.io/metrics-server/cmd/metrics-server",
        version_variables=("k8s.io/client-go/pkg/version.gitVersion",),
    ),
    Program(
        name="helm",
        version=versions.HELM,
        module="helm.sh/helm/v3",
        package="helm.sh/helm/v3/cmd/helm",
        version_arguments=("version", "--short"),
        version_variables=("helm.sh/helm/v3/internal/version.version",),
    ),
    Program(
        name="kwok",
        version=versions.KWOK,
        module="sigs.k8s.io/kwok",
        package="sigs.k8s.io/kwok/cmd/kwok",
        version_variables=("sigs.k8s.io/kwok/pkg/consts.Version",),
    ),
    Program(
        name="cert-manager",
        version=versions.CERT_MANAGER,
        module="github.com/cert-manager/cert-manager",
        package="github.com/cert-manager/cert-manager/cmd/controller",
        version_variables=("github.com/cert-manager/cert-manager/pkg/util.AppVersion",),
    ),
)

PROGRAMS = {program.name: program for program in _ALL}
