"""All operators as they are wired, on the fake API server in memory and in fake time, and the people around them.

A user starts, stops and deletes servers; a kubelet reports on pods; an administrator edits the Template; the network
and the API server fail. What is wanted is kept beside it, so that a test can say what must be true in the end.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from jupyternetes.operators.assembly.assembly import Settings
from jupyternetes.operators.other_resources.caches import KindCaches
from jupyternetes.operators.pod_status import wiring as pod_status
from jupyternetes.operators.pods import wiring as pods
from jupyternetes.operators.pvcs import wiring as pvcs
from jupyternetes.runtime.lease_watch import LeaseWatch
from tests.support.fakekube import CLAIMS, PODS, SECRETS, Call, Change, Fault, Key, Refused
from tests.support.fakekube.faults import Matches
from tests.support.fakekube.kinds import Kind
from tests.support.hub import instance as instance_body
from tests.support.templates import CLAIM, order, pod_spec, template
from tests.unit.runtime.properties_memory import MemoryKube

if TYPE_CHECKING:
    from jupyternetes.runtime.client import Client
    from jupyternetes.runtime.lease import Lease
    from jupyternetes.runtime.process import Process

Json = dict[str, Any]

NAMESPACE = "lab"
PREFIX = "jupyternetes.kadense.io/"
ENTRIES = ("notebook", "helper")
LEASE_SECONDS = 15.0
"""After which a successor may begin: nothing of the one before it can still happen then."""
Build = Callable[["Client", "Lease", Settings], "Process"]
BUILD: dict[str, Build] = {"pvcs": pvcs.build, "pods": pods.build, "pod-status": pod_status.build}
_BOUND_AFTER = 0.5  # seconds, as all times here
_REFUSALS = ("InternalError", "TooManyRequests", "ServiceUnavailable")


def two_pods(image: str = "localhost/notebook:none") -> Json:
    """A Template with a claim and two pods, of which the first serves."""
    helper = {"name": "helper", "spec": {"containers": [{"name": "helper", "image": image}]}}
    return template(
        pvcs=[{"name": "workspace", "spec": CLAIM}], pods=[{"name": "notebook", "spec": pod_spec()}, helper]
    )


@dataclass
class Wanted:
    """What one Instance is to come to. ``over``: its primary pod ended or was killed, so this start is spent.

    ``unheard``: that happened before the pod was on record: whether the start is spent is up to the operators.
    """

    uid: str
    running: bool
    start: int
    over: bool = False
    unheard: bool = False


@dataclass(eq=False)
class OperatorLife:
    """One life of one operator, from its first list to its end."""

    name: str
    kube: MemoryKube
    build: Build
    settings: Settings
    tasks: list[asyncio.Task[Any]] = field(default_factory=list[asyncio.Task[Any]])
    process: "Process | None" = None

    async def work(self) -> None:
        while True:
            client = self.kube.client(f"jupyternetes-{self.name}/1")
            self.process = process = self.build(client, cast("Lease", None), self.settings)
            parts = [self._part(informer.run()) for informer in process.informers]
            synced = self._part(_all_synced(process))
            await asyncio.wait([*parts, synced], return_when=asyncio.FIRST_COMPLETED)
            if synced.done():
                break
            # A process that cannot list when it starts ends, and is started again.
            synced.cancel()
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, synced, return_exceptions=True)
            self.tasks = [task for task in self.tasks if task not in (*parts, synced)]
            await asyncio.sleep(1)
        await asyncio.gather(*(informer.relist() for informer in process.informers))
        parts += [self._part(controller.run()) for controller in process.controllers]
        parts.append(self._part(process.recorder.run()))
        parts += [self._part(each.run()) for each in process.background if isinstance(each, LeaseWatch | KindCaches)]
        await asyncio.gather(*parts)

    def begin(self) -> None:
        self._part(self.work())

    def kill(self) -> None:
        for task in self.tasks:
            task.cancel()

    def passes(self) -> int:
        """How often the operator looked at an Instance, apart from passes that failed."""
        assert self.process is not None
        samples = [
            self.process.registry.get_sample_value(
                "jupyternetes_reconcile_total", {"controller": self.name, "outcome": outcome}
            )
            for outcome in ("success", "requeued")
        ]
        return sum(int(sample or 0) for sample in samples)

    def failures(self) -> list[BaseException]:
        return [e for t in self.tasks if t.done() and not t.cancelled() and (e := t.exception()) is not None]

    def _part(self, story: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(story)
        self.tasks.append(task)
        return task


async def _all_synced(process: "Process") -> None:
    for informer in process.informers:
        await informer.wait_synced()


class World:
    """``chance`` decides about faults; ``rough`` is how likely one request fails. ``body`` is the Template."""

    builds: ClassVar[dict[str, Build]] = BUILD

    def __init__(
        self, chance: random.Random, *, rough: float, body: Json | None = None, settings: Settings | None = None
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.kube = MemoryKube(self.loop, seed=chance.randrange(2**32))
        self.registry = self.kube.registry
        self.kinds = {kind.plural: kind for kind in self.registry.kinds.values()}
        self.instances, self.templates = self.kinds["jupyternotebookinstances"], self.kinds["jupyternotebooktemplates"]
        self.chance = chance
        self.rough = rough
        self.wanted: dict[str, Wanted] = {}
        self.actions = 0
        self.made = Counter[tuple[str, ...]]()
        """How often each pod (Instance uid, start, entry) and each claim (Instance, entry) was made."""
        self.killed = Counter[tuple[str, ...]]()
        self.lives: dict[str, OperatorLife] = {}
        self.registry.state.listen(self._heard)
        self.kube.faults.decide = self._weather
        self.settings = settings or Settings()
        self.registry.create(self.templates, NAMESPACE, body or self.template())

    def template(self, image: str = "localhost/notebook:none") -> Json:
        """What all Instances ask for, unless the world was given another one."""
        return two_pods(image)

    @classmethod
    async def with_a_server(cls) -> Self:
        """In good weather, with one server that runs."""
        world = cls(random.Random(0), rough=0.0)  # noqa: S311
        world.begin()
        await asyncio.sleep(0.3)
        world.start("a")
        await asyncio.sleep(8.0)
        return world

    # the operators

    def begin(self) -> None:
        for name in self.builds:
            self._start_operator(name)

    def restart(self, name: str) -> None:
        """It dies between any two steps; its successor takes over when the lease is out."""
        self.lives[name].kill()
        self.loop.call_later(LEASE_SECONDS, self._start_operator, name)

    def _start_operator(self, name: str) -> None:
        if name in self.lives:
            self.lives[name].kill()
        self.lives[name] = OperatorLife(name, self.kube, self.builds[name], self.settings)
        self.lives[name].begin()

    # the user and the administrator; what cannot be done now is not done

    def make(self, name: str) -> None:
        """The hub makes an Instance, which it is about to set going."""
        made = self._create(name, suspend=True)
        self.wanted[name] = Wanted(made["metadata"]["uid"], running=False, start=0)

    def start(self, name: str) -> None:
        if name not in self.wanted:
            self.make(name)
        known = self.wanted[name]
        self._give_secret(name, known)
        known.start += 1
        known.running, known.over, known.unheard = True, False, False
        self._patch_spec(name, {"suspend": False, "startId": str(known.start)})

    def stop(self, name: str) -> None:
        if name in self.wanted:
            self.wanted[name].running = False
            self._patch_spec(name, {"suspend": True})

    def delete(self, name: str) -> None:
        if self.wanted.pop(name, None) is not None:
            self.registry.delete(self.instances, NAMESPACE, name)

    def recreate(self, name: str) -> None:
        """At once, while pods of the one before are still there."""
        self.delete(name)
        self.start(name)

    def kill_pod(self, name: str, entry: str) -> None:
        """Somebody deletes a pod of the Instance."""
        for pod in self._pods_of(name, entry):
            self._note_end(pod, entry)
            self.registry.delete(PODS, NAMESPACE, pod["metadata"]["name"], {"gracePeriodSeconds": 1})

    def end_pod(self, name: str) -> None:
        """The server shuts itself down."""
        for pod in self._pods_of(name, "notebook"):
            if pod["spec"].get("nodeName"):
                self._note_end(pod, "notebook")
                self._report(
                    pod["metadata"]["name"], "Succeeded", {"terminated": {"exitCode": 0, "reason": "Completed"}}
                )

    def edit_template(self) -> None:
        image = f"localhost/notebook:{self.actions}"
        pods_now = self.template(image)["spec"]["pods"]
        self.registry.patch("merge", self.templates, NAMESPACE, "lab", {"spec": {"pods": pods_now}})

    # what goes wrong

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self.rough = 0.0
        self.kube.faults.clear()
        for watch in self.kube.watches:
            watch.release()

    def refuse(self, matches: Matches, refusal: Refused) -> None:
        """From now on, until all is calm again."""
        self.kube.faults.decide = lambda call: Fault(refusal=refusal) if matches(call) else None

    def hold_watches(self) -> None:
        """Some stand still. One that goes on hears first of what was held back: no watch tells things out of order."""
        for watch in self.kube.watches:
            if self.chance.random() < 0.5:
                watch.held = True
            else:
                watch.release()

    def hold(self, kind: Kind) -> None:
        """Nobody hears of objects of this kind; all other watches go on."""
        for watch in self.kube.watches:
            watch.held = watch.kind is kind

    def release_watches(self) -> None:
        for watch in self.kube.watches:
            watch.release()

    def _weather(self, call: Call) -> Fault | None:
        draw = self.chance.random()
        if call.kind.plural == "events" or draw >= self.rough:
            return None
        delay = self.chance.choice([0.0, 0.01, 0.5, 3.0])
        what = self.chance.choice(["cut after", "cut before", "refused", "late", "conflict"])
        if what == "cut after":
            return Fault(delay=delay, lost=True)
        if what == "cut before":
            return Fault(delay=delay, lost=True, refusal=Refused("InternalError"))
        if what == "late":
            return Fault(delay=self.chance.choice([0.5, 3.9, 10.0]))
        if what == "conflict" and call.verb in ("patch", "delete"):
            return Fault(delay=delay, refusal=Refused("Conflict", "as the weather is"))
        reason = self.chance.choice(_REFUSALS)
        return Fault(
            delay=delay, refusal=Refused(reason, "as the weather is", retry_after=self.chance.choice([None, 1]))
        )

    # what there is

    def objects(self, kind: Kind) -> list[Json]:
        return self.registry.state.objects(kind, NAMESPACE)

    def status(self, name: str) -> Json:
        return self.registry.get(self.instances, NAMESPACE, name)["status"]

    def pods(self, name: str) -> list[Json]:
        return [pod for pod in self.objects(PODS) if pod["metadata"]["labels"].get(f"{PREFIX}instance") == name]

    def secrets(self, name: str) -> list[str]:
        found = (secret["metadata"]["name"] for secret in self.objects(SECRETS))
        return [secret for secret in found if secret.startswith(f"jni-{name}-")]

    def calls(self, matches: Callable[[Call], bool]) -> list[Call]:
        return [call for call in self.kube.faults.log if call.kind.plural != "events" and matches(call)]

    def _create(self, name: str, *, suspend: bool) -> Json:
        body = instance_body(name, NAMESPACE, order() | {"suspend": suspend, "startId": "1"})
        return self.registry.create(self.instances, NAMESPACE, body)

    def _patch_spec(self, name: str, spec: Json) -> None:
        self.registry.patch("merge", self.instances, NAMESPACE, name, {"spec": spec})

    def _give_secret(self, name: str, known: Wanted) -> None:
        owner = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "name": name, "uid": known.uid}
        while True:
            secret = f"jni-{name}-{known.start + 1}"
            metadata = {"name": secret, "ownerReferences": [owner]}
            try:
                self.registry.create(SECRETS, NAMESPACE, {"metadata": metadata})
            except Refused:
                known.start += 1  # of an earlier Instance, or not cleaned up yet: the next number
            else:
                return

    def _pods_of(self, name: str, entry: str) -> list[Json]:
        found = self.pods(name)
        return [
            pod
            for pod in found
            if pod["metadata"]["labels"].get(f"{PREFIX}podName") == entry and "deletionTimestamp" not in pod["metadata"]
        ]

    def _note_end(self, pod: Json, entry: str) -> None:
        labels = pod["metadata"]["labels"]
        self.killed[_pod_identity(pod)] += 1
        start = labels[f"{PREFIX}instanceUid"], labels.get(f"{PREFIX}startId")
        for name, wanted in self.wanted.items():
            if (wanted.uid, str(wanted.start)) == start and entry == "notebook":
                record = self.status(name).get("pods", {}).get(entry, {})
                wanted.unheard = record.get("uid") != pod["metadata"]["uid"]
                wanted.over = wanted.over or not wanted.unheard

    # the kubelet

    def _heard(self, change: Change) -> None:
        if change.key.kind is CLAIMS and change.old is None and change.new is not None:
            labels = change.new["metadata"]["labels"]
            self.made["claim", labels[f"{PREFIX}instance"], labels[f"{PREFIX}pvcName"]] += 1
        if change.key.kind is not PODS or change.new is None:
            return
        if change.old is None:
            self.made[_pod_identity(change.new)] += 1
            self.loop.call_later(_BOUND_AFTER, self._run_pod, change.key, change.new["metadata"]["uid"])
        elif "deletionTimestamp" in change.new["metadata"] and "deletionTimestamp" not in change.old["metadata"]:
            self.loop.call_later(_BOUND_AFTER, self._finish_pod, change.key, change.new["metadata"]["uid"])

    def _run_pod(self, key: Key, uid: str) -> None:
        if self._is(key, uid):
            self.registry.patch("merge", *key, {"spec": {"nodeName": "node-1"}})
            self._report(key.name, "Running", {"running": {}})

    def _finish_pod(self, key: Key, uid: str) -> None:
        if self._is(key, uid):
            self.registry.delete(*key, {"gracePeriodSeconds": 0})

    def _is(self, key: Key, uid: str) -> bool:
        found = self.registry.state.get(key)
        return found is not None and found["metadata"]["uid"] == uid

    def _report(self, name: str, phase: str, state: Json) -> None:
        ready = str(phase == "Running")
        main = self.registry.get(PODS, NAMESPACE, name)["spec"]["containers"][0]["name"]
        status = {
            "phase": phase,
            "podIP": "10.1.2.3",
            "conditions": [{"type": "Ready", "status": ready, "lastTransitionTime": "2026-01-01T00:00:00Z"}],
            "containerStatuses": [{"name": main, "ready": phase == "Running", "restartCount": 0, "state": state}],
        }
        self.registry.patch("merge", PODS, NAMESPACE, name, {"status": status}, subresource="status")


def _pod_identity(pod: Json) -> tuple[str, ...]:
    labels = pod["metadata"]["labels"]
    return ("pod", labels[f"{PREFIX}instanceUid"], labels.get(f"{PREFIX}startId", ""), labels[f"{PREFIX}podName"])
