"""kubectl where a refusal is an answer, too."""

from pathlib import Path

from tools.cluster import Cluster, ClusterError


def said(cluster: Cluster, *arguments: str, kubeconfig: Path | None = None) -> str:
    """What kubectl prints, or why it fails."""
    try:
        return cluster.kubectl(*arguments, kubeconfig=kubeconfig)
    except ClusterError as error:
        return str(error)
