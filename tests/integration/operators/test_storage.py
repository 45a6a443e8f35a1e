"""Claims by name, claims that grow or do not, and what becomes of them: also with the PVC operator away in between."""

from collections.abc import Iterator
from typing import Any

import pytest

from jupyternetes.api.rights import RIGHTS
from tests.support.audit import count
from tests.support.hub import INSTANCES
from tests.support.installation import grant
from tests.support.kube import Json, Kube
from tests.support.lab import Lab, condition, is_running, reads, says, suspended
from tests.support.operators import Operators
from tests.support.quotas import is_used_up
from tests.support.templates import CLAIM, container, order, pod_spec, template
from tests.support.volumes import CLAIMS, bind, make_class
from tests.support.waiting import eventually

NAMED = "claim-{jupyterhub.user_server:kubespawner}"
COLLECTED = 90.0  # seconds: Kubernetes' garbage collector looks for new kinds twice a minute


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


@pytest.fixture(scope="module", autouse=True)
def classes(kube: Kube) -> None:
    """A class whose volumes may grow, and one whose may not; nobody provisions for either."""
    make_class(kube, "growing", grows=True)
    make_class(kube, "rigid", grows=False)


def sized(size: str = "1Gi", *, storage_class: str = "growing", **entry: Any) -> Json:
    """A Template whose claim has a size and a class."""
    spec = CLAIM | {"resources": {"requests": {"storage": size}}, "storageClassName": storage_class}
    return template(pvcs=[{"name": "workspace", "spec": spec, **entry}])


def by_name(**fields: Any) -> Json:
    return sized(claimName=NAMED, create="IfMissing", **fields)


def only_claim(lab: Lab) -> Json:
    [claim] = lab.claims()
    return claim


def requested(lab: Lab) -> str:
    return only_claim(lab)["spec"]["resources"]["requests"]["storage"]


def started(lab: Lab, **variables: str) -> Json:
    """A server that runs on a bound claim of its own; the claim."""
    lab.hub.first_start("a", order() | {"variables": {"jupyterhub.user.name": "ada"} | variables})
    lab.serving()
    bind(lab.kube, only_claim(lab))
    return only_claim(lab)


# Claims by name


def test_claim_by_name_is_made_once_kept_for_ever_and_found_again_V08_B28(lab: Lab) -> None:
    lab.add_template(by_name(reclaimPolicy="Delete"))
    lab.hub.first_start("a", order() | {"variables": {"jupyterhub.user.name": "Ada"}})
    lab.made_pod()
    made = only_claim(lab)
    assert made["metadata"]["name"].startswith("claim-ada---")
    assert "ownerReferences" not in made["metadata"]

    lab.kube.delete(INSTANCES, lab.namespace, "a")
    eventually(lambda: lab.pods(), until=lambda pods: pods == [], seconds=COLLECTED)
    lab.hub.first_start("a", order() | {"variables": {"jupyterhub.user.name": "Ada"}})
    lab.made_pod()

    assert only_claim(lab)["metadata"]["uid"] == made["metadata"]["uid"]


def test_claim_that_kubespawner_made_is_used_as_it_is_V08(lab: Lab) -> None:
    of_kubespawner = {"metadata": {"name": "claim-ada", "labels": {"app": "jupyterhub"}}, "spec": CLAIM}
    lab.kube.create(CLAIMS, lab.namespace, of_kubespawner)
    lab.add_template(by_name())

    lab.hub.first_start("a", order() | {"variables": {"jupyterhub.user.name": "ada"}})
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())

    assert pod["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": "claim-ada"}
    assert only_claim(lab)["metadata"]["labels"] == {"app": "jupyterhub"}
    told = lab.until(reads("PvcsProvisioned", "ClaimDiffers"))
    assert "keeps its storage class 'standard' (not 'growing')" in condition(told, "PvcsProvisioned")["message"]


