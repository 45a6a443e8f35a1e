"""Operators of a kind without our SDK: one that keeps the contract, and those that break one promise each."""

from datetime import datetime

from jupyternetes.sdk import Kind, Object
from tests.support.fakekube.kinds import Json
from tests.unit.sdk.plain import Plain, said_of
from tests.unit.sdk.sdk_site import GROUP

FINALIZER = f"{GROUP}/databases"


class Right(Plain):
    """Keeps every promise."""

    kind = Kind(f"{GROUP}/v1", "Database", "databases")

    async def look(self, obj: Object) -> None:
        if obj.metadata.deleting:
            await self.let_go(obj)
        elif FINALIZER not in obj.metadata.finalizers:
            await self.patch(obj, {"metadata": {"finalizers": [FINALIZER]}}, status=False)
        elif not self.is_done(obj, said_of(obj, "Ready")):
            await self.make(obj)

    def is_done(self, obj: Object, said: Json) -> bool:
        return said.get("observedGeneration", 0) == obj.metadata.generation

    async def make(self, obj: Object) -> None:
        await self.patch(obj, {"status": self.answer(obj)})

    def answer(self, obj: Object) -> Json:
        return {"host": "db.example.org", "conditions": [self.condition("Ready", "True", obj.metadata.generation)]}

    async def let_go(self, obj: Object) -> None:
        if FINALIZER in obj.metadata.finalizers:
            await self.patch(obj, {"metadata": {"finalizers": []}}, status=False)


class IsNeverReady(Right):
    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        return super().condition(kind, "False", generation)


class SaysNoGeneration(Right):
    def is_done(self, obj: Object, said: Json) -> bool:
        return bool(said)

    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        said = super().condition(kind, status, generation)
        return {name: value for name, value in said.items() if name != "observedGeneration"}


class IsReadyTooSoon(Right):
    """It says so before it has written what is read of it."""

    def answer(self, obj: Object) -> Json:
        return {"conditions": [self.condition("Ready", "True", obj.metadata.generation)]}


class SaysTooMuch(Right):
    def answer(self, obj: Object) -> Json:
        return super().answer(obj) | {"host": "x" * 2000}


class MakesOnceOnly(Right):
    def is_done(self, obj: Object, said: Json) -> bool:
        return bool(said)


class WritesForEver(Right):
    def is_done(self, obj: Object, said: Json) -> bool:
        return False

    def answer(self, obj: Object) -> Json:
        return super().answer(obj) | {"checked": datetime.now().isoformat()}


class AnswersAnnotations(Right):
    """Each change counts as one of the spec."""

    def is_done(self, obj: Object, said: Json) -> bool:
        seen: list[Json] = obj.status.get("seen", [])
        return super().is_done(obj, said) and seen == sorted(obj.metadata.annotations)

    def answer(self, obj: Object) -> Json:
        return super().answer(obj) | {"seen": sorted(obj.metadata.annotations)}


class RemembersInMemoryAlone(Right):
    def is_done(self, obj: Object, said: Json) -> bool:
        known: dict[str, int] = vars(self).setdefault("known", {})
        before, known[obj.metadata.uid] = known.get(obj.metadata.uid), obj.metadata.generation
        return before == obj.metadata.generation

    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        return super().condition(kind, status, generation, self.id)


class SeesNothingOfItsPast(Right):
    lists = False


class FillsInTheSpec(Right):
    async def make(self, obj: Object) -> None:
        if "size" not in obj.spec:
            await self.patch(obj, {"spec": {"size": 1}}, status=False)
        else:
            await super().make(obj)


class EachReplicaHasItsSay(Right):
    leads = False

    def is_done(self, obj: Object, said: Json) -> bool:
        return super().is_done(obj, said) and said["message"] == self.id

    def condition(self, kind: str, status: str, generation: int, message: str = "") -> Json:
        return super().condition(kind, status, generation, self.id)


class LetsNothingGo(Right):
    async def let_go(self, obj: Object) -> None:
        return


class LetsGoOfWhatItHasSeenAlive(Right):
    """A deletion counts only if it comes after another change."""

    async def look(self, obj: Object) -> None:
        known: set[str] = vars(self).setdefault("alive", set())
        if not obj.metadata.deleting:
            known.add(obj.metadata.uid)
        if obj.metadata.uid in known:
            await super().look(obj)
