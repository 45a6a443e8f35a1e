"""What has to be true once nothing is disturbed any more: pure judgements on what the API server has."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from jupyternetes.api import labels
from tests.integration.kill.trail import Identity, identity_of
from tests.integration.kill.users import Losses, Start
from tests.integration.kill.world import ENTRIES, START_GATE, Entries
from tests.support.kube import Json, Kube
from tests.support.lab import condition


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be; ``about`` is the namespace and name of an Instance."""

    about: str
    text: str

    def __str__(self) -> str:
        return f"{self.about}: {self.text}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that operators and hub made, in all namespaces."""

    instances: list[Json]
    pods: list[Json]
    claims: list[Json]
    secrets: list[Json]
    others: list[Json] = field(default_factory=list[Json])
    """What was made of other resources."""

    @staticmethod
    def take(kube: Kube) -> "Snapshot":
        """As it is now; the lists are of slightly different moments."""
        kinds = ("jupyternotebookinstances", "pods", "persistentvolumeclaims", "secrets")
        return Snapshot(
            *(kube.all(kind, "") for kind in kinds), kube.all("configmaps", "", labels=labels.RESOURCE_NAME)
        )


def violations(now: Snapshot, losses: Losses) -> list[Violation]:
    """What is wrong at rest."""
    pods = _by_identity(now.pods)
    claims = _by_identity(now.claims)
    others = _by_identity(now.others)
    found = [*_doubled(pods, "pods"), *_doubled(claims, "claims"), *_doubled(others, "other resources")]
    wanted: set[Identity] = set()
    may_stay: set[Identity] = set()
    for instance in now.instances:
        wanted |= _wanted_pods(instance, losses)
        may_stay |= _others(instance, of_start=bool(_wanted_pods(instance, losses)))
        found += _claims_are_right(instance, claims)
        found += _status_is_right(instance, pods, losses)
        found += _others_are_right(instance, others, losses)
        found += _gate_was_passed(instance, losses)
        found += _secrets_are_right(instance, now.secrets)
    for identity in others.keys() - may_stay:
        found.append(_about(identity, f"nobody wants ConfigMap {_name(others[identity][0])} ({identity})"))
    for identity in wanted - pods.keys():
        found.append(_about(identity, f"there is no pod {identity}"))
    for identity in pods.keys() - wanted:
        found.append(_about(identity, f"nobody wants pod {_name(pods[identity][0])} ({identity})"))
    for identity, each in pods.items():
        found += [_about(identity, f"pod {_name(pod)} is being deleted") for pod in each if _deleting(pod)]
    return found + _leftover_secrets(now)


def claims_lost(now: Snapshot, known: dict[str, Identity]) -> list[Violation]:
    """Claims that were there at any time (``known``: their identities by uid) and are not now."""
    there = {claim["metadata"]["uid"] for claim in now.claims if not _deleting(claim)}
    return [
        _about(identity, f"claim {identity} [{uid}] is lost") for uid, identity in known.items() if uid not in there
    ]


def claims_by_uid(now: Snapshot) -> dict[str, Identity]:
    """The claims that are there."""
    pairs = ((claim["metadata"]["uid"], identity_of(claim)) for claim in now.claims)
    return {uid: identity for uid, identity in pairs if identity is not None}


def is_spent(instance: Json, losses: Losses) -> bool:
    """Whether the present start lost its primary pod; where the test cannot know, the status decides."""
    start = Start(instance["metadata"]["uid"], instance["spec"].get("startId", ""))
    said = condition(instance, "PodsProvisioned").get("reason") == "StartSpent"
    return start in losses.certain or (start in losses.possible and said)


def _wanted_pods(instance: Json, losses: Losses) -> set[Identity]:
    meta, spec = instance["metadata"], instance["spec"]
    if spec.get("suspend") or is_spent(instance, losses):
        return set()
    start = meta["uid"], spec.get("startId", "")
    return {Identity(meta["namespace"], meta["name"], entry, *start) for entry in _entries(instance).pods}


