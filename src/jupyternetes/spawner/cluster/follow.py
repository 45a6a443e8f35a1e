"""Following the objects of one kind in one namespace, for as long as the hub runs."""

import asyncio
import logging
from typing import Final, Generic, TypeVar

from jupyternetes.runtime.backoff import delay
from jupyternetes.runtime.errors import ApiError, Unreachable
from jupyternetes.runtime.heap import settle
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import KubernetesObject
from jupyternetes.spawner.cluster.wakeup import Wakeup

T = TypeVar("T", bound=KubernetesObject)
log = logging.getLogger(__name__)

_LONGEST_PAUSE: Final = 10.0


class Followed(Generic[T]):
    """What ``informer`` sees, which is begun at once, again after each failure, and until the loop ends.

    ``what`` they are, for messages.
    """

    def __init__(self, informer: Informer[T], namespace: str, what: str) -> None:
        self._informer = informer
        self._namespace = namespace
        self._what = what
        self._problem: ApiError | Unreachable | None = None
        self._progress = Wakeup()
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"watch on {what} in {namespace}")

    async def wait_synced(self, *, patient: bool = True) -> None:
        """Until all of them are known.

        Raises the Forbidden, NotFound or Unauthorized that keeps us from listing them; without ``patient`` also the
        Unreachable of a cluster that does not answer at present.
        """
        while not self._informer.synced:
            if isinstance(self._problem, ApiError) or (self._problem is not None and not patient):
                raise self._problem
            await self._progress.wait()

    async def _run(self) -> None:
        failures = 0
        synced = asyncio.get_running_loop().create_task(self._announce_sync())
        try:
            while True:
                try:
                    await self._informer.run()
                except (ApiError, Unreachable) as error:
                    if type(error) is not type(self._problem):
                        log.error("the hub cannot see its %s in namespace %s: %s", self._what, self._namespace, error)
                    self._problem = error
                except Exception:
                    log.exception("the watch on %s in namespace %s broke; going on", self._what, self._namespace)
                failures += 1
                self._progress.fire()
                await asyncio.sleep(delay(failures, cap=_LONGEST_PAUSE))
        finally:
            synced.cancel()

    async def _announce_sync(self) -> None:
        await self._informer.wait_synced()
        settle()
        self._progress.fire()
