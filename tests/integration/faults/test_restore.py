"""etcd restored from a backup under running clients: the server's versions are behind theirs, and it is right (B63)."""

import asyncio
from pathlib import Path

from jupyternetes.runtime.client import Client
from tests.integration.faults.following import Follow
from tests.integration.runtime.gadgets import GADGETS
from tests.support.operators import Operators
from tools.cluster import Cluster


async def test_server_that_comes_back_with_lower_versions_is_believed_B63(
    gadget_cluster: Cluster,
    all_operators: Operators,
    gadget_namespace: str,
    direct: Client,
    follow: Follow,
    tmp_path: Path,
) -> None:
    all_operators.stop_all()
    follower = await follow()
    await follower.begin()
    await asyncio.to_thread(gadget_cluster.save, tmp_path / "saved")
    await follower.settled(seconds=60)
    await follower.change_everything()
    for size in range(200):  # so that the versions after the restore do not catch up with ours
        await direct.merge_patch(GADGETS, gadget_namespace, "stays", {"spec": {"size": size}})
    await follower.settled()
    before = await direct.list(GADGETS, gadget_namespace)

    await asyncio.to_thread(gadget_cluster.restore, tmp_path / "saved")

    await follower.settled(seconds=60, restored=True)
    after = await direct.list(GADGETS, gadget_namespace)
    assert int(after.resource_version) < int(before.resource_version)
    assert sorted(obj.metadata.name for obj in follower.informer.values()) == ["again", "changes", "goes", "stays"]
