"""How the commands of ``jupyternetes graph`` do their work with the cluster."""

from pathlib import Path

import pytest

from jupyternetes.cli.graph_work import Source
from jupyternetes.graph.model.additions import NO_ADDITIONS
from jupyternetes.runtime.client import Client

KUBECONFIG = """
current-context: it
clusters: [{name: it, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: it, context: {cluster: it, user: me}}]
users: [{name: me, user: {token: t}}]
"""


class Large:
    def __repr__(self) -> str:
        pytest.fail("the repr of a large result takes seconds and hundreds of megabytes")


def test_no_repr_is_made_of_a_result(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(KUBECONFIG)
    source = Source(
        snapshot=None,
        kubeconfig=kubeconfig,
        namespaces=(),
        additions=NO_ADDITIONS,
        cluster=False,
        observe=False,
        prometheus=None,
    )
    result = Large()

    async def work(_: Client) -> Large:
        return result

    assert source.use(work) is result
