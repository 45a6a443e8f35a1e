"""Whoever answers gates, with a third account: each question gets one answer, a while after it was asked."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from random import Random

from urllib3.exceptions import HTTPError

from tests.integration.kill.chance import in_thread
from tests.integration.kill.invariants import Violation
from tests.support.hub import INSTANCES
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import condition

_LOOK = 0.2  # seconds between two looks at all Instances
_ANSWERS_AFTER = (0.0, 0.6)

Question = tuple[str, str, str]
"""Uid of the Instance, start id, gate."""


class Third:
    """Looks at every Instance again and again; ``asked_again`` are questions that were asked of two generations."""

    def __init__(self, kube: Kube, rng: Random) -> None:
        self.asked_again: list[Violation] = []
        self._kube = kube
        self._rng = rng
        self._asked: dict[Question, int] = {}
        self._due: dict[Question, float] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(Refused, HTTPError, OSError):  # the API server is away
                await in_thread(self._look, asyncio.get_running_loop().time())
            await asyncio.sleep(_LOOK)

    def _look(self, now: float) -> None:
        for instance in self._kube.all(INSTANCES, ""):
            self.note(instance)
            for gate, asked in instance["status"].get("gates", {}).items():
                question = instance["metadata"]["uid"], asked.get("startId", ""), gate
                due = self._due.setdefault(question, now + self._rng.uniform(*_ANSWERS_AFTER))
                if now >= due and condition(instance, gate).get("observedGeneration", 0) < asked["generation"]:
                    self._answer(instance, gate, asked)

    def note(self, instance: Json) -> None:
        """Take in what is asked of an Instance."""
        meta = instance["metadata"]
        for gate, asked in instance["status"].get("gates", {}).items():
            start = asked.get("startId", "")
            first = self._asked.setdefault((meta["uid"], start, gate), asked["generation"])
            if first != asked["generation"]:
                text = f"{gate} was asked of start {start or '-'} at generation {first}, and again: {asked}"
                self.asked_again.append(Violation(f"{meta['namespace']}/{meta['name']}", text))

    def _answer(self, instance: Json, gate: str, asked: Json) -> None:
        meta = instance["metadata"]
        granted = {
            "type": gate,
            "status": "True",
            "reason": "Granted",
            "message": "",
            "observedGeneration": asked["generation"],
            "lastTransitionTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        others = [each for each in instance["status"].get("conditions", []) if each["type"] != gate]
        body: Json = {
            "metadata": {"resourceVersion": meta["resourceVersion"]},
            "status": {"conditions": [*others, granted]},
        }
        with suppress(Refused):  # somebody else wrote meanwhile, or it is gone; the next look tells
            self._kube.merge_patch(f"{INSTANCES}/status", meta["namespace"], meta["name"], body, manager="third")
