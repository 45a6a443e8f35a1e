"""etcd restored from a backup under running clients: the server's versions are behind theirs, and it is right (B63)."""

import asyncio
import time
from pathlib import Path

import pytest

from jupyternetes.runtime.client import Client
from tests.integration.faults.following import Follow
from tests.integration.faults.site import Site
from tests.integration.runtime.gadgets import GADGETS
from tests.support.hub import INSTANCES
from tests.support.kube import Json
from tests.support.lab import is_running, suspended
from tests.support.operators import Operators
from tests.support.templates import order
from tests.support.waiting import eventually
from tools.cluster import Cluster

PATIENT = ("--lease-seconds=60",)
"""So that the operators live through the minute in which there is no API server."""


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


@pytest.mark.long
@pytest.mark.timeout(600)
def test_operators_that_lived_through_a_restore_begin_anew_and_serve_what_the_backup_has_B26_B63(
    control_plane: Cluster, site: Site, tmp_path: Path
) -> None:
    """One cache would show the backup while another shows the lost future, in which most of these servers were ended.

    The operators' Leases go back in time with the rest; their holders find themselves in the older record.
    """
    site.stop_all()
    site.operators = {name: site.replica(name, f"patient-{name}", PATIENT) for name in site.operators}
    site.run_all()
    lab, kept = site.lab(), ("goes-on", "is-stopped", "is-restarted", "is-deleted")
    for name in kept:
        lab.hub.first_start(name, order())
        site.serve(lab, name)
    pods, claims = names(lab.pods()), names(lab.claims())
    control_plane.save(tmp_path / "saved")
    for name in ("is-stopped", "is-restarted"):
        lab.hub.stop(name)
        site.until(lab, suspended, name)
    lab.hub.start("is-restarted")
    site.serve(lab, "is-restarted")
    lab.hub.first_start("is-new", order())
    site.serve(lab, "is-new")
    lab.kube.delete(INSTANCES, lab.namespace, "is-deleted")
    eventually(lambda: len(lab.pods()) == 3)
    restored = time.time()

    control_plane.restore(tmp_path / "saved")

    eventually(lambda: site.has_listed(since=restored))
    for name in kept:
        site.until(lab, is_running, name)
    for operator in site.operators.values():
        assert "it was restored from a backup; this process ends" in operator.log.read_text()
    for name in kept:
        lab.hub.stop(name)
        site.until(lab, suspended, name)
    assert lab.pods() == []
    for name in kept:
        lab.hub.start(name)
        site.serve(lab, name)
    assert len(names(lab.pods())) == len(kept)
    assert names(lab.pods()).isdisjoint(pods)
    assert names(lab.claims()) == claims


def names(objects: list[Json]) -> set[str]:
    return {each["metadata"]["name"] for each in objects}