def test_servers_of_one_user_that_start_at_once_share_the_claim_V08(lab: Lab) -> None:
    lab.add_template(sized(claimName="home-{jupyterhub.user.name:dns}", create="IfMissing"))
    names = [f"s{number}" for number in range(6)]

    for name in names:
        lab.hub.first_start(name, order() | {"variables": {"jupyterhub.user.name": "ada"}})

    for name in names:
        lab.made_pod(name)
        assert lab.instance(name)["status"]["pvcs"]["workspace"]["resourceName"] == "home-ada"
    assert only_claim(lab)["metadata"]["name"] == "home-ada"


def test_claim_by_name_is_made_by_an_operator_that_was_killed_meanwhile_V08_R04(lab: Lab, operators: Operators) -> None:
    lab.add_template(by_name())
    operators["pvcs"].kill()
    lab.hub.first_start("a", order() | {"variables": {"jupyterhub.user.name": "ada"}})
    operators["pvcs"].start()
    lab.made_pod()

    assert only_claim(lab)["metadata"]["name"] == "claim-ada"


@pytest.mark.parametrize("away", [False, True], ids=["seen", "while the operator was away"])
def test_claim_by_name_that_was_lost_is_not_made_again_V08(lab: Lab, operators: Operators, away: bool) -> None:
    lab.add_template(by_name())
    lab.hub.first_start("a", order() | {"variables": {"jupyterhub.user.name": "ada"}})
    lab.kubelet.bind(lab.made_pod())
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    if away:
        operators["pvcs"].stop()
    lab.kube.merge_patch(CLAIMS, lab.namespace, "claim-ada", {"metadata": {"finalizers": None}})
    lab.kube.delete(CLAIMS, lab.namespace, "claim-ada")
    eventually(lambda: lab.claims(), until=lambda claims: claims == [])
    if away:
        operators["pvcs"].start()

    lab.hub.start("a")

    told = lab.until(says("PvcsProvisioned", "ClaimLost"))
    assert "claim-ada does not exist" in condition(told, "PvcsProvisioned")["message"]
    assert lab.claims() == []


def test_claim_by_name_that_is_being_deleted_is_told_and_made_anew_once_it_is_gone_V08(lab: Lab) -> None:
    held = {"metadata": {"name": "claim-ada", "finalizers": ["example.org/held"]}, "spec": CLAIM}
    lab.kube.create(CLAIMS, lab.namespace, held)
    lab.kube.delete(CLAIMS, lab.namespace, "claim-ada")
    lab.add_template(by_name())

    lab.hub.first_start("a", order() | {"variables": {"jupyterhub.user.name": "ada"}})
    lab.until(says("PvcsProvisioned", "ClaimBeingDeleted"))
    lab.kube.merge_patch(CLAIMS, lab.namespace, "claim-ada", {"metadata": {"finalizers": None}})

    lab.made_pod()
    assert "deletionTimestamp" not in only_claim(lab)["metadata"]


def test_template_that_names_a_claim_later_takes_no_files_away_V08(lab: Lab) -> None:
    lab.add_template(sized())
    claim = started(lab)
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)

    lab.change_template(by_name())
    lab.hub.start("a")
    lab.made_pod()

    assert only_claim(lab)["metadata"]["name"] == claim["metadata"]["name"]


# Growth


@pytest.mark.parametrize("away", [False, True], ids=["at work", "away"])
def test_claim_grows_with_its_template_under_a_running_server_B29(lab: Lab, operators: Operators, away: bool) -> None:
    lab.add_template(sized("1Gi"))
    started(lab)
    [pod] = lab.pods()
    if away:
        operators["pvcs"].stop()
    lab.change_template(sized("3Gi"))
    if away:
        operators["pvcs"].start()

    eventually(lambda: requested(lab), until=lambda size: size == "3Gi")

    assert lab.until(reads("PvcsProvisioned", "Provisioned"))["status"]["pvcsProvisioned"] == "Completed"
    assert [each["metadata"]["uid"] for each in lab.pods()] == [pod["metadata"]["uid"]]
    assert is_running(lab.instance())
    [event] = eventually(lambda: lab.events("VolumeClaimGrown"))
    assert "asks for 3Gi, before 1Gi" in event["message"]


def test_claim_by_name_grows_for_the_server_that_it_was_made_for_B29(lab: Lab) -> None:
    lab.add_template(by_name(size="1Gi"))
    started(lab)

    lab.change_template(by_name(size="2Gi"))

    eventually(lambda: requested(lab), until=lambda size: size == "2Gi")


