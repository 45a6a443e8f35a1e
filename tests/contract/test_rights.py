"""What an account without rights, or nobody at all, is told.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/
"""

from pathlib import Path

import pytest

from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from tests.contract.gizmos import GIZMOS, gizmo
from tests.contract.servers import RealServer, real_only
from tools.cluster.certificates import Authority

pytestmark = real_only("the fake knows no accounts; tests that need a 401 or 403 plan one as a fault")


async def test_missing_right_names_account_verb_and_resource(server: RealServer, namespace: str) -> None:
    path = server.cluster.kubeconfig_for("nobody")
    async with await Client.connect(path, user_agent="nobody/1") as nobody:
        with pytest.raises(errors.Forbidden) as listing:
            await nobody.list(GIZMOS, namespace)
        with pytest.raises(errors.Forbidden) as creating:
            await nobody.create(GIZMOS, namespace, gizmo("a"))
        with pytest.raises(errors.Forbidden) as reporting:
            await nobody.merge_patch(GIZMOS, namespace, "a", {"status": {}}, subresource="status")

    where = f'in API group "contract.example.org" in the namespace "{namespace}"'
    assert f'User "nobody" cannot list resource "gizmos" {where}' in listing.value.message
    assert f'User "nobody" cannot create resource "gizmos" {where}' in creating.value.message
    assert f'User "nobody" cannot patch resource "gizmos/status" {where}' in reporting.value.message
    assert [error.value.status for error in (listing, creating, reporting)] == [403] * 3


async def test_right_to_a_resource_is_none_to_its_status(server: RealServer, namespace: str) -> None:
    await server.client.create(GIZMOS, namespace, gizmo("a"))
    rules = [{"apiGroups": [GIZMOS.group], "resources": ["gizmos"], "verbs": ["get", "patch"]}]
    group = "rbac.authorization.k8s.io"
    roles = f"/apis/{group}/v1/namespaces/{namespace}"
    await server.http.send("POST", f"{roles}/roles", {"metadata": {"name": "r"}, "rules": rules})
    binding = {
        "metadata": {"name": "r"},
        "roleRef": {"apiGroup": group, "kind": "Role", "name": "r"},
        "subjects": [{"apiGroup": group, "kind": "User", "name": "half"}],
    }
    await server.http.send("POST", f"{roles}/rolebindings", binding)

    async with await Client.connect(server.cluster.kubeconfig_for("half"), user_agent="half/1") as half:
        changed = await half.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}})
        with pytest.raises(errors.Forbidden):
            await half.merge_patch(GIZMOS, namespace, "a", {"status": {"left": "1"}}, subresource="status")

    assert changed.spec["size"] == 1


async def test_token_that_nobody_knows_is_unauthorized(server: RealServer, namespace: str, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    authority = Authority(server.cluster.folder / "pki")
    kubeconfig.write_text(authority.token_kubeconfig(server.cluster.server, "stranger", "no-token-of-ours"))

    async with await Client.connect(kubeconfig, user_agent="stranger/1") as stranger:
        with pytest.raises(errors.Unauthorized, match="401 Unauthorized"):
            await stranger.list(GIZMOS, namespace)