def _entries(instance: Json) -> Entries:
    return ENTRIES[instance["spec"]["template"]["name"]]


def _others(instance: Json, *, of_start: bool) -> set[Identity]:
    """Other resources of the Instance, and those of its present start."""
    meta, entries = instance["metadata"], _entries(instance)
    where, start = (meta["namespace"], meta["name"]), instance["spec"].get("startId", "")
    found = {Identity(*where, entry, meta["uid"]) for entry in entries.of_instance}
    return found | {Identity(*where, entry, meta["uid"], start) for entry in entries.of_start if of_start}


def _others_are_right(instance: Json, others: dict[Identity, list[Json]], losses: Losses) -> Iterator[Violation]:
    """A server that runs has all of them, and the status says so; of one that does not, nothing of a start is said."""
    said, states = instance["status"].get("otherResourcesProvisioned", {}), instance["status"].get("otherResources", {})
    if not _wanted_pods(instance, losses):
        for entry in states.keys() & {*_entries(instance).of_start}:
            yield _of(instance, f"status of {entry} says {states[entry]}, and nothing runs")
        return
    wanted = {identity.entry: identity for identity in _others(instance, of_start=True)}
    if said != dict.fromkeys(wanted, "Completed"):
        yield _of(instance, f"otherResourcesProvisioned is {said}")
    if wanted:
        yield from _says(instance, "OtherResourcesProvisioned", "True")
    for entry, identity in wanted.items():
        there = [_name(each) for each in others.get(identity, []) if not _deleting(each)]
        if [states.get(entry, {}).get("resourceName")] != there:
            yield _of(instance, f"status of {entry} is {states.get(entry)}, there are {there}")


def _gate_was_passed(instance: Json, losses: Losses) -> Iterator[Violation]:
    """Nothing runs without the answer to what was asked of this very start."""
    if not _entries(instance).gates or not _wanted_pods(instance, losses):
        return
    asked = instance["status"].get("gates", {}).get(START_GATE, {})
    answer = condition(instance, START_GATE)
    current = asked.get("startId", "") == instance["spec"].get("startId", "")
    if not (current and answer.get("status") == "True" and answer["observedGeneration"] >= asked["generation"]):
        yield _of(instance, f"{START_GATE} was asked {asked}, and its answer is {answer}")


def _status_is_right(instance: Json, pods: dict[Identity, list[Json]], losses: Losses) -> Iterator[Violation]:
    if _never_started(instance):
        return
    wanted = _wanted_pods(instance, losses)
    if instance["spec"].get("suspend"):
        yield from _says(instance, "PodsProvisioned", "False", "Suspended")
        yield from _says(instance, "Ready", "False")
    elif not wanted:
        yield from _says(instance, "PodsProvisioned", "False", "StartSpent")
        yield from _says(instance, "Ready", "False", current=False)
    else:
        yield from _says(instance, "PodsProvisioned", "True")
        yield from _says(instance, "Ready", "True", current=False)
    generation = instance["metadata"]["generation"]
    if instance["status"].get("observedGeneration") != generation:
        yield _of(instance, f"observedGeneration is not {generation}")
    names = {identity.entry: _name(pods[identity][0]) for identity in wanted if identity in pods}
    uids = {identity.entry: pods[identity][0]["metadata"]["uid"] for identity in wanted if identity in pods}
    for entry, state in instance["status"].get("pods", {}).items():
        if entry not in uids:
            if state.get("state") != "Stopped":
                yield _of(instance, f"status of {entry} says {state}, and there should be no pod")
            continue
        recorded = state.get("state"), state.get("resourceName"), state.get("uid"), state.get("observedUid")
        if recorded != ("Running", names.get(entry), uids.get(entry), uids.get(entry)):
            yield _of(instance, f"status of {entry} says {recorded}, not {names.get(entry)} [{uids.get(entry)}]")
    for entry in uids.keys() - instance["status"].get("pods", {}).keys():
        yield _of(instance, f"status does not know pod {names[entry]} of {entry}")