def test_claim_grows_with_what_its_user_chooses_and_does_not_shrink_again_B29(lab: Lab) -> None:
    chosen = sized("{size}")
    chosen["spec"]["variables"] = [{"name": "size", "type": "quantity", "maximum": "5Gi"}]
    lab.add_template(chosen)
    started(lab, size="1Gi")
    for size in ("2Gi", "1Gi"):
        lab.hub.stop("a", grace_seconds=0)
        lab.until(suspended)
        lab.hub.start("a", size=size)
        lab.made_pod()
        eventually(lambda: requested(lab), until=lambda found: found == "2Gi")

    told = lab.until(says("PvcsProvisioned", "ClaimDiffers"))

    assert "keeps its size of 2Gi (the Template asks for 1Gi" in condition(told, "PvcsProvisioned")["message"]
    assert requested(lab) == "2Gi"


@pytest.mark.parametrize("away", [False, True], ids=["at work", "away"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": "512Mi"}, "its size of 1Gi (the Template asks for 512Mi, and no claim shrinks)"),
        ({"storage_class": "rigid"}, "its storage class 'growing' (not 'rigid')"),
    ],
    ids=["smaller", "another class"],
)
def test_claim_stays_as_it_is_under_a_running_server_B29(
    lab: Lab, operators: Operators, change: Any, said: str, away: bool
) -> None:
    lab.add_template(sized())
    before = started(lab)["spec"]
    mark = lab.audit.mark()
    if away:
        operators["pvcs"].kill()
    lab.change_template(sized(**change))
    if away:
        operators["pvcs"].start()

    told = lab.until(says("PvcsProvisioned", "ClaimDiffers"))

    found = condition(told, "PvcsProvisioned")
    assert found["status"] == "True"
    assert said in found["message"]
    assert is_running(told)
    assert only_claim(lab)["spec"] == before
    assert count(lab.audit.calls(mark, namespace=lab.namespace))["pvcs", f"patch {CLAIMS}"] == 0
    [event] = eventually(lambda: lab.events("ClaimDiffers"))
    assert event["type"] == "Warning"

    lab.change_template(sized())
    lab.until(says("PvcsProvisioned", "Provisioned"))


def test_class_that_does_not_let_volumes_grow_is_told_and_not_asked_again_B29(lab: Lab) -> None:
    lab.add_template(sized(storage_class="rigid"))
    started(lab)
    mark = lab.audit.mark()

    lab.change_template(sized("2Gi", storage_class="rigid"))
    told = lab.until(says("PvcsProvisioned", "GrowthRefused"))
    for _ in range(2):
        lab.hub.stop("a", grace_seconds=0)
        lab.until(suspended)
        lab.hub.start("a")
        lab.made_pod()

    assert (
        "the storageclass that provisions the pvc must support resize" in condition(told, "PvcsProvisioned")["message"]
    )
    assert requested(lab) == "1Gi"
    assert count(lab.audit.calls(mark, namespace=lab.namespace))["pvcs", f"patch {CLAIMS}"] == 1


@pytest.fixture
def without_growth(kube: Kube, at_work: Operators) -> Iterator[None]:
    """The rights as they are in an install for single namespaces, which has no policies."""
    grant(kube, "pvcs", tuple(right for right in RIGHTS["pvcs"] if right.option != "growth"))
    yield
    grant(kube, "pvcs", RIGHTS["pvcs"])


@pytest.mark.usefixtures("without_growth")
def test_without_the_right_nothing_grows_and_that_is_told_B29(lab: Lab) -> None:
    lab.add_template(sized())
    started(lab)

    lab.change_template(sized("2Gi"))

    told = lab.until(says("PvcsProvisioned", "GrowthOff"))
    found = condition(told, "PvcsProvisioned")
    assert (found["status"], requested(lab)) == ("True", "1Gi")
    assert "by hand" in found["message"]
    # the way out that it names
    by_hand = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    lab.kube.merge_patch(CLAIMS, lab.namespace, only_claim(lab)["metadata"]["name"], by_hand)
    lab.until(says("PvcsProvisioned", "Provisioned"))


