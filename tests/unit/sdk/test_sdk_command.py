"""An operator as a program: its command line, how it ends, and the rights that it asks for."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyternetes.sdk import Answer, Asking, Cluster, Json, Kind, Object, Related, allow, gate, resource, run
from jupyternetes.sdk import operator as sdk_operator
from jupyternetes.sdk.rights import manifests
from tests.support.fakekube import FakeKube
from tests.unit.sdk.sdk_site import GATE, GROUP, until

CHECKOUT = Path(__file__).parents[3]
SECRETS, NODES = Kind("v1", "Secret", "secrets"), Kind("v1", "Node", "nodes", namespaced=False)
FOLLOWED = Related(NODES, Object)


@gate(GATE, related=[FOLLOWED])
async def licence(asking: Asking, cluster: Cluster) -> Answer:
    return allow()


@resource(f"{GROUP}/v1", "Database", "databases", needs={SECRETS: ("create", "get")})
async def database(wanted: Object, cluster: Cluster) -> Json:
    return {}


def rules(printed: Json, kind: str, name: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """What a role grants: group, resource, verbs."""
    [role] = [each for each in printed["items"] if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return [(each["apiGroups"][0], each["resources"][0], tuple(each["verbs"])) for each in role["rules"]]


def test_rights_are_those_of_what_it_follows_writes_and_needs() -> None:
    printed = manifests("third", [database, licence], account_namespace="third-system", namespaces=["lab"])

    assert rules(printed, "Role", "third") == [
        (GROUP, "databases", ("get", "list", "watch")),
        (GROUP, "databases/status", ("patch",)),
        ("", "secrets", ("create", "get")),
    ]
    assert rules(printed, "ClusterRole", "third") == [("", "nodes", ("get", "list", "watch"))]
    assert rules(printed, "Role", "third-lease") == [
        ("coordination.k8s.io", "leases", ("create",)),
        ("coordination.k8s.io", "leases", ("get", "patch")),
    ]
    subjects = {json.dumps(each.get("subjects")) for each in printed["items"] if each["kind"].endswith("Binding")}
    assert subjects == {json.dumps([{"kind": "ServiceAccount", "name": "third", "namespace": "third-system"}])}


def test_rights_in_all_namespaces_are_one_cluster_role() -> None:
    printed = manifests("third", [database], account_namespace="third-system")

    assert len(rules(printed, "ClusterRole", "third")) == 3
    assert [each["kind"] for each in printed["items"] if each["metadata"]["name"] == "third"] == [
        "ClusterRole",
        "ClusterRoleBinding",
    ]


def test_finalizer_needs_the_right_to_patch_the_object() -> None:
    @resource(f"{GROUP}/v1", "Database", "databases")
    async def mortal(wanted: Object, cluster: Cluster) -> Json:
        return {}

    @mortal.deleted
    async def drop(obj: Object, cluster: Cluster) -> None:
        return

    granted = rules(manifests("third", [mortal], account_namespace="x"), "ClusterRole", "third")
    assert (GROUP, "databases", ("get", "list", "watch", "patch")) in granted


def test_rights_on_our_own_kinds_are_left_to_the_chart() -> None:
    @resource("kadense.io/v1", "JupyterNotebookTemplate", "jupyternotebooktemplates", owns=["availability"])
    async def availability(template: Object, cluster: Cluster) -> Json:
        return {}

    printed = json.dumps(manifests("third", [licence, availability], account_namespace="third-system"))

    assert "kadense.io" not in printed


def test_rights_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    run(database, name="third", arguments=["--print-rights", "--namespace=lab", "--lease-namespace=third-system"])

    printed = json.loads(capsys.readouterr().out)
    assert rules(printed, "Role", "third")


@pytest.mark.parametrize("name", ["", "Third", "a_b", "-a", "a" * 64])
def test_name_is_a_dns_label(name: str) -> None:
    with pytest.raises(ValueError, match="DNS label"):
        run(database, name=name, arguments=[])


@pytest.mark.usefixtures("restored_logging")
def test_what_a_person_can_mend_ends_it_with_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        run(database, name="third", arguments=[f"--kubeconfig={tmp_path / 'none'}"])

    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("third: ")


@pytest.mark.parametrize("parts", [(), (database, database), (licence, licence)], ids=["none", "kind", "gate"])
async def test_each_part_is_there_once(fake: FakeKube, parts: Any) -> None:
    async with await fake.client() as client:
        with pytest.raises(ValueError, match="each of them once"):
            sdk_operator.build(client, Any, parts, sdk_operator.Settings(name="third"))  # type: ignore[arg-type]


async def test_related_kind_that_is_not_named_is_an_error(fake: FakeKube) -> None:
    async with await fake.client() as client:
        with pytest.raises(KeyError):
            Cluster(client, {}).related(FOLLOWED)


async def test_program_works_until_sigterm_B65(fake: FakeKube) -> None:
    command = ["examples/approval/approval.py", f"--kubeconfig={fake.kubeconfig}", "--namespace=lab"]
    options = ["--lease-namespace=lab", "--health-host=127.0.0.1", "--health-port=0"]
    environment = {**os.environ, "KUBECONFIG": "/nonexistent"}
    program = await asyncio.create_subprocess_exec(sys.executable, *command, *options, cwd=CHECKOUT, env=environment)
    leases = fake.registry.kinds["coordination.k8s.io/v1", "leases"]
    try:
        await until(lambda: fake.registry.state.objects(leases))
    finally:
        program.send_signal(signal.SIGTERM)
        code = await program.wait()

    assert code == 0
    [lease] = fake.registry.state.objects(leases)
    assert (lease["metadata"]["name"], lease["spec"]["holderIdentity"]) == ("approval", "")
