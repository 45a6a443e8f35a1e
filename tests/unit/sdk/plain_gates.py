"""Operators of gates without our SDK: one that keeps the contract, and those that break one promise each."""

from datetime import datetime

from jupyternetes.sdk import Object
from jupyternetes.sdk.testing.gate_site import INSTANCE
from tests.support.fakekube.kinds import Json
from tests.unit.sdk.plain import Plain, said_of
from tests.unit.sdk.sdk_site import GATE


class Right(Plain):
    """Keeps every promise."""

    kind = INSTANCE

    async def look(self, obj: Object) -> None:
        asked = obj.status.get("gates", {}).get(GATE)
        if asked and self.owes(obj, asked["generation"], said_of(obj, GATE)):
            await self.answer(obj, asked["generation"])

    def owes(self, obj: Object, generation: int, said: Json) -> bool:
        return said.get("observedGeneration", 0) < generation

    async def answer(self, obj: Object, generation: int) -> None:
        others = [each for each in obj.status["conditions"] if each["type"] != GATE]
        await self.patch(obj, {"status": {"conditions": [*others, self.condition(GATE, "True", generation)]}})


class RightWithShortLease(Right):
    lease_seconds = 2.0


class NeverAnswers(Right):
    async def answer(self, obj: Object, generation: int) -> None:
        return


class NeverDecides(Right):
    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        return super().condition(kind, "Unknown", generation, message)


class AnswersOfAnOlderGeneration(Right):
    def owes(self, obj: Object, generation: int, said: Json) -> bool:
        return not said

    async def answer(self, obj: Object, generation: int) -> None:
        await super().answer(obj, generation - 1)


class AnswersOfTheFuture(Right):
    async def answer(self, obj: Object, generation: int) -> None:
        await super().answer(obj, generation + 100)


class TalksTooMuch(Right):
    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        return super().condition(kind, status, generation, "x" * 5000)


class AnswersUnasked(Right):
    async def look(self, obj: Object) -> None:
        if "conditions" in obj.status and not said_of(obj, GATE):
            await self.answer(obj, obj.metadata.generation)


class AnswersForEver(Right):
    """It puts the time into its message, and sees its own write as news."""

    def owes(self, obj: Object, generation: int, said: Json) -> bool:
        return True

    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        return super().condition(kind, status, generation, datetime.now().isoformat())


class AnswersEditsOfTheSpec(Right):
    def owes(self, obj: Object, generation: int, said: Json) -> bool:
        return said.get("observedGeneration", 0) < obj.metadata.generation

    async def answer(self, obj: Object, generation: int) -> None:
        await super().answer(obj, obj.metadata.generation)


class AnswersTheFirstStartOnly(Right):
    def owes(self, obj: Object, generation: int, said: Json) -> bool:
        return not said


class DropsConditionsOfOthers(Right):
    async def answer(self, obj: Object, generation: int) -> None:
        await self.patch(obj, {"status": {"conditions": [self.condition(GATE, "True", generation)]}})


class ForgesAnAddress(Right):
    async def answer(self, obj: Object, generation: int) -> None:
        others = [each for each in obj.status["conditions"] if each["type"] != GATE]
        said = [*others, self.condition(GATE, "True", generation)]
        await self.patch(obj, {"status": {"conditions": said, "address": "10.0.0.66:8888"}})


class LeavesItsMarkOnTheObject(Right):
    async def answer(self, obj: Object, generation: int) -> None:
        mark = {"metadata": {"annotations": {"licence.example.org/seen": "yes"}}}
        if "licence.example.org/seen" not in obj.metadata.annotations:
            await self.patch(obj, mark, status=False)
        else:
            await super().answer(obj, generation)


class SeesNothingOfItsPast(Right):
    lists = False


class RemembersInMemoryAlone(Right):
    """After a restart it does not know what it has answered."""

    async def look(self, obj: Object) -> None:
        known: dict[str, int] = vars(self).setdefault("known", {})
        asked = obj.status.get("gates", {}).get(GATE)
        if asked and known.get(obj.metadata.uid, 0) < asked["generation"]:
            await self.answer(obj, asked["generation"])
            known[obj.metadata.uid] = asked["generation"]

    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        return super().condition(kind, status, generation, self.id)


class EachReplicaHasItsSay(Right):
    leads = False

    def owes(self, obj: Object, generation: int, said: Json) -> bool:
        return super().owes(obj, generation, said) or self.id not in said["message"].split()

    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        return super().condition(kind, status, generation, self.id)


class HasNoLease(Right):
    leads = False


class SaysNoContract(Right):
    labels = {}  # noqa: RUF012


class LetsItsLeaseRunOut(Right):
    lease_seconds = 1.0
    renews = False