def test_adopted_claim_does_not_grow_B29(lab: Lab) -> None:
    spec = sized()["spec"]["pvcs"][0]["spec"]
    lab.kube.create(CLAIMS, lab.namespace, {"metadata": {"name": "claim-ada"}, "spec": spec})
    bind(lab.kube, lab.kube.get(CLAIMS, lab.namespace, "claim-ada"))
    lab.add_template(by_name(size="2Gi"))

    lab.hub.first_start("a", order() | {"variables": {"jupyterhub.user.name": "ada"}})
    lab.made_pod()

    told = lab.until(reads("PvcsProvisioned", "ClaimDiffers"))
    assert "was not made for this server" in condition(told, "PvcsProvisioned")["message"]
    assert requested(lab) == "1Gi"


# What stays and what goes


@pytest.mark.parametrize("away", [False, True], ids=["at work", "away"])
@pytest.mark.parametrize("policy", ["Retain", "Delete"])
def test_claim_stays_or_goes_with_its_instance_B28_V03_V04(
    lab: Lab, operators: Operators, policy: str, away: bool
) -> None:
    lab.add_template(sized(reclaimPolicy=policy))
    lab.hub.first_start("a", order())
    lab.made_pod()
    claim = only_claim(lab)["metadata"]["name"]
    for _ in range(2):  # a stop is no end
        lab.hub.stop("a", grace_seconds=0)
        lab.until(suspended)
        assert only_claim(lab)["metadata"]["name"] == claim
        if away:
            operators["pvcs"].kill()
            operators["pvcs"].start()
        lab.hub.start("a")
        lab.made_pod()
    if away:
        operators["pvcs"].stop()

    lab.kube.delete(INSTANCES, lab.namespace, "a")
    eventually(lambda: lab.pods(), until=lambda pods: pods == [], seconds=COLLECTED)
    if policy == "Delete":
        eventually(lambda: lab.claims(), until=lambda claims: claims == [], seconds=COLLECTED)
    if away:
        operators["pvcs"].start()

    lab.hub.first_start("a", order())
    lab.made_pod()
    assert (only_claim(lab)["metadata"]["name"] == claim) is (policy == "Retain")


@pytest.mark.parametrize("away", [False, True], ids=["at work", "away"])
def test_scratch_volume_goes_with_the_stop_B28(lab: Lab, operators: Operators, away: bool) -> None:
    volumes = [{"name": "home", "ephemeral": {"volumeClaimTemplate": {"spec": CLAIM}}}]
    lab.add_template(template(pvcs=[], pods=[{"name": "notebook", "spec": pod_spec(volumes=volumes)}]))
    lab.hub.first_start("a", order())
    first = lab.made_pod()
    made = eventually(lab.claims)[0]["metadata"]
    assert [owner["name"] for owner in made["ownerReferences"]] == [first]
    if away:
        operators["pvcs"].stop()

    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)

    eventually(lambda: lab.claims(), until=lambda claims: claims == [], seconds=COLLECTED)
    if away:
        operators["pvcs"].start()
    lab.hub.start("a")
    lab.made_pod()
    assert eventually(lab.claims)[0]["metadata"]["uid"] != made["uid"]


def test_start_whose_claim_exists_does_not_mind_a_full_quota_V01_V02_V09(lab: Lab) -> None:
    lab.add_template(sized())
    lab.hub.first_start("a", order())
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    claim = only_claim(lab)["metadata"]
    assert claim["creationTimestamp"] <= pod["metadata"]["creationTimestamp"]
    hard = {CLAIMS: "1"}
    body: Json = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota"},
        "spec": {"hard": hard},
    }
    lab.kube.create("resourcequotas", lab.namespace, body)
    eventually(lambda: is_used_up(lab.kube, lab.namespace, CLAIMS))
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)

    lab.hub.start("a")
    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())

    assert pod["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": claim["name"]}
    assert pod["spec"]["containers"][0]["volumeMounts"][0] == container()["volumeMounts"][0]
    assert only_claim(lab)["metadata"]["uid"] == claim["uid"]