def _claims_are_right(instance: Json, claims: dict[Identity, list[Json]]) -> Iterator[Violation]:
    meta, status = instance["metadata"], instance["status"]
    yield from _says(instance, "PvcsProvisioned", "True", current=False)
    if status.get("pvcsProvisioned") != "Completed":
        yield _of(instance, f"pvcsProvisioned is {status.get('pvcsProvisioned')}")
    for entry in _entries(instance).claims:
        there = [_name(claim) for claim in claims.get(Identity(meta["namespace"], meta["name"], entry), [])]
        state = status.get("pvcs", {}).get(entry, {})
        if state.get("state") != "Processed" or state.get("resourceName") not in there:
            yield _of(instance, f"status of claim {entry} is {state}, there are {there}")


def _secrets_are_right(instance: Json, secrets: list[Json]) -> Iterator[Violation]:
    """Of the present start there is one while it runs; of earlier ones none (a later one is a start that failed)."""
    meta, spec = instance["metadata"], instance["spec"]
    prefix = f"jni-{meta['name']}-"
    numbers = {
        int(_name(secret).removeprefix(prefix))
        for secret in secrets
        if secret["metadata"]["namespace"] == meta["namespace"] and _name(secret).startswith(prefix)
    }
    current = int(spec.get("startId", "0"))
    stopped = condition(instance, "PodsProvisioned").get("reason") in ("Suspended", "StartSpent")
    stale = sorted(number for number in numbers if number < current or (stopped and number == current))
    if stale and not _never_started(instance):
        yield _of(instance, f"start Secrets {stale} are left, start id is {current or '-'}")
    if current and not stopped and current not in numbers:
        yield _of(instance, f"the Secret of start {current} is gone")


def _never_started(instance: Json) -> bool:
    """Whether the hub has made it and did not get further: nobody has anything to say of its pods."""
    return bool(instance["spec"].get("suspend")) and instance["metadata"]["generation"] == 1


def _leftover_secrets(now: Snapshot) -> list[Violation]:
    owners = {instance["metadata"]["uid"] for instance in now.instances}
    return [
        Violation(f"{secret['metadata']['namespace']}/?", f"Secret {_name(secret)} outlived its Instance")
        for secret in now.secrets
        if _name(secret).startswith("jni-") and secret["metadata"]["ownerReferences"][0]["uid"] not in owners
    ]


def _says(instance: Json, kind: str, status: str, reason: str = "", *, current: bool = True) -> Iterator[Violation]:
    """``current``: of this very generation; conditions whose word stays true are not written again."""
    found, generation = condition(instance, kind), instance["metadata"]["generation"]
    right = found.get("status") == status and reason in ("", found.get("reason"))
    if not right or (current and found.get("observedGeneration") != generation):
        yield _of(instance, f"{kind} should be {status} {reason} at generation {generation}, is {found}")


def _by_identity(objects: list[Json]) -> dict[Identity, list[Json]]:
    found: dict[Identity, list[Json]] = defaultdict(list)
    for obj in objects:
        identity = identity_of(obj)
        if identity is not None:
            found[identity].append(obj)
    return found


def _doubled(objects: dict[Identity, list[Json]], what: str) -> Iterator[Violation]:
    for identity, each in objects.items():
        if len(each) > 1:
            yield _about(identity, f"{len(each)} {what} for {identity}: {', '.join(map(_name, each))}")


def _about(identity: Identity, text: str) -> Violation:
    return Violation(f"{identity.namespace}/{identity.instance}", text)


def _of(instance: Json, text: str) -> Violation:
    return Violation(f"{instance['metadata']['namespace']}/{_name(instance)}", text)


def _name(obj: Json) -> str:
    return obj["metadata"]["name"]


def _deleting(obj: Json) -> bool:
    return "deletionTimestamp" in obj["metadata"]
