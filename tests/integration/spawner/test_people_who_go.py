"""What happens to servers and files when users are renamed or deleted and their names are given to other people."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from tornado.web import HTTPError

from jupyternetes.api import labels
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.hub.refusals import message_of
from tests.integration.spawner.conftest import TEMPLATE
from tests.unit.spawner.hubs import Hubs
from tools.cluster import Cluster

pytestmark = pytest.mark.usefixtures("kubelet")

ANA = Owner("ana").instance_name


class Site:
    """A hub's users and what there is of them in the cluster."""

    def __init__(self, hubs: Hubs, cluster: Cluster, namespace: str) -> None:
        self.hubs, self.namespace = hubs, namespace
        self._cluster = cluster

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return self._cluster.kubectl(*arguments, "-n", self.namespace, stdin=stdin)

    def found(self, kind: str, *selector: str) -> list[dict[str, Any]]:
        return json.loads(self.kubectl("get", kind, "-o", "json", *selector))["items"]

    async def start(self, user: str) -> JupyternetesSpawner:
        """Start a server, as a hub process that has just begun, and save the state as JupyterHub does."""
        spawner = self.hubs.spawner(user)
        spawner.clear_state()
        await spawner.start()
        self._save(spawner)
        return spawner

    async def stop(self, user: str) -> None:
        spawner = self.hubs.spawner(user)
        await spawner.stop()
        spawner.clear_state()
        self._save(spawner)

    def rename(self, user: str, name: str) -> None:
        self.hubs.orm_user(user).name = name
        self.hubs.db.commit()

    async def delete(self, user: str) -> None:
        await self.hubs.spawner(user).delete_forever()
        self.hubs.db.delete(self.hubs.orm_user(user))
        self.hubs.db.commit()

    def mounted(self, spawner: JupyternetesSpawner) -> str:
        """The claim that the server's pod mounts."""
        instance = spawner.get_state()["instance"]
        (pod,) = self.found("pods", f"--selector={labels.INSTANCE}={instance}")
        return pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]

    def _save(self, spawner: JupyternetesSpawner) -> None:
        spawner.orm_spawner.state = spawner.get_state()
        self.hubs.db.commit()


@pytest.fixture
def site(hubs: Hubs, cluster: Cluster, namespace: str) -> Site:
    return Site(hubs, cluster, namespace)


async def test_renamed_user_keeps_pod_and_files_and_the_next_one_of_the_name_gets_neither_H02(site: Site) -> None:
    before = await site.start("ana")
    (pod,) = site.found("pods")
    files = site.mounted(before)
    site.rename("ana", "ana.silva")

    assert await site.hubs.spawner("ana.silva").poll() is None
    next_one = await site.start("ana")
    assert site.mounted(next_one) != files
    assert len(site.found("jni")) == 2
    await site.stop("ana")
    assert [each["metadata"]["uid"] for each in site.found("pods")] == [pod["metadata"]["uid"]]

    await site.stop("ana.silva")
    assert site.found("pods") == []
    after = await site.start("ana.silva")
    assert site.mounted(after) == files
    (instance,) = site.found("jni", f"--selector={labels.USERNAME}=ana.silva")
    assert instance["metadata"]["name"] == ANA
    (pod,) = site.found("pods")
    assert pod["metadata"]["labels"]["user"] == "ana.silva"


@pytest.mark.parametrize("naming", ["Generated", "Stable"])
async def test_files_of_a_deleted_user_are_the_next_ones_only_if_an_administrator_says_so_H02(
    site: Site, naming: str
) -> None:
    site.kubectl("patch", "jnt", "default-template", "--type=merge", f'-p={{"spec":{{"naming":"{naming}"}}}}')
    files = site.mounted(await site.start("ana"))
    await site.stop("ana")
    await site.delete("ana")
    assert site.found("jni") == []

    own = site.mounted(await site.start("ana"))
    await site.stop("ana")
    assert own != files

    (instance,) = site.found("jni")
    meta = instance["metadata"]
    given = [f"{labels.INSTANCE}={meta['name']}", f"{labels.HOME}={meta['annotations'][labels.HOME]}"]
    site.kubectl("label", "--overwrite", "pvc", files, *given, f"{labels.GIVEN}=true")
    site.kubectl("wait", "jni", meta["name"], f"--for=jsonpath={{.status.pvcs.workspace.resourceName}}={files}")

    assert site.mounted(await site.start("ana")) == files
    assert {claim["metadata"]["name"] for claim in site.found("pvc")} == {files, own}


async def test_claim_named_after_a_user_stays_with_the_person_H02_V08(site: Site) -> None:
    template = json.loads(json.dumps(TEMPLATE))
    template["spec"]["pvcs"] = [{"name": "workspace", "claimName": "{jupyterhub.user.name:dns}-home"}]
    site.kubectl("apply", "-f", "-", stdin=json.dumps(template))
    claim = {"spec": TEMPLATE["spec"]["pvcs"][0]["spec"], "kind": "PersistentVolumeClaim", "apiVersion": "v1"}
    site.kubectl("create", "-f", "-", stdin=json.dumps(claim | {"metadata": {"name": "ana-home"}}))
    await site.start("ana")
    site.rename("ana", "ana-silva")
    await site.stop("ana-silva")

    assert site.mounted(await site.start("ana-silva")) == "ana-home"
    with pytest.raises(HTTPError) as refusal:
        await site.start("ana")
    assert "claim that the template names for this user is that of another" in message_of(refusal.value)
    assert "ana-home is on record for Instance" in message_of(refusal.value)


async def test_instance_from_before_there_were_homes_follows_its_user_H02(site: Site) -> None:
    owner = Owner("ana")
    labelled = {"labels": owner.labels, "annotations": owner.annotations}
    spec = {"template": {"name": "default-template"}, "variables": {"jupyterhub.user.name": "ana"}}
    body = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "metadata": {"name": ANA, **labelled}}
    site.kubectl("create", "-f", "-", stdin=json.dumps(body | {"spec": spec}))
    files = site.mounted(await site.start("ana"))
    site.rename("ana", "ana.silva")

    assert site.mounted(await site.start("ana")) != files
    await site.stop("ana.silva")
    assert site.mounted(await site.start("ana.silva")) == files
    (claim,) = site.found("pvc", f"--selector={labels.INSTANCE}={ANA}")
    assert labels.HOME not in claim["metadata"]["labels"]


async def test_claim_of_a_client_that_deletes_its_instances_is_found_by_its_user_only_H02_B69(site: Site) -> None:
    site.hubs.orm_user("ana")
    site.kubectl("create", "-f", "-", stdin=json.dumps(_claim_without_a_home("ana")))
    site.kubectl("create", "-f", "-", stdin=json.dumps(_claim_without_a_home("bob")))
    made = site.found("pvc")[0]["metadata"]["creationTimestamp"]
    site.hubs.orm_user("ana").created = _seconds_before(made, 60)
    site.hubs.orm_user("bob").created = _seconds_before(made, -60)
    site.hubs.db.commit()

    assert site.mounted(await site.start("ana")) == "ana-of-old"
    assert site.mounted(await site.start("bob")) != "bob-of-old"


def _claim_without_a_home(user: str) -> dict[str, Any]:
    identity = {labels.INSTANCE: Owner(user).instance_name, labels.PVC_NAME: "workspace"}
    metadata = {"name": f"{user}-of-old", "labels": identity}
    spec = TEMPLATE["spec"]["pvcs"][0]["spec"]
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


def _seconds_before(time: str, seconds: float) -> datetime:
    return datetime.fromisoformat(time.replace("Z", "")) - timedelta(seconds=seconds)
